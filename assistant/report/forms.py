"""The official form as data: chapters, the rows, columns and labels of the three tables, the years it serves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from assistant.report.errors import FormError

FEE_TABLE = "processing_fee"


class Address(NamedTuple):
    """The place of one value: `requests.received.total`; `processing_fee.cases` has no row."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        return ".".join(part for part in self if part)


@dataclass(frozen=True)
class Node:
    """A row or a column, or a heading over several of them.

    Attributes:
        label: as printed.
        name: how messages call it, unique in its table.
        short: how prose calls it.
        options: `unit`, `decimal`, `signed` of a column.
    """

    key: str
    label: str
    name: str
    short: str
    children: tuple["Node", ...]
    options: Mapping[str, Any]

    def leaves(self) -> tuple["Node", ...]:
        """The rows or columns under this heading; the node itself where it is none."""
        return tuple(leaf for child in self.children for leaf in child.leaves()) if self.children else (self,)

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in printed order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Block:
    """A part of a table with columns of its own (表二 has four, 表三 and 表四 one)."""

    heading: str
    corner: str
    columns: tuple[Node, ...]
    rows: tuple[Node, ...]

    @cached_property
    def column_leaves(self) -> tuple[Node, ...]:
        """The value columns, left to right."""
        return tuple(leaf for node in self.columns for leaf in node.leaves())

    @cached_property
    def row_leaves(self) -> tuple[Node, ...]:
        """The value rows, top to bottom."""
        return tuple(leaf for node in self.rows for leaf in node.leaves())


@dataclass(frozen=True)
class Cell:
    """One value of a form and how it is named and typed; `unit` is 件, 项, 元 or 万元."""

    address: Address
    name: str
    unit: str
    decimal: bool
    signed: bool


@dataclass(frozen=True)
class Table:
    """One of the three tables; `layout` is stacked, matrix or single_row."""

    key: str
    name: str
    layout: str
    blocks: tuple[Block, ...]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every value cell, in printed order."""
        return tuple(
            Cell(
                Address(self.key, row.key, column.key),
                f"{self.name}“{row.name}”{'下' if self.layout == 'single_row' else '行'}“{column.name}”列",
                column.options.get("unit", "件"),
                column.options.get("decimal", False),
                column.options.get("signed", False),
            )
            for block in self.blocks
            for row in block.row_leaves
            for column in block.column_leaves
        )

    @cached_property
    def _nodes(self) -> Mapping[tuple[str, str], Node]:
        # A column key may stand in several blocks (处理决定数量): the first tells its leaves, which are alike.
        found: dict[tuple[str, str], Node] = {}
        for block in self.blocks:
            for axis, nodes in (("row", block.rows), ("column", block.columns)):
                for node in (inner for outer in nodes for inner in outer.walk()):
                    found.setdefault((axis, node.key), node)
        return MappingProxyType(found)

    def node(self, axis: str, key: str) -> Node:
        """The row or column (or heading) with that key.

        Raises:
            FormError: the form has none.
        """
        try:
            return self._nodes[axis, key]
        except KeyError:
            raise FormError(f"表式的{self.name}中没有 {key}，请检查 corpus/forms 中的文件。") from None

    def expand(self, axis: str, key: str) -> tuple[str, ...]:
        """The keys of the value rows or columns that `key` stands for."""
        return tuple(leaf.key for leaf in self.node(axis, key).leaves())


@dataclass(frozen=True)
class Chapter:
    """One of the six chapters; a table's chapter has the table's key."""

    key: str
    number: str
    heading: str
    aspects: Mapping[str, str]

    @property
    def title(self) -> str:
        """The official heading with its number: 一、总体情况."""
        return f"{self.number}、{self.heading}"


@dataclass(frozen=True)
class Form:
    """An official form; `until` is the last report year it serves, None while it runs."""

    id: str
    title: str
    document_number: str
    first_year: int
    until: int | None
    report_title: str
    lead_in: str
    period: str
    processing_fee: bool
    overview_limit: int | None
    chapters: tuple[Chapter, ...]
    tables: Mapping[str, Table]
    constraints: tuple[Mapping[str, Any], ...]

    def serves(self, year: int) -> bool:
        """Whether the report of `year` is made on this form."""
        return self.first_year <= year and (self.until is None or year <= self.until)

    @cached_property
    def cells(self) -> Mapping[Address, Cell]:
        """Every value cell, of the tables in printed order and of the processing fee."""
        cells = [cell for table in self.tables.values() for cell in table.cells]
        if self.processing_fee:
            cells.append(Cell(Address(FEE_TABLE, "", "cases"), "信息处理费“收取件数”", "件", False, False))
            cells.append(Cell(Address(FEE_TABLE, "", "amount"), "信息处理费“收取金额”", "元", True, False))
        return MappingProxyType({cell.address: cell for cell in cells})

    @property
    def years(self) -> str:
        """The years served, as a message says it."""
        return f"{self.first_year}至{self.until}年度" if self.until else f"{self.first_year}年度及以后"
