"""Reads `corpus/deadlines.yaml`: the periods of law, and how the receiving day follows from the channel."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import CorpusFileError, DeadlineError

WORKING_DAY, DAY, MONTH, FIXED_DATE = "工作日", "日", "月", "固定日期"
_UNITS = {WORKING_DAY, DAY, MONTH, FIXED_DATE}
_VERSION_KEYS = {"in_force_from", "in_force_until", "length", "unit", "extension", "pause", "rest_day", "basis"}
_VERSION_KEYS |= {"notes", "month", "day"}
_RULE_KEYS = {"name", "start", "by_channel", "restarts", "past", "versions"}


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule as it stood from one day to another.

    Attributes:
        length: the period in `unit`; 0 for a fixed date.
        extension: by how much it may be made longer, in `unit`; 0 for not at all.
        pause: which time is taken out, or "" where none is.
        moves: whether a last day that is a day of rest moves to the next working day.
        month_day: month and day of a fixed date.
        basis: how the articles are cited, 「《…》（…）第三十三条第二款」.
    """

    in_force_from: date
    in_force_until: date | None
    length: int
    unit: str
    extension: int
    pause: str
    moves: bool
    month_day: tuple[int, int] | None
    basis: tuple[str, ...]
    notes: tuple[str, ...]

    def in_force_on(self, day: date) -> bool:
        """Whether this version is in force on `day`."""
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """One period of law, in all its versions.

    Attributes:
        start: the event whose day starts the period (and is not counted).
        by_channel: the start is the receiving day of a request, which the channel decides.
        restarts: a corrected request starts the period anew.
        past: the start must have happened.
    """

    key: str
    name: str
    start: str
    by_channel: bool
    restarts: bool
    past: bool
    versions: tuple[RuleVersion, ...]

    def version_on(self, day: date) -> RuleVersion:
        """Return the version in force on `day`.

        Raises:
            DeadlineError: there is none.
        """
        for version in self.versions:
            if version.in_force_on(day):
                return version
        first = min(version.in_force_from for version in self.versions)
        raise DeadlineError(f"“{self.name}”的期限自{first}起施行，不能从{day}起算；请核对日期。")


@dataclass(frozen=True, slots=True)
class ChannelVersion:
    """How one channel fixes the receiving day, from one day to another."""

    in_force_from: date
    in_force_until: date | None
    by: str
    confirms: bool
    same_day: bool
    basis: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in which requests arrive (条例 31)."""

    key: str
    name: str
    aliases: tuple[str, ...]
    versions: tuple[ChannelVersion, ...]

    def version_on(self, day: date) -> ChannelVersion:
        """Return the version in force on `day`.

        Raises:
            DeadlineError: there is none.
        """
        for version in self.versions:
            if version.in_force_from <= day and (version.in_force_until is None or day <= version.in_force_until):
                return version
        raise DeadlineError(f"没有{day}当天有效的收到日规则，请核对日期。")


@dataclass(frozen=True, slots=True)
class DeadlineRules:
    """Every rule and every channel of `corpus/deadlines.yaml`."""

    rules: dict[str, DeadlineRule]
    channels: dict[str, Channel]

    def rule(self, key: str) -> DeadlineRule:
        """Return the rule of that key.

        Raises:
            DeadlineError: there is none.
        """
        if key not in self.rules:
            known = "、".join(f"{rule.key}（{rule.name}）" for rule in self.rules.values())
            raise DeadlineError(f"没有“{key}”这条期限规则；可用的有 {known}。")
        return self.rules[key]

    def channel(self, word: str) -> Channel:
        """Return the channel of that key, name or everyday word.

        Raises:
            DeadlineError: there is none.
        """
        for channel in self.channels.values():
            if word.strip().lower() in (channel.key, channel.name, *(alias.lower() for alias in channel.aliases)):
                return channel
        known = "、".join(f"{channel.key}（{channel.name}）" for channel in self.channels.values())
        raise DeadlineError(f"没有“{word}”这种提交渠道；可用的有 {known}。")


def load_rules(path: Path) -> DeadlineRules:
    """Return the rules of `path` (`corpus/deadlines.yaml`).

    Raises:
        CorpusFileError: the file breaks the format that its head tells.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        titles = {key: _cite(entry) for key, entry in data["basis_titles"].items()}
        rules = {key: _read_rule(key, entry, titles) for key, entry in data["rules"].items()}
        channels = {key: _read_channel(key, entry, titles) for key, entry in data["channels"].items()}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CorpusFileError(path, (mark.line if mark else 0) + 1, "不是正确的 YAML。") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CorpusFileError(path, 1, f"期限规则的格式不对（{error}）。") from error
    return DeadlineRules(rules, channels)


def _cite(entry: dict[str, str]) -> str:
    return f"《{entry['title']}》" + (f"（{entry['number']}）" if entry.get("number") else "")


def _basis(reference: str, titles: dict[str, str]) -> str:
    key, _, part = reference.partition(" ")
    return titles[key] + part


def _read_rule(key: str, entry: dict[str, Any], titles: dict[str, str]) -> DeadlineRule:
    if unknown := set(entry) - _RULE_KEYS:
        raise ValueError(f"{key}: {sorted(unknown)}")
    return DeadlineRule(
        key=key,
        name=entry["name"],
        start=entry["start"],
        by_channel=bool(entry.get("by_channel")),
        restarts=bool(entry.get("restarts")),
        past=bool(entry.get("past")),
        versions=tuple(_read_version(key, version, titles) for version in entry["versions"]),
    )


def _read_version(key: str, entry: dict[str, Any], titles: dict[str, str]) -> RuleVersion:
    if unknown := set(entry) - _VERSION_KEYS:
        raise ValueError(f"{key}: {sorted(unknown)}")
    unit, fixed = entry["unit"], entry["unit"] == FIXED_DATE
    if unit not in _UNITS or entry.get("rest_day", "next") not in ("next", "stays"):
        raise ValueError(f"{key}: {unit}")
    return RuleVersion(
        in_force_from=entry["in_force_from"],
        in_force_until=entry.get("in_force_until"),
        length=0 if fixed else int(entry["length"]),
        unit=unit,
        extension=int(entry.get("extension", 0)),
        pause=entry.get("pause", ""),
        moves=entry.get("rest_day") == "next",
        month_day=(entry["month"], entry["day"]) if fixed else None,
        basis=tuple(_basis(reference, titles) for reference in entry["basis"]),
        notes=tuple(entry.get("notes") or ()),
    )


def _read_channel(key: str, entry: dict[str, Any], titles: dict[str, str]) -> Channel:
    versions = tuple(
        ChannelVersion(
            in_force_from=version["in_force_from"],
            in_force_until=version.get("in_force_until"),
            by=version["by"],
            confirms=bool(version.get("confirms")),
            same_day=bool(version.get("same_day")),
            basis=_basis(version["basis"], titles),
        )
        for version in entry["versions"]
    )
    return Channel(key, entry["name"], tuple(entry["aliases"]), versions)
