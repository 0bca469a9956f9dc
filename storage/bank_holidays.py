"""Public holidays, from the tables of the `holidays` package: read-only, by calendar code and year."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from surveys.calendars import CalendarBook
from surveys.moments import AbsoluteMoment
from surveys.programme import Programme


@lru_cache(maxsize=1)
def known_calendars() -> frozenset[str]:
    """Every code that can be named: a country (`IE`), or one of its parts (`GB-ENG`)."""
    # Imported here, as it takes long and few commands need it.
    import holidays  # noqa: PLC0415

    countries = holidays.list_supported_countries(include_aliases=True)
    return frozenset(countries) | frozenset(
        f"{country}-{part}" for country, parts in countries.items() for part in parts if " " not in part
    )


@lru_cache(maxsize=64)
def bank_holidays(code: str, first_year: int, last_year: int) -> frozenset[date]:
    """The public holidays of those years, both included; none for "" or a code that is not known."""
    if code not in known_calendars():
        return frozenset()
    import holidays  # noqa: PLC0415

    country, _, part = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=range(first_year, last_year + 1)))


def calendar_book(programme: Programme, *, now: datetime) -> CalendarBook:
    """The programme's calendars, with the public holidays of every year that it or `now` touches."""
    years = {now.year}
    for session in programme.sessions:
        years |= {session.starts.year, session.ends.year}
    for entry in programme.rounds:
        years |= {moment.day.year for moment in (entry.opens, entry.closes) if isinstance(moment, AbsoluteMoment)}
    holidays = bank_holidays(programme.calendar, min(years) - 1, max(years) + 2)
    return CalendarBook(programme=programme, bank_holidays=holidays)
