"""When organisers get their digest: in the morning of the programme's working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from surveys.calendars import WorkingCalendar
from surveys.clock_times import local_to_utc, out_of_quiet_hours, zone_of
from surveys.programme import Programme

MORNING = time(8, 30)
WARNED_BEFORE = timedelta(days=3)
# A calendar that is closed for longer has no day worth waiting for.
_LOOK_AHEAD = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestHours:
    """The hours of one working day in which its digest may go: from `opens` until just before `ends` (UTC)."""

    day: date
    opens: datetime
    ends: datetime


def digest_hours(day: date, programme: Programme, calendar: WorkingCalendar) -> DigestHours | None:
    """The hours of that day in the programme's zone; None where it is no working day.

    They begin at 08:30, or when the quiet hours end, and end at close of play; where that is no later, with the day.
    """
    if not calendar.is_working(day):
        return None
    zone = zone_of(programme)
    opens = out_of_quiet_hours(local_to_utc(day, MORNING, zone), programme.quiet_hours, zone)
    if opens.astimezone(zone).date() != day:
        return None
    ends = local_to_utc(day, programme.close_of_play, zone)
    return DigestHours(
        day=day, opens=opens, ends=ends if ends > opens else local_to_utc(day + timedelta(days=1), time(0), zone)
    )


def hours_now(now: datetime, programme: Programme, calendar: WorkingCalendar) -> DigestHours | None:
    """The hours that `now` (aware) lies in; None outside of them."""
    hours = digest_hours(now.astimezone(zone_of(programme)).date(), programme, calendar)
    return hours if hours is not None and hours.opens <= now < hours.ends else None


def next_opening(now: datetime, programme: Programme, calendar: WorkingCalendar) -> datetime | None:
    """When the next digest hours after `now` begin (UTC); None if the calendar has no working day for two months."""
    today = now.astimezone(zone_of(programme)).date()
    for ahead in range(_LOOK_AHEAD):
        hours = digest_hours(today + timedelta(days=ahead), programme, calendar)
        if hours is not None and hours.opens > now:
            return hours.opens
    return None


def warns_from(closes_at: datetime, programme: Programme, calendar: WorkingCalendar) -> date:
    """The first day whose digest lists the voices still missing: three days before the close.

    Where that is no working day, the last one before it: later would leave less time than was promised. A close at
    midnight belongs to the day that ends with it.
    """
    local = closes_at.astimezone(zone_of(programme)) - timedelta(microseconds=1)
    day = local.date() - WARNED_BEFORE
    return calendar.at_or_before(day) or day
