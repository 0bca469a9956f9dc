"""What commands print: tables for people, JSON for programs, progress for whoever is watching."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import click


def as_json(value: object) -> None:
    """Print `value` as JSON and nothing else; dataclasses, times, enums and sets are written plainly."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:
    """The same value in what JSON knows: a frozen dataclass as its fields, a moment as ISO text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(inner) for inner in value)
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, right: frozenset[str] = frozenset()) -> None:
    """Print columns as wide as their widest cell; the `right` ones are aligned to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max([len(heading), *(len(row[at]) for row in cells)]) for at, heading in enumerate(headings)]
    for row in [list(headings), *cells]:
        aligned = [
            cell.rjust(width) if heading in right else cell.ljust(width)
            for cell, width, heading in zip(row, widths, headings, strict=True)
        ]
        click.echo("  ".join(aligned).rstrip())


def _cell(value: object) -> str:
    # Names and reasons come from files and mail servers: no control character may reach the terminal.
    words = "" if value is None else str(value)
    return "".join(letter if letter.isprintable() else " " for letter in words)


def note(words: str) -> None:
    """A line for the person at the terminal: to standard error, so that piped output stays clean."""
    click.echo(words, err=True)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Say what takes long, on a terminal only."""
    watching = sys.stderr.isatty()
    if watching:
        click.echo(f"{what} ...", err=True, nl=False)
    try:
        yield
    finally:
        if watching:
            click.echo(f"\r{' ' * (len(what) + 4)}\r", err=True, nl=False)
