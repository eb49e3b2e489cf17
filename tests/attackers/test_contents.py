"""Hostile contents of files: what they ask for is not fetched, what they would run in a workbook stays text."""

import io
import os
import socket
import threading
import zipfile
from pathlib import Path

import openpyxl
import pytest

from assistant.documents.confined import MEMORY, confined
from assistant.documents.opening import load_document
from assistant.errors import DamagedDocumentError, DocumentError, GongkaiError, OversizedDocumentError, SettingsError
from assistant.settings import load_settings
from tests.fuzz.seeds import write_pdf

FORMULAS = ("=1+1", '=SUM(1)&HYPERLINK("http://127.0.0.1:9")', "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", "\t=1")


@pytest.fixture
def listener():
    """An address on this machine, and the list of who came."""
    came, server = [], socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    done = threading.Event()

    def listen():
        while not done.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            came.append(connection.recv(200))
            connection.close()

    thread = threading.Thread(target=listen)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", came
    done.set()
    thread.join()
    server.close()


def changed(data, changes):
    """The archive with members changed or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            for old, new in changes.get(entry.filename, ()):
                assert old in content
                content = content.replace(old, new, 1)
            after.writestr(entry.filename, content)
    return out.getvalue()


def word(*lines):
    import docx

    document, out = docx.Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(out)
    return out.getvalue()


def hostile(url):
    """Files that ask for `url` in every way that their format knows."""
    relation = (
        f'<Relationship Id="rId99" TargetMode="External" Target="{url}/t.dotx" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/>'
        f'<Relationship Id="rId98" TargetMode="External" Target="{url}/i.png" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/></Relationships>'
    ).encode()
    rels = {"word/_rels/document.xml.rels": [(b"</Relationships>", relation)]}
    entity = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{url}/x.dtd"> <!ENTITY % y SYSTEM "{url}/y.dtd"> %y;]>'.encode()
    yield "外链.docx", changed(word("第一条 正文。"), rels)
    # Past the first kilobyte, where a quick look for a declaration ends; and in another part.
    late = {"word/document.xml": [(b"<w:document", b" " * 1100 + entity + b"<w:document"), (b"</w:t>", b"&x;</w:t>")]}
    yield "实体.docx", changed(word("第一条 正文。"), late)
    yield "样式.docx", changed(word("第一条 正文。"), {"word/styles.xml": [(b"<w:styles", entity + b"<w:styles")]})
    page = (
        f'<html><head><link rel=stylesheet href="{url}/a.css"><base href="{url}/"><script src="{url}/a.js"></script>'
        f'<meta http-equiv=refresh content="0;url={url}"></head><body><img src="{url}/a.png"><iframe src="{url}/f">'
        f'</iframe><object data="{url}/o"></object><p>第一条 正文。</p></body></html>'
    )
    yield "网页.html", page.encode()
    yield "实体.html", b'<?xml version="1.0"?>' + entity + "<html><body><p>第一条 &x;正文。</p></body></html>".encode()
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = f'=WEBSERVICE("{url}")'
    book.active["A2"] = "第一条"
    book.active["A2"].hyperlink = f"{url}/link"
    book.save(out)
    yield "表.xlsx", out.getvalue()
    yield (
        "实体.xlsx",
        changed(out.getvalue(), {"xl/workbook.xml": [(b"<workbook", b" " * 1100 + entity + b"<workbook")]}),
    )
    link = f"/URI ({url}/p)".encode()
    yield (
        "链接.pdf",
        write_pdf(["第一条 正文。"]).replace(b"/Parent 2 0 R", b"/Parent 2 0 R /A << /S /URI " + link + b" >>"),
    )
    yield "图.md", f"# 标题\n\n![图]({url}/a.png)\n\n<img src='{url}/b.png'>\n\n第一条 正文。\n".encode()


def test_nothing_that_a_file_names_is_fetched_and_no_entity_is_resolved(listener, tmp_path):
    url, came = listener
    for name, data in hostile(url):
        path = tmp_path / name
        path.write_bytes(data.replace(b"file:///etc/passwd", b""))
        try:
            text = load_document(path).text
        except DocumentError:
            continue
        assert "正文" in text or "第一条" in text, name
    assert came == []


def test_an_entity_for_a_file_of_this_machine_stays_empty(tmp_path):
    (tmp_path / "secret").write_text("机密内容")
    entity = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'.encode()
    late = {"word/document.xml": [(b"<w:document", b" " * 1100 + entity + b"<w:document"), (b"</w:t>", b"&x;</w:t>")]}
    path = tmp_path / "实体.docx"
    path.write_bytes(changed(word("第一条 正文。"), late))
    try:
        said = load_document(path).text
    except DocumentError as error:
        said = str(error)
    assert "机密" not in said


def greedy(path):
    return len(bytearray(2 * MEMORY))


def endless(path):
    while True:
        pass


def crashing(path):
    os.abort()


def writing(path):
    path.with_suffix(".out").write_bytes(bytes(64 * 2**20))


def test_a_reader_that_takes_too_much_is_stopped_and_the_next_file_is_read(tmp_path, monkeypatch):
    path = tmp_path / "文.md"
    path.write_text("第一条 正文。", encoding="utf-8")
    with pytest.raises(OversizedDocumentError, match="内存"):
        confined(greedy, path)
    with pytest.raises(OversizedDocumentError, match="时间太长"):
        confined(endless, path, whole_seconds=1)
    for broken in (crashing, writing):
        with pytest.raises(DamagedDocumentError, match="另存"):
            confined(broken, path)
    assert "正文" in load_document(path).text


def texts_of(path):
    for sheet in openpyxl.load_workbook(path).worksheets:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if isinstance(cell.value, str))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_would_be_a_formula_stays_text_in_every_workbook(text, tmp_path):
    from datetime import date, datetime
    from types import MappingProxyType

    from assistant.office.audit import Entry
    from assistant.office.ledger_records import RequestRecord
    from assistant.office.ledger_workbook import export_workbook
    from assistant.report.drafting.draft import load_report_rules
    from assistant.report.findings import load_rules
    from assistant.report.many import Outcome
    from assistant.report.overview_book import write_overview
    from assistant.report.tables import Facts
    from assistant.report.workbook_writing import write_workbook
    from benchmarks.report_files import make_statistics
    from tests.fuzz.seeds import CORPUS
    from ui.office import write_audit

    rules = load_report_rules(CORPUS)
    statistics = make_statistics(1, rules.forms["2021"])
    facts = Facts(MappingProxyType({"proactive": (text,)}))
    object.__setattr__(statistics, "facts", facts)
    object.__setattr__(statistics, "agency", text)
    written = write_workbook(statistics.form, statistics)
    outcome = Outcome(tmp_path / text.replace("/", "_").strip(), agency=text, problem=text)
    at = datetime.now().astimezone()
    books = {
        "statistics": written,
        "overview": write_overview([outcome], load_rules(CORPUS / "checks.yaml"), tmp_path),
        "audit": Path(write_audit([Entry(at, text, "ask", {text: text}, text, text)], at)).read_bytes(),
    }
    record = RequestRecord("2026-001", date(2026, 1, 5), "post", text, "natural_person", text, note=text)
    export_workbook([record], {}, {}, tmp_path / "register.xlsx")
    books["register"] = (tmp_path / "register.xlsx").read_bytes()
    for name, data in books.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(data)
        found = [cell for cell in texts_of(path) if text.strip() in cell.value]
        assert found, name
        assert [cell.coordinate for cell in found if cell.data_type == "f"] == [], name


def test_secrets_are_in_no_message(monkeypatch, tmp_path):
    monkeypatch.setenv("GONGKAI_LLM_API_KEY", "sk-secret-1234567890")
    monkeypatch.setenv("GONGKAI_LLM_TIMEOUT", "-1")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "secret" not in str(refused.value)
    monkeypatch.delenv("GONGKAI_LLM_TIMEOUT")
    settings = load_settings()
    assert "secret" not in repr(settings) + str(settings) + str(settings.model_dump())
    from assistant.office.records import Records

    with pytest.raises(GongkaiError) as refused:
        Records("postgresql+nothing://user:hidden-word@127.0.0.1/x").people.list_people()
    assert "hidden-word" not in str(refused.value)
