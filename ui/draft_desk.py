"""What the tab 年报 does for one person: open, save, take files in, draft, write; every step checks whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assistant.app import Assistant
from assistant.errors import InputError, RecordsError
from assistant.office.worksheets import Worksheet, Worksheets
from assistant.report.checking.case import NO_TEXT, Case
from assistant.report.checking.constraints import run_checks
from assistant.report.drafting.draft import draft_report
from assistant.report.drafting.edited import Edited, edit_draft
from assistant.report.forms import Form
from assistant.report.screen import show_form
from assistant.report.statistics_files import SUFFIXES, dump_statistics
from assistant.report.tables import LEVELS, REGION_RANKS, Statistics
from assistant.report.worksheet import (
    Before,
    begin_content,
    carry_in,
    clean_content,
    content_of,
    form_of,
    keep_before,
    read_before,
    read_content,
    refuse_before,
    refuse_other,
    take_over,
    with_level,
    year_of,
)
from assistant.report.writing import render_draft
from ui.draft_view import is_blank, show_before, show_draft, show_finding

_PROSE = ("overview", "problems", "other")


@dataclass(frozen=True)
class DraftDesk:
    """The reports in hand of one site."""

    assistant: Assistant

    def list_reports(self, owner: str) -> list[dict[str, Any]]:
        """Return the owner's reports in hand, the last changed first."""
        return [
            {
                "id": sheet.id,
                "agency": sheet.content["head"]["agency"],
                "year": sheet.content["head"]["year"],
                "changed": f"{sheet.changed:%Y-%m-%d %H:%M}",
                "entered": len(sheet.content["cells"]),
            }
            for sheet in self._sheets.list_worksheets(owner)
        ]

    def start(self, today: date) -> dict[str, Any]:
        """Return what the first step offers: levels, ranks, kinds of notes, the words of the page."""
        words = self._words
        kinds = [
            {"chapter": chapter["name"], "key": kind["key"], "label": kind["label"], "what": kind["what"]}
            for chapter in self.assistant.report_rules.interview.chapters
            for kind in chapter["kinds"]
        ]
        polishes = self.assistant.settings.llm_model is not None
        start = {"levels": LEVELS, "ranks": REGION_RANKS, "notes": kinds, "words": words, "year": today.year - 1}
        return start | {"polishes": polishes}

    def begin(self, owner: str, head: Mapping[str, str], now: datetime) -> dict[str, Any]:
        """Begin a report; last year's is taken where one is held.

        Raises:
            InputError: the head is incomplete or impossible.
        """
        content = begin_content(head)
        read_content(content, self._forms)
        return self._begin(owner, content, now)

    def begin_from(self, owner: str, statistics: Statistics, now: datetime) -> dict[str, Any]:
        """Begin a report with the figures and notes of a statistics file; one that has just these goes on."""
        content = content_of(statistics)
        alike = (sheet for sheet in self._sheets.list_worksheets(owner) if sheet.content == content)
        if sheet := next(alike, None):
            return self._view(sheet)
        return self._begin(owner, content, now)

    def begin_from_file(self, owner: str, path: Path, name: str, now: datetime) -> dict[str, Any]:
        """Begin the report whose statistics the file holds; of a finished report, that of the year after.

        Raises:
            InputError: the file cannot be read, or is neither.
        """
        statistics, published = self.assistant.read_figures(path)
        if not published:
            return self.begin_from(owner, statistics, now)
        if not statistics.agency or not statistics.year or not statistics.level:
            raise InputError(f"{name} 里看不出机关、年度或者层级；请先写上机关和年度，再把它作为上一年度上传。")
        head = content_of(statistics)["head"] | {"year": str(statistics.year + 1)}
        content, (_, chapters) = begin_content(head), self._read(path)
        return self._begin(owner, content, now, Before(statistics, chapters, name))

    def _begin(
        self, owner: str, content: dict[str, Any], now: datetime, before: Before | None = None
    ) -> dict[str, Any]:
        before = before or self._held(content)
        content = carry_in(content, before, self._carried(content))
        sheet = self._sheets.begin(owner, content, keep_before(before) if before else None, now)
        return self._view(sheet)

    def open(self, owner: str, report: str) -> dict[str, Any]:
        """Return a report in hand as the page shows it.

        Raises:
            RecordsError: the owner has none such.
        """
        return self._view(self._find(owner, report))

    def save(self, owner: str, report: str, version: int, data: object, now: datetime) -> dict[str, Any]:
        """Keep what was entered, whatever it is, and return what the checks say of it.

        Raises:
            StaleWorksheetError: another window has changed it since.
        """
        content, earlier = clean_content(data), self._form(self._find(owner, report).content)
        version = self._sheets.save(owner, report, version, now, content=content)
        form = self._form(content)
        changed = {"form": show_form(form)} if form.id != earlier.id else {}
        return {"version": version, **changed, **self._judge(self._find(owner, report))}

    def take_file(
        self, owner: str, report: str, path: Path, name: str, last_year: bool, now: datetime
    ) -> dict[str, Any]:
        """Take figures from a statistics file or a finished report, of this year or of last year.

        Raises:
            InputError: the file cannot be read, or is of another body or year.
        """
        sheet = self._find(owner, report)
        statistics, chapters = self._read(path)
        if last_year:
            statistics = with_level(statistics, sheet.content)
            refuse_before(sheet.content, statistics)
            before = Before(statistics, chapters, name)
            content = carry_in(sheet.content, before, self._carried(sheet.content))
            changes: dict[str, Any] = {"content": content, "previous": keep_before(before)}
        else:
            refuse_other(sheet.content, statistics)
            changes = {"content": take_over(sheet.content, content_of(statistics))}
        self._sheets.save(owner, report, sheet.version, now, **changes)
        return self.open(owner, report)

    def drop_last_year(self, owner: str, report: str, now: datetime) -> dict[str, Any]:
        """Take last year's figures away again."""
        sheet = self._find(owner, report)
        self._sheets.save(owner, report, sheet.version, now, previous=None)
        return self.open(owner, report)

    def count_register(self, owner: str, report: str, now: datetime) -> dict[str, Any]:
        """Fill 表三 from the register of requests.

        Raises:
            InputError: the register holds no request of the year, or cannot be read.
        """
        from assistant.office.ledger_statistics import count_requests

        sheet = self._find(owner, report)
        desk, form = self.assistant.desk, form_of(sheet.content, self._forms)
        year = year_of(sheet.content)
        table = count_requests(desk.ledger.requests(), year, desk.kinds.rows)
        if not table["received"]["total"] and not table["carried_in"]["total"]:
            raise RecordsError(f"台账里没有{year}年度的申请，没有填写；请先在“台账”登记或者导入。")
        counted = {
            str(address): str(table[address.row][address.column])
            for address in form.cells
            if address.table == "requests" and address.row in table
        }
        content = {**sheet.content, "cells": sheet.content["cells"] | counted}
        self._sheets.save(owner, report, sheet.version, now, content=content)
        return self.open(owner, report)

    def draft(self, owner: str, report: str) -> dict[str, Any]:
        """Return the draft of a report in hand, its numbers with their cells, and what is found in it."""
        sheet = self._find(owner, report)
        edited = self._draft(sheet)
        return show_draft(edited, set(sheet.content["chapters"]))

    def polish(self, owner: str, report: str, key: str) -> dict[str, Any]:
        """Return the new words of one chapter of the draft, and why they were not taken (then it is as it was).

        Nothing is kept: what the page takes comes back as an edited chapter, and is checked as such.
        """
        polish = self.assistant.polish_chapter(self._draft(self._find(owner, report)).draft, key)
        return {"text": polish.section.text.text, "reasons": list(polish.reasons)}

    def write(self, owner: str, report: str, suffix: str) -> tuple[str, bytes]:
        """Return name and content of a file: the report as .docx or .html, the figures as .xlsx, .yaml or .json.

        Raises:
            InputError: a report whose figures do not hold; a suffix that is not written.
        """
        sheet = self._find(owner, report)
        statistics = read_content(sheet.content, self._forms)
        if suffix in (".docx", ".html"):
            draft = self._draft(sheet).draft
            return f"{draft.title.text}{suffix}", render_draft(draft, suffix)
        if suffix not in SUFFIXES:
            raise InputError("只能下载 Word、网页、Excel、yaml 和 json。")
        return f"{statistics.agency}{statistics.year}年统计表{suffix}", dump_statistics(statistics, suffix)

    def delete(self, owner: str, report: str) -> str | None:
        """Delete a report in hand; return what it was called, None where the owner has none such."""
        sheet = self._sheets.find(owner, report)
        if sheet is None or not self._sheets.delete(owner, report):
            return None
        head = sheet.content["head"]
        return f"{head['agency']}{head['year']}年年报"

    def _draft(self, sheet: Worksheet) -> Edited:
        rules, check = self.assistant.report_rules, self.assistant.check_rules
        before = read_before(sheet.previous, self._forms)
        statistics = before.statistics if before else None
        chapters = {key: text for key, text in sheet.content["chapters"].items() if key in _PROSE}
        draft = draft_report(read_content(sheet.content, self._forms), statistics, rules, sheet.content["manners"])
        return edit_draft(draft, chapters, rules.rules, check.prose, statistics, before.chapters if before else None)

    def _view(self, sheet: Worksheet) -> dict[str, Any]:
        before = read_before(sheet.previous, self._forms)
        return {
            "id": sheet.id,
            "version": sheet.version,
            "content": sheet.content,
            "form": show_form(self._form(sheet.content)),
            "previous": show_before(before) if before else None,
            **self._judge(sheet),
        }

    def _judge(self, sheet: Worksheet) -> dict[str, Any]:
        """What the checks say of what was entered; where it cannot be read at all, the line that says why."""
        try:
            statistics = read_content(sheet.content, self._forms)
            before = read_before(sheet.previous, self._forms)
            if before:
                refuse_before(sheet.content, before.statistics)
        except InputError as error:
            return {"findings": [], "error": str(error)}
        case = Case(
            self.assistant.report_rules.rules, statistics, before.statistics if before else None, NO_TEXT, NO_TEXT
        )
        findings = [f for f in run_checks(case) if not is_blank(f)]
        return {"findings": [show_finding(finding, statistics.form) for finding in findings], "error": None}

    def _read(self, path: Path) -> tuple[Statistics, Mapping[str, str]]:
        from assistant.report.checked import load_previous
        from assistant.report.published import PublishedReport

        found = load_previous(path, self.assistant.check_rules)
        if isinstance(found, PublishedReport):
            return found.statistics, {key: found.chapter(key) for key in _PROSE}
        return found, NO_TEXT

    def _held(self, content: Mapping[str, Any]) -> Before | None:
        """Last year's report of the same body, where it is held."""
        kept = self.assistant.reports.of(content["head"]["agency"].strip(), year_of(content) - 1)
        if kept is None:
            return None
        chapters = {key: "\n".join(text for chapter, text in kept.passages if chapter == key) for key in _PROSE}
        return Before(kept.statistics, chapters, kept.title)

    def _carried(self, content: Mapping[str, Any]) -> list[tuple[str, str]]:
        pairs = show_form(self._form(content))["carried"]
        return [(pair["now"], pair["before"]) for pair in pairs]

    def _find(self, owner: str, report: str) -> Worksheet:
        sheet = self._sheets.find(owner, report)
        if sheet is None:
            raise RecordsError("没有这份年报，可能已经删除。请返回列表。")
        return sheet

    def _form(self, content: Mapping[str, Any]) -> Form:
        """The form of the worksheet's year; the newest one while the year is being typed."""
        try:
            return form_of(content, self._forms)
        except InputError:
            return self._forms[max(self._forms)]

    @property
    def _forms(self) -> Mapping[str, Form]:
        return self.assistant.report_rules.forms

    @property
    def _sheets(self) -> Worksheets:
        return self.assistant.records.worksheets

    @property
    def _words(self) -> dict[str, Any]:
        from assistant.report.corpus_files import load_corpus_yaml

        words: dict[str, Any] = load_corpus_yaml(self.assistant.settings.shipped_folder / "corpus" / "draft_desk.yaml")
        return words
