"""What is written into fields, files, names and addresses is shown as text: nothing runs, nobody else is asked."""

import hashlib
import shutil
from datetime import datetime
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from tests.browser.conftest import picture, serve
from tests.browser.reports import statistics_of, write_report
from tests.conftest import ROOT
from ui.plots import plot_bars, plot_lines

PLACES = yaml.safe_load(Path(__file__).with_name("inert.yaml").read_text(encoding="utf-8"))
CASES = [text.format(n=number) for number, text in enumerate(PLACES, start=1)]
ALL = "\n".join(CASES)
# Elements that only markup from the cases could have made.
LIVE = """() => [...document.querySelectorAll(`a[href^="javascript:" i], a[href^="data:" i], [src*="xss.invalid"],
  link[href*="xss.invalid"], [action*="xss.invalid"], [onerror], [onload], [ontoggle], [onbegin], math,
  iframe[srcdoc]`)].filter((e) => !e.closest('#check-report')).map((e) => e.outerHTML.slice(0, 200))"""


def now():
    return datetime.now().astimezone()


def cited(text):
    return {
        "marker": 1, "document": text, "document_number": text, "article": 1, "clause": text, "heading": text,
        "quote": text, "verbatim": False, "status": "verified", "source": text, "url": "javascript:window.__ran=1",
        "in_force_from": "2020-01-01", "in_force_until": None,
    }  # fmt: skip


def fill_office(folder, rules):
    """Put the cases where an office keeps what people and files say."""
    from assistant.documents.opening import load_document
    from assistant.holdings import open_reports
    from assistant.office.audit import Entry
    from assistant.office.desk import Desk
    from assistant.office.ledger_records import RequestRecord
    from assistant.office.people import ALONE
    from assistant.office.records import Records
    from assistant.report.shelf import KeptReport
    from assistant.report.worksheet import content_of
    from assistant.sources.intake import Told, take_in
    from assistant.sources.library import Library

    records, at = Records(folder / "office.sqlite"), now()
    for text in CASES:
        talk, turn = records.conversations.ask(ALONE, "", text, "c", at)
        records.conversations.rename(ALONE, talk, text)
        records.audit.note(Entry(at, text, "sign_in_failed", {"问题": text}, text, text))
    talk, turn = records.conversations.ask(ALONE, "", ALL, "c", at)
    said = {"answer": f"{ALL}\n第一句。[1]", "citations": [cited(ALL)], "declined": False, "options": CASES[:4]}
    records.conversations.answer(turn, said)
    head = {"agency": CASES[0], "year": "2025", "level": "department", "region_rank": "city", "contact": CASES[2]}
    figures = content_of(statistics_of(rules, 2025))
    content = {**figures, "head": head, "facts": {**figures["facts"], "proactive": ALL, "other": ALL}}
    sheet = records.worksheets.begin(ALONE, content, None, at)
    records.close()
    page = folder / "办法.html"
    articles = "".join(f"<p>第{'一二三'[n]}条 {escape(ALL)} 本办法自印发之日起施行。</p>" for n in range(3))
    page.write_text(f"<!doctype html><meta charset=utf-8><title>x</title><body>{articles}</body>", encoding="utf-8")
    document, library = load_document(page), Library(folder / "corpus.sqlite")
    for text in CASES:
        sha = hashlib.sha256(text.encode()).hexdigest()
        library.put(take_in(document, sha, at.date().isoformat(), Told(text, text, text), {}), at.date().isoformat())
    for year, text in ((2023, CASES[0]), (2024, CASES[0]), (2024, CASES[1])):
        name = f"{text[:3]}{year}{len(text)}"
        open_reports(ROOT / "corpus", folder).put(
            KeptReport(name, statistics_of(rules, year, text), text, name, at.date().isoformat())
        )
    ledger = Desk(ROOT / "corpus", folder).ledger
    ledger.add_requests(
        [
            RequestRecord(f"{n:03}", at.date(), "in_person", text, "natural_person", text, note=text)
            for n, text in enumerate(CASES)
        ],
        at.date(),
    )
    ledger.close()
    return talk, sheet.id


@pytest.fixture(scope="module")
def hostile(assistant, data_folder, tmp_path_factory):
    """A server over such an office; yields address, conversation and report in hand."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(data_folder / "index", folder / "index")
    shutil.copy(data_folder / "corpus.sqlite", folder)
    talk, sheet = fill_office(folder, assistant.report_rules)
    with serve(folder, "--no-auth") as (url, _):
        yield url, talk, sheet


def hold(page, shown=""):
    """Nothing ran, nothing of the cases is an element, and `shown` stands there as text."""
    if shown:
        page.wait_for_function("(text) => document.body.innerText.includes(text)", arg=shown, timeout=20_000)
    page.wait_for_timeout(150)
    assert page.evaluate("window.__ran") is None
    assert page.evaluate(LIVE) == []
    for frame in page.frames[1:]:
        assert frame.evaluate("[window.__ran, parent.__ran]") == [None, None]


def test_a_conversation_its_sources_and_the_list_show_markup_as_text(visit, hostile):
    url, talk, _ = hostile
    page = visit(f"{url}/?c={talk}")
    page.own = url
    hold(page, "第一句。")
    picture(page, "inert-chat")
    assert CASES[1] in page.inner_text("#talks")
    assert CASES[0] in page.inner_text("#sources")
    for name, box, shown in (
        ("管理", "#audit-list", CASES[0]),
        ("台账", "#ledger-due", ""),
        ("语料", "#texts-list", ""),
    ):
        page.get_by_role("tab", name=name, exact=True).click()
        page.wait_for_function(f"document.querySelector('{box}')?.innerText.includes('onerror')", timeout=20_000)
        hold(page, shown)
    page.click("#texts-list button:has-text('onerror') >> nth=0")
    page.wait_for_selector("#texts-text details", timeout=20_000)
    hold(page)
    picture(page, "inert-texts")


# Plotly draws tags in its labels, fills in 「%{…}」, and turns entities back into what they stand for.
LABELS = [
    *CASES[:6],
    '<a href="javascript:window.__ran=1">点</a>',
    "<b>粗</b>%{x}",
    "&lt;b&gt;",
    "一<br>二<sub>三</sub>",
]
DRAWN = """async (figure) => {
  const place = document.body.appendChild(document.createElement('div')), { data, layout } = JSON.parse(figure);
  await window.Plotly.newPlot(place, data, layout);
  Plotly.Fx.hover(place, [{ curveNumber: 7, pointNumber: 7 }]);
  const words = (selector) => [...place.querySelectorAll(selector)].map((e) => e.textContent.replaceAll('\u200b', ''));
  return [words('.xaxislayer-above text'), words('.legendtext'), words('.hoverlayer'),
    place.querySelectorAll('svg a, .xaxislayer-above tspan, .legendtext tspan').length];
}"""


def test_labels_of_the_overview_are_text_and_plotly_makes_nothing_of_them(visit, hostile):
    page = visit(f"{hostile[0]}/?t=概览")
    page.own = hostile[0]
    page.wait_for_selector("#overview-reports-plot .js-plotly-plot", timeout=30_000)
    hold(page, CASES[0])
    for plot in (plot_bars, plot_lines):
        figure = plot(LABELS, {name: [place] * len(LABELS) for place, name in enumerate(LABELS, start=1)})
        names, legend, hovered, made = page.evaluate(DRAWN, figure.to_json())
        # Where there is no room, plotly leaves some of them out.
        assert names
        assert set(names) <= set(LABELS)
        assert legend == LABELS
        assert f"{LABELS[7]}　{LABELS[7]}：8" in hovered[0]
        assert made == 0
        hold(page)


def test_a_report_in_hand_shows_markup_as_text(visit, hostile):
    url, _, sheet = hostile
    page = visit(f"{url}/?report={sheet}&step=notes")
    page.own = url
    page.wait_for_selector(".report-head h2", timeout=20_000)
    hold(page, CASES[0])
    page.locator(".steps button", has_text="表三").click()
    page.locator(".steps button", has_text="草稿").click()
    page.wait_for_selector(".downloads", state="attached")
    hold(page)


def test_file_names_and_a_report_full_of_markup_are_text(visit, hostile, assistant, tmp_path):
    url = hostile[0]
    page = visit(url)
    page.wait_for_selector("#question textarea", timeout=30_000)
    name = CASES[0].replace("/", "") + ".docx"
    report = write_report(assistant.report_rules, tmp_path / "a.docx", 2025, requests__received__total=4)
    put_into(report, ALL)
    report.rename(tmp_path / name)
    page.set_input_files("#question input[type=file]", str(tmp_path / name))
    page.wait_for_selector("#question .thumbnail-item, #question [class*=thumbnail]", timeout=20_000)
    page.click("#question .submit-button")
    page.wait_for_function("document.querySelector('#chat').innerText.includes('标注稿')", timeout=30_000)
    hold(page)
    page.get_by_role("tab", name="检查", exact=True).click()
    page.set_input_files("#check-reports input[type=file]", str(tmp_path / name))
    page.wait_for_selector("#check-findings .findings", timeout=30_000)
    page.wait_for_selector("#check-report iframe")
    hold(page)
    picture(page, "inert-check")


def put_into(path, text):
    import docx

    document = docx.Document(path)
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(path)


def test_addresses_and_the_sign_in_page_run_nothing(visit, hostile):
    url = hostile[0]
    page = visit(url)
    page.own = url
    for text in (CASES[0], CASES[2], CASES[5], CASES[-1]):
        page.goto(
            f"{url}/?c={quote(text)}&t={quote(text)}&report={quote(text)}&step={quote(text)}&__theme={quote(text)}"
        )
        page.wait_for_selector("button[role=tab]", timeout=20_000)
        hold(page)
    page.goto(f"{url}/?__theme=light#{quote(CASES[0])}")
    answers = page.evaluate(
        """async (texts) => Promise.all(texts.map(async (name) => {
          const body = new URLSearchParams({ name, password: 'x' });
          return (await fetch('/sign-in', { method: 'POST', body })).text();
        }))""",
        CASES[:6],
    )
    for text, answer in zip(CASES[:6], answers, strict=True):
        assert text not in answer
