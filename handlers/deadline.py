"""Moving the close of a round: by an organiser's command, or because its file says another one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from storage import audit, ledger
from storage.engine import Tx
from storage.invitations import latest_contact
from storage.round_rows import change_round, note_deadline_change
from surveys.authority import Actor
from surveys.delivery import LineKind
from surveys.rounds import CloseMove, Round, RoundState


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineMoved:
    """The close is another one now; `extended`: later than people know, so one more reminder may go."""

    round: Round
    before: datetime
    extended: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineUnchanged:
    """It was that already."""

    round: Round


def move_deadline(
    tx: Tx,
    round: Round,  # noqa: A002 - the field's word
    new_close: datetime,
    reason: str,
    now: datetime,
    actor: Actor,
    *,
    typed: str = "",
) -> DeadlineMoved | DeadlineUnchanged:
    """Close `round` at `new_close` (aware), in the caller's transaction, with a line in the audit.

    `reason` is one of the program's own, `typed` an organiser's.

    Nothing unsent keeps its place: the round is planned anew at the next tick, and what was queued for the old
    close is looked at again before it goes. A round that people know of (it is open, or closed and being reopened)
    keeps the old close beside the new one: whoever was told the old one is told the new one, once. A later close
    counts as an extension, which allows one more reminder (design: When things go). The caller has checked that the
    move is allowed, and the actor's right to it.
    """
    close = new_close.astimezone(UTC)
    if close == round.closes_at:
        return DeadlineUnchanged(round=round)
    known_to_people = round.state in (RoundState.OPEN, RoundState.CLOSED) and round.opened_at is not None
    extended = known_to_people and close > round.closes_at
    moved = replace(round, closes_at=close)
    at = now
    if known_to_people:
        # Whatever has been said named the old close, also where the clock of a season that is played stands still.
        said = latest_contact(tx, round.id)
        at = now if said is None or said < now else said + timedelta(microseconds=1)
        moves = (*round.moves, CloseMove(at=at, before=round.closes_at))
        moved = replace(moved, closes_before=round.closes_at, moves=moves)
        note_deadline_change(tx, round.id, before=round.closes_at, after=close, reason=typed or reason, now=at)
        ledger.cancel_queued(
            tx, reason="the close has moved again", now=now, round_id=round.id, kinds=(LineKind.NOTICE,)
        )
    if extended:
        moved = replace(moved, extensions=round.extensions + 1, extended_at=at)
    change_round(
        tx,
        round.id,
        {
            "closes_at": moved.closes_at,
            "extensions": moved.extensions,
            "closes_before": moved.closes_before,
            "extended_at": moved.extended_at,
        },
    )
    audit.append(
        tx,
        at=now,
        actor=actor.name,
        channel=actor.channel,
        programme_id=round.programme_id,
        what="deadline moved",
        subject=f"round:{round.id}",
        before=round.closes_at.isoformat(),
        after=close.isoformat(),
        reason=reason,
        typed=typed,
    )
    return DeadlineMoved(round=moved, before=round.closes_at, extended=extended)
