"""`soundings person`: one person, found by id or address."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from bot.commands.export import private_file
from bot.commands.naming import json_option
from bot.commands.person_requests import answered, requests
from bot.failures import CommandRefused
from bot.people import one_person, people, programme_option, who
from bot.printing import as_json, note, plain, table
from bot.wiring import desk, moment_of
from handlers import erasing
from handlers import people as acts
from handlers.erasing import Erased, NotThere, OnItsWay
from reports.person import PersonSheet
from reports.person_export import person_export
from storage.engine import Store
from surveys.authority import Deed


@click.group()
def person() -> None:
    """One person: what is known, their copy of it, a pause, an opt-out, erasure.

    WHO is a panel id or an address.
    """


person.add_command(requests)
person.add_command(answered)


@person.command()
@who
@programme_option
@json_option
def show(who: str, programme: str, *, json_: bool) -> None:
    """Show what is stored about a person: addresses, rounds, messages, returns."""
    with desk() as here:
        found = people(here, who, programme, Deed.SEE_PEOPLE)
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
        sheet = one_person(here, who, programme, Deed.CARE)
        with here.store.reading() as tx:
            moment = moment_of(until, tx) if until else None
        if moment is not None and moment <= here.now:
            raise click.BadParameter("that time has passed", param_hint="--until")
        acts.pause(sheet.participant_id, moment, here.store, here.now, actor=here.actor)
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
        sheet = one_person(here, who, programme, Deed.CARE)
        changed = acts.opt_out(sheet.participant_id, here.store, here.now, actor=here.actor)
    click.echo(f"{sheet.name} hears nothing more from {sheet.programme}." if changed else "no changes")


@person.command()
@who
@programme_option
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to; `-`, standard output, if left out.")
@json_option
def export(who: str, programme: str, output: str, *, json_: bool) -> None:
    """Write all that is stored about a person as JSON, for them to be given.

    With every answer as it stood at each time, every message, mail and consent. What they said in an unlinked
    round is not there: nobody can tell which return is theirs.
    """
    with desk() as here:
        sheet = one_person(here, who, programme, Deed.COPY)
        acts.note_copy(sheet.participant_id, here.store, here.now, actor=here.actor)
        with here.store.reading() as tx:
            found = plain(person_export(tx, sheet.participant_id, here.now))
    if output == "-":
        as_json(found)
        return
    try:
        with private_file(Path(output)) as out:
            out.write(json.dumps(found, ensure_ascii=False, indent=2).encode() + b"\n")
    except OSError as error:
        raise CommandRefused(f"{output} can't be written: {error.strerror}") from None
    if json_:
        as_json({"file": output, "person": sheet.key, "programme": sheet.programme})
    else:
        click.echo(
            f"All that is stored about {sheet.name} is in {output}. It is theirs: keep it as safe as the database."
        )


@person.command()
@who
@programme_option
@click.option("--yes", is_flag=True, help="Don't ask.")
@json_option
def erase(who: str, programme: str, *, yes: bool, json_: bool) -> None:
    """Erase a person for good: answers, mails, messages, addresses, all.

    Neither the panel's file, nor an older backup, nor someone who names them brings them back. Figures count
    one person fewer. What they said in an unlinked round can't be told apart, and stays.
    """
    with desk() as here:
        sheet = one_person(here, who, programme, Deed.ERASE)
        if not yes:
            _ask(sheet)
        match erasing.erase(sheet.participant_id, here.store, here.now, actor=here.actor):
            case OnItsWay():
                raise CommandRefused("a message to this person is on its way at this moment; try again in two minutes")
            case NotThere():
                raise CommandRefused(f"nobody is known as '{who}'")
            case Erased() as erased:
                copies = _copies(here.store)
    if json_:
        as_json({"removed": erased.removed, "swept": erased.swept, "copies": copies})
    else:
        _tell(erased)
    if not erased.swept:
        note(
            "The database was in use, or is on a server: older pages may hold traces until the next tick of serve "
            "sweeps them, or the server has run VACUUM."
        )
    for copy in copies:
        note(f"{copy} was made before and still holds them; delete it when it is no longer needed.")


def _ask(sheet: PersonSheet) -> None:
    if not sys.stdin.isatty():
        raise CommandRefused("erasing asks first, and there is no terminal to ask at; --yes erases without asking")
    question = f"Erase {sheet.name} ({sheet.key}, {sheet.programme}) for good? This can't be undone."
    if not click.confirm(question, err=True):
        raise CommandRefused("nothing was erased")


def _tell(erased: Erased) -> None:
    removed = erased.removed
    click.echo("Erased. What was taken out:")
    said = [
        ("invitations", removed.invitations),
        ("answers, with their history", removed.answers),
        ("voices", removed.voices),
        ("consents", removed.consents),
        ("messages", removed.messages),
        ("mails", removed.mails),
        ("texts that waited for a person", removed.triage),
        ("addresses", removed.addresses),
    ]
    table(("What", "How many"), [("the person", 1), *(each for each in said if each[1])], right=frozenset({"How many"}))
    if removed.shared:
        click.echo(f"{removed.shared} addresses belong to other people too, and stay theirs.")
    click.echo("Take the person out of the panel's file as well; load leaves them out, and says so each time.")


def _copies(store: Store) -> list[str]:
    """Copies that `upgrade` and `restore` have left beside the database."""
    if store.path is None:
        return []
    beside = store.path.parent
    return sorted(str(each) for part in ("before", "replaced") for each in beside.glob(f"{store.path.name}.{part}-*"))


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
        ("asks for", ", ".join(f"{each.kind.value} since {each.asked_at:%Y-%m-%d}" for each in sheet.requests)),
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
