"""Opens what staff hand in: finds the documents in folders, tells the format by content, and calls its reader."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from assistant.documents.blocks import Document
from assistant.errors import (
    DamagedDocumentError,
    DocumentError,
    EncryptedDocumentError,
    OversizedDocumentError,
    UnsupportedDocumentError,
)

LARGEST_FILE = 200 * 2**20
LARGEST_UNPACKED = 500 * 2**20
# Text packs to a twentieth or so; what packs better than this, and is not small, was made to.
LARGEST_RATIO, SMALL_UNPACKED = 200, 50 * 2**20
_PEEK = 65536

_EXTENSIONS = {
    ".md": "md", ".markdown": "md", ".txt": "txt", ".docx": "docx", ".docm": "docx", ".pdf": "pdf", ".html": "html",
    ".htm": "html", ".shtml": "html", ".xhtml": "html", ".xlsx": "xlsx", ".xlsm": "xlsx", ".png": "picture",
    ".jpg": "picture", ".jpeg": "picture", ".bmp": "picture", ".tif": "picture", ".tiff": "picture", ".webp": "picture",
}  # fmt: skip
# What others must convert first: the program, and the format to save as.
_CONVERT = {
    ".doc": "旧版 Word 格式，请用 Word、WPS 或 LibreOffice 打开后另存为 .docx。",
    ".dot": "旧版 Word 模板，请用 Word、WPS 或 LibreOffice 打开后另存为 .docx。",
    ".wps": "WPS 文字格式，请用 WPS 打开后另存为 .docx。",
    ".wpt": "WPS 模板，请用 WPS 打开后另存为 .docx。",
    ".rtf": "RTF 格式，请用 Word、WPS 或 LibreOffice 打开后另存为 .docx。",
    ".odt": "OpenDocument 格式，请用 LibreOffice 或 Word 打开后另存为 .docx。",
    ".xls": "旧版 Excel 格式，请用 Excel、WPS 或 LibreOffice 打开后另存为 .xlsx。",
    ".et": "WPS 表格格式，请用 WPS 打开后另存为 .xlsx。",
    ".ods": "OpenDocument 表格，请用 LibreOffice 或 Excel 打开后另存为 .xlsx。",
    ".ofd": "OFD 版式文件，请用数科阅读器或 WPS 打开后转换为 PDF。",
    ".ceb": "CEB 版式文件，请用方正 Apabi 阅读器打开后打印为 PDF。",
    ".mht": "单个文件的网页存档，请用浏览器打开后另存为“网页，仅 HTML”。",
    ".mhtml": "单个文件的网页存档，请用浏览器打开后另存为“网页，仅 HTML”。",
    ".ppt": "演示文稿，请另存为 PDF。",
    ".pptx": "演示文稿，请另存为 PDF。",
}
_NAMES = {
    "md": "Markdown 文字", "txt": "纯文字", "docx": "Word 文档（.docx）", "pdf": "PDF", "html": "网页（HTML）",
    "xlsx": "Excel 工作簿（.xlsx）", "picture": "图片",
}  # fmt: skip
_SUGGESTED = {"docx": ".docx", "pdf": ".pdf", "html": ".html", "xlsx": ".xlsx", "picture": ".png", "txt": ".txt"}
_PICTURE_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"II*\x00", b"MM\x00*")
_HTML_STARTS = ("<!doctype html", "<html", "<head", "<body", "<?xml version")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def find_documents(paths: list[Path]) -> Iterator[Path]:
    """Yield the files that `paths` name, folders searched to the bottom in order of name.

    In a folder, what no reader and no advice exists for is passed over, and so are hidden files and the lock files
    that Word leaves (`~$…`). A path that is named itself is always yielded.

    Raises:
        UnsupportedDocumentError: a path that does not exist.
    """
    known = _EXTENSIONS.keys() | _CONVERT.keys()
    for path in paths:
        if not path.exists():
            raise UnsupportedDocumentError(path, "找不到这个文件或文件夹，请检查路径。")
        if path.is_file():
            yield path
            continue
        for found in sorted(path.rglob("*")):
            hidden = any(part.startswith((".", "~$")) for part in found.relative_to(path).parts)
            if found.is_file() and not hidden and found.suffix.lower() in known:
                yield found


def load_each(
    paths: list[Path], load: Callable[[Path], Document] | None = None
) -> Iterator[tuple[Path, Document | DocumentError]]:
    """Yield every document that `paths` name, or the error that says why it cannot be read; one does not stop others.

    Args:
        load: reads one file; `load_document` unless told.
    """
    for path in find_documents(paths):
        try:
            yield path, (load or load_document)(path)
        except DocumentError as error:
            yield path, error


def load_document(path: Path) -> Document:
    """Return the document in `path`, read by what it holds, in a child process with limits on memory and time.

    Raises:
        DocumentError: it cannot be read; the message says why and what to do.
    """
    from assistant.documents.confined import confined

    _refuse_unreadable(path)
    return replace(confined(read_document, path), path=path)


def read_document(path: Path) -> Document:
    """Return the document in `path`, read in this process.

    Raises:
        DocumentError: see `load_document`.
    """
    _refuse_unreadable(path)
    return _reader(path, path.read_bytes())()


def _refuse_unreadable(path: Path) -> None:
    """Refuse what is no file, empty, too large or closed to us."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise UnsupportedDocumentError(path, "这是文件夹，请指定文件。")
        if size > LARGEST_FILE:
            raise OversizedDocumentError(
                path,
                f"文件有 {size / 2**20:.0f} MB，超过 {LARGEST_FILE // 2**20} MB 的上限；请拆分或压缩图片后再添加。",
            )
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise UnsupportedDocumentError(path, "找不到这个文件，请检查路径。") from error
    except PermissionError as error:
        raise UnsupportedDocumentError(path, "没有权限打开，请检查文件的访问权限，或关闭正在使用它的程序。") from error
    except OSError as error:
        raise DamagedDocumentError(path, f"读不出来（{error.strerror}），请换一份再试。") from error
    if empty:
        raise DamagedDocumentError(path, "文件是空的（0 字节），请重新取得文件。")


def _reader(path: Path, data: bytes) -> Callable[[], Document]:
    """Return the reader for the content, after the name and the content were found to agree."""
    extension = path.suffix.lower()
    held = _content_kind(path, data)
    if extension in _CONVERT and held not in _EXTENSIONS.values():
        raise UnsupportedDocumentError(path, _CONVERT[extension])
    named = _EXTENSIONS.get(extension)
    if named is None and held == "txt" and extension:
        raise UnsupportedDocumentError(
            path, f"不支持 {extension} 格式；请另存为 .docx、.pdf、.html、.xlsx、.md 或 .txt。"
        )
    textual = {"md", "txt", "html"}
    if named == held or (named in textual and held == "txt") or (named == "md" and held == "html"):
        return _readers(path, data)[named or held]
    if named is None and not extension:
        return _readers(path, data)[held]
    if named in {"docx", "xlsx", "pdf", "picture"} and held == "txt":
        raise DamagedDocumentError(
            path, f"扩展名是 {extension}，内容却不是{_NAMES[named]}，文件可能已损坏，请重新取得。"
        )
    raise UnsupportedDocumentError(
        path, f"扩展名是 {extension}，内容却是{_NAMES[held]}；请把扩展名改成 {_SUGGESTED[held]} 后再添加。"
    )


def _readers(path: Path, data: bytes) -> dict[str, Callable[[], Document]]:
    from assistant.documents import html, ocr, pdf, plain, sheets, word

    return {
        "md": partial(plain.load_markdown, path, data),
        "txt": partial(plain.load_text, path, data),
        "html": partial(html.load_html, path, data),
        "docx": partial(word.load_word, path, data),
        "xlsx": partial(sheets.load_workbook, path, data),
        "pdf": partial(pdf.load_pdf, path, data),
        "picture": partial(ocr.load_picture, path, data),
    }


def _content_kind(path: Path, data: bytes) -> str:
    """Return the kind that the content shows; 「txt」 also for what no sign is known of.

    Raises:
        DocumentError: an archive that is no document, is broken or unpacks to too much; an old or encrypted file.
    """
    if data.startswith(b"PK"):
        return _archive_kind(path)
    if data.startswith(_OLE):
        raise _compound_error(path, data)
    if data[:1024].lstrip().startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_PICTURE_STARTS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return "picture"
    start = data[:_PEEK].decode("latin-1").lstrip("\ufeff\xef\xbb\xbf \t\r\n").lower()
    if start.startswith("{\\rtf"):
        raise UnsupportedDocumentError(path, _CONVERT[".rtf"])
    is_html = start.startswith(_HTML_STARTS) or any(tag in start for tag in ("<html", "<body", "<table", "<div"))
    return "html" if is_html else "txt"


def _compound_error(path: Path, data: bytes) -> DocumentError:
    """Return the error for a file in the old compound format, which also wraps an encrypted .docx or .xlsx."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return EncryptedDocumentError(path, "文件有打开密码，请用 Word 或 WPS 去掉密码、另存后再添加。")
    extension = path.suffix.lower()
    advice = _CONVERT.get(extension, "")
    if not advice:
        book = "Workbook".encode("utf-16-le") in data
        advice = "内容是" + _CONVERT[".xls" if book else ".doc"]
    return UnsupportedDocumentError(path, advice)


def _archive_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {entry.filename: entry for entry in archive.infolist()}
            unpacked = sum(entry.file_size for entry in parts.values())
            packed = max(path.stat().st_size, 1)
            if unpacked > LARGEST_UNPACKED or (unpacked > SMALL_UNPACKED and unpacked > LARGEST_RATIO * packed):
                raise OversizedDocumentError(
                    path, f"解压后有 {unpacked / 2**20:.0f} MB，远大于文件本身，疑似压缩炸弹，没有读取；请核对来源。"
                )
            if any(entry.flag_bits & 1 for entry in parts.values()):
                raise EncryptedDocumentError(path, "压缩包有密码，请解压后添加里面的文件。")
            for name in ("word/document.xml", "xl/workbook.xml"):
                if name in parts and b"<!DOCTYPE" in archive.read(name)[:1024]:
                    raise DamagedDocumentError(path, "文件内部带有不应有的声明，没有读取；请用 Word 或 WPS 重新另存。")
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
        raise DamagedDocumentError(path, "文件不完整或已损坏，请重新下载或重新另存后再试。") from error
    if any(name.startswith("word/") for name in parts):
        return "docx"
    if any(name.startswith("xl/") for name in parts):
        return "xlsx"
    for extension, sign in ((".ofd", "OFD.xml"), (".pptx", "ppt/presentation.xml"), (".odt", "content.xml")):
        if sign in parts:
            raise UnsupportedDocumentError(path, _CONVERT[extension])
    raise UnsupportedDocumentError(path, "是压缩包，请解压后添加里面的文件。")
