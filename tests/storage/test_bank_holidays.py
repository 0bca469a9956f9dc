from datetime import UTC, date, datetime

from storage.bank_holidays import bank_holidays, calendar_book, known_calendars
from surveys.programme import Programme
from surveys.text import Text


def test_calendars_are_countries_and_their_parts():
    assert {"GB-ENG", "GB-WLS", "GB-SCT", "GB-NIR", "IE"} <= known_calendars()
    assert "GB-ENGLAND" not in known_calendars()


def test_holidays_of_the_parts_differ():
    england, scotland = bank_holidays("GB-ENG", 2024, 2025), bank_holidays("GB-SCT", 2024, 2025)
    assert {date(2024, 12, 25), date(2024, 12, 26), date(2025, 4, 18), date(2025, 4, 21)} <= england
    assert date(2025, 1, 2) in scotland - england
    assert bank_holidays("", 2024, 2025) == frozenset()


def test_a_programmes_book_reaches_the_years_around_now():
    programme = Programme(key="hall", title=Text.plain("Hall"), timezone="Europe/London", calendar="GB-ENG")
    calendar = calendar_book(programme, now=datetime(2024, 6, 1, tzinfo=UTC)).for_programme()
    assert not calendar.is_working(date(2025, 12, 25))
    assert calendar.is_working(date(2025, 12, 24))
