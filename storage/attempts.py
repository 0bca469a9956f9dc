"""Attempts: written before a message leaves, ended after it; one left open by a sender that is gone is in doubt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, insert, or_, select, update

from storage.engine import Tx
from storage.ledger import LEASE, LINE_COLUMNS, line_of
from storage.tables.base import UtcTime
from storage.tables.delivery import attempts, deliveries
from storage.tables.people import addresses
from surveys.delivery import Line, LineState

# Said once for each message: building the statements anew would cost more than running them.
_HOLD = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("line"),
        deliveries.c.state == LineState.CLAIMED,
        deliveries.c.claimed_by == bindparam("holder"),
    )
    .values(lease_until=bindparam("until", type_=UtcTime()))
)
_OPEN = insert(attempts)
_END = (
    update(attempts)
    .where(attempts.c.id == bindparam("attempt"), attempts.c.ended_at.is_(None))
    .values(ended_at=bindparam("at", type_=UtcTime()), outcome=bindparam("how"), reason=bindparam("why"))
)
_DRAFT = (
    update(attempts)
    .where(attempts.c.id == bindparam("attempt"), attempts.c.ended_at.is_(None))
    .values(draft=bindparam("name"))
)


def hold(tx: Tx, line: Line, *, holder: str, now: datetime, lease: timedelta = LEASE) -> bool:
    """Renew the lease of a claimed line; False if it is no longer ours."""
    return tx.execute(_HOLD, {"line": line.id, "holder": holder, "until": now + lease}).rowcount == 1


def open_attempt(
    tx: Tx, line: Line, *, ref: str, fence: int, address_id: int | None, now: datetime, account: str = ""
) -> int:
    """Write that the line, which must be ours, is about to be sent through `account`; the attempt's id.

    `address_id` is None where it goes to nobody of the panel.
    """
    written = tx.execute(
        _OPEN,
        {
            "delivery_id": line.id,
            "number": line.attempts + 1,
            "address_id": address_id,
            "ref": ref,
            "fence": fence,
            "account": account,
            "draft": "",
            "started_at": now,
            "outcome": "",
            "reason": "",
        },
    )
    key = written.inserted_primary_key
    if key is None:
        raise LookupError("the database gave no id for the attempt it wrote")
    return int(key[0])


def end_attempt(tx: Tx, attempt_id: int, *, outcome: str, reason: str, now: datetime) -> bool:
    """Write how the attempt went; False if it was settled already, by someone who found it in doubt."""
    ended = tx.execute(_END, {"attempt": attempt_id, "at": now, "how": outcome, "why": reason})
    return ended.rowcount == 1


def how_many(tx: Tx, line_id: int, outcome: str) -> int:
    """How many attempts of the line ended so."""
    query = select(func.count()).where(attempts.c.delivery_id == line_id, attempts.c.outcome == outcome)
    return int(tx.execute(query).scalar_one())


def note_draft(tx: Tx, attempt_id: int, draft: str) -> bool:
    """Write what the platform calls the message it holds; False if the attempt was settled meanwhile."""
    return tx.execute(_DRAFT, {"attempt": attempt_id, "name": draft}).rowcount == 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Abandoned:
    """A claimed line whose holder is gone; `attempt_id` is its open attempt: whether that was sent is in doubt.

    `doubts` counts earlier attempts of the line that ended in doubt and were made again. `address` is where it went,
    through `account`.
    """

    line: Line
    detail: Mapping[str, Any]
    attempt_id: int | None
    ref: str
    started_at: datetime | None
    doubts: int
    account: str = ""
    draft: str = ""
    address_id: int | None = None
    address: str = ""


def abandoned(
    tx: Tx, now: datetime, *, everything: bool, but_not: Collection[str] = (), limit: int = 500
) -> tuple[Abandoned, ...]:
    """Claimed lines whose lease ran out; with `everything` (no other sender can be alive) all that are claimed.

    Those with an open attempt through one of the accounts in `but_not` are left out: they can be looked up.
    """
    query = _claimed().limit(limit)
    if but_not:
        query = query.where(or_(attempts.c.id.is_(None), attempts.c.account.not_in(but_not)))
    if not everything:
        query = query.where(or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now))
    return tuple(_abandoned(row) for row in tx.execute(query))


def to_look_up(tx: Tx, now: datetime, accounts: Collection[str], limit: int = 500) -> tuple[Abandoned, ...]:
    """Claimed lines with an open attempt through one of these accounts that began a lease ago.

    One that begins further off than a lease was written by a clock that has since been put back.
    """
    over = or_(attempts.c.started_at <= now - LEASE, attempts.c.started_at > now + LEASE)
    query = _claimed().where(attempts.c.account.in_(accounts), over).limit(limit)
    return tuple(_abandoned(row) for row in tx.execute(query))


def _claimed() -> Select[Any]:
    open_attempts = and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.ended_at.is_(None))
    earlier = attempts.alias("earlier")
    doubts = (
        select(func.count())
        .where(earlier.c.delivery_id == deliveries.c.id, earlier.c.outcome == "in_doubt_again")
        .correlate(deliveries)
        .scalar_subquery()
    )
    return (
        select(
            *LINE_COLUMNS,
            deliveries.c.detail,
            attempts.c.id.label("attempt_id"),
            attempts.c.ref,
            attempts.c.account,
            attempts.c.draft,
            attempts.c.address_id,
            addresses.c.value.label("address"),
            attempts.c.started_at,
            doubts.label("doubts"),
        )
        .select_from(
            deliveries.outerjoin(attempts, open_attempts).outerjoin(addresses, addresses.c.id == attempts.c.address_id)
        )
        .where(deliveries.c.state == LineState.CLAIMED)
        .order_by(deliveries.c.id)
    )


def _abandoned(row: Any) -> Abandoned:
    return Abandoned(
        line=line_of(row),
        detail=row.detail or {},
        attempt_id=row.attempt_id,
        ref=row.ref or "",
        started_at=row.started_at,
        doubts=row.doubts,
        account=row.account or "",
        draft=row.draft or "",
        address_id=row.address_id,
        address=row.address or "",
    )
