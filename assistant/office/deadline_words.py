"""What a message says of a deadline: which period, and what each of its days is (received, corrected, asked others)."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.clock.deadlines import Pause
from assistant.clock.rules import DeadlineRules
from assistant.numbers import fold_figures
from assistant.office.spoken_dates import SpokenDay, find_days

_CLAUSE = re.compile(r"[,，。;；、?？!！]")


@dataclass(frozen=True, slots=True)
class DeadlineFacts:
    """What was told.

    Attributes:
        arguments: of `compute_deadline`: key, start, received_by, confirmed, corrected, extended, pauses.
        missing: what must still be asked, keys of `asks` in the words: rule, start, sent, pause, two_starts.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def read_deadline_facts(text: str, today: date, words: dict[str, Any], rules: DeadlineRules) -> DeadlineFacts:
    """Return what `text` says of a deadline.

    Raises:
        DateError: a day that does not exist.
    """
    folded = fold_figures(text)
    days = [(day, _role(folded, day, bounds, words)) for bounds, day in _with_bounds(folded, find_days(text, today))]
    arguments: dict[str, Any] = {}
    missing: list[str] = []
    starts = [day.day for day, role in days if role == "start"]
    confirmed = [day.day for day, role in days if role == "confirmed"]
    if not starts and confirmed:
        starts, confirmed = confirmed, []
    key = _rule(folded, words, asks_others=any(role in ("pause", "corrected") for _, role in days))
    rule = rules.rules.get(key or "")
    if key:
        arguments["key"] = key
    if rule and not any(version.pause for version in rule.versions):
        # Where nothing is taken out, the day on which others were asked is what the period runs from.
        starts = starts or [day.day for day, role in days if role == "pause"]
        days = [(day, role) for day, role in days if role != "pause"]
    if len(set(starts)) > 1:
        missing.append("two_starts")
    elif starts:
        arguments["start"] = starts[0]
    channel = next((item["channel"] for item in words["channels"] if re.search(item["when"], folded)), None)
    if channel and (rule is None or rule.by_channel):
        arguments["received_by"] = channel
        if confirmed:
            arguments["confirmed"] = confirmed[0]
    elif confirmed:
        arguments["start"] = confirmed[0]
    first = arguments.get("start", date.min)
    if corrected := [day.not_before(first).day for day, role in days if role == "corrected"]:
        arguments["corrected"] = max(corrected)
    if re.search(words["extended"], folded):
        arguments["extended"] = True
    pauses, open_ended = _pauses(folded, [day.not_before(first) for day, role in days if role == "pause"], today, words)
    if pauses:
        arguments["pauses"] = pauses
    if open_ended or (key == "reply" and not pauses and re.search(words["paused"], folded)):
        missing.append("pause")
    if not starts:
        missing.append("sent" if any(role == "sent" for _, role in days) and channel else "start")
    if rule and (rule.versions[0].extension == 0 and "extended" in arguments):
        del arguments["extended"]
    return DeadlineFacts(arguments, (*missing, *(() if key else ("rule",))))


def _with_bounds(folded: str, days: list[SpokenDay]) -> list[tuple[tuple[int, int], SpokenDay]]:
    """Each day with the bounds of what is said of it: its clause, back to the day before and on to the next."""
    found = []
    for index, day in enumerate(days):
        cuts = [match.start() for match in _CLAUSE.finditer(folded)]
        low = max([0, *(cut + 1 for cut in cuts if cut < day.start), *(other.end for other in days[:index])])
        high = min([len(folded), *(cut for cut in cuts if cut >= day.end), *(o.start for o in days[index + 1 :])])
        found.append(((low, high), day))
    return found


def _role(folded: str, day: SpokenDay, bounds: tuple[int, int], words: dict[str, Any]) -> str:
    """What a day is: by the nearest words after it, else by the nearest before it; without any it starts the period.

    「补正材料11月20日收到」: what stands close before the day may say more than what follows.
    """
    for entry in words["roles"]:
        if "before" in entry and re.search(entry["before"], folded[bounds[0] : day.start]):
            return str(entry["role"])
    for said, nearest in ((folded[day.end : bounds[1]], min), (folded[bounds[0] : day.start], max)):
        found = [
            (match.start(), -index if nearest is max else index, str(entry["role"]))
            for index, entry in enumerate(words["roles"])
            if "when" in entry
            for match in re.finditer(entry["when"], said)
        ]
        if found:
            return nearest(found)[2]
    return "start"


def _rule(folded: str, words: dict[str, Any], asks_others: bool) -> str | None:
    """The period asked for: what the asking clause names; else what the whole message does."""
    for entry in words["deadlines"]:
        if entry.get("whole") and re.search(entry["when"], folded):
            return str(entry["rule"])
    asking = [clause for clause in _CLAUSE.split(folded) if re.search(words["asks_when"], clause)]
    for said in (*asking, folded):
        if said == folded and asks_others:
            return "reply"
        for entry in words["deadlines"]:
            if re.search(entry["when"], said):
                return str(entry["rule"])
    return None


def _pauses(folded: str, days: list[SpokenDay], today: date, words: dict[str, Any]) -> tuple[tuple[Pause, ...], bool]:
    """The spans in which others were asked, and whether one has no end that was told."""
    pauses, open_ended = [], False
    singles = [day for day in days if day.last is None]
    pauses += [Pause(day.day, day.last) for day in days if day.last]
    if len(singles) == 2:
        pauses.append(Pause(singles[0].day, singles[1].day))
    elif singles and re.search(words["open_pause"], folded):
        pauses += [Pause(day.day, max(today, day.day)) for day in singles]
    elif singles:
        open_ended = True
    return tuple(pauses), open_ended
