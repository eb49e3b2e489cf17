"""What the tab 语料 shows: the texts that are held, one of them with its articles, what was found, what was done."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from assistant.sources.titles import plain_title
from ui.results import show_empty
from ui.tables import html_table

if TYPE_CHECKING:
    from assistant.ingest import Outcome
    from assistant.report.shelf import KeptReport
    from assistant.sources.digests import Article

KINDS = {"digest": "要点", "verbatim": "原文", "report": "年报"}
_HEADERS = ("名称", "文号", "效力", "内容", "条数")
_LOG_HEADERS = ("日期", "做了什么", "文件编号", "来自", "校验（SHA-256 前12位）", "说明")
_ACTIONS = {"added": "添加", "replaced": "更新", "removed": "删除"}
_STATES = {"added": "已添加", "changed": "已更新", "unchanged": "没有变化", "refused": "没有添加"}
# What the command line calls an option is a field here.
_FIELDS = {
    "请加 --yes": "请勾选“替换”", "--title": "“标题”", "--in-force-from": "“施行日期”",
    "--in-force-until": "“失效日期”", "--number": "“文号”", "--issuer": "“发文机关”",
    "用 gongkai corpus list 查看编号": "请在列表里点名称",
    "运行 gongkai corpus rebuild": "按“重建索引”",
}  # fmt: skip
# Most articles that are shown at once; the rest is found by words.
_MOST = 200


def in_page_words(line: str) -> str:
    """Return a line that names options of the command line with the fields of the page."""
    for option, field in _FIELDS.items():
        line = line.replace(option, field)
    return line


def choose(rows: Sequence[dict[str, Any]], words: str, kind: str, current: bool) -> list[dict[str, Any]]:
    """Return the texts whose title, number or body hold every one of `words`, of that kind, in force where wanted."""
    wanted = words.split()
    found = []
    for row in rows:
        text = f"{row['title']} {row['document_number']} {row['issuer']} {row['id']} {row['file']}"
        kinds = {row["kind"], "verbatim"} if row["wording"] else {row["kind"]}
        if all(word in text for word in wanted) and (not kind or kind in kinds) and (row["in_force"] or not current):
            found.append(row)
    return found


def show_list(rows: Sequence[dict[str, Any]], opened: str, day: date, held: int) -> str:
    """Return the texts as a table; a name is a button that opens it."""
    if not rows:
        return show_empty("没有符合条件的文件。换个词，或者把类别改为“全部”。")
    body = []
    for row in rows:
        name = escape(plain_title(row["title"]))
        current = ' aria-current="true"' if row["id"] == opened else ""
        button = (
            f'<button type="button" class="link" data-go="texts-go" data-value="{escape(row["id"])}">{name}</button>'
        )
        kind = "要点＋原文" if row["wording"] else KINDS[row["kind"]]
        force = f'<span class="{"force" if row["in_force"] else "no-force"}">{_force(row, day)}</span>'
        cells = (button, escape(row["document_number"]), force, kind, str(row["articles"] or "—"))
        body.append(f"<tr{current}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEADERS)
    return (
        f'<p class="note" role="status">共{held}份，列出{len(rows)}份。点名称看内容。</p>'
        '<div class="scroll list" role="region" aria-label="资料库的文件" tabindex="0"><table class="plain">'
        f"<caption>资料库的文件</caption><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _force(row: dict[str, Any], day: date) -> str:
    since, until = row["in_force_from"], row["in_force_until"]
    if row["in_force"]:
        if since:
            return f"{since} 起有效"
        return "有效" if row["kind"] == "report" else "有效，施行日不明"
    if until and until < day.isoformat():
        return f"已失效（{until}止）"
    return f"{since} 起，还没有施行" if since else "还没有施行"


def show_text(row: dict[str, Any], day: date, articles: Sequence["Article"], words: str) -> str:
    """Return one text with its provenance and its articles, those that hold `words` only, marked."""
    found = [article for article in articles if not words or words in _whole(article)]
    head = _head(row, day)
    if not articles:
        return head + show_empty("这份文件没有可以显示的条文。")
    if not found:
        return head + show_empty(f"这份文件里没有“{words}”。换个说法，或者选“全部文件”按意思查。")
    told = f'<p class="note" role="status">{len(found)}条含“{escape(words)}”。</p>' if words else ""
    few = bool(words) or len(found) <= 8
    parts = [_article(article, words, opened=few) for article in found[:_MOST]]
    if len(found) > _MOST:
        parts.append(f'<p class="note">还有{len(found) - _MOST}条没有列出，请在上面写词查找。</p>')
    return head + told + "".join(parts)


def show_kept_report(row: dict[str, Any], day: date, report: "KeptReport | None", words: str) -> str:
    """Return an annual report that is held: how many figures, and its passages."""
    head = _head(row, day)
    if report is None:
        return head + show_empty("这份年报已经不在库里，请刷新列表。")
    ask = f"{report.statistics.year}年收到多少申请"
    told = f'<p class="note">读出{report.entered}个数，可以在“问答”里直接问，例如“{ask}”。</p>'
    parts = [
        f'<p class="passage"><b>{escape(chapter)}</b>　{_marked(text, words)}</p>'
        for chapter, text in report.passages
        if not words or words in text
    ]
    return head + told + ("".join(parts) or show_empty("没有可以显示的文字，只有表里的数。"))


def _head(row: dict[str, Any], day: date) -> str:
    facts = [
        ("文号", row["document_number"]),
        ("发文机关", row["issuer"]),
        ("效力", _force(row, day)),
        ("内容", "要点＋原文" if row["wording"] else KINDS[row["kind"]]),
        ("来自", row["file"]),
        ("添加日期", row["added_on"] or ""),
        ("编号", row["wording"] or row["id"]),
        ("请核对", in_page_words(" ".join(row["notes"]))),
    ]
    items = "".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>" for name, value in facts if value)
    return f'<h2 id="text-title">{escape(row["title"])}</h2><dl class="facts">{items}</dl>'


def _whole(article: "Article") -> str:
    return f"{article.name}{article.heading}" + "".join(p.text for p in article.paragraphs)


def _article(article: "Article", words: str, opened: bool, source: str = "") -> str:
    name = " ".join(
        part for part in (source, article.name, article.heading if article.heading != article.name else "") if part
    )
    paragraphs = []
    for paragraph in article.paragraphs:
        label = f'<span class="source-label">{escape(paragraph.label)}</span>' if paragraph.label else ""
        paragraphs.append(f"<p>{label}{_marked(paragraph.text, words)}</p>")
    state = " open" if opened else ""
    return f'<details class="article"{state}><summary>{escape(name)}</summary>{"".join(paragraphs)}</details>'


def _marked(text: str, words: str) -> str:
    if not words:
        return escape(text)
    pieces = re.split(f"({re.escape(words)})", text)
    return "".join(f"<mark>{escape(piece)}</mark>" if piece == words else escape(piece) for piece in pieces)


def show_found(articles: Iterable["Article"], words: str) -> str:
    """Return the articles that were found in the whole corpus, nearest first."""
    parts = [
        _article(a, words, opened=n < 3, source=f"《{plain_title(a.source.title)}》") for n, a in enumerate(articles)
    ]
    if not parts:
        return show_empty("没有查到。换几个词，例如“补正 期限”。")
    return f'<p class="note" role="status">按意思查到{len(parts)}条，最接近的在前。</p>{"".join(parts)}'


def show_added(outcomes: Sequence["Outcome"]) -> str:
    """Return what became of every file that was added."""
    rows = []
    for outcome in outcomes:
        held = (
            f"年报，{outcome.figures}个数" if outcome.figures else f"{outcome.articles}条" if outcome.articles else ""
        )
        rows.append((_STATES[outcome.state], outcome.file, outcome.title, held, in_page_words(outcome.remark)))
    counts = [(name, sum(o.state == state for o in outcomes)) for state, name in _STATES.items()]
    told = "，".join(f"{name}{count}份" for name, count in counts if count)
    table = html_table("添加的结果", ("结果", "文件", "名称", "内容", "请核对"), rows, "没有文件。")
    return f'<p class="told" role="status"><b>{told}。</b></p>{table}'


def tell_added(outcome: "Outcome") -> str:
    """Return what became of one file as a line of the chat."""
    if outcome.state == "refused":
        return f"没有添加{outcome.file}：{in_page_words(outcome.remark)}"
    held = f"年报，{outcome.figures}个数" if outcome.figures else f"{outcome.articles}条"
    check = f"\n\n请核对：{in_page_words(outcome.remark)}" if outcome.remark else ""
    return f"{_STATES[outcome.state]}《{outcome.title}》（{held}）。现在就可以问它的内容。{check}"


def show_log(entries: Sequence[dict[str, str]]) -> str:
    """Return what was done to the corpus, newest first."""
    rows = [
        (
            entry["day"], _ACTIONS[entry["action"]], entry["text_id"], entry["file"],
            (entry["sha256"] or entry["sha256_before"])[:12], entry["remark"],
        )
        for entry in reversed(entries)
    ]  # fmt: skip
    return html_table("变更记录", _LOG_HEADERS, rows, "还没有添加、更新或者删除过文件。")
