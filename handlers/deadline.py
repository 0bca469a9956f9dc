"""Moving the close of a round: by an organiser's command, or because its file says another one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from storage import audit
from storage.engine import Tx
from storage.round_rows import change_round, note_deadline_change
from surveys.rounds import Round, RoundState


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineMoved:
    """The close is another one now; `extended`: later, so people are told and one more reminder may go."""

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
    actor: str,
    *,
    channel: str = "cli",
) -> DeadlineMoved | DeadlineUnchanged:
    """Close `round` at `new_close` (aware), in the caller's transaction, with a line in the audit.

    Nothing unsent keeps its place: the round is planned anew at the next tick, and what was queued for the old
    close is looked at again before it goes. A round that people know of (it is open, or closed and being reopened)
    keeps the old close beside the new one; a later close counts as an extension, which is told once and allows one
    more reminder (design: When things go). The caller has checked that the move is allowed.
    """
    close = new_close.astimezone(UTC)
    if close == round.closes_at:
        return DeadlineUnchanged(round=round)
    known_to_people = round.state in (RoundState.OPEN, RoundState.CLOSED) and round.opened_at is not None
    extended = known_to_people and close > round.closes_at
    moved = replace(round, closes_at=close)
    if extended:
        moved = replace(moved, extensions=round.extensions + 1, closes_before=round.closes_at, extended_at=now)
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
    if known_to_people:
        note_deadline_change(tx, round.id, before=round.closes_at, after=close, reason=reason, now=now)
    audit.append(
        tx,
        at=now,
        actor=actor,
        channel=channel,
        programme_id=round.programme_id,
        what="deadline moved",
        subject=f"round:{round.id}",
        before=round.closes_at.isoformat(),
        after=close.isoformat(),
        reason=reason,
    )
    return DeadlineMoved(round=moved, before=round.closes_at, extended=extended)
