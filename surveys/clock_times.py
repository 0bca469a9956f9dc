"""Local times and instants: zones, moments of a file worked out, quiet hours.

Instants come in and go out aware; those that go out are in UTC. A local time that its zone skips is moved forward by
the gap, one that it repeats is taken the first time (PEP 495, fold 0), so each happens once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from surveys.calendars import WorkingCalendar
from surveys.moment_words import days_left, say_day, say_moment
from surveys.moments import AbsoluteMoment, Anchor, Moment, RelativeMoment, Unit
from surveys.panel import Participant
from surveys.programme import Programme, QuietHours

__all__ = [
    "Resolved",
    "before_quiet_hours",
    "days_left",
    "in_quiet_hours",
    "is_skipped",
    "local_to_utc",
    "out_of_quiet_hours",
    "resolve",
    "say_day",
    "say_moment",
    "zone_named",
    "zone_of",
]


class Resolved(NamedTuple):
    """A moment worked out: `at` in UTC, and a sentence if it isn't quite what the file asked for (else "")."""

    at: datetime
    warning: str = ""


@lru_cache(maxsize=256)
def zone_named(name: str) -> ZoneInfo:
    """The zone of that name. Raises ValueError if there is none (also for names that could be paths)."""
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError) as problem:
        raise ValueError(f"there is no time zone called {name!r}") from problem


def zone_of(programme: Programme, participant: Participant | None = None) -> ZoneInfo:
    """The person's zone, the programme's if they have none of their own or this machine doesn't know it.

    Raises ValueError only for the programme's zone: one person's unknown zone must not stop a round.
    """
    if participant is not None and participant.timezone:
        try:
            return zone_named(participant.timezone)
        except ValueError:
            return zone_named(programme.timezone)
    return zone_named(programme.timezone)


def local_to_utc(day: date, at: time, zone: tzinfo) -> datetime:
    """The instant at which clocks in `zone` show that day and time."""
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=zone).astimezone(UTC)


def is_skipped(day: date, at: time, zone: tzinfo) -> bool:
    """Whether clocks in `zone` never show that time on that day, because they are put forward over it."""
    return local_to_utc(day, at, zone).astimezone(zone).replace(tzinfo=None) != datetime.combine(day, at, tzinfo=None)


def resolve(
    moment: Moment,
    *,
    programme: Programme,
    calendar: WorkingCalendar,
    session_ends: datetime | None = None,
    opens_at: datetime | None = None,
) -> Resolved:
    """The instant a moment of the programme's file means; `calendar` is the programme's own.

    Close of play on a day that isn't a working day means the working day before, with a warning. Minutes and hours
    are exact; days, weeks and working days keep the local time of what they count from, unless one is given.
    Raises ValueError if what a relative moment counts from isn't given, or the outcome is out of a date's range.
    """
    try:
        if isinstance(moment, AbsoluteMoment):
            return _absolute(moment, programme, calendar)
        return _relative(moment, programme, calendar, session_ends if moment.anchor is Anchor.SESSION else opens_at)
    except OverflowError as problem:
        raise ValueError("this is too far away to be a date") from problem


def _absolute(moment: AbsoluteMoment, programme: Programme, calendar: WorkingCalendar) -> Resolved:
    if moment.at is None:
        return _close_of_play(moment.day, programme, calendar)
    if moment.offset_minutes is not None:
        zone = timezone(timedelta(minutes=moment.offset_minutes))
        return Resolved(local_to_utc(moment.day, moment.at, zone))
    return Resolved(local_to_utc(moment.day, moment.at, zone_of(programme)))


def _relative(
    moment: RelativeMoment, programme: Programme, calendar: WorkingCalendar, base: datetime | None
) -> Resolved:
    if base is None:
        counted_from = "the session's end" if moment.anchor is Anchor.SESSION else "the opening"
        raise ValueError(f"this counts from {counted_from}, which is not known here")
    zone = zone_of(programme)
    local = base.astimezone(zone)
    day: date | None = local.date()
    exact: datetime | None = None
    match moment.unit:
        case Unit.MINUTES | Unit.HOURS:
            length = timedelta(minutes=1) if moment.unit is Unit.MINUTES else timedelta(hours=1)
            exact = base.astimezone(UTC) + moment.amount * length
            day = exact.astimezone(zone).date()
        case Unit.DAYS:
            day = local.date() + timedelta(days=moment.amount)
        case Unit.WEEKS:
            day = local.date() + timedelta(weeks=moment.amount)
        case Unit.WORKING_DAYS:
            day = calendar.add_working_days(local.date(), moment.amount)
    if day is None:
        raise ValueError("the calendar has no working day left to count to")
    if moment.close_of_play:
        return _close_of_play(day, programme, calendar)
    if moment.at is None and exact is not None:
        return Resolved(exact)
    at = local.time() if moment.at is None else moment.at
    if is_skipped(day, at, zone):
        return Resolved(
            local_to_utc(day, at, zone),
            f"clocks go forward over {at:%H:%M} on {say_day(day, year=True)}: the time after the change is taken",
        )
    return Resolved(local_to_utc(day, at, zone))


def _close_of_play(day: date, programme: Programme, calendar: WorkingCalendar) -> Resolved:
    zone = zone_of(programme)
    working = calendar.at_or_before(day)
    if working is None:
        return Resolved(
            local_to_utc(day, programme.close_of_play, zone),
            f"{say_day(day, year=True)} is not a working day, and there is none in the year before it: it is kept",
        )
    warning = ""
    if working != day:
        warning = (
            f"{say_day(day, year=True)} is not a working day: close of play is that of the working day before, "
            f"{say_day(working, year=True)}"
        )
    return Resolved(local_to_utc(working, programme.close_of_play, zone), warning)


def in_quiet_hours(at: datetime, quiet: QuietHours | None, zone: tzinfo) -> bool:
    """Whether `at` falls in the quiet hours of `zone`. They hold from `begins` on until just before `ends`."""
    if quiet is None or quiet.begins == quiet.ends:
        return False
    shown = at.astimezone(zone).time()
    if quiet.begins < quiet.ends:
        return quiet.begins <= shown < quiet.ends
    return shown >= quiet.begins or shown < quiet.ends


def out_of_quiet_hours(at: datetime, quiet: QuietHours | None, zone: tzinfo) -> datetime:
    """`at` itself in UTC, or the end of the quiet hours it falls in."""
    if quiet is None or not in_quiet_hours(at, quiet, zone):
        return at.astimezone(UTC)
    local = at.astimezone(zone)
    day = local.date()
    if quiet.begins > quiet.ends and local.time() >= quiet.begins:
        day += timedelta(days=1)
    end = local_to_utc(day, quiet.ends, zone)
    if end <= at:
        # Clocks went back since: this local time comes round a second time.
        end = datetime.combine(day, quiet.ends.replace(fold=1), tzinfo=zone).astimezone(UTC)
    return end


def before_quiet_hours(at: datetime, quiet: QuietHours | None, zone: tzinfo) -> datetime:
    """`at` itself in UTC, or the last whole minute before the quiet hours it falls in began."""
    if quiet is None or not in_quiet_hours(at, quiet, zone):
        return at.astimezone(UTC)
    local = at.astimezone(zone)
    day = local.date()
    if quiet.begins > quiet.ends and local.time() < quiet.ends:
        day -= timedelta(days=1)
    return local_to_utc(day, quiet.begins, zone) - timedelta(minutes=1)
