"""`soundings person`: one person, found by id or address."""

from __future__ import annotations

import click

from bot.commands.naming import json_option
from bot.failures import CommandRefused
from bot.printing import as_json, table
from bot.wiring import desk, moment_of
from handlers import people as acts
from reports.person import PersonSheet, person_sheets
from storage.engine import Store

who = click.argument("who", metavar="WHO")
programme_option = click.option("--programme", default="", help="Needed where WHO is known in several programmes.")


@click.group()
def person() -> None:
    """One person: what is known, a pause, an opt-out.

    WHO is a panel id or an address.
    """


@person.command()
@who
@programme_option
@json_option
def show(who: str, programme: str, *, json_: bool) -> None:
    """Show what is stored about a person: addresses, rounds, messages, returns."""
    with desk() as here:
        found = _sheets(here.store, who, programme)
    if json_:
        as_json(found)
        return
    for sheet in found:
        _print(sheet)


@person.command()
@who
@programme_option
@click.option("--until", metavar="ISO-TIME", help="Nothing is sent before then. Left out: the pause ends now.")
def pause(who: str, programme: str, until: str | None) -> None:
    """Send a person nothing before a time, or end their pause."""
    with desk() as here:
        sheet = _one(here.store, who, programme)
        with here.store.reading() as tx:
            moment = moment_of(until, tx) if until else None
        if moment is not None and moment <= here.now:
            raise click.BadParameter("that time has passed", param_hint="--until")
        acts.pause(sheet.participant_id, moment, here.store, here.now, actor="cli")
    click.echo(
        f"{sheet.name} hears nothing before {moment:%d %B %Y %H:%M} UTC."
        if moment
        else f"{sheet.name}'s pause is over."
    )


@person.command(name="opt-out")
@who
@programme_option
def opt_out(who: str, programme: str) -> None:
    """Send a person nothing more for this programme; what they answered stays."""
    with desk() as here:
        sheet = _one(here.store, who, programme)
        changed = acts.opt_out(sheet.participant_id, here.store, here.now, actor="cli")
    click.echo(f"{sheet.name} hears nothing more from {sheet.programme}." if changed else "no changes")


def _sheets(store: Store, who: str, programme: str) -> tuple[PersonSheet, ...]:
    with store.reading() as tx:
        found = tuple(sheet for sheet in person_sheets(tx, who) if programme in ("", sheet.programme))
    if not found:
        raise CommandRefused(f"nobody is known as '{who}'" + (f" in {programme}" if programme else ""))
    return found


def _one(store: Store, who: str, programme: str) -> PersonSheet:
    found = _sheets(store, who, programme)
    if len(found) > 1:
        places = ", ".join(f"{sheet.programme}: {sheet.key} ({sheet.name})" for sheet in found)
        raise CommandRefused(f"'{who}' is several people; give a panel id with --programme: {places}")
    return found[0]


def _print(sheet: PersonSheet) -> None:
    click.echo(f"{sheet.name} ({sheet.key}), {sheet.programme}")
    facts = [
        ("organisation", sheet.organisation),
        ("area", sheet.area),
        ("perspectives", ", ".join(sheet.perspectives)),
        ("addresses", ", ".join(sheet.addresses)),
        ("phone", sheet.phone),
        ("paused until", sheet.paused_until.isoformat() if sheet.paused_until else ""),
        ("opted out", "yes" if sheet.opted_out else ""),
    ]
    for name, value in facts:
        if value:
            click.echo(f"  {name}: {value}")
    if sheet.rounds:
        click.echo()
        rows = [(each.round, each.session, each.state, each.reminders_sent, each.response) for each in sheet.rounds]
        table(("Round", "Session", "State", "Reminders", "Response"), rows, right=frozenset({"Reminders"}))
    if sheet.messages:
        click.echo()
        said = [(f"{each.due_at:%Y-%m-%d %H:%M} UTC", each.kind, each.state, each.reason) for each in sheet.messages]
        table(("When", "Message", "State", "Why"), said)
