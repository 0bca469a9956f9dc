"""Rounds open and close when their time has come."""

from __future__ import annotations

from datetime import datetime

from schedules.outcomes import Tally
from storage import audit, invitations, ledger, rounds
from storage.engine import Store, Tx
from storage.steps import Step, reached
from surveys.authority import SCHEDULE, Actor
from surveys.delivery import LineKind
from surveys.dispositions import Disposition, joint_returns_at_close
from surveys.round_life import due_transition
from surveys.rounds import Round, RoundState

# What is useless once the round is over; receipts and thanks go on.
_TOWARDS_THE_CLOSE = (LineKind.INVITATION, LineKind.DELEGATE, LineKind.REMINDER, LineKind.NOTICE)


def move_rounds(store: Store, tally: Tally, now: datetime) -> None:
    """Open and close every round whose time has come, each in a transaction of its own."""
    with store.reading() as tx:
        due = rounds.rounds_in_motion(tx, now)
    for each in due:
        with store.writing() as tx:
            current = rounds.round_by_id(tx, each.id)
            state = None if current is None else due_transition(current, now, hold=rounds.is_to_be_held(tx, current))
            if current is not None and state is RoundState.HELD:
                rounds.set_state(tx, current.id, state)
                _note(tx, current, "round held", state, now, SCHEDULE)
            elif current is not None and state is RoundState.OPEN:
                open_round(tx, current, now, actor=SCHEDULE)
            elif current is not None and state is RoundState.CLOSED:
                close_round(tx, current, now, actor=SCHEDULE)
        if state is RoundState.OPEN:
            tally.opened.append(each.name)
            reached(Step.ROUND_OPENED)
        elif state is RoundState.CLOSED:
            tally.closed.append(each.name)
            reached(Step.ROUND_CLOSED)


def open_round(tx: Tx, round: Round, now: datetime, *, actor: Actor) -> bool:  # noqa: A002 - the field's word
    """Open the round; people are invited by the tick that finds it open. False if it was open already."""
    if not rounds.mark_open(tx, round, now):
        return False
    _note(tx, round, "round opened", RoundState.OPEN, now, actor)
    return True


def close_round(tx: Tx, round: Round, now: datetime, *, actor: Actor) -> bool:  # noqa: A002 - the field's word
    """Close the round: what is still to go towards its close is cancelled. False if it was closed already.

    Whoever leant on a joint return that never came from their area goes back to pending (design: When things go).
    """
    if not rounds.mark_closed(tx, round, now):
        return False
    ledger.cancel_queued(tx, reason="the round has closed", now=now, round_id=round.id, kinds=_TOWARDS_THE_CLOSE)
    invitations.set_disposition(
        tx,
        joint_returns_at_close(invitations.joint_and_complete(tx, round.id)),
        Disposition.PENDING,
        reason="no return came from the area",
        channel=actor.channel,
        now=now,
    )
    _note(tx, round, "round closed", RoundState.CLOSED, now, actor)
    return True


def _note(tx: Tx, round: Round, what: str, after: RoundState, now: datetime, actor: Actor) -> None:  # noqa: A002
    audit.append(
        tx,
        at=now,
        actor=actor.name,
        channel=actor.channel,
        programme_id=round.programme_id,
        what=what,
        subject=f"round:{round.id}",
        before=str(round.state),
        after=str(after),
    )
