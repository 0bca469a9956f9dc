"""When one person may be reminded: the times counted backwards from the close (design: When things go)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from surveys.calendars import WorkingCalendar
from surveys.clock_times import before_quiet_hours, local_to_utc, out_of_quiet_hours
from surveys.programme import Offset, QuietHours, ReminderPolicy

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One time at which a reminder may go.

    `position` is its place among the policy's offsets, `at` in UTC. `coverage`: only for a voice still missing.
    `exact`: it keeps its time on any day. `label` says it in plain words.
    """

    position: int
    at: datetime
    coverage: bool
    exact: bool
    label: str


@dataclass(frozen=True, slots=True)
class ReminderHours:
    """When a person's reminders may go at all: on their working days, from the reminder hour on, not in quiet hours."""

    policy: ReminderPolicy
    zone: tzinfo
    calendar: WorkingCalendar
    quiet: QuietHours | None

    def on(self, day: date) -> datetime:
        """The reminder hour of that day in UTC; out of quiet hours without leaving the day."""
        at = local_to_utc(day, self.policy.at, self.zone)
        later = out_of_quiet_hours(at, self.quiet, self.zone)
        if later.astimezone(self.zone).date() == day:
            return later
        return before_quiet_hours(at, self.quiet, self.zone)

    def first_from(self, at: datetime) -> datetime | None:
        """The first moment, `at` or later, within these hours; None if the calendar has no working day left.

        Asked again at any moment up to its answer it gives the same answer, so a plan stays true as time passes.
        """
        wanted: date | None = at.astimezone(self.zone).date()
        while wanted is not None:
            day = self.calendar.at_or_after(wanted)
            if day is None:
                return None
            start = self.on(day)
            moment = out_of_quiet_hours(max(start, at), self.quiet, self.zone)
            if moment.astimezone(self.zone).date() == day:
                return moment
            wanted = day + _DAY
        return None


def reminder_times(
    policy: ReminderPolicy,
    closes_at: datetime,
    zone: tzinfo,
    calendar: WorkingCalendar,
    quiet: QuietHours | None,
) -> tuple[Slot, ...]:
    """Every slot before the close, in order of time, no two at once.

    Days are calendar days before the close's local date, at the policy's hour in `zone`; a day that isn't a working
    day moves back to the working day before. Exact spans keep their time on any day; in quiet hours they move to the
    end of these if that is before the close, else to just before they begin. Offsets from position `cap` on are for
    coverage only. Slots that fall together count as one: the later position, coverage only if all of them are.
    """
    hours = ReminderHours(policy, zone, calendar, quiet)
    slots: dict[datetime, Slot] = {}
    for position, offset in enumerate(policy.before_close):
        slot = _slot(position, offset, hours, closes_at)
        if slot is None or slot.at >= closes_at:
            continue
        together = slots.get(slot.at)
        if together is not None:
            slot = replace(slot, coverage=slot.coverage and together.coverage, exact=slot.exact or together.exact)
        slots[slot.at] = slot
    return tuple(sorted(slots.values(), key=lambda slot: slot.at))


def _slot(position: int, offset: Offset, hours: ReminderHours, closes_at: datetime) -> Slot | None:
    coverage = position >= hours.policy.cap
    label = f"{say_offset(offset)} before the close"
    if offset.exact:
        asked = closes_at.astimezone(UTC) - offset.span
        at = out_of_quiet_hours(asked, hours.quiet, hours.zone)
        if at >= closes_at:
            at = before_quiet_hours(asked, hours.quiet, hours.zone)
        if at != asked:
            label += ", moved out of quiet hours"
        return Slot(position=position, at=at, coverage=coverage, exact=True, label=label)
    asked_day = closes_at.astimezone(hours.zone).date() - offset.days * _DAY
    day = hours.calendar.at_or_before(asked_day)
    if day is None:
        return None
    if day != asked_day:
        label += ", moved back to a working day"
    return Slot(position=position, at=hours.on(day), coverage=coverage, exact=False, label=label)


def say_offset(offset: Offset) -> str:
    """`7 days`, `4 hours`, `90 minutes`."""
    if not offset.exact:
        return _counted(offset.days, "day")
    if offset.span % _HOUR == timedelta(0):
        return _counted(offset.span // _HOUR, "hour")
    return _counted(round(offset.span.total_seconds() / 60), "minute")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
