"""Which days are working days, for a programme and for each of its people.

Bank holidays arrive as a set of dates: whoever reads them from a calendar stands outside the pure core.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from surveys.panel import Participant
from surveys.programme import DateSpan, Programme

WORKING_WEEK = frozenset(range(5))
# A calendar closed for longer than this has no working day worth waiting for.
_HORIZON = 400
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkingCalendar:
    """Working days: the `weekdays` (Monday is 0) that are neither a holiday nor within a closed span."""

    holidays: frozenset[date] = frozenset()
    closed: tuple[DateSpan, ...] = ()
    weekdays: frozenset[int] = WORKING_WEEK

    def is_working(self, day: date) -> bool:
        return (
            day.weekday() in self.weekdays
            and day not in self.holidays
            and not any(span.first <= day <= span.last for span in self.closed)
        )

    def at_or_before(self, day: date) -> date | None:
        """`day` if it is a working day, else the last one before it; None if there is none within 400 days."""
        return self._nearest(day, -1)

    def at_or_after(self, day: date) -> date | None:
        """`day` if it is a working day, else the first one after it; None if there is none within 400 days."""
        return self._nearest(day, 1)

    def add_working_days(self, day: date, count: int) -> date | None:
        """The `count`th working day after `day` (before it, if negative); `day` itself is never counted.

        For 0 it is `day`, or the first working day after it. None if the calendar runs out of working days.
        """
        step = 1 if count >= 0 else -1
        if count == 0:
            return self.at_or_after(day)
        found: date | None = day
        for _ in range(abs(count)):
            following = _moved(found, step)
            found = None if following is None else self._nearest(following, step)
            if found is None:
                return None
        return found

    def _nearest(self, day: date, step: int) -> date | None:
        looked_at: date | None = day
        for _ in range(_HORIZON):
            if looked_at is None or self.is_working(looked_at):
                return looked_at
            looked_at = _moved(looked_at, step)
        return None


def _moved(day: date | None, step: int) -> date | None:
    """The next day in that direction; None at the ends of what a date can say."""
    if day is None or day == (date.max if step > 0 else date.min):
        return None
    return day + step * _DAY


@dataclass(frozen=True, kw_only=True, eq=False)
class CalendarBook:
    """The calendars of one programme. The same people's circumstances give the very same calendar object."""

    programme: Programme
    bank_holidays: frozenset[date] = frozenset()
    _opened: dict[tuple[frozenset[str], frozenset[int]], WorkingCalendar] = field(
        default_factory=dict, init=False, repr=False
    )

    def for_programme(self) -> WorkingCalendar:
        """Bank holidays, closed days and the working week: what binds the programme's own times."""
        return self._calendar(frozenset(), WORKING_WEEK)

    def for_person(self, participant: Participant, perspectives: Iterable[str]) -> WorkingCalendar:
        """The programme's calendar, less the person's own days off and their perspectives' closed spans.

        `perspectives` are those the invitation speaks for. A day is closed if the calendar of ANY of them is
        closed: a head who also sits on a forum is away in the school holidays, whichever hat the round asks for.
        Days off that leave no day at all count as the working week.
        """
        named = frozenset(
            perspective.calendar
            for key in perspectives
            if (perspective := self.programme.perspective(key)) is not None and perspective.calendar
        )
        return self._calendar(named, participant.working_days or WORKING_WEEK)

    def _calendar(self, named: frozenset[str], weekdays: frozenset[int]) -> WorkingCalendar:
        key = (named, weekdays)
        if key not in self._opened:
            spans = list(self.programme.closed_days)
            for name in sorted(named):
                spans += self.programme.calendars.get(name, ())
            self._opened[key] = WorkingCalendar(holidays=self.bank_holidays, closed=tuple(spans), weekdays=weekdays)
        return self._opened[key]
