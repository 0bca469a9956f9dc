"""Finding what a command names, a round or a programme, with what may have been meant; and the right to look at it.

Every command that reads goes through here, so that the table of rights holds for all of them.
"""

from __future__ import annotations

import click

from bot.failures import CommandRefused
from storage.engine import Tx
from storage.programmes import StoredProgramme, all_programmes, programme_by_id, programme_by_key
from storage.rounds import NoSuchRound, all_rounds, find_round
from surveys.authority import Actor, Deed
from surveys.programme import Programme, RoundKind
from surveys.rounds import Round, RoundState
from surveys.source import nearest

round_argument = click.argument("round_name", metavar="ROUND")
json_option = click.option("--json", "json_", is_flag=True, help="Print JSON and nothing else.")

at_option = click.option("--at", metavar="ISO-TIME", help="What is to come from this time on. Left out: now.")


def the_round(tx: Tx, name: str, actor: Actor, deed: Deed) -> Round:
    """The round called `programme/round`, or `round` where that is unique, for an actor who may do that with it.

    Raises:
        CommandRefused: there is none of that name, or there are several.
        NotAllowed: the actor has not the right.
    """
    found = find_round(tx, name)
    if not isinstance(found, NoSuchRound):
        actor.must(deed, found.programme)
        return found
    if found.several:
        raise CommandRefused(f"several programmes have a round '{name}'; say which: {', '.join(found.near)}")
    meant = f"; did you mean {' or '.join(repr(each) for each in found.near)}?" if found.near else ""
    raise CommandRefused(f"there is no round '{name}'{meant or '; soundings round list shows them'}")


def the_open_rounds(tx: Tx, name: str, actor: Actor, deed: Deed) -> tuple[Round, ...]:
    """The round of that name, or the open rounds that an entry of that name makes for its sessions, by time.

    Raises:
        CommandRefused: as `the_round`; or all of them are over.
        NotAllowed: the actor has not the right.
    """
    programme, _, entry = name.rpartition("/")
    made = [each for each in all_rounds(tx) if each.entry == entry and each.session and each.kind is RoundKind.OPEN]
    if programme:
        made = [each for each in made if each.programme == programme]
    programmes = sorted({each.programme for each in made})
    if not made:
        return (the_round(tx, name, actor, deed),)
    if len(programmes) > 1:
        near = ", ".join(f"{each}/{entry}" for each in programmes)
        raise CommandRefused(f"several programmes have an entry '{name}'; say which: {near}")
    actor.must(deed, programmes[0])
    found = tuple(each for each in made if each.state not in {RoundState.CLOSED, RoundState.CANCELLED})
    if not found:
        raise CommandRefused(f"all rounds of '{name}' are over")
    return found


def the_programme(tx: Tx, key: str, actor: Actor, deed: Deed) -> StoredProgramme:
    """The programme of that id, for an actor who may do that with it.

    Raises:
        CommandRefused: there is none.
        NotAllowed: the actor has not the right.
    """
    actor.must(deed, key)
    found = programme_by_key(tx, key)
    if found is None:
        known = [stored.key for stored in all_programmes(tx)]
        raise CommandRefused(f"there is no programme '{key}'{nearest(key, known)}")
    return found


def programme_of(tx: Tx, round_: Round) -> Programme:
    """The programme that a round belongs to."""
    found = programme_by_id(tx, round_.programme_id)
    if found is None:
        raise LookupError(f"round {round_.name} has lost its programme")
    return found.programme
