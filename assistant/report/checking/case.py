"""What a check looks at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from assistant.report.findings import Anchor, Finding, Rule
from assistant.report.forms import Table
from assistant.report.prose.words import ProseWords
from assistant.report.published import PublishedReport
from assistant.report.tables import Statistics

NO_TEXT: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Case:
    """A report under check.

    Attributes:
        previous: last year's statistics, where given.
        chapters: the text of each prose chapter by key (overview, problems, other); empty before there is one.
        previous_chapters: the same of last year's report.
        report: the finished report that is checked; None while there are only figures.
        prose: the words by which its prose is read.
    """

    rules: Mapping[str, Rule]
    statistics: Statistics
    previous: Statistics | None = None
    chapters: Mapping[str, str] = field(default_factory=lambda: NO_TEXT)
    previous_chapters: Mapping[str, str] = field(default_factory=lambda: NO_TEXT)
    report: PublishedReport | None = None
    prose: ProseWords | None = None

    def constraints(self, code: str) -> Iterator[tuple[Mapping[str, Any], Table]]:
        """The form's constraints of that code, each with its table."""
        for constraint in self.statistics.form.constraints:
            if constraint["code"] == code:
                yield constraint, self.statistics.form.tables[constraint["table"]]

    def finding(
        self, code: str, location: str, variant: str = "default", anchor: Anchor = None, **values: object
    ) -> Finding:
        """Return a finding of that code, with the names that any message may use."""
        names: dict[str, Any] = {
            "document_number": self.statistics.form.document_number,
            "agency": self.statistics.agency,
            "year": self.statistics.year,
            "previous_year": self.previous.year if self.previous else self.statistics.year - 1,
        }
        return self.rules[code].finding(location, variant, anchor=anchor, **(names | values))


Check = Callable[[Case], Iterator[Finding]]
