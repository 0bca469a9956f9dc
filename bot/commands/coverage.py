"""`soundings coverage`."""

from __future__ import annotations

import click

from bot.commands.naming import json_option, the_programme
from bot.printing import as_json, table
from bot.wiring import desk
from reports import coverage as reports
from surveys.authority import Deed
from surveys.figures import CoverageState


@click.command()
@click.argument("programme")
@json_option
def coverage(programme: str, *, json_: bool) -> None:
    """Who has been heard, by area and perspective.

    One table for each round of PROGRAMME that has opened: heard, invited, missing, or not asked.
    """
    with desk() as here, here.store.reading() as tx:
        found = reports.programme_coverage(tx, the_programme(tx, programme, here.actor, Deed.SEE_FIGURES))
    if json_:
        as_json(reports.as_json(found))
        return
    if not found:
        click.echo("No round has opened yet.")
    for each in found:
        click.echo(f"{each.round.name} ({each.round.state.value})")
        rows = [
            (area or "(no area)", *(_cell(each.cells[area, key]) for key in each.perspectives)) for area in each.areas
        ]
        table(("Area", *each.perspectives), rows)
        click.echo()


def _cell(state: CoverageState) -> str:
    return f"{reports.SYMBOLS[state]} {state.value}"
