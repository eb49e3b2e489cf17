"""What a check finds, with its severity, words and basis from `corpus/checks.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from assistant.errors import CorpusFileError
from assistant.report.corpus_files import load_corpus_yaml
from assistant.report.forms import Address

_SEVERITIES = ("error", "warning", "info")
_PLAIN = ("code", "severity", "location", "message", "expected", "actual", "basis")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document's text: characters `start` to `end` of its block number `block`."""

    block: int
    start: int
    end: int


Anchor = Address | Span | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check; `location` and `message` name the cell as printed, `expected` and `actual` are text.

    Attributes:
        anchor: where it is in the report, for marking: a cell, a stretch of prose, or None; no part of the JSON.
    """

    code: str
    severity: str
    location: str
    message: str
    expected: str | None
    actual: str | None
    basis: str
    anchor: Anchor = field(default=None, compare=False)

    def plain(self) -> dict[str, str | None]:
        """The finding as the contract's JSON."""
        return {name: getattr(self, name) for name in _PLAIN}


@dataclass(frozen=True, slots=True)
class Rule:
    """One code of checks.yaml; `messages` holds the words of each variant, `severities` those that weigh otherwise."""

    code: str
    title: str
    severity: str
    basis: str
    messages: Mapping[str, str]
    severities: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def finding(
        self,
        location: str,
        variant: str = "default",
        expected: object = None,
        actual: object = None,
        anchor: Anchor = None,
        **values: object,
    ) -> Finding:
        """Return a finding of this code; `values` fill the names in the message and the basis."""
        words = {key: show(value) for key, value in values.items()}
        words |= {"location": location, "expected": show(expected), "actual": show(actual)}
        return Finding(
            self.code,
            self.severities.get(variant, self.severity),
            location,
            self.messages[variant].format_map(words),
            None if expected is None else show(expected),
            None if actual is None else show(actual),
            self.basis.format_map(words),
            anchor,
        )


def show(value: object) -> str:
    """Return a value as a report prints it: no exponent, 「未填」 for what is not entered."""
    if value is None:
        return "未填"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def load_rules(path: Path) -> Mapping[str, Rule]:
    """Return the rules of checks.yaml, by code.

    Raises:
        CorpusFileError: the file is broken.
    """
    try:
        data = load_corpus_yaml(path)
        rules = {
            code: Rule(
                code,
                entry["title"],
                entry["severity"],
                entry["basis"],
                MappingProxyType(entry["messages"]),
                MappingProxyType(entry.get("severities", {})),
            )
            for code, entry in data.items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise CorpusFileError(path, 1, f"检查项缺少 {error}。") from error
    for rule in rules.values():
        if not {rule.severity, *rule.severities.values()} <= set(_SEVERITIES):
            raise CorpusFileError(path, 1, f"{rule.code} 的 severity 只能是 {'、'.join(_SEVERITIES)}。")
    return MappingProxyType(rules)
