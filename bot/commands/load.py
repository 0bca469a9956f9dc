"""`soundings load` and `soundings panel import`: files in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from bot.commands.changed import Seen, changed_as_plain, tell_changed
from bot.commands.naming import json_option
from bot.failures import CommandRefused, WrongInput
from bot.printing import as_json, note, progress
from bot.wiring import desk
from handlers.load import Loaded, NoSuchProgramme, Unreadable, import_panel, load_programme
from reports.changed_messages import ChangedMessage
from surveys.source import nearest

file_argument = click.argument("file", type=click.Path(path_type=Path))
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would change; store nothing.")
skip_bad_option = click.option("--skip-bad", is_flag=True, help="Leave bad rows of the panel out and store the others.")
remove_missing_option = click.option(
    "--remove-missing", is_flag=True, help="People whom the panel no longer has are asked nothing more."
)


@click.command()
@file_argument
@dry_run_option
@skip_bad_option
@remove_missing_option
@json_option
def load(file: Path, *, dry_run: bool, skip_bad: bool, remove_missing: bool, json_: bool) -> None:
    """Load a programme with its questionnaires and its panel.

    FILE is the programme's YAML; what it names is read from the same folder. Loading it again changes only what
    differs. Where anything is wrong, every problem is listed and nothing is stored.
    """
    with desk() as here, progress(f"Loading {file}"):
        seen = Seen(here)
        outcome = load_programme(
            file,
            here.store,
            here.now,
            dry_run=dry_run,
            skip_bad=skip_bad,
            remove_missing=remove_missing,
            actor=here.actor,
            looking=seen if dry_run else None,
        )
    _tell(outcome, seen.changed, dry_run=dry_run, json_=json_)


@click.group()
def panel() -> None:
    """The people who are asked."""


@panel.command(name="import")
@file_argument
@click.option("--programme", required=True, help="The id of the programme whose panel it is.")
@dry_run_option
@skip_bad_option
@remove_missing_option
@json_option
def import_(file: Path, programme: str, *, dry_run: bool, skip_bad: bool, remove_missing: bool, json_: bool) -> None:
    """Bring a programme's panel up to a CSV or Excel file."""
    with desk() as here, progress(f"Reading {file}"):
        seen = Seen(here)
        outcome = import_panel(
            file,
            here.store,
            programme,
            here.now,
            dry_run=dry_run,
            skip_bad=skip_bad,
            remove_missing=remove_missing,
            actor=here.actor,
            looking=seen if dry_run else None,
        )
    if isinstance(outcome, NoSuchProgramme):
        raise CommandRefused(f"there is no programme '{outcome.key}'{nearest(outcome.key, outcome.known)}")
    _tell(outcome, seen.changed, dry_run=dry_run, json_=json_)


def _tell(outcome: Loaded | Unreadable, changed: Sequence[ChangedMessage], *, dry_run: bool, json_: bool) -> None:
    for warning in outcome.warnings:
        note(f"warning: {warning}")
    if isinstance(outcome, Unreadable):
        raise WrongInput(outcome.problems)
    if json_:
        changes = [str(change) for change in outcome.changes]
        said = {"programme": outcome.programme, "dry_run": dry_run, "changes": changes, "warnings": outcome.warnings}
        as_json({**said, "messages": changed_as_plain(changed)} if dry_run else said)
        return
    for change in outcome.changes:
        click.echo(str(change))
    if not outcome.changes:
        click.echo("no changes")
    elif dry_run:
        tell_changed(changed)
        note("This was a dry run: nothing is stored.")
