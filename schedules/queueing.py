"""Queueing what is due of a round's plan: what the plan says is what happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from schedules.looking import Looked, StoppedError, in_chunks, look
from schedules.outcomes import Tally
from schedules.together import ALONG
from storage import ledger, looks, rounds
from storage.bank_holidays import calendar_book
from storage.contacts import along_with, contacts_since
from storage.engine import Store, Tx
from storage.figures import heard_voices
from storage.ledger import NewLine
from storage.looks import EVERYONE, NEVER, Reach, people_to_look_at
from storage.people import delegates_of
from storage.programmes import programme_by_id
from storage.steps import Step, reached
from surveys.audience import invited_people
from surveys.budget import WEEK, Placed, place_all
from surveys.figures import unheard
from surveys.planning import PlannedLine, plan_round
from surveys.rounds import Round, RoundState


def queue_due(store: Store, tally: Tally, now: datetime, *, stopping: Callable[[], bool] = lambda: False) -> None:
    """Look at every round that may have something to say, and queue what is due of its plan.

    `stopping` is asked between transactions; each is short, and what is missing after it is made by the next look.
    """
    with store.reading() as tx:
        due = rounds.rounds_to_look_at(tx, now)
    with suppress(StoppedError):
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
    2. Read everyone if something about the round has changed, else those whose time has come; invite who is missing.
    3. Plan, and queue what is due.
    4. Note when something is due next, unless something has changed since 1.
    """
    with store.reading() as tx:
        stored = programme_by_id(tx, programme_id)
        budget = stored is not None and stored.programme.budget_per_week is not None
        together = [rounds.speaking_rounds(tx, programme_id)] if budget else [(each,) for each in due]
    for part in together:
        ids = [each.id for each in part]
        with store.writing() as tx:
            # Where places in a budget are given out, what becomes of one message changes the times of others.
            wholly = looks.begin_look(tx, ids, now) or budget
        reach = EVERYONE if wholly else Reach(people_to_look_at(ids, now))
        found = [look(store, each, reach, tally, now, stopping) for each in ids]
        seen = [looked for looked in found if looked is not None]
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
            _note_next(store, looked, mine, now, stopping)


def _note_next(
    store: Store, looked: Looked, placed: Sequence[Placed], now: datetime, stopping: Callable[[], bool]
) -> None:
    following = {each.invitation_id: NEVER for each in looked.facts if each.invitation_id is not None}
    for each in placed:
        due, invitation_id = each.line.due_at, each.line.invitation_id
        if invitation_id is not None and due > now:
            following[invitation_id] = min(due, following.get(invitation_id, NEVER))
    for part in looks.in_parts(looked.before, following):
        if stopping():
            raise StoppedError
        with store.writing() as tx:
            looks.note_next(tx, part)
    with store.writing() as tx:
        looks.end_look(tx, looked.round.id, whole_at=looked.whole_at(now), at_latest=looked.held_at(now))


def _placed(
    looked: Looked,
    plans: Sequence[tuple[Round, Sequence[PlannedLine]]],
    contacts: Mapping[int, Sequence[datetime]],
    now: datetime,
) -> Mapping[int, tuple[Placed, ...]]:
    programme = looked.stored.programme
    return place_all(programme, plans, contacts, now, people=looked.people, book=calendar_book(programme, now=now))


def _plan(tx: Tx, looked: Looked, now: datetime) -> tuple[PlannedLine, ...]:
    programme = looked.stored.programme
    needed = any(each.required for each in programme.perspectives)
    heard = heard_voices(tx, looked.round.id) if needed else frozenset()
    return plan_round(
        looked.round,
        looked.facts,
        programme=programme,
        book=calendar_book(programme, now=now),
        missing=unheard(programme, (each.voices for each in looked.facts), heard),
        now=now,
    )


def _to_come(tx: Tx, looked: Looked, now: datetime) -> list[tuple[Round, tuple[PlannedLine, ...]]]:
    """What rounds that have not opened yet will want of people: places are kept for their reminders too."""
    programme = looked.stored
    planned = [each for each in rounds.all_rounds(tx, programme.id) if each.state is RoundState.PLANNED]
    if not planned:
        return []
    delegates = delegates_of(tx, programme.id)
    panel = [each for each in looked.people.values() if each.id not in delegates]
    found = []
    for each in planned:
        invitees = invited_people(each, programme.programme, panel, now)
        facts = tuple(one.facts(now) for one in invitees)
        found.append((each, _plan(tx, replace(looked, round=each, facts=facts), now)))
    return found


def _queue(store: Store, lines: Sequence[NewLine], tally: Tally, now: datetime, stopping: Callable[[], bool]) -> None:
    for part in in_chunks(lines, stopping):
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
