from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.person_requests import answer_by

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        ("2024-11-27 12:00", "2024-12-27"),
        ("2024-12-31 12:00", "2025-01-31"),
        ("2024-01-31 12:00", "2024-02-29"),
        ("2025-01-30 12:00", "2025-02-28"),
        ("2100-01-31 12:00", "2100-02-28"),
        ("2025-03-31 12:00", "2025-04-30"),
        # Half past midnight there, the evening before here.
        ("2025-06-30 23:30", "2025-08-01"),
    ],
)
def test_the_last_day_is_a_calendar_month_on(asked, by):
    assert answer_by(datetime.fromisoformat(asked).replace(tzinfo=UTC), LONDON).isoformat() == by


@given(st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 1), timezones=st.just(UTC)))
def test_it_is_never_sooner_than_four_weeks_nor_later_than_a_long_month(asked):
    day = asked.astimezone(LONDON).date()
    assert timedelta(days=28) <= answer_by(asked, LONDON) - day <= timedelta(days=31)
