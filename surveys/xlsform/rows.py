"""The rows of an XLSForm's sheets: cells by column, and words for people by language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from surveys.source import Node, Problems
from surveys.table import Row, Table
from surveys.xlsform.form import language_tag

_ALIASES = {"caption": "label", "list": "list_name", "relevance": "relevant", "value": "name", "title": "form_title"}


@dataclass(frozen=True, kw_only=True, slots=True)
class FormRow:
    """One row. `texts` holds, by column, the words for each language tag, "" where the column names none."""

    sheet: str
    file: str
    line: int
    cells: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]

    def word(self, column: str) -> str:
        """What stands in the column, trimmed; "" if nothing does."""
        return self.cells.get(column, "")

    def at(self, column: str) -> Node:
        """Where a problem of that column stands."""
        return self.node(column, None)

    def node(self, column: str, value: str | tuple[Node, ...] | Mapping[str, Node] | None) -> Node:
        """A value that comes from that column of this row."""
        return Node(value=value, file=self.file, line=self.line, path=f"{self.sheet}.{column}")


def rows_of(
    table: Table, sheet: str, known: tuple[str, ...], texts: tuple[str, ...], problems: Problems
) -> tuple[FormRow, ...]:
    """Every row of a sheet; a column that isn't known and says something is left out with a warning."""
    columns = [_column(title, texts) for title in table.header.cells]
    for (name, tag), title, index in zip(columns, table.header.cells, range(len(columns)), strict=True):
        place = Node(value=None, file=table.file, line=table.header.number, path=f"{sheet}.{title.strip()}")
        if name in texts and tag is None:
            problems.add(place, "its language can't be told; write it with its tag, like label::English (en)")
        elif name and name not in known and name not in texts and any(_cell(row, index) for row in table.rows):
            problems.warn(place, "the column isn't taken over")
    return tuple(_row(table, sheet, row, columns, known, texts) for row in table.rows)


def _row(
    table: Table,
    sheet: str,
    row: Row,
    columns: list[tuple[str, str | None]],
    known: tuple[str, ...],
    texts: tuple[str, ...],
) -> FormRow:
    cells: dict[str, str] = {}
    spoken: dict[str, dict[str, str]] = {}
    for index, (name, tag) in enumerate(columns):
        words = _cell(row, index)
        if not words:
            continue
        if name in texts and tag is not None:
            spoken.setdefault(name, {}).setdefault(tag, words)
        elif name in known:
            cells.setdefault(name, words)
    return FormRow(sheet=sheet, file=table.file, line=row.number, cells=cells, texts=spoken)


def _cell(row: Row, index: int) -> str:
    return row.cells[index].strip() if index < len(row.cells) else ""


def _column(title: str, texts: tuple[str, ...]) -> tuple[str, str | None]:
    """The column's name, and the language it names: "" for none, None for one that can't be told."""
    base, *rest = re.split(r"\s*::?\s*", title.strip(), maxsplit=1)
    name = "_".join(base.lower().replace("-", " ").split())
    name = _ALIASES.get(name, name)
    if name not in texts:
        # `bind::…` and `media::…` are other columns than those they begin with.
        return ("_".join(title.lower().split()) if rest else name), ""
    return name, (language_tag(rest[0]) or None) if rest else ""
