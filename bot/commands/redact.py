"""`soundings redact`."""

from __future__ import annotations

import sys

import click

from bot.commands.naming import json_option, round_argument, the_round
from bot.failures import CommandRefused
from bot.printing import as_json, note, progress, table
from bot.wiring import desk
from handlers import redacting
from handlers.redaction_targets import NotRedacted, Redacted
from surveys.authority import Deed


@click.command()
@round_argument
@click.argument("answers", nargs=-1, required=True, metavar="ANSWER...")
@click.option("--passage", default="", metavar="TEXT", help="What is to go; `-` reads it from standard input.")
@click.option("--whole", is_flag=True, help="The whole answer is to go.")
@click.option("--reason", default="", metavar="TEXT", help="Why. It is kept, and must not repeat the passage.")
@click.option("--dry-run", is_flag=True, help="List the places; change nothing.")
@json_option
def redact(
    round_name: str,
    answers: tuple[str, ...],
    passage: str,
    reason: str,
    *,
    whole: bool,
    dry_run: bool,
    json_: bool,
) -> None:
    """Take a passage, such as a child's name, out of answers for good.

    ANSWER is RETURN:QUESTION: a return by its id or pseudonym in the export, or its person's panel id or address; a
    question by its number, ITEM or ITEM.ROW. RETURN alone means all of its answers. The passage goes from every
    wording, and from mails, messages and texts that repeat it; a mark stays, and who did it, when and why.
    """
    words = sys.stdin.read().strip("\r\n") if passage == "-" else passage
    if whole == bool(words.strip()):
        raise click.UsageError("give either --passage, or --whole")
    if not reason.strip():
        raise click.UsageError("--reason is needed: it is what stays")
    with desk() as here:
        with here.store.reading() as tx:
            found = the_round(tx, round_name, here.actor, Deed.REDACT)
        with progress("Redacting"):
            outcome = redacting.redact(
                found.id,
                answers,
                "" if whole else words,
                reason,
                here.store,
                here.now,
                actor=here.actor,
                dry_run=dry_run,
            )
    if isinstance(outcome, NotRedacted):
        raise CommandRefused(outcome.why)
    if json_:
        as_json({"places": outcome.places, "attachments": outcome.attachments, "swept": outcome.swept})
    else:
        _print(outcome, dry_run=dry_run)
    if not dry_run and not outcome.swept:
        note(
            "The database was in use, or is on a server: older pages may hold traces until the next tick of serve "
            "sweeps them, or the server has run VACUUM."
        )


def _print(outcome: Redacted, *, dry_run: bool) -> None:
    table(
        ("What", "Where", "Times"),
        [(each.what, each.where, each.times) for each in outcome.places],
        right=frozenset({"Times"}),
    )
    for name in outcome.attachments:
        click.echo(f"Taken out whole: the attachment {name}.")
    click.echo("Nothing was changed." if dry_run else "Redacted. Exports and backups made before still hold it.")
