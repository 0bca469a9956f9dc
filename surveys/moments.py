"""Points in time as a programme's file says them, before they are worked out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class Unit(StrEnum):
    """What a relative time is counted in."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"


class Anchor(StrEnum):
    """What a relative time counts from: the session's end, or the round's opening."""

    SESSION = "session"
    OPENS = "opens"


@dataclass(frozen=True, kw_only=True, slots=True)
class AbsoluteMoment:
    """A local day and time in the programme's zone; `at` None means close of play.

    A time written with its own offset keeps it in `offset_minutes`.
    """

    day: date
    at: time | None
    offset_minutes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RelativeMoment:
    """So many units after (or, negative, before) an anchor; `close_of_play` moves it to that time of its day."""

    amount: int
    unit: Unit
    anchor: Anchor
    close_of_play: bool = False
    at: time | None = None


Moment = AbsoluteMoment | RelativeMoment
