"""Bad input: each gets one clear Chinese line, and one bad file does not stop the others."""

import io
import struct
import zipfile

import docx
import pytest

from assistant.documents.blocks import Document
from assistant.documents.opening import find_documents, load_document, load_each
from assistant.errors import (
    DamagedDocumentError,
    DocumentError,
    EncryptedDocumentError,
    InputError,
    OversizedDocumentError,
    UnsupportedDocumentError,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def word_bytes(text="某市某局工作制度"):
    buffer = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(text)
    document.save(buffer)
    return buffer.getvalue()


def pdf_bytes(pages=1, password=""):
    import pypdf

    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def archive_bytes(parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def locked_archive():
    data = bytearray(archive_bytes({"word/document.xml": "x"}))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(sign) + offset
        data[at : at + 2] = struct.pack("<H", struct.unpack("<H", data[at : at + 2])[0] | 1)
    return bytes(data)


BAD = [
    ("加密.pdf", lambda: pdf_bytes(password="x"), EncryptedDocumentError, "密码"),
    ("空.pdf", lambda: b"", DamagedDocumentError, "0 字节"),
    ("截断.pdf", lambda: b"%PDF-1.4\n1 0 obj\n<< /Type /Cat", DamagedDocumentError, "不完整"),
    ("零页.pdf", lambda: pdf_bytes(pages=0), DamagedDocumentError, "一页也没有"),
    ("白页.pdf", pdf_bytes, DamagedDocumentError, "没有读到任何文字"),
    ("旧.doc", lambda: OLE, UnsupportedDocumentError, "另存为 .docx"),
    ("旧.wps", lambda: OLE, UnsupportedDocumentError, "WPS"),
    ("旧.xls", lambda: OLE, UnsupportedDocumentError, "另存为 .xlsx"),
    ("加密.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), EncryptedDocumentError, "密码"),
    ("旧的.docx", lambda: OLE + "WordDocument".encode("utf-16-le"), UnsupportedDocumentError, "另存为 .docx"),
    ("网页.docx", lambda: b"<html><body><p>x</p></body></html>", UnsupportedDocumentError, "改成 .html"),
    ("文字.docx", lambda: "只是文字".encode(), DamagedDocumentError, "已损坏"),
    ("截断.docx", lambda: word_bytes()[:3000], DamagedDocumentError, "不完整"),
    ("缺件.docx", lambda: archive_bytes({"word/document.xml": "<a/>"}), DamagedDocumentError, "不完整"),
    ("声明.docx", lambda: archive_bytes({"word/document.xml": "<!DOCTYPE a><a/>"}), DamagedDocumentError, "声明"),
    ("缺件.xlsx", lambda: archive_bytes({"xl/workbook.xml": "<a/>"}), DamagedDocumentError, "不完整"),
    ("表格.docx", lambda: archive_bytes({"xl/workbook.xml": "<a/>"}), UnsupportedDocumentError, "改成 .xlsx"),
    ("包.docx", lambda: archive_bytes({"a.txt": "x"}), UnsupportedDocumentError, "压缩包"),
    ("锁.docx", locked_archive, EncryptedDocumentError, "密码"),
    ("版式.ofd", lambda: archive_bytes({"OFD.xml": "x"}), UnsupportedDocumentError, "转换为 PDF"),
    ("富文本.rtf", lambda: b"{\\rtf1 x}", UnsupportedDocumentError, "另存为 .docx"),
    ("其他.xyz", lambda: b"abc", UnsupportedDocumentError, "不支持 .xyz"),
    ("乱码.txt", lambda: bytes(range(128, 256)) * 3, UnsupportedDocumentError, "UTF-8"),
    ("二进制.txt", lambda: b"a\x00b\x00", UnsupportedDocumentError, "不是文字文件"),
    ("空白.md", lambda: b" \n\n ", DamagedDocumentError, "空的"),
    ("坏图.png", lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 40, DamagedDocumentError, "已损坏"),
    ("没有正文.html", lambda: b"<html><body><script>x</script></body></html>", DamagedDocumentError, "没有正文"),
]


@pytest.mark.parametrize(("name", "content", "error", "words"), BAD, ids=[case[0] for case in BAD])
def test_a_file_that_cannot_be_read_gets_one_clear_line(tmp_path, name, content, error, words):
    path = tmp_path / name
    path.write_bytes(content())
    with pytest.raises(error) as caught:
        load_document(path)
    message = str(caught.value)
    assert isinstance(caught.value, InputError)
    assert message.startswith(name)
    assert words in message
    assert "\n" not in message


def test_a_file_of_300_mb_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "年鉴.pdf"
    with path.open("wb") as file:
        file.truncate(300 * 2**20)
    with pytest.raises(OversizedDocumentError, match="300 MB"):
        load_document(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "附件.docx"
    path.write_bytes(archive_bytes({"word/document.xml": b"0" * 60 * 2**20}))
    assert path.stat().st_size < 100_000
    with pytest.raises(OversizedDocumentError, match="压缩炸弹"):
        load_document(path)


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(UnsupportedDocumentError, match=r"没有\.txt：找不到"):
        load_document(tmp_path / "没有.txt")
    with pytest.raises(UnsupportedDocumentError, match="找不到"):
        list(find_documents([tmp_path / "没有"]))


def test_one_bad_file_among_fifty_does_not_stop_the_rest(tmp_path):
    for number in range(49):
        folder = tmp_path / f"第{number % 5}组"
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.txt").write_text(f"第{number}号文件的内容。", encoding="utf-8")
    (tmp_path / "坏.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "~$锁.docx").write_bytes(b"x")
    (tmp_path / ".隐藏.txt").write_bytes(b"x")
    (tmp_path / "图标.ico").write_bytes(b"x")
    found = list(load_each([tmp_path]))
    assert sum(isinstance(item, Document) for _, item in found) == 49
    assert [str(item) for _, item in found if isinstance(item, DocumentError)] == [
        "坏.docx：文件不完整或已损坏，请重新下载或重新另存后再试。"
    ]


def test_an_old_format_in_a_folder_is_named_with_what_converts_it(tmp_path):
    (tmp_path / "旧.doc").write_bytes(OLE)
    ((_, item),) = load_each([tmp_path])
    assert "另存为 .docx" in str(item)


def test_a_file_without_extension_is_read_by_its_content(tmp_path):
    path = tmp_path / "制度"
    path.write_bytes(word_bytes("第一条 为了规范工作，制定本制度。"))
    assert load_document(path).kind == "docx"
