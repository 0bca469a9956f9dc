"""A programme as its file says it: areas, sessions, calendars, rounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from surveys.moments import Moment
from surveys.retention import Retention
from surveys.text import Text


class Mode(StrEnum):
    """What is promised about names (design: Confidentiality modes)."""

    IDENTIFIED = "identified"
    CONFIDENTIAL = "confidential"
    UNLINKED = "unlinked"


class RoundKind(StrEnum):
    """Why a round is held."""

    POST_SESSION = "post_session"
    MID_CYCLE = "mid_cycle"
    BASELINE = "baseline"
    END = "end"
    INFORMANT = "informant"
    OPEN = "open"


class SessionStatus(StrEnum):
    """Whether the event is to take place."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class DateSpan:
    """Days from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """No message between these local times; `begins` after `ends` runs over midnight."""

    begins: time
    ends: time


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Whose name and address stand on the messages."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Privacy:
    """What the privacy notice says; every part is the programme's own words."""

    controller: Text | None = None
    contact: Text | None = None
    dpo: Text | None = None
    lawful_basis: Text | None = None
    retention: Text | None = None
    processors: Text | None = None
    rights: Text | None = None
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Perspective:
    """A role a voice speaks from; `calendar` names one of the programme's calendars."""

    key: str
    label: Text
    required: bool = False
    calendar: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A place that takes part; `interested` ones have no session yet."""

    key: str
    name: Text
    interested: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One event; `area` is "" where it has none. Times are aware, in the programme's zone."""

    key: str
    area: str
    starts: datetime
    ends: datetime
    topic: Text | None = None
    status: SessionStatus = SessionStatus.PLANNED

    def held(self, at: datetime) -> bool:
        """Whether it has ended, and was not cancelled, at that moment."""
        return self.status is not SessionStatus.CANCELLED and self.ends <= at


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Who is asked; an empty part means all.

    `sessions` is ("held",), or session ids; `held_only` holds the word `held`.
    """

    held_only: bool = False
    sessions: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    perspectives: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Offset:
    """So long before the close: `days` (calendar days, at the reminder hour), or an exact `span`."""

    days: int = 0
    span: timedelta = timedelta(0)

    @property
    def exact(self) -> bool:
        return self.days == 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderPolicy:
    """When people are reminded; offsets are in order of time, the earliest first.

    The first `cap` offsets are for everyone still to answer, those after it for coverage only.
    """

    before_close: tuple[Offset, ...] = (Offset(days=7), Offset(days=2))
    at: time = time(9, 30)
    cap: int = 2
    gap: timedelta = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeats:
    """A round opens again every so many `months` and `days`, `times` in all, on no day after `until`."""

    months: int = 0
    days: int = 0
    times: int = 1
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundEntry:
    """One entry of `rounds:`; it makes one round, or one `for_sessions` each, or one for each turn where it repeats."""

    key: str
    survey: str
    kind: RoundKind
    opens: Moment
    closes: Moment
    title: Text | None = None
    per_session: bool = False
    audience: Audience = Audience()
    mode: Mode = Mode.CONFIDENTIAL
    reminders: ReminderPolicy | None = ReminderPolicy()
    hold: bool = False
    thanks: Text | None = None
    goal: float | None = None
    notify: tuple[str, ...] = ()
    compare_with: str = ""
    informs_about: str = ""
    # `slack:C0123456789`: the channel of a chat that an open round is announced in.
    post_in: str = ""
    repeats: Repeats | None = None
    min_group: int | None = None
    retention: Retention = field(default_factory=Retention)

    @property
    def for_sessions(self) -> bool:
        """Whether it makes a round for each session."""
        return makes_for_sessions(self.kind, per_session=self.per_session)


def makes_for_sessions(kind: RoundKind, *, per_session: bool) -> bool:
    """Whoever comes to an open round has not been asked: only a round of its own tells which session is meant."""
    return kind is RoundKind.POST_SESSION or (kind is RoundKind.OPEN and per_session)


@dataclass(frozen=True, kw_only=True, slots=True)
class Programme:
    """Everything `programme.yaml` says; `calendar` is like `GB-ENG`, "" for none."""

    key: str
    title: Text
    timezone: str
    calendar: str = ""
    closed_days: tuple[DateSpan, ...] = ()
    calendars: Mapping[str, tuple[DateSpan, ...]] = field(default_factory=dict)
    close_of_play: time = time(17, 0)
    quiet_hours: QuietHours | None = None
    sender: Sender | None = None
    notify: tuple[str, ...] = ()
    privacy: Privacy = Privacy()
    budget_per_week: int | None = None
    min_group: int = 10
    retention: Retention = field(default_factory=Retention)
    channels: tuple[str, ...] = ("mail",)
    # Not from the file: the channels that this installation can send by.
    spoken: frozenset[str] = frozenset({"mail"})
    perspectives: tuple[Perspective, ...] = ()
    areas: tuple[Area, ...] = ()
    sessions: tuple[Session, ...] = ()
    sessions_file: str = ""
    panel: str = ""
    rounds: tuple[RoundEntry, ...] = ()

    @property
    def interested_areas(self) -> frozenset[str]:
        """The areas that wait: nobody is asked about them yet."""
        return frozenset(area.key for area in self.areas if area.interested)

    def area(self, key: str) -> Area | None:
        return next((area for area in self.areas if area.key == key), None)

    def session(self, key: str) -> Session | None:
        return next((session for session in self.sessions if session.key == key), None)

    def perspective(self, key: str) -> Perspective | None:
        return next((each for each in self.perspectives if each.key == key), None)


def smallest_group(programme: Programme, entry: RoundEntry | None) -> int:
    """How many people a group of a round must have at the least: as the round says, else as the programme does."""
    return programme.min_group if entry is None or entry.min_group is None else entry.min_group
