"""`soundings tick`."""

from __future__ import annotations

import click

from bot.channels import open_channels, open_mailboxes
from bot.commands.naming import json_option
from bot.failures import CommandRefused
from bot.printing import as_json, note, plain, progress
from bot.receiving import take_once
from bot.ticking import tick_once
from bot.wiring import desk, moment_of, needed_secret
from handlers.mail_in import handle_waiting
from schedules.outcomes import TickReport
from storage.run_lock import AlreadyRunning, RunLock
from surveys.authority import Deed


@click.command()
@click.option("--at", metavar="ISO-TIME", help="As if it were this time, such as 2024-12-09T09:30. Left out: now.")
@json_option
def tick(at: str | None, *, json_: bool) -> None:
    """Do everything that is due, once.

    Replies are fetched from the mailbox, rounds open and close, messages are queued and sent, as `serve` does all the
    time. A time without an offset is
    meant in the programmes' zone if they share one, else in UTC. Going back in time does no harm: nothing is sent
    again.
    """
    with desk() as here:
        here.actor.must(Deed.KEEP, "")
        needed_secret(here.settings)
        with here.store.reading() as tx:
            now = moment_of(at, tx) if at else here.now
        try:
            with RunLock(here.store) as lock, progress("Reading replies and sending what is due"):
                # First what people say: it may make a reminder needless, and its receipt goes at once.
                handle_waiting(here.store, now)
                mails, deaf = take_once(open_mailboxes(here.settings), here.store, now, alone=lock.alone)
                report = tick_once(
                    here.store,
                    open_channels(here.settings, here.store),
                    here.settings,
                    now,
                    alone=lock.alone,
                    leads=True,
                    stopping=lambda: not lock.held(),
                )
        except AlreadyRunning as running:
            raise CommandRefused(str(running)) from None
    if json_:
        troubles = {**report.troubles, **deaf}
        as_json({"at": now, **plain(report), "mails": mails, "troubles": troubles})
        return
    for outcome, many in mails.items():
        click.echo(f"{many} mails: {outcome}")
    for words in _sentences(report):
        click.echo(words)
    for account, trouble in deaf.items():
        click.echo(f"{account}: {trouble}")
    if not here.settings.mail_on:
        note("SMTP_URL and GRAPH_MAILBOX are not set: mails wait until one is.")


def _sentences(report: TickReport) -> list[str]:
    lines = [f"opened {name}" for name in report.opened] + [f"closed {name}" for name in report.closed]
    counted = [(report.invited, "invitations made")]
    counted += [(many, f"sent: {kind}") for kind, many in sorted(report.sent.items())]
    counted += [
        (report.cancelled, "no longer wanted"),
        (report.deferred, "put off to a later try"),
        (report.refused, "refused for good"),
        (report.undeliverable, "people can't be reached"),
        (report.in_doubt, "were in doubt after a crash, and settled"),
    ]
    lines += [f"{many} {what}" for many, what in counted if many]
    lines += [f"kept long enough, and gone now: {many} {what}" for what, many in sorted(report.removed.items())]
    lines += [f"{account}: {trouble}" for account, trouble in sorted(report.troubles.items())]
    if not lines:
        lines.append("Nothing was due.")
    if report.next_at is not None:
        lines.append(f"Next: {report.next_at:%Y-%m-%d %H:%M} UTC")
    return lines
