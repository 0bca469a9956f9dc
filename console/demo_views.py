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


@dataclass(frozen=True, kw_only=True, slots=True)
class Sortable:
    """One entry of the triage queue. `questions` are (number, words) of those its words could answer.

    `known_answers`: it is known which questions it answers, and whether to record it is all that is to be said.
    """

    number: int
    received_at: datetime
    kind: str
    who: str
    sender: str
    why: str
    round: str
    text: str
    questions: tuple[tuple[str, str], ...]
    known_answers: bool


class SendBack(StrEnum):
    """What can come back to a mail besides a person's words."""

    AWAY = "away"
    BOUNCE = "bounce"


class Sorting(StrEnum):
    """What can be done with an entry of the triage queue."""

    ASSIGN = "assign"
    ANSWER = "answer"
    DISCARD = "discard"


class NotTaken(Exception):
    """The demo's mail server did not take what was sent: it was busy, and it must be sent again."""


class Stage(Protocol):
    """What the demo's pages stand on."""

    zone: ZoneInfo
    public_url: str
    mailbox: Mailbox
    moved: Moved | None
    sorted_last: str

    def now(self) -> datetime: ...

    def programme(self) -> str: ...

    def people(self) -> tuple[Person, ...]: ...

    def rounds(self) -> tuple[RoundView, ...]: ...

    def move(self, move: Move) -> None: ...

    def reply(self, number: int, *, sender: str, words: str) -> None:
        """Send a person's reply to that mail; Raises NotTaken."""

    def send_back(self, number: int, what: SendBack) -> None:
        """Send an automatic answer to that mail; Raises NotTaken."""

    def to_sort(self) -> tuple[Sortable, ...]: ...

    def sort(self, number: int, how: Sorting, question: str) -> None:
        """Deal with an entry of the triage queue; `sorted_last` then says what was done, or why not."""
