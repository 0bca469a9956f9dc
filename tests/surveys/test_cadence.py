from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from surveys.cadence import ReminderHours, reminder_times, say_offset
from surveys.calendars import WorkingCalendar
from surveys.clock_times import in_quiet_hours
from surveys.programme import Offset, QuietHours, ReminderPolicy

LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours(begins=time(18, 30), ends=time(8, 0))
WEEK = WorkingCalendar()
S1_CLOSE = datetime(2024, 12, 16, 17, tzinfo=UTC)
S1 = ReminderPolicy(
    before_close=(Offset(days=7), Offset(days=2), Offset(span=timedelta(hours=4))),
    at=time(9, 30),
    cap=2,
    gap=timedelta(hours=24),
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def times(policy=S1, closes=S1_CLOSE, zone=LONDON, calendar=WEEK, quiet=NIGHT):
    return [(slot.at, slot.coverage) for slot in reminder_times(policy, closes, zone, calendar, quiet)]


def test_the_december_round_by_hand():
    # two days before Monday the 16th is a Saturday, so the second goes on the Friday
    assert times() == [
        (utc(2024, 12, 9, 9, 30), False),
        (utc(2024, 12, 13, 9, 30), False),
        (utc(2024, 12, 16, 13), True),
    ]


def test_the_reminder_hour_is_the_persons_own_and_so_is_the_closing_day():
    # 17:00 in London is 06:00 on Tuesday 17 December in Auckland (UTC+13): 7 days before is the 10th,
    # 2 days before is Sunday the 15th, so Friday the 13th; 4 hours before is 02:00, in quiet hours that last
    # beyond the close, so the evening before, Monday 18:29
    assert times(zone=ZoneInfo("Pacific/Auckland")) == [
        (utc(2024, 12, 9, 20, 30), False),
        (utc(2024, 12, 12, 20, 30), False),
        (utc(2024, 12, 16, 5, 29), True),
    ]


def test_a_part_timers_reminders_move_to_their_days():
    monday_to_wednesday = WorkingCalendar(weekdays=frozenset({0, 1, 2}))
    assert times(calendar=monday_to_wednesday) == [
        (utc(2024, 12, 9, 9, 30), False),
        (utc(2024, 12, 11, 9, 30), False),
        (utc(2024, 12, 16, 13), True),
    ]


def test_the_reminder_hour_keeps_its_wall_clock_over_the_change():
    # London goes to summer time on 30 March 2025
    closes = utc(2025, 4, 2, 16)
    assert [at for at, _ in times(closes=closes)] == [
        utc(2025, 3, 26, 9, 30),
        utc(2025, 3, 31, 8, 30),
        utc(2025, 4, 2, 12),
    ]


def test_a_reminder_hour_that_is_skipped_comes_once():
    every_day = WorkingCalendar(weekdays=frozenset(range(7)))
    policy = ReminderPolicy(before_close=(Offset(days=1),), at=time(1, 30), cap=1)
    slots = reminder_times(policy, utc(2025, 3, 31, 16), LONDON, every_day, None)
    assert [slot.at for slot in slots] == [utc(2025, 3, 30, 1, 30)]


def test_slots_that_fall_together_count_as_one():
    # 2 and 3 days before Monday both move back to Friday
    policy = ReminderPolicy(before_close=(Offset(days=3), Offset(days=2)), cap=1)
    (slot,) = reminder_times(policy, S1_CLOSE, LONDON, WorkingCalendar(), None)
    assert (slot.position, slot.coverage) == (1, False)
    assert slot.at == utc(2024, 12, 13, 9, 30)


def test_a_reminder_hour_in_quiet_hours_stays_on_its_day():
    early = ReminderPolicy(before_close=(Offset(days=4),), at=time(7), cap=1)
    late = ReminderPolicy(before_close=(Offset(days=4),), at=time(20), cap=1)
    assert [at for at, _ in times(early)] == [utc(2024, 12, 12, 8)]
    assert [at for at, _ in times(late)] == [utc(2024, 12, 12, 18, 29)]


def test_exact_ones_leave_quiet_hours_forward_if_the_close_allows():
    at_noon = ReminderPolicy(before_close=(Offset(span=timedelta(hours=6)),), cap=1)
    assert [at for at, _ in times(at_noon, closes=utc(2024, 12, 16, 12))] == [utc(2024, 12, 16, 8)]
    # quiet hours end at the very close: the last minute before they began
    assert [at for at, _ in times(at_noon, closes=utc(2024, 12, 16, 8))] == [utc(2024, 12, 15, 18, 29)]


def test_why_in_words():
    labels = [slot.label for slot in reminder_times(S1, S1_CLOSE, LONDON, WorkingCalendar(), NIGHT)]
    assert labels == [
        "7 days before the close",
        "2 days before the close, moved back to a working day",
        "4 hours before the close",
    ]
    assert say_offset(Offset(days=1)) == "1 day"
    assert say_offset(Offset(span=timedelta(minutes=90))) == "90 minutes"


def test_no_working_day_at_all_leaves_the_exact_ones():
    assert times(calendar=WorkingCalendar(weekdays=frozenset())) == [(utc(2024, 12, 16, 13), True)]


def test_the_first_reminder_moment():
    hours = ReminderHours(S1, LONDON, WorkingCalendar(), NIGHT)
    assert hours.first_from(utc(2024, 12, 12, 11)) == utc(2024, 12, 12, 11)
    assert hours.first_from(utc(2024, 12, 12, 8, 15)) == utc(2024, 12, 12, 9, 30)
    assert hours.first_from(utc(2024, 12, 13, 18, 30)) == utc(2024, 12, 16, 9, 30)
    assert hours.first_from(utc(2024, 12, 14, 11)) == utc(2024, 12, 16, 9, 30)
    assert ReminderHours(S1, LONDON, WorkingCalendar(weekdays=frozenset()), NIGHT).first_from(S1_CLOSE) is None


ZONES = st.sampled_from(
    [
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Auckland",
        "America/St_Johns",
        "Africa/Casablanca",
        "UTC",
    ]
).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
QUIET = st.none() | st.builds(QuietHours, begins=st.times(), ends=st.times())
WEEKDAYS = st.frozensets(st.integers(0, 6), min_size=1)
CALENDARS = st.builds(
    WorkingCalendar, weekdays=WEEKDAYS, holidays=st.frozensets(st.dates(date(2023, 12, 1), date(2026, 12, 31)))
)
OFFSETS = st.lists(
    st.integers(1, 30).map(lambda days: Offset(days=days))
    | st.integers(5, 3000).map(lambda minutes: Offset(span=timedelta(minutes=minutes))),
    max_size=5,
).map(tuple)
POLICIES = st.builds(ReminderPolicy, before_close=OFFSETS, at=st.times(), cap=st.integers(0, 4))


@given(POLICIES, MOMENTS, ZONES, CALENDARS, QUIET)
def test_slots_keep_their_promises_in_every_zone(policy, closes, zone, calendar, quiet):
    slots = reminder_times(policy, closes, zone, calendar, quiet)
    assert len(slots) <= len(policy.before_close)
    assert [slot.at for slot in slots] == sorted({slot.at for slot in slots})
    for slot in slots:
        assert slot.at < closes
        assert slot.at.tzinfo is UTC
        if not slot.exact:
            assert calendar.is_working(slot.at.astimezone(zone).date())


@given(POLICIES, MOMENTS, ZONES, CALENDARS, QUIET, st.floats(0, 1))
def test_the_first_reminder_moment_stays_the_same_while_time_passes(policy, at, zone, calendar, quiet, part):
    hours = ReminderHours(policy, zone, calendar, quiet)
    first = hours.first_from(at)
    assert first is not None
    assert first >= at
    assert calendar.is_working(first.astimezone(zone).date())
    assert not in_quiet_hours(first, quiet, zone) or first == hours.on(first.astimezone(zone).date())
    between = at + (first - at) * part
    assert hours.first_from(between) == first
