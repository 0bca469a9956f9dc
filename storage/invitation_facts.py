"""What planning needs to know of a round's invitations, in a fixed number of queries however many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, exists, func, or_, select

from storage.engine import Tx
from storage.looks import EVERYONE, Reach
from storage.rounds import round_by_id
from storage.subjects import SUBJECTS, subject_columns, subject_in
from storage.tables.delivery import deliveries
from storage.tables.people import opt_outs, participants
from storage.tables.programme import sessions
from storage.tables.rounds import dispositions, invitation_voices, invitations, rounds
from surveys.delivery import LineKind, LineState
from surveys.dispositions import Disposition
from surveys.invitation_facts import STILL_TO_ANSWER, InvitationFacts
from surveys.panel import Participant
from surveys.programme import SessionStatus
from surveys.rounds import Round

_WAITING = (LineState.QUEUED, LineState.CLAIMED)
_UNSETTLED = STILL_TO_ANSWER | {Disposition.UNDELIVERABLE}
_INVITING = (LineKind.INVITATION, LineKind.DELEGATE)


def facts_of_round(
    tx: Tx, round_id: int, people: Mapping[int, Participant], reach: Reach = EVERYONE
) -> tuple[InvitationFacts, ...]:
    """The facts of every invitation of the round; `people` are the programme's, delegates too, by row."""
    return _facts(tx, reach.invitations(round_id), people)


def facts_of_invitations(
    tx: Tx, invitation_ids: Iterable[int], people: Mapping[int, Participant]
) -> dict[int, InvitationFacts]:
    """The facts of some hundreds of invitations at most, by invitation."""
    found = _facts(tx, invitations.c.id.in_(list(invitation_ids)), people)
    return {each.invitation_id: each for each in found if each.invitation_id is not None}


_NOW_OF = (
    select(
        invitations.c.id,
        invitations.c.disposition,
        invitations.c.invited_at,
        invitations.c.last_contact_at,
        invitations.c.reminders_sent,
        invitations.c.last_reminder_at,
        invitations.c.snoozed_until,
        participants.c.paused_until,
        participants.c.away_until,
        participants.c.opted_out_at,
        participants.c.removed_at,
        exists()
        .where(
            opt_outs.c.participant_id == invitations.c.participant_id,
            or_(opt_outs.c.round_id.is_(None), opt_outs.c.round_id == invitations.c.round_id),
        )
        .label("out"),
        rounds.c.state,
        rounds.c.closes_at,
        rounds.c.closes_before,
        rounds.c.extensions,
    )
    .select_from(
        invitations.join(participants, participants.c.id == invitations.c.participant_id).join(
            rounds, rounds.c.id == invitations.c.round_id
        )
    )
    .where(invitations.c.id.in_(bindparam("invitations", expanding=True)))
)
Standing = Mapping[int, Any]


def standing(tx: Tx, invitation_ids: Collection[int]) -> Standing:
    """What may have changed of some invitations since they were read: one query however many they are."""
    return {row.id: row for row in tx.execute(_NOW_OF, {"invitations": list(invitation_ids)})}


def as_it_stands(
    tx: Tx,
    round: Round,  # noqa: A002
    facts: InvitationFacts,
    known: Standing,
) -> tuple[Round, InvitationFacts]:
    """The same round and invitation with whatever has changed since they were read; `known`: from `standing`.

    Raises:
        KeyError: the invitation is not in `known`.
    """
    row = known[facts.invitation_id or 0]
    person = facts.participant
    standing_person = (row.paused_until, row.away_until, row.removed_at is not None)
    if (person.paused_until, person.away_until, person.removed) != standing_person:
        paused, away, removed = standing_person
        person = replace(person, paused_until=paused, away_until=away, removed=removed)
    fresh = replace(
        facts,
        participant=person,
        disposition=Disposition(row.disposition),
        invited_at=row.invited_at,
        last_contact_at=row.last_contact_at,
        reminders_sent=row.reminders_sent,
        last_reminder_at=row.last_reminder_at,
        snoozed_until=row.snoozed_until,
        opted_out=bool(row.out) or row.opted_out_at is not None,
    )
    now_so = (row.state, row.closes_at, row.extensions, row.closes_before)
    if now_so != (round.state, round.closes_at, round.extensions, round.closes_before):
        round = round_by_id(tx, round.id) or round  # noqa: A001
    return round, fresh


def _facts(tx: Tx, which: ColumnElement[bool], people: Mapping[int, Participant]) -> tuple[InvitationFacts, ...]:
    spoken: dict[int, set[tuple[str, str]]] = {}
    pairs = select(invitation_voices).join(invitations, invitations.c.id == invitation_voices.c.invitation_id)
    for pair in tx.execute(pairs.where(which)):
        spoken.setdefault(pair.invitation_id, set()).add((pair.area, pair.perspective))
    ledger = {row.invitation_id: row for row in tx.execute(_ledger(which))}
    asked_again = _asked_again(tx, which)
    out = exists().where(
        opt_outs.c.participant_id == invitations.c.participant_id,
        or_(opt_outs.c.round_id.is_(None), opt_outs.c.round_id == invitations.c.round_id),
    )
    query = (
        select(
            invitations,
            sessions.c.key.label("session_key"),
            sessions.c.status.label("session_status"),
            *subject_columns(),
            out.label("out"),
        )
        .select_from(
            invitations.outerjoin(sessions, sessions.c.id == invitations.c.session_id).outerjoin(
                SUBJECTS, SUBJECTS.c.id == invitations.c.about_id
            )
        )
        .where(which)
        .order_by(invitations.c.id)
    )
    return tuple(
        _one(row, people[row.participant_id], spoken.get(row.id, set()), ledger.get(row.id), asked_again.get(row.id))
        for row in tx.execute(query)
        if row.participant_id in people
    )


def _one(
    row: Any, person: Participant, spoken: set[tuple[str, str]], lines: Row[Any] | None, asked_again: datetime | None
) -> InvitationFacts:
    pending = lines is not None and bool(lines.pending)
    due_at = lines.pending_due if lines is not None and pending else None
    return InvitationFacts(
        invitation_id=row.id,
        participant=person,
        session=row.session_key or "",
        voices=frozenset(spoken),
        disposition=Disposition(row.disposition),
        created_at=row.created_at,
        invited_at=row.invited_at or due_at,
        invitation_pending=pending and row.invited_at is None,
        invitation_refused=lines is not None and bool(lines.refused) and row.invited_at is None,
        reminders_sent=row.reminders_sent,
        last_reminder_at=row.last_reminder_at,
        last_contact_at=row.last_contact_at,
        last_reminder_number=(lines.numbered or 0) if lines is not None else 0,
        reminder_outstanding=lines is not None and bool(lines.reminding),
        notice_outstanding=lines is not None and bool(lines.noticing),
        snoozed_until=row.snoozed_until,
        opted_out=bool(row.out),
        told_moves=(lines.told or 0) if lines is not None else 0,
        last_notice_number=(lines.noticed or 0) if lines is not None else 0,
        thanked=lines is not None and bool(lines.thanked),
        asked_again_at=asked_again,
        delegate=row.delegated_from_id is not None,
        called_off=row.session_status == SessionStatus.CANCELLED,
        told_called_off=lines is not None and bool(lines.called_off),
        about=subject_in(row),
    )


def _ledger(which: ColumnElement[bool]) -> Any:
    """By invitation: what of each kind waits or has gone."""
    state, kind = deliveries.c.state, deliveries.c.kind
    pending = and_(kind.in_(_INVITING), state.in_(_WAITING))
    stands = state != LineState.CANCELLED
    return (
        select(
            deliveries.c.invitation_id,
            func.max(case((pending, 1), else_=0)).label("pending"),
            func.min(case((pending, deliveries.c.due_at))).label("pending_due"),
            func.max(case((and_(kind == LineKind.REMINDER, state.in_(_WAITING)), 1), else_=0)).label("reminding"),
            func.max(case((and_(kind == LineKind.NOTICE, state.in_(_WAITING)), 1), else_=0)).label("noticing"),
            func.max(case((and_(kind.in_(_INVITING), state == LineState.REFUSED), 1), else_=0)).label("refused"),
            # What was refused keeps its key, so it can't be planned again; only a cancelled line can.
            func.max(case((and_(kind == LineKind.REMINDER, stands), deliveries.c.number))).label("numbered"),
            func.max(case((and_(kind == LineKind.NOTICE, state == LineState.SENT), deliveries.c.number))).label("told"),
            func.max(case((and_(kind == LineKind.NOTICE, stands), deliveries.c.number))).label("noticed"),
            func.max(case((and_(kind == LineKind.THANKS, stands), 1), else_=0)).label("thanked"),
            func.max(case((and_(kind == LineKind.CANCELLATION, stands), 1), else_=0)).label("called_off"),
        )
        .join(invitations, invitations.c.id == deliveries.c.invitation_id)
        .where(which)
        .group_by(deliveries.c.invitation_id)
    )


def _asked_again(tx: Tx, which: ColumnElement[bool]) -> dict[int, datetime]:
    """When invitations that were settled last went back to being still to answer.

    Being undeliverable settles nothing: whoever gets a new address is still owed the reminder that was refused.
    """
    query = (
        select(dispositions.c.invitation_id, dispositions.c.disposition, dispositions.c.at)
        .join(invitations, invitations.c.id == dispositions.c.invitation_id)
        .where(which)
        .order_by(dispositions.c.invitation_id, dispositions.c.id)
    )
    found: dict[int, datetime] = {}
    settled: set[int] = set()
    for invitation_id, disposition, at in tx.execute(query):
        if Disposition(disposition) not in _UNSETTLED:
            settled.add(invitation_id)
        elif invitation_id in settled:
            settled.discard(invitation_id)
            found[invitation_id] = at
    return found
