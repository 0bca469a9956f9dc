from contextlib import suppress
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.moment_text import MomentError, read_days, read_moment, read_offset, read_quiet_hours, read_span, read_time
from surveys.moments import AbsoluteMoment, Anchor, RelativeMoment, Unit
from surveys.programme import DateSpan, Offset, QuietHours

DAY = date(2024, 11, 25)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-11-25 09:00", AbsoluteMoment(day=DAY, at=time(9))),
        ("2024-11-25T09:00", AbsoluteMoment(day=DAY, at=time(9))),
        ("2024-11-25 09:00:30", AbsoluteMoment(day=DAY, at=time(9, 0, 30))),
        ("2024-11-25 09:00Z", AbsoluteMoment(day=DAY, at=time(9), offset_minutes=0)),
        ("2024-11-25T09:00:00+01:00", AbsoluteMoment(day=DAY, at=time(9), offset_minutes=60)),
        ("2024-11-25 09:00 -0530", AbsoluteMoment(day=DAY, at=time(9), offset_minutes=-330)),
        ("2024-11-25 close of play", AbsoluteMoment(day=DAY, at=None)),
        ("2024-11-25  Close of Play", AbsoluteMoment(day=DAY, at=None)),
        ("2024-11-25", AbsoluteMoment(day=DAY, at=None)),
        ("1 hour after session", RelativeMoment(amount=1, unit=Unit.HOURS, anchor=Anchor.SESSION)),
        ("an hour before the session", RelativeMoment(amount=-1, unit=Unit.HOURS, anchor=Anchor.SESSION)),
        ("5 working days after opens", RelativeMoment(amount=5, unit=Unit.WORKING_DAYS, anchor=Anchor.OPENS)),
        ("2 weeks after opens at 17:00", RelativeMoment(amount=2, unit=Unit.WEEKS, anchor=Anchor.OPENS, at=time(17))),
        (
            "3 days after session close of play",
            RelativeMoment(amount=3, unit=Unit.DAYS, anchor=Anchor.SESSION, close_of_play=True),
        ),
    ],
)  # fmt: skip
def test_moments(text, moment):
    assert read_moment(text) == moment


def test_a_bare_date_opens_at_the_hour_given():
    assert read_moment("2024-11-25", bare=time(9)) == AbsoluteMoment(day=DAY, at=time(9))


@pytest.mark.parametrize(
    "text",
    ["soon", "", "2024-13-01 09:00", "2024-02-30", "2024-11-25 25:00", "2024-11-25 nine", "1024-11-25",
     "9999999 days after opens", "5000 days after opens", "2 days after lunch", "2 days after opens at noon",
     "2024-11-25 09:00+99:00", "25/11/2024"],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(MomentError):
        read_moment(text)


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{1,5}-[0-9]{1,3}-[0-9]{1,3}[ T][0-9:]{0,9}[Z+-]?[0-9:]{0,5}"))
def test_no_text_breaks_any_of_the_readers(text):
    for read in (read_moment, read_offset, read_span, read_days, read_time, read_quiet_hours):
        with suppress(MomentError):
            read(text)


def test_offsets_spans_and_days():
    assert read_offset("7 days") == Offset(days=7)
    assert read_offset("1 week") == Offset(days=7)
    assert read_offset("4 hours") == Offset(span=timedelta(hours=4))
    assert read_offset("90 minutes before close") == Offset(span=timedelta(minutes=90))
    assert read_span("24 hours") == timedelta(days=1)
    assert read_span("0 hours") == timedelta(0)
    assert read_days("2024-12-24") == DateSpan(first=date(2024, 12, 24), last=date(2024, 12, 24))
    assert read_days("2024-12-23/2025-01-03") == DateSpan(first=date(2024, 12, 23), last=date(2025, 1, 3))
    assert read_quiet_hours("18:30-08:00") == QuietHours(begins=time(18, 30), ends=time(8))


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_offset, "0 days"),
        (read_offset, "2 fortnights"),
        (read_days, "2025-01-03/2024-12-23"),
        (read_days, "2025-01-03/"),
        (read_quiet_hours, "18:30"),
        (read_quiet_hours, "08:00-08:00"),
        (read_time, "24:00"),
    ],
)
def test_what_is_none_of_these_is_refused(read, text):
    with pytest.raises(MomentError):
        read(text)
