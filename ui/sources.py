"""The sources panel: for each [n] the document, the article with the quotation marked, the status and the link."""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from assistant.office.conversations import Turn
from ui.transcript import state_of, write_citation

if TYPE_CHECKING:
    from assistant.retrieval.index import Index
    from assistant.sources.digests import Article

EMPTY = (
    '<div class="sources-empty"><p><b>依据会列在这里</b></p>'
    "<p>每个结论后面的 [n] 对应这里的一条：文件、条款、内容，以及程序核对的结果。点 [n] 就打开那一条。</p></div>"
)
_DECLINED = (
    '<div class="sources-empty"><p><b>这个问题没有作答</b></p>'
    "<p>资料库里没有可以引用的规定。换个问法，或者按左侧的提示去问主管的部门。</p></div>"
)
_NONE = '<div class="sources-empty"><p>这一句没有引用条文。</p></div>'
_STYLES = {"已核验": "verified", "未核验": "doubtful", "已失效": "expired"}
# Turns of a long conversation whose sources stay at hand.
_TURNS = 30


def show_sources(turns: Iterable[Turn], index: "Index") -> str:
    """Return the panel for `turns`, the last one open, as HTML with every text escaped."""
    sections = []
    answered = [turn for turn in turns if turn.answer is not None][-_TURNS:]
    for turn in answered:
        answer = turn.answer or {}
        citations = answer.get("citations") or []
        cards = "".join(_card(citation, turn, index) for citation in citations)
        inside = f'<ol class="sources" aria-label="依据">{cards}</ol>' if cards else _NONE
        if answer.get("declined"):
            inside = _DECLINED
        hidden = "" if turn is answered[-1] else " hidden"
        sections.append(f'<section data-turn="{turn.id}"{hidden}>{inside}</section>')
    return "".join(sections) or EMPTY


def _card(citation: dict[str, Any], turn: Turn, index: "Index") -> str:
    until, asked = citation["in_force_until"], turn.asked.date()
    label = state_of(citation, asked)
    kind = "原文" if citation["verbatim"] else "要点"
    url = citation["url"]
    # What a text of the corpus says its address is; nothing but the web is opened.
    if not url.startswith(("https://", "http://")):
        url = ""
    link = f'<a href="{escape(url)}" target="_blank" rel="noreferrer">官方文本</a>' if url else ""
    since = citation["in_force_from"]
    in_force = f"{since} {f'至 {until}' if until else '起施行'}" if since else "施行日期没有查到"
    marker = citation["marker"]
    return (
        f'<li class="source" id="s-{turn.id}-{marker}" data-marker="{marker}" tabindex="-1" '
        f'data-line="{escape(write_citation(citation, asked))}">'
        f'<div class="source-head"><span class="source-number">[{marker}]</span>'
        f'<span class="badge {_STYLES[label]}">{label}</span><span class="badge kind">{kind}</span></div>'
        f'<div class="source-title">《{escape(citation["document"])}》</div>'
        f'<div class="source-part">{escape(citation["clause"])}　{escape(citation["heading"])}</div>'
        f"<blockquote><mark>{escape(citation['quote'])}</mark></blockquote>"
        f"{_whole(citation, index)}"
        f'<div class="source-foot">{escape(citation["document_number"])}　'
        f"{in_force}　{link}</div>"
        "</li>"
    )


def _whole(citation: dict[str, Any], index: "Index") -> str:
    """The whole article, the quotation marked in it; "" where the quotation is all of it or the corpus lost it."""
    article = _article(citation, index)
    if article is None or len(article.paragraphs) < 2:
        return ""
    parts = []
    for paragraph in article.paragraphs:
        text = escape(paragraph.text)
        quote = escape(citation["quote"])
        text = text.replace(quote, f"<mark>{quote}</mark>", 1) if quote else text
        label = f'<span class="source-label">{escape(paragraph.label)}</span>' if paragraph.label else ""
        parts.append(f"<p>{label}{text}</p>")
    name = escape(article.name)
    return f'<details class="whole"><summary>{name}全条</summary>{"".join(parts)}</details>'


def _article(citation: dict[str, Any], index: "Index") -> "Article | None":
    named = [source for source in index.sources if source.title == citation["document"]]
    for source in named:
        if (source.begins.isoformat() if source.begins else None) != citation["in_force_from"]:
            continue
        for article in index.articles_of(source):
            if citation["clause"].startswith(article.name) and any(
                citation["quote"] in (p.text, p.gloss) or citation["quote"] in p.text for p in article.paragraphs
            ):
                return article
    return None


def suggest(turn: Turn, index: "Index", limit: int = 3) -> list[str]:
    """Return questions that may follow: how people ask about the articles that the answer's related rules cite.

    The first is of the article after the answer's own, so that a clerk sees what comes next in the law.
    """
    citations = (turn.answer or {}).get("citations") or []
    found: list[str] = []
    for citation in citations[1:]:
        article = _article(citation, index)
        if article is None:
            continue
        questions = [q for p in article.paragraphs if p.text == citation["quote"] for q in p.questions]
        if question := next((q for q in questions if 8 <= len(q) <= 24 and q not in (turn.question, *found)), None):
            found.append(question)
    return found[:limit]
