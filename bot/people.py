"""Finding the person whom a command names."""

from __future__ import annotations

import click

from bot.failures import CommandRefused
from bot.wiring import Desk
from reports.person import PersonSheet, person_sheets
from surveys.authority import Deed

who = click.argument("who", metavar="WHO")
programme_option = click.option("--programme", default="", help="Needed where WHO is known in several programmes.")


def people(here: Desk, who: str, programme: str, deed: Deed) -> tuple[PersonSheet, ...]:
    """The people meant, of the programmes in which the actor may do that; of others not even that they are known."""
    if programme or not here.actor.may_somewhere(deed):
        here.actor.must(deed, programme)
    with here.store.reading() as tx:
        found = tuple(
            sheet
            for sheet in person_sheets(tx, who)
            if programme in ("", sheet.programme) and here.actor.may(deed, sheet.programme)
        )
    if not found:
        raise CommandRefused(f"nobody is known as '{who}'" + (f" in {programme}" if programme else ""))
    return found


def one_person(here: Desk, who: str, programme: str, deed: Deed) -> PersonSheet:
    """The one person meant, for an actor who may do that.

    Raises:
        CommandRefused: nobody is meant, or several people are.
        NotAllowed: the actor has not the right.
    """
    found = people(here, who, programme, deed)
    if len(found) > 1:
        places = ", ".join(f"{sheet.programme}: {sheet.key} ({sheet.name})" for sheet in found)
        raise CommandRefused(f"'{who}' is several people; give a panel id with --programme: {places}")
    return found[0]
