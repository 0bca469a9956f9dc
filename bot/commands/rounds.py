"""`soundings round`: looking at rounds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from bot.commands.changed import whom
from bot.commands.freezing import freeze
from bot.commands.linking import link
from bot.commands.naming import at_option, json_option, programme_of, round_argument, the_programme, the_round
from bot.commands.steering import steering
from bot.failures import CommandRefused
from bot.printing import as_json, note, plain, table
from bot.wiring import desk, moment_of, needed_secret
from handlers.people import note_entry_links
from reports import plan as plans
from reports import status as statuses
from reports.rounds import RoundSheet, round_sheets
from reports.who import who_was_asked
from storage.figures import TroubledLine, time_in_round
from surveys.authority import Deed
from surveys.cadence import say_offset
from surveys.dispositions import Disposition
from surveys.figures import Dispositions
from surveys.moment_words import say_moment
from surveys.programme import Mode
from surveys.rounds import RoundState

_COUNTED = ("invited", *(each.value for each in Disposition))


@click.group(name="round")
def rounds() -> None:
    """Look at rounds and steer them."""


for command in (*steering, freeze, link):
    rounds.add_command(command)


@rounds.command(name="list")
@click.option("--programme", default="", help="Only this programme's rounds.")
@json_option
def list_(programme: str, *, json_: bool) -> None:
    """List rounds with their state and times."""
    with desk() as here, here.store.reading() as tx:
        wanted = the_programme(tx, programme, here.actor, Deed.SEE_FIGURES).id if programme else None
        found = [each for each in round_sheets(tx, wanted) if here.actor.may(Deed.SEE_FIGURES, each.round.programme)]
    if json_:
        as_json([sheet.plain() for sheet in found])
        return
    rows = [
        (sheet.round.name, sheet.round.state.value, _local(sheet.opens), _local(sheet.closes), sheet.survey)
        for sheet in found
    ]
    table(("Round", "State", "Opens", "Closes", "Questionnaire"), rows)


@rounds.command()
@round_argument
@json_option
def show(round_name: str, *, json_: bool) -> None:
    """Show what a round is: times, audience, reminders, moved deadlines."""
    with desk() as here, here.store.reading() as tx:
        wanted = the_round(tx, round_name, here.actor, Deed.SEE_FIGURES)
        sheet = next(each for each in round_sheets(tx, wanted.programme_id) if each.round.id == wanted.id)
    if json_:
        as_json(sheet.plain())
        return
    for name, value in _facts(sheet):
        if value:
            click.echo(f"{name + ':':<15} {value}")


@rounds.command()
@round_argument
@at_option
@json_option
def plan(round_name: str, at: str | None, *, json_: bool) -> None:
    """Show every message each person will get, when and why.

    As if nobody answered from now on. Nothing is sent, and nothing is changed.
    """
    with desk() as here, here.store.reading() as tx:
        round_ = the_round(tx, round_name, here.actor, Deed.SEE_PEOPLE)
        never_played = round_.state is RoundState.CLOSED and round_.opened_at is None
        now = moment_of(at, tx) if at else plans.plan_time(tx, round_, here.now)
        found = plans.planned_messages(tx, round_, now)
    if never_played and not at:
        note("The round had closed before it was loaded: this is what tick --at would send, played from its opening.")
    if json_:
        as_json(found)
        return
    if not found:
        click.echo("Nothing more will be sent.")
        return
    rows = [
        (f"{each.local:%a %d %b %Y %H:%M}", whom(each), _kind(each), f"{each.channel} {each.address}".strip(), each.why)
        for each in found
    ]
    table(("When (theirs)", "Who", "What", "Where", "Why"), rows)


@rounds.command()
@round_argument
@at_option
@json_option
def status(round_name: str, at: str | None, *, json_: bool) -> None:
    """Show how a round stands: who has been heard, what comes next, what did not get through."""
    with desk() as here, here.store.reading() as tx:
        wanted = the_round(tx, round_name, here.actor, Deed.SEE_FIGURES)
        now = moment_of(at, tx) if at else time_in_round(tx, wanted, here.now)
        found = statuses.round_status(tx, wanted, now)
        if not here.actor.may(Deed.SEE_PEOPLE, wanted.programme):
            found = statuses.without_people(found)
        zone = ZoneInfo(programme_of(tx, wanted).timezone)
    if json_:
        as_json(statuses.as_json(found))
        return
    round_ = found.round
    click.echo(f"{round_.name} is {round_.state.value}")
    click.echo(
        f"Opens {say_moment(round_.opens_at, zone, year=True)}, closes {say_moment(round_.closes_at, zone, year=True)}."
    )
    if round_.frozen_at:
        click.echo(f"Its quotes were frozen on {say_moment(round_.frozen_at, zone, year=True)}.")
    if found.next_reminder:
        click.echo(f"The next reminder goes on {say_moment(found.next_reminder, zone, year=True)}.")
    click.echo()
    _figures("", {"everyone": found.figures.overall})
    _figures("Area", found.figures.by_area)
    _figures("Perspective", found.figures.by_perspective)
    for line in found.troubles:
        click.echo(f"{line.state.value}: {_told(line)}")
    if found.requests:
        what = "1 request waits" if found.requests == 1 else f"{found.requests} requests wait"
        click.echo(f"{what} for an answer: soundings person requests --programme {round_.programme}")
    for account in found.accounts:
        click.echo(f"{account.account} is in trouble: {account.trouble}")


@rounds.command()
@round_argument
@click.option("--links", is_flag=True, help="Add a link for each, to enter what they say by telephone or on paper.")
@json_option
def who(round_name: str, *, links: bool, json_: bool) -> None:
    """Show the telephone list: name, perspective, phone, state, last contact.

    A link that --links adds is spent when the return is sent with it, not when it is opened.
    """
    with desk() as here, here.store.reading() as tx:
        round_ = the_round(tx, round_name, here.actor, Deed.SEE_PEOPLE)
        if links:
            here.actor.must(Deed.ENTER, round_.programme)
        if links and round_.mode is Mode.UNLINKED:
            raise CommandRefused(
                "an unlinked round is answered by people themselves: a return can't be entered for them"
            )
        keys = (here.settings.public_url, needed_secret(here.settings)) if links else None
        found = who_was_asked(tx, round_, entry_links=keys)
        if links:
            note_entry_links(round_, here.store, here.now, actor=here.actor)
        zone = ZoneInfo(programme_of(tx, round_).timezone)
    if json_:
        as_json([_without_empty_link(each, links=links) for each in found])
        return
    of_others = any(each.about for each in found)
    headings = ("Name", *(("About",) if of_others else ()), "Perspective", "Area", "Phone", "State", "Last contact")
    headings += ("Link",) if links else ()
    rows = [
        (each.name, *((each.about,) if of_others else ()), each.perspective, each.area, each.phone)
        + (_state(each.state, opted_out=each.opted_out),)
        + (_local(each.last_contact.astimezone(zone)) if each.last_contact else "",)
        + ((each.link,) if links else ())
        for each in found
    ]
    table(headings, rows)


def _told(line: TroubledLine) -> str:
    if not line.name:
        return f"{line.kind.value} ({line.attempts} tries)"
    return f"{line.kind.value} to {line.name} ({line.attempts} tries): {line.reason}"


def _without_empty_link(each: object, *, links: bool) -> dict[str, object]:
    said: dict[str, object] = plain(each)
    if not links:
        said.pop("link")
    return said


def _figures(heading: str, found: Mapping[str, Dispositions]) -> None:
    if not found:
        return
    counted = [name for name in _COUNTED if any(each.plain()[name] for each in found.values()) or name == "invited"]
    rows = []
    for name, each in found.items():
        rate = each.response_rate
        rows.append((name, *(each.plain()[key] for key in counted), "" if rate is None else f"{rate:.0%}"))
    headings = (heading, *(key.replace("_", " ") for key in counted), "rate")
    table(headings, rows, right=frozenset(headings[1:]))
    click.echo()


def _facts(sheet: RoundSheet) -> list[tuple[str, str]]:
    round_ = sheet.round
    audience = round_.audience
    reminders = round_.reminders
    facts = [
        ("round", round_.name),
        ("state", round_.state.value),
        ("opens", _local(sheet.opens)),
        ("closes", _local(sheet.closes)),
        ("quotes frozen", _local(sheet.frozen) if sheet.frozen else ""),
        ("kind", round_.kind.value),
        ("mode", round_.mode.value),
        ("questionnaire", sheet.survey),
        ("session", round_.session),
        ("invited", str(sheet.invited)),
        ("sessions", ", ".join(sorted(audience.sessions)) or ("held" if audience.held_only else "all")),
        ("areas", ", ".join(sorted(audience.areas)) or "all"),
        ("perspectives", ", ".join(sorted(audience.perspectives)) or "all"),
    ]
    if reminders is not None:
        times = ", ".join(say_offset(offset) for offset in reminders.before_close)
        facts.append(("reminders", f"{times}; at {reminders.at:%H:%M}, at most {reminders.cap} for everyone"))
    facts += [
        ("moved", f"{_local(each.before)} to {_local(each.after)}: {each.reason or 'no reason given'}")
        for each in sheet.moves
    ]
    return facts


def _kind(each: plans.PlannedMessage) -> str:
    return f"{each.kind} {each.number}" if each.kind in {"reminder", "notice"} else each.kind


def _state(state: str, *, opted_out: bool) -> str:
    return f"{state} (opted out)" if opted_out else state


def _local(at: datetime) -> str:
    return f"{at:%a %d %b %Y %H:%M}"
