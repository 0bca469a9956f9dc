"""Somebody comes to an open round: from then on they have an invitation of their own, as everyone else who answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage import invitations, rounds
from storage.engine import Store, Tx
from storage.invitations import NewInvitation
from storage.people import add_visitor, owner_in, participant
from surveys.programme import Mode, RoundKind
from surveys.rounds import Round, RoundState

LONGEST_NAME = 200
# Whoever has given no name.
_GUEST = "Guest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Visiting:
    """They have an invitation, their own as long as nobody else has its link."""

    invitation_id: int
    generation: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NotOpen:
    """Nothing was made: the round takes no answers now. `begun`: it did before."""

    round: Round
    begun: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NoSuchOpenRound:
    """There is no open round of that number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NameNeeded:
    """In a round of mode `identified` everyone gives their name. `fault`: missing or long."""

    fault: str


VisitOutcome = Visiting | NotOpen | NoSuchOpenRound | NameNeeded


def visit(
    round_id: int,
    store: Store,
    now: datetime,
    *,
    name: str = "",
    language: str = "",
    account: tuple[str, str] | None = None,
) -> VisitOutcome:
    """Give whoever came an invitation. `account` is (channel, id) in a chat: it has one, however often it comes.

    Somebody of the panel comes as who they are there. In an unlinked round no name is kept, and no time of its own:
    what is stored of the visit says neither who nor when.

    Raises:
        DatabaseBusyError: it could not be stored in time; nothing was.
    """
    with store.writing() as tx:
        round_ = rounds.round_by_id(tx, round_id)
        if round_ is None or round_.kind is not RoundKind.OPEN:
            return NoSuchOpenRound()
        if round_.state is not RoundState.OPEN or now >= round_.closes_at:
            return NotOpen(round=round_, begun=round_.opened_at is not None)
        name = " ".join(name.split())
        if round_.mode is Mode.IDENTIFIED and not name and account is None:
            return NameNeeded(fault="missing")
        if len(name) > LONGEST_NAME:
            return NameNeeded(fault="long")
        unlinked = round_.mode is Mode.UNLINKED
        at = round_.opens_at if unlinked else now
        person = None if account is None else owner_in(tx, round_.programme_id, *account)
        if person is None:
            called = _GUEST if unlinked or not name else name
            person = add_visitor(tx, round_.programme_id, name=called, language=language, address=account, at=at)
        return _invited(tx, round_, person, at)


def _invited(tx: Tx, round_: Round, person_id: int, at: datetime) -> Visiting:
    person = participant(tx, person_id)
    voices = frozenset((person.area, each) for each in person.perspectives) if person is not None else frozenset()
    invitations.create(tx, [NewInvitation(round_id=round_.id, participant_id=person_id, voices=voices)], at)
    found = invitations.of_participant(tx, round_.id, person_id)
    return Visiting(invitation_id=found.id, generation=found.generation)
