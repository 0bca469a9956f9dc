"""When people were written to, over all rounds of a programme; lines that go along in another one's message."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from storage.engine import Tx
from storage.tables.delivery import deliveries
from surveys.budget import COUNTED
from surveys.delivery import LineKind, LineState

# No sender claims what stands under this: it goes when the line of that key goes.
_ALONG = "along "
_COUNTED = [str(kind) for kind in COUNTED]


def along_with(key: str) -> str:
    """The channel of a line that goes along in the message of the line of that key."""
    return f"{_ALONG}{key}"


def contacts_since(tx: Tx, programme_id: int, since: datetime) -> Mapping[int, tuple[datetime, ...]]:
    """By participant: the messages that went since then, each once however much it said, and those about to go."""
    counts = (deliveries.c.programme_id == programme_id, deliveries.c.kind.in_(_COUNTED))
    message = func.coalesce(deliveries.c.message_id, -deliveries.c.id)
    went = (
        select(deliveries.c.participant_id, func.min(deliveries.c.settled_at).label("at"))
        .where(*counts, deliveries.c.state == LineState.SENT, deliveries.c.settled_at > since)
        .group_by(deliveries.c.participant_id, message)
    )
    waits = select(deliveries.c.participant_id, deliveries.c.due_at.label("at")).where(
        *counts,
        deliveries.c.state.in_([LineState.QUEUED, LineState.CLAIMED]),
        deliveries.c.channel.not_like(f"{_ALONG}%"),
    )
    found: dict[int, list[datetime]] = {}
    for query in (went, waits):
        for row in tx.execute(query):
            if row.participant_id is not None and row.at is not None:
                found.setdefault(row.participant_id, []).append(row.at)
    return {person: tuple(sorted(times)) for person, times in found.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rider:
    """A line that goes along in another one's message."""

    line_id: int
    kind: LineKind
    invitation_id: int | None
    channel: str


def riders_by_keys(tx: Tx, lead: str, keys: Collection[str]) -> tuple[Rider, ...]:
    """Those of these lines that wait to go along with the line of the key `lead`."""
    mine = deliveries.c.key.in_(list(keys))
    rows = tx.execute(_RIDERS.where(mine, deliveries.c.channel == along_with(lead))).all()
    return tuple(sorted((_rider(row) for row in rows), key=lambda each: each.line_id))


def riders_of(tx: Tx, lead: str) -> tuple[Rider, ...]:
    """All lines that wait to go along with the line of that key; it looks at everything that waits."""
    rows = tx.execute(_RIDERS.where(deliveries.c.channel == along_with(lead))).all()
    return tuple(sorted((_rider(row) for row in rows), key=lambda each: each.line_id))


# Not put in order by the database: it would rather read the whole ledger by its number than what waits by its state.
_RIDERS = select(deliveries.c.id, deliveries.c.kind, deliveries.c.invitation_id, deliveries.c.detail).where(
    deliveries.c.state == LineState.QUEUED
)


def _rider(row: Any) -> Rider:
    return Rider(
        line_id=row.id,
        kind=LineKind(row.kind),
        invitation_id=row.invitation_id,
        channel=str((row.detail or {}).get("channel", "mail")),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """What became of the line that others go along with; `state` None: there is none of that key."""

    key: str
    state: LineState | None
    message_id: int | None
    settled_at: datetime | None


def leads_that_ended(tx: Tx) -> tuple[Arrived, ...]:
    """The lines others still wait to go along with, though they will not go any more, or have gone."""
    waiting = select(deliveries.c.channel).where(
        deliveries.c.channel.like(f"{_ALONG}%"), deliveries.c.state == LineState.QUEUED
    )
    keys = [channel.removeprefix(_ALONG) for channel in tx.execute(waiting.distinct()).scalars()]
    found = []
    for key in keys:
        query = select(deliveries.c.state, deliveries.c.message_id, deliveries.c.settled_at)
        row = tx.execute(query.where(deliveries.c.key == key)).one_or_none()
        state = None if row is None else LineState(row.state)
        if row is None or state not in (LineState.QUEUED, LineState.CLAIMED):
            found.append(
                Arrived(
                    key=key,
                    state=state,
                    message_id=None if row is None else row.message_id,
                    settled_at=None if row is None else row.settled_at,
                )
            )
    return tuple(found)


def let_go(tx: Tx, rider: Rider, now: datetime) -> None:
    """It goes by itself, at once."""
    tx.execute(
        update(deliveries)
        .where(deliveries.c.id == rider.line_id, deliveries.c.state == LineState.QUEUED)
        .values(channel=rider.channel, due_at=now)
    )
