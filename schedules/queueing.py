"""Making invitations and queueing what is due of a round's plan: what the plan says is what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from schedules.outcomes import Tally
from schedules.together import ALONG
from storage import invitations, ledger, rounds
from storage.bank_holidays import calendar_book
from storage.contacts import along_with, contacts_since
from storage.engine import Store, Tx
from storage.figures import collated
from storage.invitation_facts import facts_of_round
from storage.invitations import NewInvitation
from storage.ledger import NewLine
from storage.people import delegates_of, participants_of
from storage.programmes import StoredProgramme, programme_by_id
from storage.rounds import NEVER
from storage.sessions import sessions_of
from storage.steps import Step, reached
from surveys.addressing import addresses_in_order
from surveys.audience import Invitee, invited_people
from surveys.budget import WEEK, Placed, place_all
from surveys.dispositions import Disposition
from surveys.figures import missing_voices
from surveys.invitation_facts import InvitationFacts
from surveys.panel import Participant
from surveys.planning import PlannedLine, plan_round
from surveys.rounds import Round, RoundState

# So many rows a transaction: longer ones would make a reply wait for the database.
_CHUNK = 500
_Row = TypeVar("_Row")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Looked:
    """A round read at one moment, with everyone it may concern."""

    round: Round
    stored: StoredProgramme
    people: dict[int, Participant]
    facts: tuple[InvitationFacts, ...]


class _Stopped(Exception):
    """We are to end: what is left of the round is done by the next tick, as after a crash."""


def queue_due(store: Store, tally: Tally, now: datetime, *, stopping: Callable[[], bool] = lambda: False) -> None:
    """Look at every round that may have something to say, and queue what is due of its plan.

    `stopping` is asked between transactions; each is short, and what is missing after it is made by the next look.
    """
    with store.reading() as tx:
        due = rounds.rounds_to_look_at(tx, now)
    with suppress(_Stopped):
        for programme_id, together in _by_programme(due).items():
            _queue_rounds(store, programme_id, together, tally, now, stopping)


def _by_programme(due: Sequence[Round]) -> dict[int, list[Round]]:
    found: dict[int, list[Round]] = {}
    for each in due:
        found.setdefault(each.programme_id, []).append(each)
    return found


def _queue_rounds(
    store: Store,
    programme_id: int,
    due: Sequence[Round],
    tally: Tally,
    now: datetime,
    stopping: Callable[[], bool],
) -> None:
    """The rounds of a programme, one by one; under a budget all that may speak at once, as people hear from them all.

    1. Mark each as being looked at: whatever changes from now on has it looked at again.
    2. Make the invitations of those who have none yet.
    3. Plan, and queue what is due.
    4. Note when something is due next, unless something has changed since 1.
    """
    with store.reading() as tx:
        stored = programme_by_id(tx, programme_id)
        budget = stored is not None and stored.programme.budget_per_week is not None
        together = [rounds.speaking_rounds(tx, programme_id)] if budget else [(each,) for each in due]
    for part in together:
        with store.writing() as tx:
            for each in part:
                rounds.begin_look(tx, each.id)
        seen = [found for found in (_looked(store, each, tally, now, stopping) for each in part) if found is not None]
        with store.reading() as tx:
            plans = [(looked.round, _plan(tx, looked, now)) for looked in seen]
            plans += _to_come(tx, seen[0], now) if budget and seen else []
            contacts = contacts_since(tx, programme_id, now - WEEK) if budget else {}
        placed = _placed(seen[0], plans, contacts, now) if seen else {}
        riders: dict[str, list[str]] = {}
        for one in (one for mine in placed.values() for one in mine if one.along):
            riders.setdefault(one.along, []).append(one.key)
        for looked in seen:
            mine = placed[looked.round.id]
            lines = [
                _new_line(looked.round, one, riders.get(one.key, ()))
                for one in mine
                if one.line.due_at <= now and not one.dropped
            ]
            _queue(store, lines, tally, now, stopping)
            following = min((one.line.due_at for one in mine if one.line.due_at > now), default=None)
            with store.writing() as tx:
                rounds.end_look(tx, looked.round.id, following or NEVER)


def _placed(
    looked: _Looked,
    plans: Sequence[tuple[Round, Sequence[PlannedLine]]],
    contacts: Mapping[int, Sequence[datetime]],
    now: datetime,
) -> Mapping[int, tuple[Placed, ...]]:
    programme = looked.stored.programme
    book = calendar_book(programme, now=now)
    return place_all(programme, plans, contacts, now, people=looked.people, book=book)


def _looked(
    store: Store,
    round: Round,  # noqa: A002 - the field's word
    tally: Tally,
    now: datetime,
    stopping: Callable[[], bool],
) -> _Looked | None:
    """The round with everyone who is to be invited invited."""
    with store.reading() as tx:
        looked = _look(tx, round.id)
    if looked is not None and looked.round.state is RoundState.OPEN and now < looked.round.closes_at:
        return _invite(store, looked, tally, now, stopping)
    return looked


def _look(tx: Tx, round_id: int) -> _Looked | None:
    current = rounds.round_by_id(tx, round_id)
    stored = None if current is None else programme_by_id(tx, current.programme_id)
    if current is None or stored is None:
        return None
    people = {each.id: each for each in participants_of(tx, stored.id, delegates=True)}
    return _Looked(round=current, stored=stored, people=people, facts=facts_of_round(tx, round_id, people))


def _plan(tx: Tx, looked: _Looked, now: datetime) -> tuple[PlannedLine, ...]:
    programme = looked.stored.programme
    heard = [(each.voices, each.disposition) for each in looked.facts]
    return plan_round(
        looked.round,
        looked.facts,
        programme=programme,
        book=calendar_book(programme, now=now),
        missing=missing_voices(programme, heard, collated(tx, looked.round.id)),
        now=now,
    )


def _to_come(tx: Tx, looked: _Looked, now: datetime) -> list[tuple[Round, tuple[PlannedLine, ...]]]:
    """What rounds that have not opened yet will want of people: places are kept for their reminders too."""
    delegates = delegates_of(tx, looked.stored.id)
    panel = [each for each in looked.people.values() if each.id not in delegates]
    found = []
    for each in rounds.all_rounds(tx, looked.stored.id):
        if each.state is RoundState.PLANNED:
            invitees = invited_people(each, looked.stored.programme, panel, now)
            facts = tuple(one.facts(now) for one in invitees)
            found.append((each, _plan(tx, replace(looked, round=each, facts=facts), now)))
    return found


def _invite(store: Store, looked: _Looked, tally: Tally, now: datetime, stopping: Callable[[], bool]) -> _Looked:
    """Make the invitations that are missing, some hundreds a transaction; the round with everyone in it."""
    with store.reading() as tx:
        delegates = delegates_of(tx, looked.stored.id)
        sessions = {each.session.key: each.id for each in sessions_of(tx, looked.stored.id)}
    panel = [each for each in looked.people.values() if each.id not in delegates]
    have = {(each.participant.id, each.part) for each in looked.facts}
    wanted = [
        _new(each, looked.round, sessions)
        for each in invited_people(looked.round, looked.stored.programme, panel, now)
        if (each.participant.id, _about(each, looked.round)) not in have
    ]
    reachable_again = [
        each.invitation_id
        for each in looked.facts
        if each.disposition is Disposition.UNDELIVERABLE
        and each.invitation_id is not None
        and addresses_in_order(looked.stored.programme, each.participant)
    ]
    for part in _parts(wanted, stopping):
        with store.writing() as tx:
            made = invitations.create(tx, part, now)
        tally.counts["invited"] += len(made)
        reached(Step.INVITATIONS_MADE)
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
        return replace(looked, facts=facts_of_round(tx, looked.round.id, looked.people))


def _parts(rows: Sequence[_Row], stopping: Callable[[], bool]) -> Iterator[Sequence[_Row]]:
    for start in range(0, len(rows), _CHUNK):
        if stopping():
            raise _Stopped
        yield rows[start : start + _CHUNK]


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


def _queue(store: Store, lines: Sequence[NewLine], tally: Tally, now: datetime, stopping: Callable[[], bool]) -> None:
    for part in _parts(lines, stopping):
        with store.writing() as tx:
            tally.counts["queued"] += ledger.queue(tx, part, now)
        reached(Step.LINES_QUEUED)


def _new_line(current: Round, placed: Placed, riders: Sequence[str]) -> NewLine:
    each = placed.line
    channel = each.channel or ledger.DEFAULT_CHANNEL
    detail: dict[str, object] = {"coverage": True} if each.coverage else {}
    if riders:
        detail[ALONG] = list(riders)
    if placed.along:
        detail["channel"] = channel
        channel = along_with(placed.along)
    return NewLine(
        key=placed.key,
        kind=each.kind,
        number=each.number,
        programme_id=current.programme_id,
        round_id=current.id,
        invitation_id=each.invitation_id,
        participant_id=each.participant_id,
        due_at=each.due_at,
        why=each.why,
        detail=detail,
        channel=channel,
    )
