"""What the demo's pages show, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from console.mailbox import Mailbox
from surveys.figures import CoverageState


class Move(StrEnum):
    """How far the demo's clock is moved."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    NEXT = "next"
    CLOSE = "close"


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageCell:
    """One area and perspective: how many were invited there, how many of them are heard.

    `carried`: heard, but only through a return that somebody else sent for them too.
    """

    state: CoverageState
    heard: int = 0
    invited: int = 0
    carried: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageRow:
    """One area, with a cell for each perspective in the map's order."""

    area: str
    cells: tuple[CoverageCell, ...]
    complete: int
    invited: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Who has been heard, by area and perspective; `perspectives` are (label, required)."""

    perspectives: tuple[tuple[str, bool], ...]
    rows: tuple[CoverageRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One number with what it counts."""

    label: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Upcoming:
    """Messages of one kind that go at one time, if nobody answers before then."""

    at: datetime
    what: str
    people: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundView:
    """One round as it stands. `share` is complete / asked in per cent, None before anybody is asked."""

    name: str
    title: str
    kind: str
    state: str
    opens_at: datetime
    closes_at: datetime
    decisions: tuple[str, ...]
    figures: tuple[Figure, ...]
    complete: int
    asked: int
    share: int | None
    coverage: Coverage
    upcoming: tuple[Upcoming, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One of the demo's invented people; `addresses` are lower case."""

    key: str
    name: str
    organisation: str
    roles: str
    addresses: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """What the last move of the clock did; `came` counts the mails by kind."""

    before: datetime
    after: datetime
    came: Mapping[str, int]


class Stage(Protocol):
    """What the demo's pages stand on."""

    zone: ZoneInfo
    public_url: str
    mailbox: Mailbox
    moved: Moved | None

    def now(self) -> datetime: ...

    def programme(self) -> str: ...

    def people(self) -> tuple[Person, ...]: ...

    def rounds(self) -> tuple[RoundView, ...]: ...

    def move(self, move: Move) -> None: ...
