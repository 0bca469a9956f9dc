"""The ledger: what is to be said, who has it in hand, and how it went (design: The life of one reminder).

A line is `queued` until a sender claims it under a lease; every try to send is an attempt, written before the
message leaves and settled after it. A line that was cancelled has never been sent, so the same key may be queued
again; any other key stands for ever, which is what makes a second reminder impossible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, null, select, update

from storage.dialects import insert_into
from storage.engine import Tx
from storage.looks import look_again_at
from storage.tables.base import UtcTime
from storage.tables.delivery import deliveries
from surveys.delivery import ASKED_FOR, Line, LineKind, LineState

LEASE = timedelta(seconds=120)
DEFAULT_CHANNEL = "mail"

LINE_COLUMNS = (
    deliveries.c.id,
    deliveries.c.key,
    deliveries.c.kind,
    deliveries.c.number,
    deliveries.c.programme_id,
    deliveries.c.round_id,
    deliveries.c.invitation_id,
    deliveries.c.participant_id,
    deliveries.c.due_at,
    deliveries.c.state,
    deliveries.c.attempts,
    deliveries.c.reason,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLine:
    """A line to be queued. `why` is for people; `detail` what the message needs beyond its invitation (for JSON)."""

    key: str
    kind: LineKind
    programme_id: int
    due_at: datetime
    number: int = 1
    round_id: int | None = None
    invitation_id: int | None = None
    participant_id: int | None = None
    why: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    channel: str = DEFAULT_CHANNEL


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A line in our hands, with what it carries along."""

    line: Line
    detail: Mapping[str, Any]


def queue(tx: Tx, lines: Sequence[NewLine], now: datetime) -> int:
    """Queue what is not in the ledger yet, or was cancelled there; how many lines that were."""
    if not lines:
        return 0
    statement = insert_into(tx, deliveries)
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "state": LineState.QUEUED,
            "due_at": statement.excluded.due_at,
            "why": statement.excluded.why,
            "detail": statement.excluded.detail,
            "channel": statement.excluded.channel,
            "reason": "",
            "settled_at": None,
        },
        where=deliveries.c.state == LineState.CANCELLED,
    )
    rows = [
        {
            "key": line.key,
            "kind": line.kind,
            "number": line.number,
            "programme_id": line.programme_id,
            "round_id": line.round_id,
            "invitation_id": line.invitation_id,
            "participant_id": line.participant_id,
            "due_at": line.due_at,
            "state": LineState.QUEUED,
            "why": line.why,
            "detail": dict(line.detail),
            "channel": line.channel,
            "created_at": now,
        }
        for line in lines
    ]
    return tx.execute(statement, rows, execution_options={"preserve_rowcount": True}).rowcount


def claim(
    tx: Tx, *, channel: str, holder: str, now: datetime, limit: int, lease: timedelta = LEASE
) -> tuple[Claimed, ...]:
    """Take the lines of a channel that are due, the longest waiting first, under a lease of our own."""
    due = (
        select(deliveries.c.id)
        .where(deliveries.c.state == LineState.QUEUED, deliveries.c.due_at <= now, deliveries.c.channel == channel)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(deliveries)
        .where(deliveries.c.id.in_(due), deliveries.c.state == LineState.QUEUED)
        .values(state=LineState.CLAIMED, claimed_by=holder, lease_until=now + lease)
        .returning(*LINE_COLUMNS, deliveries.c.detail)
    )
    rows = tx.execute(taken).all()
    claimed = [Claimed(line=line_of(row), detail=row.detail or {}) for row in rows]
    return tuple(sorted(claimed, key=lambda each: (each.line.due_at, each.line.id)))


# Said once for each message: building the statement anew would cost more than running it.
_SETTLE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("line"))
    .values(
        state=bindparam("now_state"),
        reason=bindparam("for_reason"),
        settled_at=bindparam("at", type_=UtcTime()),
        message_id=bindparam("message"),
        attempts=deliveries.c.attempts + bindparam("tried"),
        lease_until=null(),
        claimed_by="",
    )
)


def settle(
    tx: Tx,
    line_id: int,
    state: LineState,
    *,
    now: datetime,
    reason: str = "",
    message_id: int | None = None,
    tried: int = 0,
) -> None:
    """The line has come to its end: sent, refused or cancelled. `tried`: how many attempts are to be counted in."""
    tx.execute(
        _SETTLE,
        {
            "line": line_id,
            "now_state": str(state),
            "for_reason": reason,
            "at": now,
            "message": message_id,
            "tried": tried,
        },
    )
    if state is not LineState.SENT:
        _plan_anew(tx, deliveries.c.id == line_id)


def _plan_anew(tx: Tx, *which: ColumnElement[bool]) -> None:
    """What was to go and does not leaves room for others: plans have counted with it."""
    people = select(deliveries.c.participant_id).where(*which, deliveries.c.participant_id.is_not(None)).distinct()
    look_again_at(tx, *tx.execute(people).scalars())


def settle_along(tx: Tx, invitation_id: int, kind: LineKind, message_id: int, *, reason: str, now: datetime) -> None:
    """What still waits of that kind has been said by a message of another line: one message settles several."""
    said = tx.execute(
        update(deliveries)
        .where(
            deliveries.c.invitation_id == invitation_id,
            deliveries.c.kind == kind,
            deliveries.c.state == LineState.QUEUED,
        )
        .values(state=LineState.SENT, reason=reason, settled_at=now, message_id=message_id)
    )
    if said.rowcount:
        _plan_anew(tx, deliveries.c.invitation_id == invitation_id)


def put_back(tx: Tx, line_id: int, *, due_at: datetime, reason: str, channel: str = "", tried: int = 0) -> None:
    """The line waits again: put off, or for another address, which may be on another channel.

    `tried`: how many attempts are to be counted in.
    """
    changes = {
        "state": LineState.QUEUED,
        "due_at": due_at,
        "reason": reason,
        "attempts": deliveries.c.attempts + tried,
        "lease_until": None,
        "claimed_by": "",
    }
    if channel:
        changes["channel"] = channel
    tx.execute(
        update(deliveries).where(deliveries.c.id == line_id, deliveries.c.state == LineState.CLAIMED).values(changes)
    )


def release(tx: Tx, line_ids: Sequence[int], holder: str) -> None:
    """Give claimed lines back untouched."""
    if line_ids:
        tx.execute(
            update(deliveries)
            .where(
                deliveries.c.id.in_(line_ids),
                deliveries.c.claimed_by == holder,
                deliveries.c.state == LineState.CLAIMED,
            )
            .values(state=LineState.QUEUED, lease_until=None, claimed_by="")
        )


def cancel_queued(
    tx: Tx,
    *,
    reason: str,
    now: datetime,
    invitation_id: int | None = None,
    round_id: int | None = None,
    kinds: Iterable[LineKind] = (),
) -> int:
    """Cancel what still waits for an invitation or for a whole round, of these kinds; how many.

    With no kinds given it is everything but what the person has asked for themselves.

    A line in a sender's hands is not touched: the re-check before its attempt sees the new state by itself.
    """
    conditions: list[ColumnElement[bool]] = [deliveries.c.state == LineState.QUEUED]
    if invitation_id is None and round_id is None:
        raise ValueError("an invitation or a round must be named")
    if invitation_id is not None:
        conditions.append(deliveries.c.invitation_id == invitation_id)
    if round_id is not None:
        conditions.append(deliveries.c.round_id == round_id)
    wanted = [str(kind) for kind in kinds]
    if wanted:
        conditions.append(deliveries.c.kind.in_(wanted))
    else:
        conditions.append(deliveries.c.kind.not_in([str(kind) for kind in ASKED_FOR]))
    cancelled = update(deliveries).where(*conditions).values(state=LineState.CANCELLED, reason=reason, settled_at=now)
    found = tx.execute(cancelled).rowcount
    if found and invitation_id is not None:
        _plan_anew(tx, deliveries.c.invitation_id == invitation_id)
    return found


def cancel_asked_for(tx: Tx, participant_id: int, kind: LineKind, *, reason: str, now: datetime) -> None:
    """The person no longer wants what they had asked for, and it has not gone yet."""
    mine = (deliveries.c.participant_id == participant_id) & (deliveries.c.kind == kind)
    waiting_line = mine & (deliveries.c.state == LineState.QUEUED)
    tx.execute(update(deliveries).where(waiting_line).values(state=LineState.CANCELLED, reason=reason, settled_at=now))


def is_due(tx: Tx, channel: str, now: datetime) -> bool:
    """Whether any line of the channel is due."""
    due = select(deliveries.c.id).where(
        deliveries.c.state == LineState.QUEUED, deliveries.c.due_at <= now, deliveries.c.channel == channel
    )
    return tx.execute(due.limit(1)).first() is not None


def next_due_at(tx: Tx, now: datetime) -> datetime | None:
    """When the next queued line falls due after `now`."""
    found: datetime | None = tx.execute(
        select(deliveries.c.due_at)
        .where(deliveries.c.state == LineState.QUEUED, deliveries.c.due_at > now)
        .order_by(deliveries.c.due_at)
        .limit(1)
    ).scalar_one_or_none()
    return found


def line_by_key(tx: Tx, key: str) -> Line | None:
    """The line of that key."""
    row = tx.execute(select(*LINE_COLUMNS).where(deliveries.c.key == key)).one_or_none()
    return None if row is None else line_of(row)


def line_by_id(tx: Tx, line_id: int) -> Line | None:
    """The line of that row."""
    row = tx.execute(select(*LINE_COLUMNS).where(deliveries.c.id == line_id)).one_or_none()
    return None if row is None else line_of(row)


def lines_of_round(tx: Tx, round_id: int, states: Iterable[LineState] = ()) -> tuple[Line, ...]:
    """The round's lines in order of their time; only those in `states`, if any are given."""
    query = select(*LINE_COLUMNS).where(deliveries.c.round_id == round_id)
    wanted = [str(state) for state in states]
    if wanted:
        query = query.where(deliveries.c.state.in_(wanted))
    return tuple(line_of(row) for row in tx.execute(query.order_by(deliveries.c.due_at, deliveries.c.id)))


def waiting(tx: Tx, round_id: int | None = None) -> Mapping[str, int]:
    """What has not gone as it should: `deferred` lines (tried and waiting) and `refused` ones, counted."""
    conditions = [] if round_id is None else [deliveries.c.round_id == round_id]
    deferred = and_(deliveries.c.state == LineState.QUEUED, deliveries.c.attempts > 0)
    refused = deliveries.c.state == LineState.REFUSED
    query = select(func.count().filter(deferred).label("deferred"), func.count().filter(refused).label("refused"))
    row = tx.execute(query.select_from(deliveries).where(*conditions)).one()
    return {"deferred": row.deferred, "refused": row.refused}


def reopen_refused(tx: Tx, invitation_ids: Sequence[int], reason: str) -> None:
    """Make refused lines that ask cancelled ones, so that they can be queued again: a new address is known."""
    tx.execute(
        update(deliveries)
        .where(
            deliveries.c.invitation_id == bindparam("invitation"),
            deliveries.c.kind.in_([LineKind.INVITATION, LineKind.DELEGATE, LineKind.REMINDER, LineKind.NOTICE]),
            deliveries.c.state == LineState.REFUSED,
        )
        .values(state=LineState.CANCELLED, reason=reason),
        [{"invitation": invitation_id} for invitation_id in invitation_ids],
    )


def line_of(row: Any) -> Line:
    """A row with `LINELINE_COLUMNS` as a value."""
    return Line(
        id=row.id,
        key=row.key,
        kind=LineKind(row.kind),
        number=row.number,
        programme_id=row.programme_id,
        round_id=row.round_id,
        invitation_id=row.invitation_id,
        participant_id=row.participant_id,
        due_at=row.due_at,
        state=LineState(row.state),
        attempts=row.attempts,
        reason=row.reason,
    )
