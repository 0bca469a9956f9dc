"""A table from a file: what its cells say, with the row each stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.source import Node, Problems, nearest


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row; `number` is its first line in the file, or its row in the sheet."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A header and the rows below it that hold anything."""

    file: str
    header: Row
    rows: tuple[Row, ...]

    def place(self, row: int, column: str = "") -> Node:
        """Where a problem of that row and column stands."""
        return Node(value=None, file=self.file, line=row, path=column)


def columns_of(
    table: Table, known: Sequence[str], problems: Problems, *, aliases: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """The name of each column, "" for one without a title; unknown titles and doubles are problems.

    Case, spaces and hyphens of a title don't matter.
    """
    found: list[str] = []
    for title in table.header.cells:
        name = "_".join(title.lower().replace("-", " ").replace("_", " ").split())
        name = (aliases or {}).get(name, name)
        place = table.place(table.header.number, title.strip())
        if name and name not in known:
            problems.add(place, f"unknown column{nearest(name, known)}")
            name = ""
        elif name and name in found:
            problems.add(place, f"the column '{name}' stands here twice")
            name = ""
        found.append(name)
    return tuple(found)


def cells_of(table: Table, row: Row, columns: Sequence[str], problems: Problems) -> Mapping[str, str]:
    """The row's cells by column, trimmed; a cell beyond the header's columns is a problem."""
    beyond = [cell for cell in row.cells[len(columns) :] if cell.strip()]
    if beyond:
        problems.add(
            table.place(row.number),
            f"has more cells than the header has columns ('{beyond[0].strip()}'): "
            "words that hold the separator need quotes around them",
        )
    return {name: cell.strip() for name, cell in zip(columns, row.cells, strict=False) if name}
