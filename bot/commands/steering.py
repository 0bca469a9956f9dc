"""`soundings round open | hold | remind | extend | close | reopen`."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from bot.commands.changed import Seen, changed_as_plain, tell_changed
from bot.commands.naming import json_option, programme_of, round_argument, the_round
from bot.failures import CommandRefused
from bot.printing import as_json, note, table
from bot.wiring import Desk, desk
from handlers import round_commands as acts
from schedules.moving import close_round, open_round
from storage.bank_holidays import calendar_book
from storage.engine import Tx
from storage.figures import time_in_round
from surveys.authority import Actor, Deed
from surveys.clock_times import resolve
from surveys.moment_text import MomentError, read_moment
from surveys.moment_words import say_moment
from surveys.moments import RelativeMoment
from surveys.round_life import Command
from surveys.rounds import Round

dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would happen; do nothing.")


@click.command(name="open")
@round_argument
def open_(round_name: str) -> None:
    """Open a planned or held round now."""
    with desk() as here:
        round_, now = _find(here, round_name)
        outcome = acts.turn_round(round_.id, Command.OPEN, _open, here.store, now, actor=here.actor)
    _done(outcome, "is open; invitations go with the next tick")


@click.command()
@round_argument
def hold(round_name: str) -> None:
    """Keep a planned round from opening by itself."""
    with desk() as here:
        round_, now = _find(here, round_name)
        outcome = acts.hold_round(round_.id, here.store, now, actor=here.actor)
    _done(outcome, "is held; round open opens it")


@click.command()
@round_argument
def close(round_name: str) -> None:
    """Close an open round now."""
    with desk() as here:
        round_, now = _find(here, round_name)
        outcome = acts.turn_round(round_.id, Command.CLOSE, _close, here.store, now, actor=here.actor)
    _done(outcome, "is closed")


@click.command()
@round_argument
@click.argument("new_close", metavar="NEW_CLOSE", nargs=-1, required=True)
@click.option("--reason", default="", help="Why; kept in the audit.")
def reopen(round_name: str, new_close: tuple[str, ...], reason: str) -> None:
    """Open a closed round again until a new close."""
    with desk() as here:
        with here.store.reading() as tx:
            round_ = the_round(tx, round_name, here.actor, Deed.STEER)
            close_at = _close_of(tx, round_, " ".join(new_close), here.now)
            zone = ZoneInfo(programme_of(tx, round_).timezone)
        outcome = acts.reopen_round(round_.id, close_at, reason, _open, here.store, here.now, actor=here.actor)
    extended = _checked(outcome)
    click.echo(f"{extended.round.name} is open again until {say_moment(extended.round.closes_at, zone, year=True)}.")


@click.command()
@round_argument
@click.argument("new_close", metavar="NEW_CLOSE", nargs=-1, required=True)
@click.option("--reason", default="", help="Why; kept in the audit.")
@dry_run_option
@json_option
def extend(round_name: str, new_close: tuple[str, ...], reason: str, *, dry_run: bool, json_: bool) -> None:
    """Move the close of a round to a later time.

    NEW_CLOSE is like `2024-12-20 17:00` or `2024-12-20 close of play`, in the programme's zone. Whoever knows the old
    close and is still to answer is told once; what is unsent is planned again, and one more reminder may go.
    """
    with desk() as here:
        with here.store.reading() as tx:
            round_ = the_round(tx, round_name, here.actor, Deed.STEER)
            close_at = _close_of(tx, round_, " ".join(new_close), here.now)
            zone = ZoneInfo(programme_of(tx, round_).timezone)
            now = time_in_round(tx, round_, here.now)
        seen = Seen(here)
        looking = seen if dry_run else None
        outcome = acts.extend_round(round_.id, close_at, reason, here.store, now, actor=here.actor, looking=looking)
    extended = _checked(outcome)
    if json_:
        as_json(
            {
                "round": extended.round.key,
                "before": extended.before,
                "closes": extended.round.closes_at,
                "told": extended.told,
                "dry_run": dry_run,
                **({"messages": changed_as_plain(seen.changed)} if dry_run else {}),
            }
        )
        return
    said = say_moment(extended.round.closes_at, zone, year=True)
    click.echo(f"{extended.round.name} {'would close' if dry_run else 'closes'} on {said}.")
    click.echo(f"{extended.told} people {'would be' if dry_run else 'are'} told, with the next tick.")
    if dry_run:
        tell_changed(seen.changed)


@click.command()
@round_argument
@click.option("--anyway", is_flag=True, help="Also beyond the cap, within the gap, and before a day they asked for.")
@dry_run_option
@json_option
def remind(round_name: str, *, anyway: bool, dry_run: bool, json_: bool) -> None:
    """Remind everyone still to answer now.

    It counts in the cap and minds the gap unless --anyway. Whoever has answered, opted out or declined is never
    reminded.
    """
    with desk() as here:
        round_, now = _find(here, round_name)
        outcome = acts.remind_now(round_.id, here.store, now, actor=here.actor, anyway=anyway, dry_run=dry_run)
    if isinstance(outcome, acts.Declined):
        raise CommandRefused(outcome.reason)
    if json_:
        as_json(
            {
                "round": outcome.round.key,
                "people": [
                    {"name": name, "channel": channel, "address": address} for name, channel, address in outcome.people
                ],
                "left_out": [{"name": name, "reason": reason} for name, reason in outcome.left_out],
                "dry_run": dry_run,
            }
        )
        return
    channels = Counter(channel for _, channel, _ in outcome.people)
    by = f": {', '.join(f'{many} by {channel}' for channel, many in sorted(channels.items()))}" if channels else ""
    click.echo(f"{'Would remind' if dry_run else 'Reminds'} {len(outcome.people)} people{by}.")
    if dry_run and outcome.people:
        table(("Who", "By", "Where"), outcome.people)
    for reason, many in Counter(reason for _, reason in outcome.left_out).items():
        note(f"{many} left out: {reason}")


steering = (open_, hold, remind, extend, close, reopen)


def _open(tx: Tx, round_: Round, now: datetime, actor: Actor) -> bool:
    return open_round(tx, round_, now, actor=actor)


def _close(tx: Tx, round_: Round, now: datetime, actor: Actor) -> bool:
    return close_round(tx, round_, now, actor=actor)


def _find(here: Desk, name: str) -> tuple[Round, datetime]:
    """The round, and what time it is in it."""
    with here.store.reading() as tx:
        round_ = the_round(tx, name, here.actor, Deed.STEER)
        return round_, time_in_round(tx, round_, here.now)


def _close_of(tx: Tx, round_: Round, words: str, now: datetime) -> datetime:
    """The new close, as a programme's file would say it."""
    programme = programme_of(tx, round_)
    try:
        moment = read_moment(words)
    except MomentError as wrong:
        raise click.BadParameter(wrong.what, param_hint="NEW_CLOSE") from None
    if isinstance(moment, RelativeMoment):
        raise click.BadParameter("a day and time is needed here", param_hint="NEW_CLOSE")
    calendar = calendar_book(programme, now=now).for_programme()
    resolved = resolve(moment, programme=programme, calendar=calendar)
    if resolved.warning:
        note(f"warning: {resolved.warning}")
    return resolved.at


def _checked(outcome: acts.Extended | acts.Declined) -> acts.Extended:
    if isinstance(outcome, acts.Declined):
        raise CommandRefused(outcome.reason)
    return outcome


def _done(outcome: acts.Done | acts.Declined, words: str) -> None:
    if isinstance(outcome, acts.Declined):
        raise CommandRefused(outcome.reason)
    click.echo(f"{outcome.round.name} {words}.")
