"""What the tab 检查 shows: findings by severity beside the marked report, many reports in a table, the changes."""

from collections.abc import Sequence
from html import escape

from assistant.report.annotating import annotate_page
from assistant.report.changes import Change
from assistant.report.check_command import zero_lines
from assistant.report.checked import SEVERITIES, CheckedReport
from assistant.report.findings import Finding, show
from assistant.report.many import Outcome
from ui.tables import html_table

_CHANGE_HEADERS = ("项目", "上年", "今年", "增减", "幅度")
_ALL_HEADERS = ("文件", "机关", "年度", "结果")
# The list of findings stands beside the page already.
_ALONE = (
    "<style>body { margin: 1rem auto; } h1, h1 + p, ol.notes, hr { display: none; } "
    ".gone-to { outline: 3px solid #b3261e; outline-offset: 2px; }</style></head>"
)


def show_outcomes(outcomes: Sequence[Outcome], chosen: int) -> str:
    """Return the table of many reports as HTML; each that could be read is a button that opens it."""
    rows = [_outcome_row(number, outcome, number == chosen) for number, outcome in enumerate(outcomes)]
    read = [outcome for outcome in outcomes if not outcome.problem]
    failed = sum(1 for outcome in read if outcome.count("error"))
    unread = len(outcomes) - len(read)
    told = f"共{len(outcomes)}个文件：{failed}份有错误，{len(read) - failed}份没有错误"
    told += f"，{unread}个没有读出。" if unread else "。"
    head = "".join(f'<th scope="col">{name}</th>' for name in _ALL_HEADERS)
    return (
        f'<p class="told" role="status">{told}点文件名看问题和位置。</p>'
        '<div class="scroll tall" role="region" aria-label="检查过的报告" tabindex="0"><table class="plain">'
        f"<caption>检查过的报告</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _outcome_row(number: int, outcome: Outcome, chosen: bool) -> str:
    name = escape(outcome.path.name)
    if outcome.problem:
        return f'<tr><td>{name}</td><td colspan="3" class="unread">没有读出：{escape(outcome.problem)}</td></tr>'
    current = ' aria-current="true"' if chosen else ""
    button = f'<button type="button" class="link" data-go="check-go" data-value="{number}">{name}</button>'
    badges = _badges([(key, outcome.count(key)) for key in SEVERITIES])
    cells = (button, escape(outcome.agency or "不明"), str(outcome.year or "不明"), badges)
    return f"<tr{current}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _badges(counts: Sequence[tuple[str, int]]) -> str:
    shown = [f'<span class="severity {key}">{SEVERITIES[key]} {count}</span>' for key, count in counts if count]
    return " ".join(shown) or '<span class="severity clean">没有发现问题</span>'


def show_findings(checked: CheckedReport) -> str:
    """Return the findings as HTML, errors first; one with a place in the report is a button that goes there."""
    statistics = checked.statistics
    year = f"{statistics.year}年度" if statistics.year else "年度不明"
    counts = _badges([(key, len(checked.of(key))) for key in SEVERITIES])
    notes = [line.strip() for line in zero_lines(checked)]
    notes += [f"读取情况：{note}" for note in checked.report.document.notes]
    parts = [
        f'<div class="told" role="status"><b>{escape(statistics.agency or "机关名称不明")}　{year}</b>'
        f"<br>按{escape(checked.report.form.years)}的表式读出　{counts}</div>"
    ]
    parts += [f'<p class="note">{escape(note)}</p>' for note in notes]
    number = 0
    for key, name in SEVERITIES.items():
        findings = checked.of(key)
        if not findings:
            continue
        items = []
        for finding in findings:
            items.append(_finding(number, key, finding))
            number += 1
        parts.append(f'<h2>{name}</h2><ol class="findings" start="{number - len(findings) + 1}">{"".join(items)}</ol>')
    return "".join(parts)


def _finding(number: int, severity: str, finding: Finding) -> str:
    code = f'<span class="severity {severity}">{finding.code}</span>'
    head = f'{code} <span class="place">{escape(finding.location)}</span>'
    if finding.anchor is not None:
        # The script goes to the mark of that number in the report beside it.
        head = f'<button type="button" class="finding" data-mark="{number}">{head}</button>'
    # The place stands above already.
    told = f"<p>{escape(finding.message.removeprefix(finding.location).removeprefix('：'))}</p>"
    return f'<li id="f{number}">{head}{told}<p class="basis">依据：{escape(finding.basis)}</p></li>'


def show_marked(checked: CheckedReport) -> str:
    """Return the report with its marks in a frame of its own, in which no script runs and nothing is loaded."""
    page = annotate_page(checked).decode().replace("</head>", _ALONE, 1)
    return (
        '<iframe class="marked" title="标出问题的报告" sandbox="allow-same-origin" tabindex="0" '
        f'srcdoc="{escape(page)}"></iframe>'
    )


def show_changes(checked: CheckedReport) -> str:
    """Return this year against last year as a table; "" without a last year."""
    if checked.previous is None:
        return ""
    caption = f"与{checked.previous.year}年度相比"
    moved = [_change_row(change) for change in checked.changes if change.difference]
    same = [_change_row(change) for change in checked.changes if not change.difference]
    shown = f"<h2>{caption}</h2>{html_table(caption, _CHANGE_HEADERS, moved, '没有增减。')}"
    if same:
        table = html_table("与上年相同", _CHANGE_HEADERS, same, "")
        shown += f"<details><summary>另有{len(same)}项与上年相同</summary>{table}</details>"
    return shown + '<p class="note">两年都是0的不列。</p>'


def _change_row(change: Change) -> tuple[str, ...]:
    more = change.difference
    sign = "+" if more > 0 else "−" if more < 0 else ""
    percent = "" if change.percent is None or not more else f"{sign}{show(abs(change.percent))}%"
    difference = f"{sign}{show(abs(more))}" if more else "相同"
    return change.name, show(change.before) + change.unit, show(change.now) + change.unit, difference, percent
