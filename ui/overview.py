"""The tab 概览: what was asked and declined, the register by outcome, the held reports year on year; in plots."""

from html import escape
from typing import Any

import gradio as gr

from assistant.app import Assistant
from assistant.errors import InputError
from assistant.office.ledger_statistics import count_outcomes
from assistant.office.people import Person
from assistant.office.report_years import compare_reports, result_groups
from assistant.office.usage import first_day, in_days, in_months
from ui.gate import Gate
from ui.plots import as_table, plot_bars, plot_lines
from ui.results import office_day, show_empty, show_error

_DAYS, _MONTHS = "最近30天", "最近12个月"
_OPEN = "还没有办结"
_NO_QUESTIONS = "这段时间还没有人提问。到“问答”页问一个问题，这里就有了。"
_NO_REQUESTS = "台账里还没有申请。到“台账”页导入工作簿，这里就按年度和结果画出来。"
_NO_REPORTS = "还没有收录年报。请管理员到“语料”页添加往年的年报（Word、PDF、网页）。"
_ONE_YEAR = "只收录了一个年度，添加更多年度就能看出变化。"
# Most that one plot of lines shows at once.
_LINES = ("本年新收政府信息公开申请", "予以公开", "部分公开", "不予公开", "无法提供", "行政复议", "行政诉讼")

Shown = tuple[object, ...]


class Overview:
    """What the tab shows; each part is (what is said, the plot, its figures as a table)."""

    def __init__(self, assistant: Assistant, gate: Gate) -> None:
        self._assistant, self._gate = assistant, gate

    def questions(self, span: str, request: gr.Request) -> Shown:
        """Questions and refusals over time: of the office for who reviews, else one's own."""
        person = self._gate.person(request)
        today, owner = office_day(), None if person.may_review else person.name
        usage, since = self._assistant.records.usage, first_day(office_day(), 12)
        counts = usage.by_day(since, owner)
        spans = in_days(counts, today, 30) if span == _DAYS else in_months(counts, today, 12)
        asked, declined = sum(s.asked for s in spans), sum(s.declined for s in spans)
        if not asked:
            return _nothing(_NO_QUESTIONS)
        names = [s.name[5:] if span == _DAYS else s.name for s in spans]
        series = {"已回答": [s.asked - s.declined for s in spans], "没有依据，没有作答": [s.declined for s in spans]}
        feedback = "，".join(f"{word}{count}次" for word, count in usage.feedback(since, owner).items())
        told = f"{_whose(person)}{span}提问{asked}次，没有作答{declined}次（{declined / asked:.0%}）。"
        told += f"一年来的反馈：{feedback}。" if feedback else ""
        return _part(told, plot_bars(names, series), as_table("提问和没有作答", "日期", names, series))

    def requests(self, request: gr.Request) -> Shown:
        """The register: requests by the year received and by outcome."""
        self._gate.person(request)
        form = self._newest_form()
        groups = result_groups(form)
        try:
            counts = count_outcomes(self._assistant.desk.ledger.requests(), groups)
        except InputError as error:
            return show_error(error), gr.update(visible=False), ""
        if not counts:
            return _nothing(_NO_REQUESTS)
        names = [f"{year}年" for year in counts]
        series = {name or _OPEN: [year[name] for year in counts.values()] for name in [*groups, ""]}
        series = {name: values for name, values in series.items() if any(values)}
        total, waiting = sum(sum(year.values()) for year in counts.values()), sum(year[""] for year in counts.values())
        told = f"台账里共有{total}件申请，按收到的年度计；还没有办结的{waiting}件。"
        return _part(told, plot_bars(names, series), as_table("各年度申请的办理结果", "收到年度", names, series))

    def agencies(self) -> list[str]:
        """Return the bodies whose reports the office added; the example that comes with the program is no history."""
        return sorted({report.statistics.agency for report in self._assistant.reports.reports() if report.sha256})

    def reports(self, agency: str | None, request: gr.Request) -> Shown:
        """The held reports of one body, year on year."""
        self._gate.person(request)
        if not agency:
            return _nothing(_NO_REPORTS)
        years, series = compare_reports(self._assistant.reports.reports(), agency, self._newest_form())
        if not years:
            return _nothing(_NO_REPORTS)
        names = [f"{year}年" for year in years]
        told = f"{agency}：收录了{'、'.join(names)}的年报。"
        if len(years) == 1:
            # One point is no line: its figures are shown instead.
            figures = as_table("这一年的数据", "年度", names, series, opened=True)
            return _part(told + _ONE_YEAR, None, figures)
        shown = {name: series[name] for name in _LINES if name in series}
        table = as_table("历年年报的数据", "年度", names, series)
        return _part(told + _change(names, series), plot_lines(names, shown), table)

    def enter(self, span: str, agency: str | None, request: gr.Request) -> Shown:
        """Return every part when the tab is opened, the bodies to choose from before the last."""
        agencies = self.agencies()
        agency = agency if agency in agencies else next(iter(agencies), None)
        choice = gr.update(choices=agencies, value=agency, visible=len(agencies) > 1)
        return *self.questions(span, request), *self.requests(request), choice, *self.reports(agency, request)

    def _newest_form(self) -> Any:  # noqa: ANN401  (a form)
        forms = self._assistant.report_rules.forms
        return forms[max(forms)]


def _whose(person: Person) -> str:
    return "本单位" if person.may_review else "我"


def _change(names: list[str], series: Any) -> str:  # noqa: ANN401  (name → values)
    """What became of the requests between the last two years held."""
    before, now = series[_LINES[0]][-2:]
    if before is None or now is None:
        return ""
    word = "增加" if now > before else "减少"
    change = f"{word}{abs(now - before)}件" if now != before else "没有变化"
    return f"新收申请{names[-2]}{before}件，{names[-1]}{now}件，{change}。"


def _nothing(words: str) -> Shown:
    return show_empty(words), gr.update(value=None, visible=False), ""


def _part(told: str, figure: Any, table: str) -> Shown:  # noqa: ANN401  (a figure of plotly)
    return (
        f'<p class="told" role="status">{escape(told)}</p>',
        gr.update(value=figure, visible=figure is not None),
        table,
    )


def build_tab(assistant: Assistant, gate: Gate, tab: gr.Tab) -> None:
    """Put the tab's parts into the page that is being built."""
    overview = Overview(assistant, gate)
    parts: list[list[Any]] = []

    def part(name: str) -> list[Any]:
        said = gr.HTML("", elem_id=f"overview-{name}-said")
        plot = gr.Plot(visible=False, show_label=False, container=False, elem_id=f"overview-{name}-plot")
        return [said, plot, gr.HTML("", elem_id=f"overview-{name}-table")]

    gr.Markdown("## 提问")
    span = gr.Radio([_DAYS, _MONTHS], value=_DAYS, label="时间", show_label=False, elem_id="overview-span")
    parts.append(part("questions"))
    gr.Markdown("## 依申请公开")
    parts.append(part("requests"))
    gr.Markdown("## 历年年报")
    agency = gr.Dropdown([], label="机关", visible=False, elem_id="overview-agency")
    parts.append(part("reports"))

    quick: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}
    tab.select(overview.enter, [span, agency], [*parts[0], *parts[1], agency, *parts[2]], **quick)
    span.input(overview.questions, span, parts[0], **quick)
    agency.input(overview.reports, agency, parts[2], **quick)
