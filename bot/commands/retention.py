"""`soundings retention`: what is kept for how long, and doing what is due."""

from __future__ import annotations

import click

from bot.commands.naming import json_option, the_programme
from bot.printing import as_json, note, progress, table
from bot.wiring import desk, moment_of
from reports.retention import KeptLine, as_line, kept_lines, without_rules
from schedules.outcomes import Tally
from schedules.retention import keep_to_retention
from surveys.authority import Deed


@click.command()
@click.argument("programme", required=False, default="")
@click.option("--dry-run", is_flag=True, help="Say what will go and when; delete nothing.")
@click.option("--at", metavar="ISO-TIME", help="As if it were this time. Left out: now.")
@json_option
def retention(programme: str, at: str | None, *, dry_run: bool, json_: bool) -> None:
    """Delete and anonymise what has been kept for long enough.

    The `retention` of a programme's file says how long; `serve` and `tick` do it by themselves. With --dry-run
    everything that is kept under a period is listed, with the time at which it goes. Without PROGRAMME it is all
    programmes, and what belongs to none.
    """
    with desk() as here:
        with here.store.reading() as tx:
            here.actor.must(Deed.RETAIN, programme)
            if programme:
                the_programme(tx, programme, here.actor, Deed.RETAIN)
            now = moment_of(at, tx) if at else here.now
            silent = tuple(each for each in without_rules(tx) if programme in ("", each))
            found = kept_lines(tx, now, programme=programme) if dry_run else ()
        if not dry_run:
            with progress("Deleting what is due"):
                done = keep_to_retention(here.store, Tally(), now, actor=here.actor, programme=programme, at_once=True)
            found = tuple(as_line(task, now) for task in done)
    if json_:
        as_json(found)
        return
    _print(found, dry_run=dry_run)
    for each in silent:
        note(f"{each} states no period under `retention`: nothing of it goes by itself.")


def _print(found: tuple[KeptLine, ...], *, dry_run: bool) -> None:
    if not found:
        click.echo("Nothing is kept under a period." if dry_run else "Nothing was due.")
        return
    rows = [
        (
            each.round or each.programme or "of no programme",
            each.what,
            each.rows,
            each.kept_for,
            _then(each),
            _when(each),
        )
        for each in found
    ]
    table(("Of", "What", "Rows", "Kept for", "Then", "When" if dry_run else "Since"), rows, right=frozenset({"Rows"}))


def _of(each: KeptLine) -> str:
    return each.round or each.programme or "of no programme"


def _then(each: KeptLine) -> str:
    waiting = f" ({each.unsorted} not sorted yet)" if each.unsorted else ""
    return f"{each.then}{waiting}"


def _when(each: KeptLine) -> str:
    if each.at is None:
        return "not while its round is to come or open"
    return f"{each.at:%Y-%m-%d %H:%M} UTC{', due' if each.due else ''}"
