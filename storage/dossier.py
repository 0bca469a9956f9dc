"""What is stored about one person: rounds they were asked in, and messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from storage.engine import Tx
from storage.tables.answers import responses
from storage.tables.delivery import deliveries
from storage.tables.people import addresses, participant_addresses, participants
from storage.tables.programme import programmes, sessions
from storage.tables.rounds import invitations, rounds
from surveys.addresses import folded


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundOfPerson:
    """One invitation; `response` is partial, complete or "" for none begun."""

    round: str
    session: str
    state: str
    response: str
    reminders_sent: int
    invited_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageOfPerson:
    """One ledger line: what was, or will be, said, and how it went."""

    kind: str
    state: str
    due_at: datetime
    settled_at: datetime | None
    reason: str


def find_people(tx: Tx, who: str) -> tuple[tuple[int, str], ...]:
    """(participant, programme) of everyone with that panel id or address."""
    query = (
        select(participants.c.id, programmes.c.key)
        .join(programmes, programmes.c.id == participants.c.programme_id)
        .outerjoin(participant_addresses, participant_addresses.c.participant_id == participants.c.id)
        .outerjoin(addresses, addresses.c.id == participant_addresses.c.address_id)
        .where(or_(participants.c.key == who, addresses.c.folded == folded("mail", who), addresses.c.folded == who))
        .distinct()
        .order_by(programmes.c.key, participants.c.id)
    )
    return tuple((row[0], row[1]) for row in tx.execute(query))


def invitations_of_person(tx: Tx, participant_id: int) -> tuple[int, ...]:
    """The rows of all the person's invitations, in the order in which the rounds opened."""
    query = (
        select(invitations.c.id)
        .join(rounds, rounds.c.id == invitations.c.round_id)
        .where(invitations.c.participant_id == participant_id)
        .order_by(rounds.c.opens_at, rounds.c.key, invitations.c.id)
    )
    return tuple(tx.execute(query).scalars())


def rounds_of(tx: Tx, participant_id: int) -> tuple[RoundOfPerson, ...]:
    """Every round the person was invited to."""
    query = (
        select(invitations, rounds.c.key, sessions.c.key.label("session"), responses.c.state.label("response"))
        .select_from(
            invitations.join(rounds, rounds.c.id == invitations.c.round_id)
            .outerjoin(sessions, sessions.c.id == invitations.c.session_id)
            .outerjoin(responses, responses.c.invitation_id == invitations.c.id)
        )
        .where(invitations.c.participant_id == participant_id)
        .order_by(rounds.c.opens_at, rounds.c.key)
    )
    return tuple(
        RoundOfPerson(
            round=row.key,
            session=row.session or "",
            state=row.disposition,
            response=row.response or "",
            reminders_sent=row.reminders_sent,
            invited_at=row.invited_at,
        )
        for row in tx.execute(query)
    )


def messages_of(tx: Tx, participant_id: int) -> tuple[MessageOfPerson, ...]:
    """Every message to the person, sent or waiting."""
    query = select(deliveries).where(deliveries.c.participant_id == participant_id)
    return tuple(
        MessageOfPerson(kind=row.kind, state=row.state, due_at=row.due_at, settled_at=row.settled_at, reason=row.reason)
        for row in tx.execute(query.order_by(deliveries.c.due_at, deliveries.c.id))
    )
