"""Reading a round with the people a look is at, and making the invitations that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from schedules.outcomes import Tally
from storage import invitations, ledger, rounds
from storage.engine import Store, Tx
from storage.invitation_facts import facts_of_round
from storage.invitations import NewInvitation
from storage.looks import NEVER, Reach, looked_at
from storage.people import delegates_of, participants_among, participants_of
from storage.programmes import StoredProgramme, programme_by_id
from storage.sessions import sessions_of
from storage.steps import Step, reached
from surveys.addressing import addresses_in_order
from surveys.audience import Invitee, invited_people, waits_for_sessions
from surveys.dispositions import Disposition
from surveys.invitation_facts import InvitationFacts
from surveys.panel import Participant
from surveys.rounds import Round, RoundState

# So many rows a transaction: longer ones would make a reply wait for the database.
_CHUNK = 500
# Everyone is read again with the first message of a day, whatever we may have failed to notice.
_WHOLE_AFTER = timedelta(days=1)
_Row = TypeVar("_Row")


class StoppedError(Exception):
    """We are to end: what is left of the round is done by the next tick, as after a crash."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """A round read at one moment, with those of its people whom the look is at; all that it may concern if wholly.

    `before`: when each invitation was to be looked at.
    """

    round: Round
    stored: StoredProgramme
    reach: Reach
    people: Mapping[int, Participant]
    facts: tuple[InvitationFacts, ...]
    before: Mapping[int, datetime | None]

    @property
    def wholly(self) -> bool:
        return self.reach.people is None

    def held_at(self, now: datetime) -> datetime:
        """When the next session will have been held that brings people of its own."""
        if self.round.state is not RoundState.OPEN or not waits_for_sessions(self.round):
            return NEVER
        return min((each.ends for each in self.stored.programme.sessions if each.ends > now), default=NEVER)

    def whole_at(self, now: datetime) -> datetime | None:
        """From when on a look is at everyone again; None: as it was."""
        if not self.wholly:
            return None
        return min(self.held_at(now), now + _WHOLE_AFTER) if self.round.state is RoundState.OPEN else NEVER


def look(
    store: Store,
    round_id: int,
    reach: Reach,
    tally: Tally,
    now: datetime,
    stopping: Callable[[], bool],
) -> Looked | None:
    """The round with everyone who is to be invited invited; None: it isn't there any more.

    Raises:
        StoppedError: `stopping` said so.
    """
    with store.reading() as tx:
        looked = _read(tx, round_id, reach)
    if looked is not None and looked.round.state is RoundState.OPEN and now < looked.round.closes_at:
        return _invite(store, looked, tally, now, stopping)
    return looked


def _read(tx: Tx, round_id: int, reach: Reach) -> Looked | None:
    current = rounds.round_by_id(tx, round_id)
    stored = None if current is None else programme_by_id(tx, current.programme_id)
    if current is None or stored is None:
        return None
    found = (
        participants_of(tx, stored.id, delegates=True) if reach.people is None else participants_among(tx, reach.people)
    )
    people = {each.id: each for each in found}
    return Looked(
        round=current,
        stored=stored,
        reach=reach,
        people=people,
        facts=facts_of_round(tx, round_id, people, reach),
        before=looked_at(tx, round_id, reach),
    )


def _invite(store: Store, looked: Looked, tally: Tally, now: datetime, stopping: Callable[[], bool]) -> Looked:
    """Make the invitations that are missing, some hundreds a transaction; the round with everyone in it."""
    wanted = _missing(store, looked, now) if looked.wholly else []
    for part in in_chunks(wanted, stopping):
        with store.writing() as tx:
            made = invitations.create(tx, part, now)
        tally.counts["invited"] += len(made)
        reached(Step.INVITATIONS_MADE)
    reachable_again = [
        each.invitation_id
        for each in looked.facts
        if each.disposition is Disposition.UNDELIVERABLE
        and each.invitation_id is not None
        and addresses_in_order(looked.stored.programme, each.participant)
    ]
    if reachable_again:
        with store.writing() as tx:
            reason = "a new address is known"
            invitations.set_disposition(
                tx, reachable_again, Disposition.PENDING, reason=reason, channel="schedule", now=now
            )
            ledger.reopen_refused(tx, reachable_again, reason)
    if not wanted and not reachable_again:
        return looked
    with store.reading() as tx:
        facts = facts_of_round(tx, looked.round.id, looked.people, looked.reach)
        return replace(looked, facts=facts, before=looked_at(tx, looked.round.id, looked.reach))


def _missing(store: Store, looked: Looked, now: datetime) -> list[NewInvitation]:
    with store.reading() as tx:
        delegates = delegates_of(tx, looked.stored.id)
        sessions = {each.session.key: each.id for each in sessions_of(tx, looked.stored.id)}
    panel = [each for each in looked.people.values() if each.id not in delegates]
    have = {(each.participant.id, each.part) for each in looked.facts}
    return [
        _new(each, looked.round, sessions)
        for each in invited_people(looked.round, looked.stored.programme, panel, now)
        if (each.participant.id, _about(each, looked.round)) not in have
    ]


def _about(invitee: Invitee, round: Round) -> str:  # noqa: A002 - the field's word
    """What the invitation itself is for; a round made for a session needs no more than the person."""
    if invitee.about is not None:
        return invitee.about.key
    return invitee.session if round.per_session and not round.session else ""


def _new(invitee: Invitee, round: Round, sessions: dict[str, int]) -> NewInvitation:  # noqa: A002 - the field's word
    return NewInvitation(
        round_id=round.id,
        participant_id=invitee.participant.id,
        session_id=None if invitee.about is not None else sessions.get(_about(invitee, round)),
        about_id=None if invitee.about is None else invitee.about.id,
        voices=invitee.voices,
    )


def in_chunks(rows: Sequence[_Row], stopping: Callable[[], bool]) -> Iterator[Sequence[_Row]]:
    """Some hundreds of rows at a time.

    Raises:
        StoppedError: `stopping` said so.
    """
    for start in range(0, len(rows), _CHUNK):
        if stopping():
            raise StoppedError
        yield rows[start : start + _CHUNK]
