"""`soundings mail`: mails from a pipe or from files."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from bot.commands.naming import json_option
from bot.failures import CommandRefused, NotNow
from bot.printing import as_json, note
from bot.wiring import desk, moment_of
from handlers.mail_in import Received, handle_waiting, receive
from storage.engine import DatabaseBusyError, Store
from surveys.authority import Deed

_TRIES = 6


@click.group()
def mail() -> None:
    """Take in mails that people have sent."""


@mail.command(name="receive")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--at", metavar="ISO-TIME", help="As if they had arrived at this time. Left out: now.")
@json_option
def receive_command(files: tuple[Path, ...], at: str | None, *, json_: bool) -> None:
    """Take raw messages, from standard input if no file is named, as if fetched from the mailbox.

    When the command ends each is recorded or waits in triage; one that can't be read waits there too. While the
    database is busy it ends with 75, by which a mail server knows to deliver the mail again.
    """
    contents = _contents(files)
    with desk() as here:
        here.actor.must(Deed.KEEP, "")
        with here.store.reading() as tx:
            now = moment_of(at, tx) if at else here.now
        with suppress(DatabaseBusyError):
            # They stay stored, and wait for the next time.
            handle_waiting(here.store, now)
        found = [_received(content, here.store, now) for content in contents]
    if json_:
        as_json(found)
        return
    for each in found:
        note(_said(each))


def _received(content: bytes, store: Store, now: datetime) -> Received:
    for _ in range(_TRIES):
        try:
            return receive(content, store, now)
        except DatabaseBusyError:
            # Each try has waited its while.
            continue
    raise NotNow("another program holds the database; deliver the mail again, what was stored is not stored twice")


def _contents(files: tuple[Path, ...]) -> list[bytes]:
    if not files:
        return [sys.stdin.buffer.read()]
    contents = []
    for file in files:
        try:
            contents.append(file.read_bytes())
        except OSError as error:
            raise CommandRefused(f"{file} can't be read: {error.strerror}") from None
    return contents


def _said(found: Received) -> str:
    if found.outcome == "mapped":
        return f"recorded: {found.answers} answers"
    if found.outcome == "known":
        return "this mail was handled before"
    return f"{found.kind}: in triage"
