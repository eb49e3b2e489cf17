"""Tells which row or column of the form a printed label stands for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.report.forms import Form, Node
from assistant.report.reading.wording import ReadingWords, fold_label, numbering

# A recognized or mistyped label is told by likeness only where it is long enough to be like nothing else.
_ALIKE, _LONG_ENOUGH, _AHEAD = 0.8, 5, 0.04
# A heading and the longest label in one cell; longer text is prose, however often it begins alike.
_LONGEST = 200
_SHORT = 2


@dataclass(frozen=True, slots=True)
class Label:
    """A row or column that a text stands for; `leaf` is False for a heading over several."""

    table: str
    axis: str
    key: str
    leaf: bool


class LabelBook:
    """The labels of one form with their variants."""

    def __init__(self, form: Form, words: ReadingWords) -> None:
        self._known: dict[str, list[Label]] = {}
        self._found: dict[str, tuple[Label, ...]] = {}
        self._printed = words.printed
        self._headings: set[str] = set()
        self._numbers: dict[Label, tuple[str, int]] = {}
        self._widths: dict[tuple[str, str], int] = {}
        for key, table in form.tables.items():
            for block in table.blocks:
                if block.heading:
                    self._add(block.heading, Label(key, "heading", block.heading, False))
                self._widths |= {(key, leaf.key): len(block.column_leaves) for leaf in block.row_leaves}
                for axis, nodes in (("rows", block.rows), ("columns", block.columns)):
                    for node in _walk(nodes):
                        label = Label(key, axis, node.key, not node.children)
                        self._numbers.setdefault(label, numbering(node.label))
                        if axis == "rows" and node.children:
                            self._headings.add(fold_label(node.label))
                        variants = words.labels.get(key, {}).get(axis, {}).get(node.key, ())
                        for text in {node.label, *variants, *((node.short,) if axis == "rows" else ())}:
                            self._add(text, label)

    def _add(self, text: str, label: Label) -> None:
        held = self._known.setdefault(fold_label(text), [])
        if label not in held:
            held.append(label)

    def find(self, text: str, axis: str, tables: Iterable[str] | None = None) -> Label | None:
        """Return the label of that axis (rows, columns, heading) that `text` is, in one of `tables`; None for none."""
        allowed = None if tables is None else set(tables)
        for label in self._find_all(fold_label(text)):
            if (
                label.axis == axis
                and (allowed is None or label.table in allowed)
                and not self._contradicts(text, label)
            ):
                return label
        return None

    def width(self, label: Label) -> int:
        """How many figures a row of the form has; 0 for a heading."""
        return self._widths.get((label.table, label.key), 0) if label.axis == "rows" else 0

    def _contradicts(self, text: str, label: Label) -> bool:
        """Whether a label has the number of another row that begins alike.

        「2.其他」 is no 3.其他 but what a line break left of 2.其他法律行政法规禁止公开.
        """
        folded, printed, own = fold_label(text), numbering(text)[1], self._numbers.get(label, ("", 0))[1]
        if label.axis != "rows" or len(folded) > _SHORT or not (printed and own) or printed == own:
            return False
        return any(known != folded and known.startswith(folded) for known in self._known)

    def knows(self, text: str) -> bool:
        """Whether `text` is printed in one of the tables: a label, a heading, a corner."""
        folded = fold_label(text)
        return folded in self._printed or bool(self._find_all(folded))

    def tables_of(self, text: str) -> frozenset[str]:
        """The tables in which `text` is a label."""
        return frozenset(label.table for label in self._find_all(fold_label(text)))

    def _find_all(self, folded: str) -> tuple[Label, ...]:
        if folded not in self._found:
            self._found[folded] = self._search(folded)
        return self._found[folded]

    def _search(self, folded: str) -> tuple[Label, ...]:
        if not folded or len(folded) > _LONGEST:
            return ()
        exact = self._known.get(folded)
        if exact:
            return tuple(exact)
        # A heading and its row in one cell: 「三、本年度办理结果（一）予以公开」.
        for heading in self._headings:
            rest = folded.removeprefix(heading).lstrip("一二三四五六七八九十0123456789")
            if folded.startswith(heading) and (found := self._find_all(rest)):
                return found
        return self._alike(folded)

    def _alike(self, folded: str) -> tuple[Label, ...]:
        if not _LONG_ENOUGH <= len(folded) <= 60:
            return ()
        scored = sorted(_likeness(folded, self._known), reverse=True)
        if not scored or scored[0][0] < _ALIKE:
            return ()
        if len(scored) > 1 and scored[0][0] - scored[1][0] < _AHEAD and not self._same(scored[0][1], scored[1][1]):
            return ()
        return tuple(self._known[scored[0][1]])

    def _same(self, one: str, other: str) -> bool:
        return bool(set(self._known[one]) & set(self._known[other]))


def _likeness(folded: str, known: Iterable[str]) -> Iterator[tuple[float, str]]:
    matcher = SequenceMatcher(None, "", folded, autojunk=False)
    for text in known:
        if len(text) < _LONG_ENOUGH or min(len(text), len(folded)) < 0.66 * max(len(text), len(folded)):
            continue
        matcher.set_seq1(text)
        if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE:
            ratio = matcher.ratio()
            if ratio >= _ALIKE:
                yield ratio, text


def _walk(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield from node.walk()
