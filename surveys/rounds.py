"""A round as it stands: its state, its times, its rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from surveys.programme import Audience, Mode, ReminderPolicy, RoundKind


class RoundState(StrEnum):
    """What is stored (design: When things go)."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    HELD = "held"


@dataclass(frozen=True, kw_only=True, slots=True)
class CloseMove:
    """The close was `before` until it was moved at `at`; both aware."""

    at: datetime
    before: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """One field period. `key` is `ROUND` or `ROUND--SESSION`; times are aware.

    `extensions` counts moved-later deadlines, each of which allows one more reminder;
    `moves` are all moves of a close that people knew, later and earlier, in order; `closes_before` is the close before
    the last of them, None if there was none. `extended_at`: when it was last moved later. `frozen_at`: since then
    consents to quote stand as they are.
    """

    id: int
    programme_id: int
    programme: str
    key: str
    entry: str
    session: str
    instrument_id: int
    kind: RoundKind
    mode: Mode
    per_session: bool
    audience: Audience
    reminders: ReminderPolicy | None
    state: RoundState
    opens_at: datetime
    closes_at: datetime
    extensions: int = 0
    closes_before: datetime | None = None
    extended_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    frozen_at: datetime | None = None
    moves: tuple[CloseMove, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.programme}/{self.key}"
