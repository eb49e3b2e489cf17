"""The statistics of one body and one year: the value of every cell, and the notes for the narrative."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from assistant.errors import InputError
from assistant.report.forms import Address, Form

Value = int | Decimal | None  # None is "not entered", never 0

LEVELS = {"department": "部门", "government": "政府", "township": "乡镇、街道"}
REGION_RANKS = {"province": "省级", "city": "市级", "county": "县级"}
_NOTHING = re.compile(r"[\W_]*(?:(?:暂|均|全部|都)?无|(?:暂时|都)?没有|略|不涉及)?[了\W_]*")


def says_nothing(note: str) -> bool:
    """Whether a note only says that there is none: 「无」, 「没有」, 「/」."""
    return bool(_NOTHING.fullmatch(note))


def read_level(said: str) -> str:
    """Return the key of `LEVELS` that a person means by 「街道」, "" for "".

    Raises:
        InputError: no such kind of body.
    """
    found = [key for key, name in LEVELS.items() if said and (said == key or said in name.split("、"))]
    if said and not found:
        raise InputError(f"没有“{said}”这一类机关，可用的有{'、'.join(LEVELS.values())}。")
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What was odd about a value as it was typed; `kind` names a message of W6 or H5 in checks.yaml.

    Attributes:
        place: the workbook cell (表三!D7), or "" for a text file.
        raw: as typed.
    """

    address: Address
    kind: str
    raw: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class LastYearProblem:
    """A problem that last year's report named, and what was done about it ("" is not entered)."""

    problem: str
    done: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The notes of staff; `notes` holds the lists by key (proactive … measures, other)."""

    notes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    last_year_problems: tuple[LastYearProblem, ...] = ()

    def of(self, key: str) -> tuple[str, ...]:
        """The notes under `key`."""
        return self.notes.get(key, ())

    def told(self, key: str) -> tuple[str, ...]:
        """The notes under `key` that say more than 「无」."""
        return tuple(note for note in self.of(key) if not says_nothing(note))


@dataclass(frozen=True)
class Statistics:
    """One body's figures of one year.

    Attributes:
        level: department, government or township.
        region_rank: province, city or county; None is not entered.
        cells: a value for every cell of the form.
        remarks: oddities met while reading; no part of what two statistics have in common.
    """

    form: Form
    agency: str
    level: str
    region_rank: str | None
    year: int
    cells: Mapping[Address, Value]
    facts: Facts
    contact: str = ""
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    def value(self, table: str, row: str, column: str) -> Value:
        """The value of one cell; None too where the form has no such cell."""
        return self.cells.get(Address(table, row, column))

    def total(self, addresses: tuple[Address, ...]) -> Value:
        """The sum of several cells; None if one of them is not entered."""
        values = [self.cells.get(address) for address in addresses]
        known = [value for value in values if value is not None]
        return sum(known) if len(known) == len(values) else None

    @property
    def makes_rules(self) -> bool:
        """Whether such a body can make 规章 at all (a government of a province or a city with districts)."""
        return self.level == "government" and self.region_rank != "county"

    def all_zero(self, table: str) -> bool:
        """Whether every cell of the table is entered and is 0."""
        return all(self.cells[cell.address] == 0 for cell in self.form.tables[table].cells)
