"""`soundings export`: a round's answers as a file."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from bot.commands.naming import round_argument, the_round
from bot.failures import CommandRefused
from bot.printing import note, progress
from bot.wiring import desk
from reports import export_table as tables
from reports.export import Export, as_json, export_of
from surveys.authority import Deed
from surveys.programme import Mode
from surveys.rounds import RoundState

FORMATS = ("json", "csv", "xlsx", "sav")
STANDARD_OUTPUT = "-"


@click.command()
@round_argument
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Left out: what FILE ends in, else json.")
@click.option(
    "-o", "--output", "target", default=STANDARD_OUTPUT, metavar="FILE", help="Left out or -: standard output."
)
def export(round_name: str, format_: str | None, target: str) -> None:
    """Write a round's answers to a file, with their codebook.

    Partial returns are included. A csv file has its codebook beside it, FILE.codebook.csv; json and xlsx carry it
    inside. What is left out by the round's mode is described in docs/file-formats.md.
    """
    chosen = format_ or _format_of(target)
    if chosen == "sav":
        raise CommandRefused("sav is not available yet; csv with its codebook, xlsx and json are")
    if chosen == "xlsx" and target == STANDARD_OUTPUT:
        raise CommandRefused("an xlsx file is not text: name a file with -o FILE.xlsx")
    with desk() as here, here.store.reading() as tx:
        round_ = the_round(tx, round_name, here.actor, Deed.SEE_ANSWERS)
        with progress("Reading answers"):
            found = export_of(tx, round_)
    if round_.mode is Mode.UNLINKED and round_.state is RoundState.OPEN:
        note(
            "This unlinked round is still open: exports made at different times can be compared, and may show whose"
            " return is whose. Export when it has closed."
        )
    if target == STANDARD_OUTPUT:
        click.echo(_text(found, chosen), nl=chosen == "json")
        return
    path = Path(target)
    try:
        _write(found, chosen, path)
    except OSError as error:
        raise CommandRefused(f"{path} can't be written: {error.strerror}") from None
    note(f"{len(found.responses)} responses of {round_.name} are in {path}.")


def _format_of(target: str) -> str:
    ending = Path(target).suffix.lstrip(".").lower()
    return ending if ending in FORMATS else "json"


def _text(found: Export, chosen: str) -> str:
    if chosen == "json":
        return json.dumps(as_json(found), ensure_ascii=False, indent=2)
    return tables.as_csv(tables.header(found), tables.rows(found))


def _write(found: Export, chosen: str, path: Path) -> None:
    if chosen == "xlsx":
        made = io.BytesIO()
        tables.write_xlsx(found, made)
        with private_file(path) as out:
            out.write(made.getvalue())
        return
    with private_file(path) as out:
        out.write(_text(found, chosen).encode() + (b"\n" if chosen == "json" else b""))
    if chosen == "csv":
        beside = path.with_name(f"{path.stem}.codebook.csv")
        with private_file(beside) as out:
            out.write(tables.as_csv(tables.codebook_header(), tables.codebook_rows(found)).encode())


@contextmanager
def private_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that only its owner may read, and that takes its place when it is whole."""
    half = path.with_name(f".{path.name}.part")
    half.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            yield out
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
