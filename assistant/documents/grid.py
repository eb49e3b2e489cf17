"""Lays cells with spans on a grid: how every reader makes its raw tables."""

from assistant.documents.blocks import Place, RawTable


class Grid:
    """Cells placed one by one; each covers a rectangle, and the first to claim a place keeps it."""

    def __init__(self) -> None:
        self._texts: dict[Place, str] = {}
        self._origins: dict[Place, Place] = {}
        self._unsure: set[Place] = set()

    def place(self, row: int, column: int, text: str, rows: int = 1, columns: int = 1, *, unsure: bool = False) -> None:
        """Put a cell whose upper left place is (`row`, `column`) and that covers `rows` × `columns` places."""
        for r in range(row, row + rows):
            for c in range(column, column + columns):
                if (r, c) not in self._texts:
                    self._texts[r, c], self._origins[r, c] = text, (row, column)
                    if unsure:
                        self._unsure.add((r, c))

    def continue_above(self, row: int, column: int, columns: int = 1) -> None:
        """Let the cell above (`row`, `column`) cover this place too; without one, an empty cell stands there."""
        above = (row - 1, column)
        if above not in self._texts:
            self.place(row, column, "", 1, columns)
            return
        for c in range(column, column + columns):
            if (row, c) not in self._texts:
                self._texts[row, c], self._origins[row, c] = self._texts[above], self._origins[above]

    def next_free(self, row: int, column: int = 0) -> int:
        """Return the first column from `column` on in which nothing stands yet."""
        while (row, column) in self._texts:
            column += 1
        return column

    def table(self, page: int | None = None, nested_in: Place | None = None) -> RawTable:
        """Return the table; rows are filled up with empty cells to one width, rows without any cell dropped."""
        numbers = sorted({row for row, _ in self._texts})
        width = 1 + max((column for _, column in self._texts), default=-1)
        index = {row: position for position, row in enumerate(numbers)}
        return RawTable(
            rows=tuple(tuple(self._texts.get((row, c), "") for c in range(width)) for row in numbers),
            covered=frozenset((index[r], c) for (r, c), origin in self._origins.items() if origin != (r, c)),
            unsure=frozenset((index[r], c) for r, c in self._unsure),
            page=page,
            nested_in=nested_in,
        )
