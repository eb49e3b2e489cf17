"""`gongkai corpus …` as an office uses it, in processes of its own, on a data folder that is its own."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from unicodedata import east_asian_width

import pytest

from assistant.retrieval.added import units_of
from assistant.retrieval.embeddings import BundledEmbeddings
from assistant.retrieval.vector_cache import VectorCache
from assistant.sources.library import Library
from tests.office_texts import rule, write_rule


@pytest.fixture
def gongkai(assistant, data_folder, tmp_path):
    """Run the command on a copy of the folder that holds the shipped index."""
    data = tmp_path / "data"
    shutil.copytree(data_folder, data, ignore=shutil.ignore_patterns("*.lock"))

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-c", "from assistant.cli import main; main()", *map(str, arguments)],
            capture_output=True, text=True, encoding="utf-8", timeout=180,
            env={**os.environ, "GONGKAI_DATA_DIR": str(data)},
        )  # fmt: skip

    run.data = data
    return run


def test_a_text_is_added_asked_for_listed_and_removed_to_the_last_byte(gongkai, tmp_path):
    path = write_rule(tmp_path / "办法.docx", rule())
    added = json.loads(gongkai("corpus", "add", path, "--json").stdout)
    assert [row["id"] for row in added["added"]] == ["示例市加装电梯补贴办法@2023-05-01"]
    answer = json.loads(gongkai("ask", "既有住宅加装一台电梯补贴多少钱？", "--json").stdout)
    assert "每台电梯补贴15万元，由加装电梯的业主共同申领。" in answer["answer"]
    quoted = next(c for c in answer["citations"] if c["clause"] == "第三条第一款")
    assert quoted["quote"] == "每台电梯补贴15万元，由加装电梯的业主共同申领。"
    assert (quoted["verbatim"], quoted["status"], quoted["source"]) == (True, "verified", "办法.docx")
    listed = json.loads(gongkai("corpus", "list", "--json").stdout)
    row = next(row for row in listed if row["title"] == "示例市加装电梯补贴办法")
    assert (row["document_number"], row["in_force_from"], row["in_force"]) == ("示府办〔2023〕8号", "2023-05-01", True)
    assert len(row["sha256"]) == 64
    vectors = _vectors_of(gongkai.data, row["id"])
    assert len(vectors) == 5
    removed = json.loads(gongkai("corpus", "remove", row["id"], "--json").stdout)
    assert removed["articles"] == 5
    answer = json.loads(gongkai("ask", "既有住宅加装一台电梯补贴多少钱？", "--json").stdout)
    assert "15万元" not in answer["answer"]
    needles = [
        text.encode(code) for text in ("由加装电梯的业主共同申领", "视为放弃。") for code in ("utf-8", "utf-16-le")
    ]
    needles += [vector[start : start + 32] for vector in vectors for start in range(0, len(vector), 32)]
    for file in gongkai.data.rglob("*"):
        assert not (file.is_file() and any(needle in file.read_bytes() for needle in needles)), file


def _vectors_of(data, identity):
    """Return the bytes of the vectors of a text, as they lie in the files."""
    units = [unit for unit in units_of(Library(data / "corpus.sqlite").texts()) if unit.id.startswith(identity)]
    cache = VectorCache(data / "index" / "vectors.sqlite", BundledEmbeddings.name)
    return [vector.tobytes() for vector in cache.get([unit.key for unit in units]).values()]


def test_statutes_that_come_with_the_program_are_there_from_the_first_start(gongkai):
    answer = json.loads(gongkai("ask", "行政强制法第二十五条怎么规定", "--json").stdout)
    assert answer["citations"][0]["document"] == "中华人民共和国行政强制法"
    assert all(citation["verbatim"] and citation["status"] == "verified" for citation in answer["citations"])
    done = gongkai("corpus", "remove", "行政强制法")
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)
    assert "随程序提供" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("空.pdf", b"", "空的"),
        ("断.pdf", b"%PDF-1.7\n1 0 obj\n<<", "损坏"),
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为 .docx"),
        ("稿.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "WPS"),
        ("网页.docx", "<html><body>第一条</body></html>".encode(), "内容却是网页"),
        ("无字.txt", b"\r\n \r\n", "没有可读的文字"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line_with_what_to_do(gongkai, tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    done = gongkai("corpus", "add", tmp_path / name)
    assert done.returncode == 2, done.stdout
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["corpus", "add"], "请写明要添加的文件"),
        (["corpus", "add", "没有.docx"], "找不到"),
        (["corpus", "add", "--law", "没有这部法"], "法律全文库里没有"),
        (["corpus", "add", "x.docx", "--in-force-from", "去年"], "施行日期"),
        (["corpus", "remove", "没有的"], "corpus list"),
    ],
)
def test_a_wrong_call_is_one_chinese_line(gongkai, arguments, says):
    done = gongkai(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def _pdf(pages=1, password=""):
    import pypdf

    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def _bomb():
    """A Word file of under 1 MB that would unpack to 600 MB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(600):
            part.write(bytes(2**20))
    return content.getvalue()


BAD = {
    "加密.pdf": (lambda: _pdf(password="x"), "密码"),
    "零页.pdf": (lambda: _pdf(pages=0), "一页也没有"),
    "炸弹.docx": (_bomb, "压缩炸弹"),
    "网页.docx": (lambda: b"<html><body><p>x</p></body></html>", ".html"),
    "年鉴.pdf": (None, "有 301 MB，超过"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_and_nothing_that_was_there_is_lost(gongkai, tmp_path, name):
    content, says = BAD[name]
    path = tmp_path / name
    if content is None:
        with path.open("wb") as file:
            file.truncate(301 * 2**20)  # sparse: takes no room
    else:
        path.write_bytes(content())
    before = json.loads(gongkai("corpus", "list", "--json").stdout)
    done = gongkai("corpus", "add", path)
    assert (done.returncode, done.stdout.count("Traceback")) == (2, 0), done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(name)
    assert says in done.stderr
    assert json.loads(gongkai("corpus", "list", "--json").stdout) == before


def test_one_bad_of_fifty_and_a_second_text_of_one_title_are_told_and_the_rest_is_added(gongkai, tmp_path):
    folder = tmp_path / "五十份"
    folder.mkdir()
    for number in range(49):
        path = folder / f"{number:02}.txt"
        path.write_bytes(f"第{number}区停车办法\n第一条 停车收费{number}元。\n第二条 停车自理。\n".encode("gbk"))
    (folder / "坏.docx").write_bytes(b"PK\x03\x04")
    done = gongkai("corpus", "add", folder)
    assert done.returncode == 0, done.stderr
    assert "已添加49份，没有添加1份。" in done.stdout
    assert [line for line in done.stdout.splitlines() if line.startswith("没有添加")] == [
        "没有添加　坏.docx：文件不完整或已损坏，请重新下载或重新另存后再试。"
    ]
    twin = tmp_path / "另一份.txt"
    twin.write_text("第7区停车办法\n第一条 另有规定。\n第二条 完全不同。\n", encoding="utf-8")
    done = gongkai("corpus", "add", twin)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)
    assert "00.txt" not in done.stderr
    assert "07.txt" in done.stderr
    assert "--yes" in done.stderr


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_can_be_read_in_a_terminal(gongkai, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    done = gongkai("corpus", "list")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert max(sum(1 + (east_asian_width(sign) in "WF") for sign in line) for line in lines) <= width
    row = next(line for line in lines if line.startswith("行政强制法 "))
    assert row.split()[1:] == ["原文", "2012-01-01", "起", "71"]
    assert "行政强制法@2012-01-01" in lines[lines.index(row) + 1]
    only = gongkai("corpus", "list", "--kind", "要点").stdout
    assert "行政强制法 " not in only
    assert "政府信息公开条例" in only
    assert gongkai("corpus", "list", "--kind", "别的").returncode == 2
