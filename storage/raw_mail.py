"""The store of raw messages: each kept once, handled once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from storage.engine import Tx
from storage.tables.mail import raw_messages


@dataclass(frozen=True, kw_only=True, slots=True)
class RawMessage:
    """One stored message; `handled` says that nothing more is to be done with it."""

    id: int
    content: bytes
    received_at: datetime
    handled: bool


def keep(tx: Tx, content: bytes, digest: str, now: datetime) -> RawMessage:
    """Store a message, or find it stored already."""
    known = _one(tx, raw_messages.c.digest == digest)
    if known is not None:
        return known
    made = tx.execute(
        insert(raw_messages).values(digest=digest, received_at=now, content=content).returning(raw_messages.c.id)
    )
    return RawMessage(id=int(made.scalar_one()), content=content, received_at=now, handled=False)


def waiting(tx: Tx, limit: int = 100) -> tuple[int, ...]:
    """The messages that were stored and never handled: a crash came between."""
    query = select(raw_messages.c.id).where(raw_messages.c.handled_at.is_(None)).order_by(raw_messages.c.id)
    return tuple(tx.execute(query.limit(limit)).scalars())


def message(tx: Tx, message_id: int) -> RawMessage | None:
    """The message of that row."""
    return _one(tx, raw_messages.c.id == message_id)


def settle(
    tx: Tx,
    message_id: int,
    outcome: str,
    now: datetime,
    *,
    participant_id: int | None = None,
    invitation_id: int | None = None,
    forget: bool = False,
) -> None:
    """The message is handled; `forget` takes out what it says."""
    values: dict[str, object] = {
        "handled_at": now,
        "outcome": outcome,
        "participant_id": participant_id,
        "invitation_id": invitation_id,
    }
    if forget:
        values["content"] = b""
    tx.execute(update(raw_messages).where(raw_messages.c.id == message_id).values(values))


def _one(tx: Tx, which: object) -> RawMessage | None:
    query = select(
        raw_messages.c.id, raw_messages.c.content, raw_messages.c.received_at, raw_messages.c.handled_at
    ).where(which)  # type: ignore[arg-type]  # a column's comparison
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    return RawMessage(id=row.id, content=row.content, received_at=row.received_at, handled=row.handled_at is not None)
