"""When a round opens and closes by itself, and what an organiser may do with it in each state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from surveys.moment_words import say_moment
from surveys.programme import Mode
from surveys.rounds import Round, RoundState


class Command(StrEnum):
    """What an organiser can do with a round."""

    OPEN = "open"
    HOLD = "hold"
    REMIND = "remind"
    EXTEND = "extend"
    CLOSE = "close"
    REOPEN = "reopen"
    FREEZE = "freeze"


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be done."""


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """It may not; `reason` in plain words, with what to do instead where there is something."""

    reason: str


def due_transition(
    round: Round,  # noqa: A002 - the field's word
    now: datetime,
    *,
    hold: bool = False,
) -> RoundState | None:
    """The state the round is to move to by itself now; None while it stays as it is.

    A planned round opens at its time, however late the clock comes by, unless its close has passed as well: then it
    closes unopened. A held one waits for the organiser. One that closed without ever having opened, as it was loaded
    too late, opens at any time within its field period: that is how a past season is replayed; where its entry says
    `hold`, it is then held for the organiser as it would have been. A round that people know of stays closed, whatever
    the clock says.
    """
    if round.state in {RoundState.PLANNED, RoundState.OPEN} and now >= round.closes_at:
        return RoundState.CLOSED
    unopened = round.state is RoundState.CLOSED and round.opened_at is None
    if (round.state is RoundState.PLANNED or unopened) and round.opens_at <= now < round.closes_at:
        return RoundState.HELD if unopened and hold else RoundState.OPEN
    return None


def may(
    round: Round,  # noqa: A002
    command: Command,
    now: datetime,
    *,
    new_close: datetime | None = None,
    zone: tzinfo = UTC,
) -> Allowed | NotAllowed:
    """Whether `command` can be done to the round at `now`; `zone` is for the times in the reason.

    `new_close` (aware) belongs to extend and reopen; without it they are not allowed.
    """
    if round.state is RoundState.CANCELLED:
        return NotAllowed(f"{round.name} was cancelled")
    match command:
        case Command.OPEN:
            reason = _against_opening(round, now, zone)
        case Command.HOLD:
            reason = _against_holding(round)
        case Command.REMIND | Command.CLOSE:
            reason = _unless_running(round, now, zone)
        case Command.EXTEND:
            reason = _against_extending(round, now, new_close, zone)
        case Command.REOPEN:
            reason = _against_reopening(round, now, new_close, zone)
        case Command.FREEZE:
            reason = _against_freezing(round, zone)
    return NotAllowed(f"{round.name} {reason}") if reason else Allowed()


def _over(round: Round, now: datetime) -> bool:  # noqa: A002
    return round.state is RoundState.CLOSED or now >= round.closes_at


def _closed(round: Round, zone: tzinfo) -> str:  # noqa: A002
    at = round.closed_at or round.closes_at
    return f"closed on {say_moment(at, zone, year=True)}; it can be reopened with a new close"


def _against_opening(round: Round, now: datetime, zone: tzinfo) -> str:  # noqa: A002
    if _over(round, now):
        return _closed(round, zone)
    return "is open already" if round.state is RoundState.OPEN else ""


def _against_holding(round: Round) -> str:  # noqa: A002
    match round.state:
        case RoundState.PLANNED:
            return ""
        case RoundState.HELD:
            return "is held already"
        case _:
            return f"is {round.state.value}: only a round that has not opened can be held"


def _unless_running(round: Round, now: datetime, zone: tzinfo) -> str:  # noqa: A002
    if round.state is RoundState.CLOSED:
        return _closed(round, zone)
    if round.state is not RoundState.OPEN:
        return "has not opened yet"
    return _closed(round, zone) if now >= round.closes_at else ""


def _against_extending(round: Round, now: datetime, new_close: datetime | None, zone: tzinfo) -> str:  # noqa: A002
    if _over(round, now):
        return _closed(round, zone)
    if new_close is None or new_close <= round.closes_at:
        return f"closes on {say_moment(round.closes_at, zone, year=True)}; the new close has to be later than that"
    return ""


def _against_reopening(round: Round, now: datetime, new_close: datetime | None, zone: tzinfo) -> str:  # noqa: A002
    if round.frozen_at is not None:
        return f"{_frozen(round.frozen_at, zone)}, so no more can be said in it"
    if not _over(round, now):
        return "has not closed; its close can be extended" if round.state is RoundState.OPEN else "has not opened yet"
    if new_close is None or new_close <= now:
        return f"needs a new close later than {say_moment(now, zone, year=True)}"
    return ""


def _against_freezing(round: Round, zone: tzinfo) -> str:  # noqa: A002
    if round.frozen_at is not None:
        return _frozen(round.frozen_at, zone)
    if round.mode is Mode.UNLINKED:
        return "is unlinked: nobody is quoted from it by their consent"
    if round.state is not RoundState.CLOSED or round.opened_at is None:
        return "has not closed yet: people may still change what they say"
    return ""


def _frozen(at: datetime, zone: tzinfo) -> str:
    return f"was frozen on {say_moment(at, zone, year=True)}"
