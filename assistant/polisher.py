"""Wires the chat model to the drafts: a draft polished chapter by chapter."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.report.drafting.draft import ReportRules
    from assistant.report.drafting.polishing import Polished, Rewrite
    from assistant.report.drafting.sections import Draft, Section
    from assistant.report.tables import Statistics

Polisher = Callable[["Draft", "Statistics | None"], "Polished"]


def build_polisher(
    settings: Settings, rules: "ReportRules | None" = None, begins: Callable[[str], None] = lambda title: None
) -> Polisher:
    """Return what polishes a draft, chapter by chapter, with the chat model that `settings` name.

    Args:
        begins: told the title of each chapter before the model is asked, which may take minutes.
    Raises:
        SettingsError: none is set.
    """
    from assistant.report.drafting.draft import load_report_rules
    from assistant.report.drafting.polishing import polish_draft

    known = rules or load_report_rules(settings.shipped_folder / "corpus")
    rewriter = build_rewriter(settings, known)

    def polish(draft: "Draft", previous: "Statistics | None" = None) -> "Polished":
        rewrite = rewriter(draft)

        def told(section: "Section", limit: int) -> str:
            begins(section.chapter.title)
            return rewrite(section, limit)

        return polish_draft(draft, told, known.wording.polishing, previous)

    return polish


def build_rewriter(settings: Settings, rules: "ReportRules") -> "Callable[[Draft], Rewrite]":
    """Return what gives, for a draft, the callable that has the chat model put a chapter in other words.

    Raises:
        SettingsError: no chat model is set.
    """
    from assistant.answering.llm import build_chat_model, complete
    from assistant.errors import SettingsError
    from assistant.holdings import open_reports
    from assistant.report.drafting.rewriting import fill_prompt, own_manner, style_examples

    model = build_chat_model(settings)
    if model is None:
        raise SettingsError(
            "没有设置聊天模型，不能润色；请设置 GONGKAI_LLM_BASE_URL 和 GONGKAI_LLM_MODEL，或者不用 --polish。"
        )
    corpus = settings.shipped_folder / "corpus"
    template = (settings.shipped_folder / "prompts" / "draft_section.md").read_text(encoding="utf-8")

    def rewriter(draft: "Draft") -> "Rewrite":
        examples = style_examples(corpus / "reports", draft, rules)
        own = own_manner(open_reports(corpus, settings.data_folder).reports(), draft)

        def rewrite(section: "Section", limit: int) -> str:
            key = section.chapter.key
            # The body's own manner alone, where it is held: others put it otherwise.
            manner = (own[key],) if key in own else examples.get(key, ())
            return complete(model, fill_prompt(template, section, limit, manner))

        return rewrite

    return rewriter
