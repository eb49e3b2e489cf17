"""The sources panel: for each [n] the document, the article, the text, the status and the link."""

from datetime import date
from html import escape

from assistant.answering.citations import Answer, Citation

EMPTY = (
    '<div class="sources-empty"><p><b>依据会列在这里</b></p>'
    "<p>每个结论后面的 [n] 对应这里的一条：文件、条款、内容，以及程序核对的结果。</p></div>"
)
_DECLINED = (
    '<div class="sources-empty"><p><b>这个问题没有作答</b></p>'
    "<p>资料库里没有可以引用的规定。换个问法，或者按左侧的提示去问主管的部门。</p></div>"
)
_STATES = {"verified": ("已核验", "verified"), "unsupported": ("未核验", "doubtful"), "unknown": ("未核验", "doubtful")}


def show_sources(answer: Answer, on: date) -> str:
    """Return the panel for `answer` as HTML, every text escaped."""
    if not answer.citations:
        return _DECLINED
    return f'<ol class="sources" aria-label="依据">{"".join(_card(c, on) for c in answer.citations)}</ol>'


def _card(citation: Citation, on: date) -> str:
    label, style = ("已失效", "expired") if citation.expired_on(on) else _STATES[citation.status]
    kind = "原文" if citation.verbatim else "要点"
    link = f'<a href="{escape(citation.url)}" target="_blank" rel="noreferrer">官方文本</a>' if citation.url else ""
    until = f"至 {citation.in_force_until}" if citation.in_force_until else "起施行"
    return (
        f'<li class="source" id="source-{citation.marker}">'
        f'<div class="source-head"><span class="source-number">[{citation.marker}]</span>'
        f'<span class="badge {style}">{label}</span><span class="badge kind">{kind}</span></div>'
        f'<div class="source-title">《{escape(citation.document)}》</div>'
        f'<div class="source-part">{escape(citation.clause)}　{escape(citation.heading)}</div>'
        f"<blockquote>{escape(citation.quote)}</blockquote>"
        f'<div class="source-foot">{escape(citation.document_number)}　{citation.in_force_from} {until}　{link}</div>'
        "</li>"
    )
