"""What other programs may ask, as they write it, and the use cases that answer with the command line's JSON."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.clock.dates import parse_date

if TYPE_CHECKING:
    from assistant.app import Assistant
    from assistant.report.tables import Statistics

LONGEST_QUESTION = 2000
Day = Annotated[str, Field(description="日期，如 2026-01-05。", examples=["2026-01-05"])]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Question(_Asked):
    """A question to the corpus and to the desk."""

    question: Annotated[str, Field(max_length=LONGEST_QUESTION, examples=["收到申请后几天内要答复？"])]
    as_of: Annotated[Day | None, Field(description="按哪一天有效的规定回答；不写就是今天。")] = None
    history: Annotated[list[str], Field(max_length=50, description="同一件事先前的问题，从早到晚，用来理解追问。")] = []


class Span(_Asked):
    """Days that do not count, both ends included."""

    first: Annotated[Day, Field(alias="from")]
    until: Day


class DeadlineFacts(_Asked):
    """The facts that a deadline is computed from."""

    rule: Annotated[str, Field(description="期限规则，见 GET /deadline/rules。", examples=["reply"])]
    start: Annotated[Day, Field(alias="from", description="起算之日。")]
    received_by: Annotated[str | None, Field(description="提交渠道：当面、邮寄、平信、互联网、传真。")] = None
    confirmed: Annotated[Day | None, Field(description="与申请人确认之日（平信、互联网、传真）。")] = None
    corrected: Annotated[Day | None, Field(description="收到补正的申请之日；期限从这天重新计算。")] = None
    extended: Annotated[bool, Field(description="已经延长期限。")] = False
    pauses: Annotated[list[Span], Field(max_length=20, description="征求意见的起止日期。")] = []


class FeeFacts(_Asked):
    """The numbers that a fee is computed from: either `requests` or `pages`."""

    requests: Annotated[int | None, Field(description="按件：同一申请人一个自然月的申请件数。", examples=[35])] = None
    pages: Annotated[int | None, Field(description="按量：一件申请提供的页数。", examples=[None])] = None
    already: Annotated[int, Field(description="按件时，本月已经收过费的件数。")] = 0
    on: Annotated[Day | None, Field(description="按哪一天有效的标准；不写就是今天。")] = None


def day_of(text: str | None, today: date, name: str = "日期") -> date:
    """Return the day that `text` writes, `today` for None.

    Raises:
        DateError: no such day.
    """
    return today if text is None else parse_date(text, name)


def ask(assistant: "Assistant", asked: Question, today: date) -> dict[str, Any]:
    """Return what `gongkai ask --json` prints."""
    return dict(assistant.ask(asked.question, day_of(asked.as_of, today), asked.history).as_json())


def search(assistant: "Assistant", words: str, limit: int, as_of: str | None, today: date) -> list[dict[str, Any]]:
    """Return what `gongkai search --json` prints."""
    hits = assistant.search(words, day_of(as_of, today), limit)
    return [hit.plain(rank) for rank, hit in enumerate(hits, start=1)]


def deadline(assistant: "Assistant", facts: DeadlineFacts, today: date) -> dict[str, Any]:
    """Return what `gongkai deadline --json` prints."""
    from assistant.clock.deadlines import Pause, compute_deadline

    desk = assistant.desk
    found = compute_deadline(
        desk.rules,
        desk.calendar,
        facts.rule,
        parse_date(facts.start, "起算之日"),
        received_by=facts.received_by,
        confirmed=parse_date(facts.confirmed, "确认之日") if facts.confirmed else None,
        corrected=parse_date(facts.corrected, "收到补正之日") if facts.corrected else None,
        extended=facts.extended,
        pauses=[
            Pause(parse_date(span.first, "征求意见开始之日"), parse_date(span.until, "征求意见结束之日"))
            for span in facts.pauses
        ],
        today=today,
    )
    return found.as_json()


def fee(assistant: "Assistant", facts: FeeFacts, today: date) -> dict[str, Any]:
    """Return what `gongkai fee --json` prints."""
    from assistant.clock.fees import processing_fee

    found = processing_fee(
        assistant.desk.fees,
        day_of(facts.on, today),
        requests=facts.requests,
        pages=facts.pages,
        already=facts.already,
    )
    return found.as_json()


def check(assistant: "Assistant", report: Path, previous: Path | None) -> dict[str, Any]:
    """Return what `gongkai check --json` prints."""
    return assistant.check(report, previous).plain()


def find_previous(assistant: "Assistant", held: bool) -> "Callable[[Statistics], Statistics | None]":
    """Return what finds last year's figures among the reports held, as `gongkai draft` does; nothing unless `held`."""

    def find(statistics: "Statistics") -> "Statistics | None":
        report = assistant.reports.of(statistics.agency, statistics.year - 1) if held else None
        return report.statistics if report else None

    return find
