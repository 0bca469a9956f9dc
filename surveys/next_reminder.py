"""Which reminder a person gets next, if any (design: When things go)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.cadence import ReminderHours, Slot
from surveys.clock_times import out_of_quiet_hours

# A message that goes so late has gone on time: a long queue takes minutes, and the clock itself some milliseconds.
ON_TIME = timedelta(minutes=15)
_DAY = timedelta(days=1)
# All that a coverage reminder needs between it and the last message; the policy's gap binds the others.
COVERAGE_GAP = timedelta(hours=24)
# An absence ends at the latest this many working days before the close, or the person would never be asked again.
_ABSENCE_ENDS_BEFORE = 2


@dataclass(frozen=True, slots=True)
class Reminding:
    """What binds the reminders of everyone with the same zone and calendar: their hours, their slots, the period."""

    hours: ReminderHours
    slots: tuple[Slot, ...]
    opens_at: datetime
    closes_at: datetime

    def end_of_absence(self, until: datetime) -> datetime:
        """When someone who is away until then may be written to: two working days before the close at the latest."""
        last_day = self.closes_at.astimezone(self.hours.zone).date()
        day = self.hours.calendar.add_working_days(last_day, -_ABSENCE_ENDS_BEFORE)
        return until if day is None else min(until, self.hours.on(day))

    def due_time_of(self, contact: datetime) -> datetime:
        """When a message that went at `contact` was to go, if it was on time; else `contact` itself."""
        due = (at for at in (self.opens_at, *(slot.at for slot in self.slots)) if at <= contact <= at + ON_TIME)
        return max(due, default=contact)

    def far_enough(self, at: datetime, contact: datetime, gap: timedelta) -> bool:
        """Whether `at` keeps the gap to the message before it. A day that is short of an hour counts as a day."""
        if at - contact >= gap:
            return True
        due = self.due_time_of(contact)
        if at - due >= gap:
            return True
        shown, before = (each.astimezone(self.hours.zone).replace(tzinfo=None) for each in (at, due))
        return gap >= _DAY and shown - before >= gap


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with one person before the next reminder. Times are aware.

    `floor`: slots up to then are settled. `contact`: the last message. `allowed`: reminders for everyone left to
    send. `paused_until`: the pause's end for reminders, None without one. `asked_for`: the day the person put us off
    to and hasn't been reminded since. `missing`: a voice of theirs is required and not heard.
    """

    floor: datetime
    contact: datetime
    allowed: int
    paused_until: datetime | None
    asked_for: datetime | None
    missing: bool


@dataclass(frozen=True, slots=True)
class NextReminder:
    """When it goes (UTC), why in plain words, and whether only for coverage."""

    at: datetime
    why: str
    coverage: bool


def next_reminder(reminding: Reminding, standing: Standing, now: datetime) -> NextReminder | None:
    """The first reminder from `now` on; None if there is none before the close.

    Asked again at any time up to its answer, with nothing changed, it answers the same: what a plan says comes true.
    """
    hold = now if standing.paused_until is None else max(now, standing.paused_until)
    asked = _asked_for(reminding, standing, hold)
    first = NextReminder(at=asked, why="the person asked to be reminded then", coverage=False) if asked else None
    for slot in reminding.slots:
        if not _may_use(slot, standing, reminding):
            continue
        at = slot.at if slot.at >= hold else _made_up_for(slot, reminding.hours, hold)
        if at is not None and at < reminding.closes_at and (first is None or at < first.at):
            first = NextReminder(at=at, why=_why(slot, standing, now), coverage=slot.coverage)
    return first


def _may_use(slot: Slot, standing: Standing, reminding: Reminding) -> bool:
    if slot.at <= standing.floor or (standing.asked_for is not None and slot.at < standing.asked_for):
        return False
    if slot.coverage:
        return standing.missing and reminding.far_enough(slot.at, standing.contact, COVERAGE_GAP)
    # A slot too near the message before it is left out for good, not made up for when the gap has passed.
    return standing.allowed > 0 and reminding.far_enough(slot.at, standing.contact, reminding.hours.policy.gap)


def _made_up_for(slot: Slot, hours: ReminderHours, hold: datetime) -> datetime | None:
    """When a slot that passed unused goes; however many did, the first of them settles all."""
    return out_of_quiet_hours(hold, hours.quiet, hours.zone) if slot.exact else hours.first_from(hold)


def _asked_for(reminding: Reminding, standing: Standing, hold: datetime) -> datetime | None:
    """When the reminder goes that the person put us off to, whatever the cap; the gap binds it as it binds others."""
    if standing.asked_for is None:
        return None
    hours = reminding.hours
    earliest = max(standing.asked_for, standing.contact + hours.policy.gap, hold)
    at = hours.first_from(earliest)
    if at is None or at >= reminding.closes_at:
        # No working day left before the close: the day they named is then better than none.
        named = hours.on(standing.asked_for.astimezone(hours.zone).date())
        at = named if named >= earliest else out_of_quiet_hours(earliest, hours.quiet, hours.zone)
    return at if at < reminding.closes_at else None


def _why(slot: Slot, standing: Standing, now: datetime) -> str:
    why = slot.label
    if slot.coverage:
        why += ", as a required voice is still missing"
    if standing.paused_until is not None and slot.at < standing.paused_until:
        why += ", put off until the person is back"
    elif slot.at + ON_TIME < now:
        why += ", made up for"
    return why
