from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from surveys.moment_words import days_left, say_day, say_moment, say_time

LONDON = ZoneInfo("Europe/London")
CLOSE = datetime(2024, 12, 16, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(17), "5 pm"),
        (time(9, 30), "9.30 am"),
        (time(12), "noon"),
        (time(12, 5), "12.05 pm"),
        (time(0, 5), "12.05 am"),
    ],
)
def test_times(at, said):
    assert say_time(at) == said


def test_moments():
    assert say_moment(CLOSE, LONDON) == "Monday 16 December, 5 pm"
    assert say_moment(CLOSE, LONDON, year=True) == "Monday 16 December 2024, 5 pm"
    assert say_moment(CLOSE, ZoneInfo("Pacific/Auckland")) == "Tuesday 17 December, 6 am"
    assert say_moment(datetime(2025, 6, 27, 16, tzinfo=UTC), LONDON) == "Friday 27 June, 5 pm"
    assert say_moment(CLOSE, LONDON, "cy") == "dydd Llun 16 Rhagfyr, 5 yp"
    assert say_moment(CLOSE.replace(hour=12), LONDON, "cy-GB") == "dydd Llun 16 Rhagfyr, hanner dydd"
    assert say_moment(CLOSE, LONDON, "fr") == "Monday 16 December, 5 pm"


def test_midnight_names_the_day_that_ends_with_it():
    midnight = datetime(2024, 12, 17, tzinfo=UTC)
    assert say_moment(midnight, LONDON) == "midnight at the end of Monday 16 December"
    assert days_left(midnight, CLOSE, LONDON) == "tonight at midnight"


def test_days_are_said_without_a_zone():
    assert say_day(date(2025, 1, 2)) == "Thursday 2 January"


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2024, 12, 16, 9, tzinfo=UTC), "today at 5 pm"),
        (datetime(2024, 12, 15, 23, tzinfo=UTC), "tomorrow"),
        (datetime(2024, 12, 14, 0, tzinfo=UTC), "in 2 days"),
        (datetime(2024, 12, 13, 9, 30, tzinfo=UTC), "in 3 days"),
        (CLOSE, ""),
    ],
)
def test_days_left_are_calendar_days(now, said):
    assert days_left(CLOSE, now, LONDON) == said


def test_days_left_count_in_the_readers_zone_and_language():
    # in Auckland it closes on Tuesday at 6 am, and Monday 9.30 pm there is the day before
    assert days_left(CLOSE, datetime(2024, 12, 16, 8, 30, tzinfo=UTC), ZoneInfo("Pacific/Auckland")) == "tomorrow"
    assert days_left(CLOSE, datetime(2024, 12, 14, 9, tzinfo=UTC), LONDON, "cy") == "ymhen 2 ddiwrnod"
    assert days_left(CLOSE, datetime(2024, 12, 13, 9, tzinfo=UTC), LONDON, "cy") == "ymhen 3 diwrnod"
    assert days_left(CLOSE, datetime(2024, 12, 16, 9, tzinfo=UTC), LONDON, "cy") == "heddiw am 5 yp"
