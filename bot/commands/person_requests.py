"""`soundings person requests | answered`: what people have asked of the organisers by their link."""

from __future__ import annotations

import click

from bot.commands.naming import json_option, the_programme
from bot.failures import CommandRefused
from bot.people import one_person, programme_option, who
from bot.printing import as_json, note, table
from bot.wiring import desk
from handlers.answered_requests import mark_answered
from reports.requests import RequestSheet, request_sheets
from surveys.authority import Deed
from surveys.person_requests import RequestKind


@click.command()
@programme_option
@json_option
def requests(programme: str, *, json_: bool) -> None:
    """List what people have asked for by their link: erasure, or a copy that can't be mailed to them.

    A request that is not confirmed came by a link, which may have been passed on: make sure that it was the person.
    """
    with desk() as here:
        if programme or not here.actor.may_somewhere(Deed.SEE_PEOPLE):
            here.actor.must(Deed.SEE_PEOPLE, programme)
        with here.store.reading() as tx:
            if programme:
                the_programme(tx, programme, here.actor, Deed.SEE_PEOPLE)
            found = request_sheets(
                tx, here.now, programme=programme, seen=lambda key: here.actor.may(Deed.SEE_PEOPLE, key)
            )
    if json_:
        as_json(found)
        return
    if not found:
        click.echo("Nobody is waiting for anything.")
        return
    headings = ("Programme", "Who", "Id", "Phone", "Asks for", "Asked", "Confirmed", "Answer by")
    table(headings, [_row(each) for each in found])
    note("person erase ID erases; person export ID writes a copy; person answered ID takes a request off this list.")


@click.command()
@who
@programme_option
@click.option(
    "--kind",
    type=click.Choice([each.value for each in RequestKind]),
    default=RequestKind.COPY.value,
    show_default=True,
    help="What was asked for.",
)
@click.option("--reason", default="", help="What was done; kept in the audit, so name nobody.")
def answered(who: str, programme: str, kind: str, reason: str) -> None:
    """Take a person's request off the list: it has been answered, or was not theirs.

    `person erase` does so by itself.
    """
    wanted = RequestKind(kind)
    deed = Deed.ERASE if wanted is RequestKind.ERASURE else Deed.COPY
    with desk() as here:
        sheet = one_person(here, who, programme, deed)
        done = mark_answered(sheet.participant_id, wanted, reason, here.store, here.now, actor=here.actor)
    if not done:
        raise CommandRefused(f"{sheet.name} has not asked for {'a copy' if wanted is RequestKind.COPY else 'erasure'}")
    click.echo(f"{sheet.name}'s request is off the list.")


def _row(each: RequestSheet) -> tuple[str, ...]:
    return (
        each.programme,
        each.name,
        each.participant,
        each.phone,
        each.kind,
        f"{each.asked:%Y-%m-%d}",
        f"{each.confirmed:%Y-%m-%d}" if each.confirmed else "not yet",
        f"{each.answer_by:%Y-%m-%d}{' (overdue)' if each.overdue else ''}",
    )
