"""`soundings audit`: who changed what."""

from __future__ import annotations

import json

import click

from bot.commands.naming import the_programme
from bot.failures import CommandRefused
from bot.printing import as_json, plain, table
from bot.wiring import Desk, desk, seal_audit
from storage import audit as record
from storage.engine import Tx
from storage.programmes import all_programmes
from surveys.authority import Actor, Deed


@click.command()
@click.option("--verify", is_flag=True, help="Check that no line was changed, taken out or put in.")
@click.option("--programme", default="", help="Only this programme's lines.")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(min=1), help="So many of the newest lines."
)
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
def audit(*, verify: bool, programme: str, limit: int, json_: bool) -> None:
    """Who changed what, and whether the record is whole."""
    with desk() as here:
        if verify:
            here.actor.must(Deed.AUDIT, "")
            _verify(here, json_=json_)
        else:
            _list(here, programme, limit, json_=json_)


def _verify(here: Desk, *, json_: bool) -> None:
    # Lines written by a command that was cut short are sealed first, so that the record is judged whole.
    seal_audit(here.store)
    with here.store.reading() as tx:
        found = record.verify(tx)
    if isinstance(found, record.Broken):
        raise CommandRefused(f"the record is broken at line {found.line_id}: something before or in it was changed")
    if json_:
        as_json({"whole": True, "lines": found.sealed, "waiting": found.unsealed, "head": found.head})
        return
    click.echo(f"The record is whole: {found.sealed} lines. Its seal is {found.head or 'none yet'}.")


def _list(here: Desk, programme: str, limit: int, *, json_: bool) -> None:
    with here.store.reading() as tx:
        found = record.lines(tx, programmes=_programmes(tx, here.actor, programme), limit=limit)
    if json_:
        as_json(found)
        return
    rows = [
        (f"{line.at:%Y-%m-%d %H:%M} UTC", line.actor, line.what, line.subject, _change(line), line.reason)
        for line in found
    ]
    table(("When", "Who", "What", "Of what", "Change", "Why"), rows)


def _programmes(tx: Tx, actor: Actor, programme: str) -> frozenset[int] | None:
    """The programmes whose lines are to be seen; None: all lines, those of no programme too."""
    if programme:
        return frozenset({the_programme(tx, programme, actor, Deed.AUDIT).id})
    if actor.may(Deed.AUDIT, ""):
        return None
    if not actor.may_somewhere(Deed.AUDIT):
        actor.must(Deed.AUDIT, "")
    return frozenset(each.id for each in all_programmes(tx) if actor.may(Deed.AUDIT, each.key))


def _change(line: record.AuditLine) -> str:
    sides = [json.dumps(plain(side), ensure_ascii=False) for side in (line.before, line.after) if side is not None]
    return " -> ".join(sides)
