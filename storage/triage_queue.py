"""The triage queue as an organiser works through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, select, update

from storage.engine import Tx
from storage.tables.answers import triage
from storage.tables.people import participants
from storage.tables.programme import programmes
from storage.tables.rounds import rounds
from storage.triage import keep

_of_round, _of_person = programmes.alias("of_round"), programmes.alias("of_person")


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One entry; `programme` "" where nothing says to which it belongs.

    `fields`: words by `item` or `item.row`, where they are known to answer a question.
    """

    id: int
    programme: str
    received_at: datetime
    channel: str
    sender: str
    kind: str
    reason: str
    round: str
    participant: str
    name: str
    text: str
    fields: Mapping[str, str | list[str]]
    invitation_id: int | None
    participant_id: int | None
    settled_how: str


def _query() -> Select[Any]:
    return (
        select(
            triage,
            rounds.c.key.label("round_key"),
            _of_round.c.key.label("programme_key"),
            _of_person.c.key.label("persons_programme"),
            participants.c.key.label("participant_key"),
            participants.c.name,
        )
        .outerjoin(rounds, rounds.c.id == triage.c.round_id)
        .outerjoin(_of_round, _of_round.c.id == rounds.c.programme_id)
        .outerjoin(participants, participants.c.id == triage.c.participant_id)
        .outerjoin(_of_person, _of_person.c.id == participants.c.programme_id)
    )


def entries(tx: Tx, *, settled: bool = False) -> tuple[Waiting, ...]:
    """What waits, oldest first; with `settled` what has been dealt with too."""
    query = _query().order_by(triage.c.id)
    if not settled:
        query = query.where(triage.c.settled_at.is_(None))
    only = _only_programme(tx)
    return tuple(_waiting(row, only) for row in tx.execute(query))


def entry(tx: Tx, entry_id: int) -> Waiting | None:
    """The entry of that number."""
    row = tx.execute(_query().where(triage.c.id == entry_id)).one_or_none()
    return None if row is None else _waiting(row, _only_programme(tx))


def keep_apart(
    tx: Tx, whole: Waiting, *, reason: str, text: str, fields: Mapping[str, str] = MappingProxyType({})
) -> int:
    """A part of an entry as an entry of its own, as old as the whole; gives its row's id."""
    query = select(triage.c.round_id).where(triage.c.id == whole.id)
    return keep(
        tx,
        channel=whole.channel,
        sender=whole.sender,
        kind=whole.kind,
        reason=reason,
        text=text,
        fields=fields,
        now=whole.received_at,
        round_id=tx.execute(query).scalar_one(),
        participant_id=whole.participant_id,
        invitation_id=whole.invitation_id,
    )


def settle(tx: Tx, entry_id: int, how: str, now: datetime) -> bool:
    """The entry is dealt with; False if it was before."""
    done = tx.execute(
        update(triage)
        .where(triage.c.id == entry_id, triage.c.settled_at.is_(None))
        .values(settled_at=now, settled_how=how, unread=False)
    )
    return done.rowcount == 1


def _only_programme(tx: Tx) -> str:
    """Where there is but one programme, a mail of nobody belongs to it; else to none."""
    keys = tx.execute(select(programmes.c.key).limit(2)).scalars().all()
    return keys[0] if len(keys) == 1 else ""


def _waiting(row: Any, only: str) -> Waiting:
    return Waiting(
        id=row.id,
        programme=row.programme_key or row.persons_programme or only,
        received_at=row.received_at,
        channel=row.channel,
        sender=row.sender,
        kind=row.kind,
        reason=row.reason,
        round=f"{row.programme_key}/{row.round_key}" if row.round_key else "",
        participant=row.participant_key or "",
        name=row.name or "",
        text=row.text,
        fields=row.fields or {},
        invitation_id=row.invitation_id,
        participant_id=row.participant_id,
        settled_how=row.settled_how,
    )
