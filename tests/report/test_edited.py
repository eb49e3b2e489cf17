"""Chapters that somebody edited: numbers keep their cells, and what contradicts the tables is found and marked."""

import io

import docx
import pytest

from assistant.report.drafting.draft import draft_report
from assistant.report.drafting.edited import edit_draft
from assistant.report.drafting.sources import PREVIOUS
from assistant.report.drafting.telling import cells_of_source, tell_source
from assistant.report.writing import render_draft


@pytest.fixture
def draft(rules, make):
    return draft_report(make(3, year=2025), None, rules)


@pytest.fixture
def edit(draft, check_rules):
    return lambda **chapters: edit_draft(draft, chapters, check_rules.rules, check_rules.prose)


def test_without_a_change_nothing_is_found_and_every_number_keeps_its_cell(draft, edit):
    for section in draft.sections:
        if section.table:
            continue
        edited = edit(**{section.chapter.key: section.text.text})
        assert [finding for finding in edited.findings if finding.severity == "error"] == []
        assert edited.draft.section(section.chapter.key).text.figures == section.text.figures


def test_a_number_that_contradicts_the_table_is_found_where_it_stands(draft, edit):
    text = draft.section("overview").text.text
    count = str(draft.statistics.value("requests", "received", "total"))
    edited = edit(overview=text.replace(f"申请{count}件", "申请99999件", 1))
    wrong = [(index, finding) for index, finding in enumerate(edited.findings) if finding.severity == "error"]
    assert [finding.code for _, finding in wrong] == ["N1"]
    key, paragraph, start, end = edited.places[wrong[0][0]]
    part = edited.draft.section(key).paragraphs[paragraph]
    assert part.text.text[start:end] == "99999"
    assert part.marked == ((start, end),)
    kept = {figure.text for figure in edited.draft.section("overview").text.figures}
    assert "99999" not in kept


def test_what_is_wrong_stands_out_in_the_word_file(draft, edit):
    text = draft.section("overview").text.text
    count = str(draft.statistics.value("requests", "received", "total"))
    edited = edit(overview=text.replace(f"申请{count}件", "申请99999件", 1))
    document = docx.Document(io.BytesIO(render_draft(edited.draft, ".docx")))
    marked = "".join(run.text for p in document.paragraphs for run in p.runs if run.font.highlight_color)
    assert "99999" in marked


def test_a_sentence_that_was_added_keeps_the_other_numbers_with_their_cells(draft, edit):
    section = draft.section("overview")
    first, rest = section.text.text.split("。", 1)
    edited = edit(overview=f"{first}。另行走访企业36家。{rest}")
    now = edited.draft.section("overview").text
    assert [figure.text for figure in now.figures] == [figure.text for figure in section.text.figures]
    for figure in now.figures:
        assert now.text[figure.start : figure.start + len(figure.text)] == figure.text


def test_a_chapter_without_problem_is_told_and_the_notes_no_longer_are(draft, edit):
    edited = edit(problems="一切都好。")
    assert "S5" in {finding.code for finding in edited.findings}
    assert not any("没有填写" in finding.message for finding in edited.findings if finding.code == "S5")


def test_a_heading_of_an_aspect_stays_a_heading(draft, edit):
    paragraphs = edit(overview=draft.section("overview").text.text).draft.section("overview").paragraphs
    assert [p.heading for p in paragraphs] == [p.heading for p in draft.section("overview").paragraphs]


def test_another_manner_says_the_same_numbers_in_other_words(draft, rules):
    other = draft_report(draft.statistics, None, rules, {"overview": 1})
    one, two = draft.section("overview").text, other.section("overview").text
    assert one.text != two.text
    assert sorted(f.text for f in one.figures) == sorted(f.text for f in two.figures)
    assert other.section("problems").text == draft.section("problems").text


@pytest.mark.parametrize("seed", range(10))
def test_every_number_tells_where_it_is_from_and_leads_to_cells_of_the_form(rules, make, change, seed):
    statistics = make(seed, year=2025)
    carried = {
        f"requests.carried_out.{address.column}": value
        for address, value in statistics.cells.items()
        if address[:2] == ("requests", "carried_in")
    }
    before = change(make(seed + 50), carried, year=2024, agency=statistics.agency)
    texts = [text for _, text in draft_report(statistics, before, rules).texts()]
    assert len(texts) == 5
    for figure in (figure for text in texts for figure in text.figures):
        told = tell_source(figure.source, statistics.form)
        assert told
        assert PREVIOUS not in told
        assert "facts." not in told
        assert "requests." not in told
        assert set(cells_of_source(figure.source)) <= set(statistics.form.cells)


def test_the_words_for_a_source_are_those_of_the_form(draft):
    told = {
        figure.text: tell_source(figure.source, draft.statistics.form)
        for figure in draft.section("overview").text.figures
    }
    assert told[str(draft.statistics.value("requests", "received", "total"))] == (
        "表三“一、本年新收政府信息公开申请数量”行“总计”列"
    )
    refused = draft.statistics.total(
        tuple(a for a in draft.statistics.cells if a.row.startswith("refused_") and a.column == "total")
    )
    assert told[str(refused)] == "表三“（三）不予公开”各行“总计”列之和"
