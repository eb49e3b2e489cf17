"""What follows from figures that were entered: sums, and parts that a sum leaves no choice. Nothing is guessed."""

from collections.abc import Iterator, Mapping

from assistant.report.forms import Address, Form
from assistant.report.tables import Value


def complete(given: Mapping[Address, Value], form: Form) -> dict[Address, Value]:
    """Return every cell of the form: what was given, and what follows from it by the form's own sums.

    A total follows from its parts; where a total is used up, the other parts are 0; the last part is what is left; a
    column into which nothing came has no results. Cells that do not follow are None.
    """
    values: dict[Address, Value] = {address: given.get(address) for address in form.cells}
    rules = list(sum_rules(form))
    filled = True
    while filled:
        filled = any(_fill(values, left, right) for left, right in rules)
    return values


def sum_rules(form: Form) -> Iterator[tuple[tuple[Address, ...], tuple[Address, ...]]]:
    """Yield both sides of every sum of the form, line by line."""
    for _, left, right in sums(form):
        yield left, right


def sums(form: Form) -> Iterator[tuple[str, tuple[Address, ...], tuple[Address, ...]]]:
    """Yield the code and both sides of every sum of the form, line by line."""
    for constraint in form.constraints:
        if "left" not in constraint:
            continue
        table = form.tables[constraint["table"]]
        by_column = constraint["each"] == "column"
        across = "row" if by_column else "column"
        lines = table.blocks[0].column_leaves if by_column else table.blocks[0].row_leaves
        for line in lines:
            sides = [
                tuple(
                    Address(table.key, part, line.key) if by_column else Address(table.key, line.key, part)
                    for key in constraint[side]
                    for part in table.expand(across, key)
                )
                for side in ("left", "right")
            ]
            yield constraint["code"], sides[0], sides[1]


def _fill(values: dict[Address, Value], left: tuple[Address, ...], right: tuple[Address, ...]) -> bool:
    """Put in what one sum tells; whether there was anything."""
    for known, other in ((left, right), (right, left)):
        whole = _total(values, known)
        if whole is None:
            continue
        open_ = [address for address in other if values[address] is None]
        if not open_:
            continue
        rest = whole - sum(value for address in other if (value := values[address]) is not None)
        # 上年结转 and 结转下年度 are facts of their own: they follow only where nothing came in at all.
        if rest == 0 or (len(open_) == 1 and rest > 0 and len(known) == 1):
            values.update(dict.fromkeys(open_, 0) if rest == 0 else {open_[0]: rest})
            return True
        if len(open_) == 1 and len(other) == 1:
            values[open_[0]] = whole
            return True
    return False


def _total(values: Mapping[Address, Value], addresses: tuple[Address, ...]) -> Value:
    known = [value for address in addresses if (value := values[address]) is not None]
    return sum(known) if len(known) == len(addresses) else None
