"""An organiser steers a round: each command is one transaction with its line in the audit.

What a command only counts or lists is read before it, so that a reply need not wait while thousands are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.deadline import move_deadline
from storage import audit, ledger
from storage.engine import Store, Tx
from storage.invitation_facts import facts_of_round
from storage.ledger import NewLine
from storage.looks import look_again
from storage.people import participants_of
from storage.programmes import programme_by_id
from storage.retaining import anything_cut
from storage.rounds import round_by_id, set_state
from storage.unlinked import forget_order
from surveys.addressing import addresses_in_order
from surveys.authority import Actor, Deed
from surveys.delivery import LineKind
from surveys.invitation_facts import STILL_TO_ANSWER, InvitationFacts
from surveys.planning import ledger_key
from surveys.programme import Mode, Programme
from surveys.round_life import Command, NotAllowed, may
from surveys.rounds import Round, RoundState
from surveys.still_wanted import NotWanted, may_remind_now

# How a round is opened or closed, in the caller's transaction: (tx, round, now, actor). The schedule does it too, so
# it stands there; what may be done by hand is decided here.
Turn = Callable[[Tx, Round, datetime, Actor], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """It was done, or would be in a dry run; the round as it is now."""

    round: Round


@dataclass(frozen=True, kw_only=True, slots=True)
class Declined:
    """It may not be done; `reason` in plain words."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminded:
    """Whom a reminder goes to now, by what, and who is left out and why."""

    round: Round
    people: tuple[tuple[str, str, str], ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Extended:
    """The close was moved; `told` is how many people are told of it."""

    round: Round
    before: datetime
    told: int


def turn_round(
    round_id: int, command: Command, turn: Turn, store: Store, now: datetime, *, actor: Actor
) -> Done | Declined:
    """Open or close the round now. `turn` does it and writes its audit line."""
    with store.writing() as tx:
        standing = _standing(tx, round_id)
        actor.must(Deed.STEER, standing.programme)
        refused = _refusal(tx, standing, command, now)
        if refused:
            return refused
        turn(tx, standing, now, actor)
        done = Done(round=_standing(tx, round_id))
    if done.round.mode is Mode.UNLINKED and done.round.state is RoundState.CLOSED:
        forget_order(store, whole=True)
    return done


def hold_round(round_id: int, store: Store, now: datetime, *, actor: Actor) -> Done | Declined:
    """Keep a planned round from opening by itself."""
    with store.writing() as tx:
        standing = _standing(tx, round_id)
        actor.must(Deed.STEER, standing.programme)
        refused = _refusal(tx, standing, Command.HOLD, now)
        if refused:
            return refused
        set_state(tx, round_id, RoundState.HELD)
        _note(tx, standing, "round held", now, actor, before=standing.state.value, after=RoundState.HELD.value)
        return Done(round=_standing(tx, round_id))


def refusal(store: Store, round_id: int, command: Command, now: datetime) -> Declined | None:
    """Why the command may not be done now; None where it may."""
    with store.reading() as tx:
        return _refusal(tx, _standing(tx, round_id), command, now)


class _DryRun(Exception):
    """Rolls the transaction back."""


def extend_round(
    round_id: int,
    new_close: datetime,
    reason: str,
    store: Store,
    now: datetime,
    *,
    actor: Actor,
    looking: Callable[[Tx, str], None] | None = None,
) -> Extended | Declined:
    """Move the close of a round that has not closed to a later time; people who know the old one are told once.

    With `looking` it is a dry run: that sees what the move would leave, and everything is rolled back.
    """
    with store.reading() as tx:
        standing = _standing(tx, round_id)
        actor.must(Deed.STEER, standing.programme)
        refused = _refusal(tx, standing, Command.EXTEND, now, new_close)
        told = 0 if refused else _to_be_told(tx, standing)
    if refused:
        return refused
    with suppress(_DryRun), store.writing() as tx:
        standing = _standing(tx, round_id)
        refused = _refusal(tx, standing, Command.EXTEND, now, new_close)
        if refused:
            return refused
        move_deadline(tx, standing, new_close, "", now, actor, typed=reason)
        look_again(tx, round_id)
        moved = _standing(tx, round_id)
        if looking is not None:
            looking(tx, standing.programme)
            raise _DryRun
    return Extended(round=moved, before=standing.closes_at, told=told)


def reopen_round(
    round_id: int, new_close: datetime, reason: str, turn: Turn, store: Store, now: datetime, *, actor: Actor
) -> Extended | Declined:
    """Open a closed round again until a new close."""
    with store.writing() as tx:
        standing = _standing(tx, round_id)
        actor.must(Deed.STEER, standing.programme)
        refused = _refusal(tx, standing, Command.REOPEN, now, new_close)
        if refused:
            return refused
        if anything_cut(tx, round_id):
            return Declined(
                reason=f"{standing.name} has had its time: its answers are no longer kept; make a new round"
            )
        move_deadline(tx, standing, new_close, "", now, actor, typed=reason)
        moved = _standing(tx, round_id)
        turn(tx, moved, now, actor)
        look_again(tx, round_id)
    with store.reading() as tx:
        moved = _standing(tx, round_id)
        return Extended(round=moved, before=standing.closes_at, told=_to_be_told(tx, moved))


def remind_now(
    round_id: int, store: Store, now: datetime, *, actor: Actor, anyway: bool = False, dry_run: bool = False
) -> Reminded | Declined:
    """Queue a reminder for everyone still to answer, to go at once; it counts in the cap and minds the gap.

    `anyway` lifts cap, gap and the days people asked to be left in peace; never an answer, an opt-out or the close.
    """
    with store.reading() as tx:
        standing = _standing(tx, round_id)
        actor.must(Deed.STEER, standing.programme)
        refused = _refusal(tx, standing, Command.REMIND, now)
        if refused:
            return refused
        reminded, lines = _reminders(tx, standing, now, anyway=anyway)
    if dry_run:
        return reminded
    with store.writing() as tx:
        refused = _refusal(tx, _standing(tx, round_id), Command.REMIND, now)
        if refused:
            return refused
        # Whoever has answered since they were read is passed over when their line is looked at before it is sent.
        ledger.queue(tx, lines, now)
        look_again(tx, round_id)
        counted = {"people": len(reminded.people), "anyway": anyway}
        _note(tx, standing, "reminded by hand", now, actor, after=counted)
    return reminded


def _reminders(tx: Tx, round_: Round, now: datetime, *, anyway: bool) -> tuple[Reminded, list[NewLine]]:
    programme = _programme(tx, round_)
    lines: list[NewLine] = []
    people: list[tuple[str, str, str]] = []
    left_out: list[tuple[str, str]] = []
    for facts in _facts(tx, round_):
        addresses = addresses_in_order(programme, facts.participant)
        verdict = may_remind_now(round_, facts, now, anyway=anyway)
        if isinstance(verdict, NotWanted) or not addresses:
            reason = verdict.reason if isinstance(verdict, NotWanted) else "there is no usable address"
            left_out.append((facts.participant.name, reason))
            continue
        people.append((facts.participant.name, addresses[0].channel, addresses[0].value))
        lines.append(_reminder_line(round_, facts, addresses[0].channel, now, anyway=anyway))
    return Reminded(round=round_, people=tuple(people), left_out=tuple(left_out)), lines


def _reminder_line(round_: Round, facts: InvitationFacts, channel: str, now: datetime, *, anyway: bool) -> NewLine:
    number = facts.next_reminder_number
    return NewLine(
        key=ledger_key(round_, facts.participant.key, facts.part, f"reminder/{number}"),
        kind=LineKind.REMINDER,
        number=number,
        programme_id=round_.programme_id,
        round_id=round_.id,
        invitation_id=facts.invitation_id,
        participant_id=facts.participant.id,
        due_at=now,
        why="an organiser reminds by hand",
        detail={"anyway": True} if anyway else {},
        channel=channel,
    )


def _to_be_told(tx: Tx, round_: Round) -> int:
    """How many know the close as it was and are still to answer: each gets one notice."""
    if round_.state is not RoundState.OPEN:
        return 0
    return sum(
        facts.disposition in STILL_TO_ANSWER
        and not facts.silenced
        and facts.invited_at is not None
        and not facts.invitation_pending
        for facts in _facts(tx, round_)
    )


def _facts(tx: Tx, round_: Round) -> tuple[InvitationFacts, ...]:
    people = {each.id: each for each in participants_of(tx, round_.programme_id, delegates=True)}
    return facts_of_round(tx, round_.id, people)


def _standing(tx: Tx, round_id: int) -> Round:
    found = round_by_id(tx, round_id)
    if found is None:
        raise LookupError(f"there is no round {round_id}")
    return found


def _programme(tx: Tx, round_: Round) -> Programme:
    stored = programme_by_id(tx, round_.programme_id)
    if stored is None:
        raise LookupError(f"round {round_.name} has lost its programme")
    return stored.programme


def _refusal(
    tx: Tx, round_: Round, command: Command, now: datetime, new_close: datetime | None = None
) -> Declined | None:
    zone = ZoneInfo(_programme(tx, round_).timezone)
    verdict = may(round_, command, now, new_close=new_close, zone=zone)
    return Declined(reason=verdict.reason) if isinstance(verdict, NotAllowed) else None


def _note(
    tx: Tx, round_: Round, what: str, now: datetime, actor: Actor, *, before: object = None, after: object = None
) -> None:
    audit.append(
        tx,
        at=now,
        actor=actor.name,
        channel=actor.channel,
        programme_id=round_.programme_id,
        what=what,
        subject=f"round:{round_.id}",
        before=before,
        after=after,
    )
