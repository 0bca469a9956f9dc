"""`soundings round freeze`."""

from __future__ import annotations

import click

from bot.commands.naming import json_option, round_argument, the_round
from bot.failures import CommandRefused
from bot.printing import as_json
from bot.wiring import desk
from handlers.freezing import freeze_round
from handlers.round_commands import Declined
from storage.figures import time_in_round
from surveys.authority import Deed


@click.command()
@round_argument
@click.option("--dry-run", is_flag=True, help="Say what would happen; do nothing.")
@json_option
def freeze(round_name: str, *, dry_run: bool, json_: bool) -> None:
    """Have everyone's consent to be quoted stand as it is, for a report.

    Until then people may withdraw it by their link, also after the close. It can't be undone, and the round can't be
    opened again after it.
    """
    with desk() as here:
        with here.store.reading() as tx:
            round_ = the_round(tx, round_name, here.actor, Deed.FREEZE)
            now = time_in_round(tx, round_, here.now)
        outcome = freeze_round(round_.id, here.store, now, actor=here.actor, dry_run=dry_run)
    if isinstance(outcome, Declined):
        raise CommandRefused(outcome.reason)
    frozen = outcome.round
    if json_:
        as_json({"round": frozen.key, "frozen": frozen.frozen_at, "quotes": outcome.quotes, "dry_run": dry_run})
        return
    would = "would stand" if dry_run else "stands"
    click.echo(f"{frozen.name}: consent to be quoted {would} as it is, for {outcome.quotes} answers.")
