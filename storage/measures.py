"""Figures about the work itself, for whoever watches over it: counts and times, nothing of people or programmes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Table, func, select, true

from storage.contacts import along_with
from storage.engine import Tx
from storage.tables.answers import responses, triage, unlinked_returns
from storage.tables.delivery import attempts, deliveries, senders
from storage.tables.mail import raw_messages
from surveys.delivery import LineState

_LATEST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """How the work stands at one moment.

    `lines` is by state of the ledger, `due` by channel what should have gone, `oldest_due_at` when the longest waiting
    of it fell due (UTC). `deferred` lines were tried and wait; `attempts` is by outcome, "" for those in hand or in
    doubt. `returns` are partial, complete and unlinked. `troubled` counts the accounts that can't send, and the
    mailboxes that can't be read. `delays`: for each of the last messages sent, the seconds from its time to its going.
    """

    lines: Mapping[str, int]
    due: Mapping[str, int]
    oldest_due_at: datetime | None
    deferred: int
    attempts: Mapping[str, int]
    returns: Mapping[str, int]
    triage_waiting: int
    mails_waiting: int
    troubled: int
    delays: tuple[float, ...] = ()


def measures(tx: Tx, now: datetime) -> Measures:
    """Count what stands in the database at `now`: some indexed counts, whatever its size."""
    state, channel = deliveries.c.state, deliveries.c.channel
    # What goes along with another line stands under that one's name, which says who it is for.
    is_due = (state == LineState.QUEUED) & (deliveries.c.due_at <= now) & channel.not_like(along_with("%"))
    # An account that the settings no longer name keeps its last trouble for ever.
    recent = senders.c.expires_at > now - timedelta(days=1)
    return Measures(
        lines=dict.fromkeys(map(str, LineState), 0) | _by(tx, state),
        due=_by(tx, channel, is_due),
        oldest_due_at=tx.execute(select(func.min(deliveries.c.due_at)).where(is_due)).scalar_one(),
        deferred=_count(tx, deliveries, (state == LineState.QUEUED) & (deliveries.c.attempts > 0)),
        attempts=_by(tx, attempts.c.outcome),
        returns={"partial": 0, "complete": 0}
        | _by(tx, responses.c.state)
        | {"unlinked": _count(tx, unlinked_returns, true())},
        triage_waiting=_count(tx, triage, triage.c.settled_at.is_(None)),
        mails_waiting=_count(tx, raw_messages, raw_messages.c.handled_at.is_(None)),
        troubled=_count(tx, senders, recent & (senders.c.trouble != "")),
        delays=_delays(tx),
    )


def _delays(tx: Tx) -> tuple[float, ...]:
    """Of the newest lines that were sent, in their own order; some hundreds say enough."""
    sent = (deliveries.c.state == LineState.SENT) & deliveries.c.message_id.is_not(None)
    query = select(deliveries.c.due_at, deliveries.c.settled_at).where(sent).order_by(deliveries.c.id.desc())
    rows = tx.execute(query.limit(_LATEST))
    return tuple(max((row.settled_at - row.due_at).total_seconds(), 0.0) for row in rows if row.settled_at is not None)


def database_answers(tx: Tx) -> bool:
    """Read something small; whatever keeps the database from answering is raised."""
    return _count(tx, senders, true()) >= 0


def _by(tx: Tx, column: Column[str], which: ColumnElement[bool] | None = None) -> dict[str, int]:
    query = select(column, func.count()).where(true() if which is None else which).group_by(column)
    return {str(name): int(count) for name, count in tx.execute(query).all()}


def _count(tx: Tx, table: Table, which: ColumnElement[bool]) -> int:
    return tx.execute(select(func.count()).select_from(table).where(which)).scalar_one()
