from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calendars import WorkingCalendar
from surveys.clock_times import (
    before_quiet_hours,
    in_quiet_hours,
    is_skipped,
    local_to_utc,
    out_of_quiet_hours,
    resolve,
    zone_named,
    zone_of,
)
from surveys.moments import AbsoluteMoment, Anchor, RelativeMoment, Unit
from surveys.panel import Participant
from surveys.programme import Programme, QuietHours
from surveys.text import Text

LONDON = ZoneInfo("Europe/London")
PROGRAMME = Programme(key="cc", title=Text.plain("C"), timezone="Europe/London")
WEEK = WorkingCalendar()
NIGHT = QuietHours(begins=time(18, 30), ends=time(8, 0))
ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # a handful of numbers


def test_the_zone_is_the_persons_own_or_the_programmes():
    assert zone_of(PROGRAMME).key == "Europe/London"
    assert zone_of(PROGRAMME, Participant(id=1, key="a", name="A")).key == "Europe/London"
    assert zone_of(PROGRAMME, Participant(id=1, key="a", name="A", timezone="Asia/Tokyo")).key == "Asia/Tokyo"
    assert zone_of(PROGRAMME, Participant(id=1, key="a", name="A", timezone="Mars/Olympus")).key == "Europe/London"


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "/etc/localtime", "", "Europe"])
def test_unknown_zones_are_refused(name):
    with pytest.raises(ValueError, match="no time zone"):
        zone_named(name)


def test_a_skipped_time_moves_forward_by_the_gap_and_a_repeated_one_is_its_first():
    # London, 30 March 2025: 01:00 GMT becomes 02:00 BST; 26 October 2025: 02:00 BST becomes 01:00 GMT
    assert local_to_utc(date(2025, 3, 30), time(1, 30), LONDON) == utc(2025, 3, 30, 1, 30)
    assert local_to_utc(date(2025, 10, 26), time(1, 30), LONDON) == utc(2025, 10, 26, 0, 30)
    assert local_to_utc(date(2025, 10, 26), time(1, 30, fold=1), LONDON) == utc(2025, 10, 26, 0, 30)
    assert is_skipped(date(2025, 3, 30), time(1, 30), LONDON)
    assert not is_skipped(date(2025, 10, 26), time(1, 30), LONDON)


def absolute(day: date, at: time | None, offset: int | None = None) -> AbsoluteMoment:
    return AbsoluteMoment(day=day, at=at, offset_minutes=offset)


def test_absolute_moments():
    closes = resolve(absolute(date(2024, 12, 16), None), programme=PROGRAMME, calendar=WEEK)
    assert closes == (utc(2024, 12, 16, 17), "")
    summer = resolve(absolute(date(2025, 6, 2), time(9)), programme=PROGRAMME, calendar=WEEK)
    assert summer.at == utc(2025, 6, 2, 8)
    offset = resolve(absolute(date(2025, 6, 2), time(9), 120), programme=PROGRAMME, calendar=WEEK)
    assert offset.at == utc(2025, 6, 2, 7)
    # a time that was asked for is kept whatever the day
    sunday = resolve(absolute(date(2024, 12, 15), time(20)), programme=PROGRAMME, calendar=WEEK)
    assert sunday == (utc(2024, 12, 15, 20), "")


def test_close_of_play_on_a_sunday_is_fridays_with_a_warning():
    at, warning = resolve(absolute(date(2024, 12, 15), None), programme=PROGRAMME, calendar=WEEK)
    assert at == utc(2024, 12, 13, 17)
    assert "Sunday 15 December 2024 is not a working day" in warning
    assert "Friday 13 December 2024" in warning


def relative(amount: int, unit: Unit, anchor: Anchor = Anchor.OPENS, **more: object) -> RelativeMoment:
    return RelativeMoment(amount=amount, unit=unit, anchor=anchor, **more)  # type: ignore[arg-type]  # two names


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (relative(1, Unit.HOURS, Anchor.SESSION), utc(2025, 3, 28, 16, 30)),
        (relative(90, Unit.MINUTES, Anchor.SESSION), utc(2025, 3, 28, 17)),
        # over the change to summer time: two days keep the wall clock, 48 hours are 48 hours
        (relative(3, Unit.DAYS, Anchor.SESSION), utc(2025, 3, 31, 14, 30)),
        (relative(72, Unit.HOURS, Anchor.SESSION), utc(2025, 3, 31, 15, 30)),
        (relative(2, Unit.WEEKS, Anchor.SESSION, at=time(17)), utc(2025, 4, 11, 16)),
        (relative(5, Unit.WORKING_DAYS), utc(2025, 4, 4, 8)),
        (relative(5, Unit.WORKING_DAYS, close_of_play=True), utc(2025, 4, 4, 16)),
        (relative(0, Unit.DAYS, close_of_play=True), utc(2025, 3, 28, 17)),
    ],
)
def test_relative_moments(moment, expected):
    resolved = resolve(
        moment,
        programme=PROGRAMME,
        calendar=WEEK,
        session_ends=utc(2025, 3, 28, 15, 30),
        opens_at=utc(2025, 3, 28, 9),
    )
    assert resolved == (expected, "")


def test_a_relative_close_of_play_moves_off_a_weekend_too():
    moment = relative(1, Unit.DAYS, Anchor.SESSION, close_of_play=True)
    resolved = resolve(moment, programme=PROGRAMME, calendar=WEEK, session_ends=utc(2025, 3, 28, 15, 30))
    assert resolved.at == utc(2025, 3, 28, 17)
    assert resolved.warning


def test_what_cannot_be_worked_out_is_a_value_error():
    with pytest.raises(ValueError, match="session"):
        resolve(relative(1, Unit.HOURS, Anchor.SESSION), programme=PROGRAMME, calendar=WEEK)
    with pytest.raises(ValueError, match="too far"):
        resolve(relative(10**9, Unit.WEEKS), programme=PROGRAMME, calendar=WEEK, opens_at=utc(2025, 1, 1))
    with pytest.raises(ValueError, match="no working day"):
        resolve(
            relative(1, Unit.WORKING_DAYS),
            programme=PROGRAMME,
            calendar=WorkingCalendar(weekdays=frozenset()),
            opens_at=utc(2025, 1, 1),
        )


def test_a_relative_time_that_is_skipped_says_so():
    moment = relative(2, Unit.DAYS, at=time(1, 30))
    resolved = resolve(moment, programme=PROGRAMME, calendar=WEEK, opens_at=utc(2025, 3, 28, 9))
    assert resolved.at == utc(2025, 3, 30, 1, 30)
    assert "01:30" in resolved.warning


def test_quiet_hours_over_midnight():
    assert out_of_quiet_hours(utc(2024, 12, 16, 18, 30), NIGHT, LONDON) == utc(2024, 12, 17, 8)
    assert out_of_quiet_hours(utc(2024, 12, 16, 3), NIGHT, LONDON) == utc(2024, 12, 16, 8)
    assert out_of_quiet_hours(utc(2024, 12, 16, 8), NIGHT, LONDON) == utc(2024, 12, 16, 8)
    assert out_of_quiet_hours(utc(2024, 12, 16, 18, 29), NIGHT, LONDON) == utc(2024, 12, 16, 18, 29)
    assert out_of_quiet_hours(utc(2024, 12, 16, 3), None, LONDON) == utc(2024, 12, 16, 3)
    assert before_quiet_hours(utc(2024, 12, 16, 3), NIGHT, LONDON) == utc(2024, 12, 15, 18, 29)
    assert before_quiet_hours(utc(2024, 12, 16, 20), NIGHT, LONDON) == utc(2024, 12, 16, 18, 29)
    assert before_quiet_hours(utc(2024, 12, 16, 12), NIGHT, LONDON) == utc(2024, 12, 16, 12)


def test_quiet_hours_within_a_day_and_none_at_all():
    lunch = QuietHours(begins=time(12), ends=time(13))
    assert out_of_quiet_hours(utc(2024, 12, 16, 12, 20), lunch, LONDON) == utc(2024, 12, 16, 13)
    assert not in_quiet_hours(utc(2024, 12, 16, 12), QuietHours(begins=time(12), ends=time(12)), LONDON)


def test_quiet_hours_that_end_in_the_repeated_hour_end_after_the_moment():
    # 26 October 2025, 01:10 for the second time (01:10 GMT)
    quiet = QuietHours(begins=time(22), ends=time(1, 30))
    assert out_of_quiet_hours(utc(2025, 10, 26, 1, 10), quiet, LONDON) == utc(2025, 10, 26, 1, 30)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)),
    ZONES,
    st.builds(QuietHours, begins=st.times(), ends=st.times()),
)
def test_moving_out_of_quiet_hours_is_at_rest_outside_them(at, zone_name, quiet):
    zone = ZoneInfo(zone_name)
    at = at.replace(tzinfo=UTC)
    moved = out_of_quiet_hours(at, quiet, zone)
    assert at <= moved <= at + timedelta(hours=26)
    assert not in_quiet_hours(moved, quiet, zone)
    assert out_of_quiet_hours(moved, quiet, zone) == moved
