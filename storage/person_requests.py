"""What people have asked of the organisers, until it is done or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, delete, func, insert, select, update

from storage.engine import Tx
from storage.tables.people import participants, person_requests
from storage.tables.programme import programmes
from surveys.person_requests import PersonRequest, RequestKind


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingRequest:
    """A request with whose it is; `programme` and `key` name the person for a command."""

    participant_id: int
    programme: str
    key: str
    name: str
    phone: str
    request: PersonRequest


def ask(tx: Tx, participant_id: int, kind: RequestKind, *, channel: str, now: datetime) -> tuple[PersonRequest, bool]:
    """The person's request of that kind, made if there was none; whether it was made."""
    known = request_of(tx, participant_id, kind)
    if known is not None:
        return known, False
    made = insert(person_requests).values(participant_id=participant_id, kind=kind, asked_at=now, channel=channel)
    request_id = int(tx.execute(made.returning(person_requests.c.id)).scalar_one())
    return PersonRequest(id=request_id, kind=kind, asked_at=now, channel=channel), True


def request_of(tx: Tx, participant_id: int, kind: RequestKind) -> PersonRequest | None:
    """The request of that kind that stands for the person."""
    mine = (person_requests.c.participant_id == participant_id) & (person_requests.c.kind == kind)
    row = tx.execute(select(person_requests).where(mine)).one_or_none()
    return None if row is None else _request(row)


def requests_of(tx: Tx, participant_id: int) -> tuple[PersonRequest, ...]:
    """All that stand for the person, the oldest first."""
    query = select(person_requests).where(person_requests.c.participant_id == participant_id)
    return tuple(_request(row) for row in tx.execute(query.order_by(person_requests.c.id)))


def confirm(tx: Tx, request_id: int, now: datetime) -> bool:
    """Note that the mailbox has confirmed it; False if it had before."""
    unconfirmed = (person_requests.c.id == request_id) & person_requests.c.confirmed_at.is_(None)
    return tx.execute(update(person_requests).where(unconfirmed).values(confirmed_at=now)).rowcount == 1


def end(tx: Tx, participant_id: int, kind: RequestKind) -> bool:
    """The request stands no more: taken back, or answered. False if there was none."""
    mine = (person_requests.c.participant_id == participant_id) & (person_requests.c.kind == kind)
    return tx.execute(delete(person_requests).where(mine)).rowcount == 1


def waiting(tx: Tx, programme_id: int | None = None) -> tuple[WaitingRequest, ...]:
    """Every request, or those of one programme, the oldest first."""
    query = (
        select(
            person_requests,
            participants.c.key,
            participants.c.name,
            participants.c.phone,
            programmes.c.key.label("programme"),
        )
        .join(participants, participants.c.id == person_requests.c.participant_id)
        .join(programmes, programmes.c.id == participants.c.programme_id)
        .order_by(person_requests.c.asked_at, person_requests.c.id)
    )
    if programme_id is not None:
        query = query.where(participants.c.programme_id == programme_id)
    return tuple(
        WaitingRequest(
            participant_id=row.participant_id,
            programme=row.programme,
            key=row.key,
            name=row.name,
            phone=row.phone,
            request=_request(row),
        )
        for row in tx.execute(query)
    )


def how_many(tx: Tx, programme_id: int) -> int:
    """How many requests of the programme's people wait."""
    query = (
        select(func.count())
        .select_from(person_requests.join(participants, participants.c.id == person_requests.c.participant_id))
        .where(participants.c.programme_id == programme_id)
    )
    return int(tx.execute(query).scalar_one())


def _request(row: Row[tuple[object, ...]]) -> PersonRequest:
    return PersonRequest(
        id=row.id,
        kind=RequestKind(row.kind),
        asked_at=row.asked_at,
        channel=row.channel,
        confirmed_at=row.confirmed_at,
    )
