"""`soundings audit`: who changed what."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import click

from bot.commands.naming import the_programme
from bot.failures import CommandRefused
from bot.printing import as_json, plain, table
from bot.wiring import Desk, desk, moment_of, seal_audit
from storage import audit as record
from storage import audit_chain
from storage.dossier import find_people
from storage.engine import Tx
from storage.organisers import all_organisers
from storage.programmes import all_programmes
from surveys.authority import Actor, Deed

_SHORT = 80


@click.command()
@click.option("--verify", is_flag=True, help="Check that no line was changed, taken out or put in.")
@click.option("--head", default="", metavar="SEAL", help="With --verify: a seal noted before, which must be in it.")
@click.option("--programme", default="", help="Only this programme's lines.")
@click.option("--person", "who", default="", metavar="WHO", help="Only what a person did, or what was done to them.")
@click.option("--since", metavar="ISO-TIME", help="Only lines from this time on.")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(min=1), help="So many of the newest lines."
)
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
def audit(*, verify: bool, head: str, programme: str, who: str, since: str | None, limit: int, json_: bool) -> None:
    """Who changed what, and whether the record is whole.

    WHO is a panel id, an address, or `participant:NUMBER` as lines have it, for somebody erased. Whoever can write to
    the database could make the whole record anew, or cut lines off its end: --head, with a seal that --verify or the
    log of serve has told before, finds that out.
    """
    if head and not verify:
        raise click.UsageError("--head goes with --verify")
    with desk() as here:
        if verify:
            here.actor.must(Deed.AUDIT, "")
            _verify(here, head.strip().lower(), json_=json_)
            return
        with here.store.reading() as tx:
            found = record.lines(
                tx,
                programmes=_programmes(tx, here.actor, programme),
                person=_people(tx, who) if who else None,
                since=moment_of(since, tx) if since else None,
                limit=limit,
            )
            names = {f"organiser:{each.id}": each.email for each in all_organisers(tx)}
            programmes = {each.id: each.key for each in all_programmes(tx)}
    if json_:
        as_json([{**plain(line), "programme": programmes.get(line.programme_id or 0)} for line in found])
    else:
        _print(found, names)


def _verify(here: Desk, noted: str, *, json_: bool) -> None:
    # Lines written by a command that was cut short are sealed first, so that the record is judged whole.
    seal_audit(here.store)
    with here.store.reading() as tx:
        found = audit_chain.verify(tx, noted=noted)
    if isinstance(found, audit_chain.Broken):
        raise CommandRefused(f"the record is broken at line {found.line_id}: something before or in it was changed")
    if isinstance(found, audit_chain.Unknown):
        raise CommandRefused("the record does not hold the seal of --head: its end was cut off, or it was made anew")
    if json_:
        told = {"whole": True, "lines": found.sealed, "waiting": found.unsealed, "cut": found.cut, "head": found.head}
        as_json(told)
        return
    before = f", and {found.cut} older ones were cut off as too old" if found.cut else ""
    click.echo(f"The record is whole: {found.sealed} lines{before}. Its seal is {found.head or 'none yet'}.")


def _print(found: Sequence[record.AuditLine], names: Mapping[str, str]) -> None:
    """As a short table; `names` are those of organisers, by what the lines call them."""
    rows = [
        (
            f"{line.at:%Y-%m-%d %H:%M} UTC",
            names.get(line.actor, line.actor),
            line.what,
            line.subject,
            _change(line),
            line.reason,
        )
        for line in found
    ]
    table(("When", "Who", "What", "Of what", "Change", "Why"), rows)


def _people(tx: Tx, who: str) -> list[int]:
    numbered = re.fullmatch(r"participant:(\d+)", who)
    if numbered:
        return [int(numbered[1])]
    found = [each for each, _ in find_people(tx, who)]
    if not found:
        raise CommandRefused(f"nobody is known as '{who}'")
    return found


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
    told = " -> ".join(sides)
    return told if len(told) <= _SHORT else f"{told[: _SHORT - 1]}…"
