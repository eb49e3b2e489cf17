"""What the tab 检查 shows of a report: escaped, numbered as the marks are, the report in a frame without scripts."""

import html
import re
import threading

import pytest

from tests.browser.reports import write_report
from ui.check_view import show_changes, show_findings, show_marked, show_outcomes
from ui.working import Work


def checked(assistant, tmp_path, **cells):
    path = write_report(assistant.report_rules, tmp_path / "<b>年报.docx", 2025, "示例市<i>局", **cells)
    return assistant.check(path)


def test_every_button_has_its_mark_in_the_report_and_no_text_is_markup(assistant, tmp_path):
    report = checked(assistant, tmp_path, requests__received__total=4)
    findings, page = show_findings(report), html.unescape(show_marked(report))
    numbers = re.findall(r'data-mark="(\d+)"', findings)
    assert numbers
    assert all(f'id="m{number}"' in page for number in numbers)
    assert len(re.findall(r'<li id="f', findings)) == len(report.findings)
    assert "<i>" not in findings
    assert "<i>" not in page
    assert 'sandbox="allow-same-origin"' in show_marked(report)
    assert "allow-scripts" not in show_marked(report)
    assert show_changes(report) == ""


def test_file_names_are_shown_and_not_run(assistant, tmp_path):
    from assistant.report.many import Outcome, outcome_of

    report = checked(assistant, tmp_path)
    shown = show_outcomes([outcome_of(report), Outcome(tmp_path / "坏<b>.pdf", problem="打不开<b>。")], 0)
    assert "<b>" not in shown
    assert 'aria-current="true"' in shown


def test_work_goes_on_when_nobody_follows_and_raises_what_broke_it():
    gate, places = threading.Event(), threading.BoundedSemaphore(1)

    def do(tell):
        tell("读取<文件>", 1, 3)
        gate.wait(5)
        return "好"

    first = Work(do, places)
    bars = first.follow()
    shown = next(bars)
    while "1/3" not in shown:
        shown = next(bars)
    assert "<文件>" not in shown
    second = Work(lambda tell: 1 // 0, places)
    waiting = second.follow()
    assert "稍候" in next(waiting)
    gate.set()
    assert first.result() == "好"
    with pytest.raises(ZeroDivisionError):
        second.result()
