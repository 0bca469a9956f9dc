"""The store of raw messages: each kept once, handled once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from storage.dialects import insert_into
from storage.engine import Tx
from storage.tables.mail import deleted_mails, raw_messages


@dataclass(frozen=True, kw_only=True, slots=True)
class RawMessage:
    """One stored message; `handled` says that nothing more is to be done with it, `new` that it has just come."""

    id: int
    content: bytes
    received_at: datetime
    handled: bool
    new: bool = False


class AlreadyHandled(Exception):
    """Another has handled the message in the meantime; what was about to be said of it a second time is rolled back."""


def keep(tx: Tx, content: bytes, digest: str, now: datetime) -> RawMessage:
    """Store a message, or find it stored already.

    Raises:
        AlreadyHandled: it was, and has been deleted since.
    """
    known = _one(tx, raw_messages.c.digest == digest)
    if known is not None:
        return known
    if tx.execute(select(deleted_mails.c.digest).where(deleted_mails.c.digest == digest)).first() is not None:
        raise AlreadyHandled
    made = tx.execute(
        insert_into(tx, raw_messages)
        .values(digest=digest, received_at=now, content=content)
        .on_conflict_do_nothing(index_elements=["digest"])
        .returning(raw_messages.c.id)
    ).scalar_one_or_none()
    if made is None:
        # Two servers may be given it at the same time.
        known = _one(tx, raw_messages.c.digest == digest)
        if known is not None:
            return known
        raise AlreadyHandled
    return RawMessage(id=int(made), content=content, received_at=now, handled=False, new=True)


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
    """The message is handled, in the transaction that says what became of it; `forget` takes out what it says.

    Raises:
        AlreadyHandled: by another, a listener beside this one, say.
    """
    values: dict[str, object] = {
        "handled_at": now,
        "outcome": outcome,
        "participant_id": participant_id,
        "invitation_id": invitation_id,
    }
    if forget:
        values["content"] = b""
    mine = (raw_messages.c.id == message_id) & raw_messages.c.handled_at.is_(None)
    if tx.execute(update(raw_messages).where(mine).values(values)).rowcount != 1:
        raise AlreadyHandled


def remove(tx: Tx, which: ColumnElement[bool]) -> int:
    """Delete such messages for good, so that no mailbox brings them back; how many they were."""
    gone = select(raw_messages.c.digest).where(which)
    tx.execute(insert_into(tx, deleted_mails).from_select(["digest"], gone).on_conflict_do_nothing())
    return int(tx.execute(delete(raw_messages).where(which)).rowcount)


def _one(tx: Tx, which: object) -> RawMessage | None:
    query = select(
        raw_messages.c.id, raw_messages.c.content, raw_messages.c.received_at, raw_messages.c.handled_at
    ).where(which)  # type: ignore[arg-type]  # a column's comparison
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    return RawMessage(id=row.id, content=row.content, received_at=row.received_at, handled=row.handled_at is not None)
