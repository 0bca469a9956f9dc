"""Open rounds that are announced in channels: which there are, where their posts stand, how many have answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from storage.engine import Tx
from storage.tables.delivery import deliveries, messages
from storage.tables.rounds import invitations, rounds
from surveys.delivery import LineKind, LineState
from surveys.dispositions import Disposition
from surveys.programme import RoundKind
from surveys.rounds import RoundState


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """A post of a round: the platform's name for it is `conversation:message`."""

    round_id: int
    key: str
    ref: str


def open_rounds(tx: Tx) -> tuple[int, ...]:
    """The rows of the rounds of kind open that take answers."""
    query = select(rounds.c.id).where(rounds.c.kind == RoundKind.OPEN, rounds.c.state == RoundState.OPEN)
    return tuple(tx.execute(query.order_by(rounds.c.id)).scalars())


def posted(tx: Tx, channel: str, *, closed_since: datetime) -> tuple[Posted, ...]:
    """Posts of rounds that are open, or were closed since."""
    query = (
        select(deliveries.c.round_id, deliveries.c.key, messages.c.ref)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .join(rounds, rounds.c.id == deliveries.c.round_id)
        .where(
            deliveries.c.kind == LineKind.POST,
            deliveries.c.state == LineState.SENT,
            deliveries.c.channel == channel,
            or_(rounds.c.state == RoundState.OPEN, rounds.c.closed_at >= closed_since),
        )
        .order_by(deliveries.c.id)
    )
    return tuple(Posted(round_id=row.round_id, key=row.key, ref=row.ref) for row in tx.execute(query))


def completed(tx: Tx, round_id: int) -> int:
    """How many have answered the round."""
    here = (invitations.c.round_id == round_id) & (invitations.c.disposition == Disposition.COMPLETE)
    return int(tx.execute(select(func.count()).where(here)).scalar_one())
