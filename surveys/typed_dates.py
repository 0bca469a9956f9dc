"""Dates as people write them: 2024-12-05, 5/12/2024 (the day first), 5 December 2024, 5 Dec, 5 Rhagfyr 2024."""

from __future__ import annotations

import re
from datetime import date

from surveys.unclear import Unclear

_ENGLISH = "January February March April May June July August September October November December"
_WELSH = "Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr"
MONTHS = {"en": tuple(_ENGLISH.split()), "cy": tuple(_WELSH.split())}
_WEEKDAYS = (
    ("monday", "llun"),
    ("tuesday", "mawrth"),
    ("wednesday", "mercher"),
    ("thursday", "iau"),
    ("friday", "gwener"),
    ("saturday", "sadwrn"),
    ("sunday", "sul"),
)
_SHORTEST = 3
_NEAR_YEARS = 20
_LONGEST_ECHO = 40

_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?:[T ].*)?")
_SLASHED = re.compile(r"(?P<day>[0-9]{1,2})(?P<mark>[/.-])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})")
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|af|ail|fed|eg|ain)?"
_MONTH = r"(?P<month>[^\W\d_]{3,})\.?"
_YEAR = r"(?:,?\s*(?P<year>[0-9]{4}))?"
_WORDED = (
    re.compile(rf"{_DAY}\s*(?:of\s+|o\s+)?{_MONTH}{_YEAR}"),
    re.compile(rf"{_MONTH}\s+{_DAY}{_YEAR}"),
)
_WEEKDAY = re.compile(r"(?:(?:on|the|dydd)\s+)*(?P<weekday>[^\W\d_]{3,})[,.]?\s+(?=[0-9]|the\s)")


class DateUnclear(Unclear):
    """Words that are no date, or could be two."""


def read_date(words: str, *, today: date | None = None) -> date:
    """The day meant; without a year the one nearest `today`, and without `today` the year must stand there."""
    text = " ".join(words.casefold().split()).strip(" .,")
    text, weekday = _without_weekday(text)
    text = text.removeprefix("the ").strip()
    day = _numeric(text, today) or _worded(text, today)
    if day is None:
        raise DateUnclear("no_date", echo=_echo(words))
    if weekday is not None and day.weekday() != weekday:
        raise DateUnclear("other_weekday", day=day, echo=_echo(words))
    return day


def say_date(day: date, language: str = "en-GB") -> str:
    """`5 December 2024`, in Welsh for `cy`."""
    months = MONTHS.get(language.split("-")[0], MONTHS["en"])
    return f"{day.day} {months[day.month - 1]} {day.year:04d}"


def _echo(words: str) -> str:
    words = " ".join(words.split())
    return f"'{words if len(words) <= _LONGEST_ECHO else words[: _LONGEST_ECHO - 1] + '…'}'"


def _without_weekday(text: str) -> tuple[str, int | None]:
    match = _WEEKDAY.match(text)
    if match is None:
        return text, None
    named = [index for index, names in enumerate(_WEEKDAYS) if any(name.startswith(match["weekday"]) for name in names)]
    # `Mawrth 5` could be a month as well: March and Tuesday are one word in Welsh.
    if len(named) != 1 or (_month(match["weekday"]) is not None and not match[0].startswith("dydd")):
        return text, None
    return text[match.end() :], named[0]


def _numeric(text: str, today: date | None) -> date | None:
    match = _ISO.fullmatch(text) or _SLASHED.fullmatch(text)
    if match is None:
        return None
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    if len(match["year"]) == 2:  # noqa: PLR2004
        year += 2000
        if today is None or abs(year - today.year) > _NEAR_YEARS:
            raise DateUnclear("whole_year")
    if month > 12 >= day:  # noqa: PLR2004
        raise DateUnclear("day_first", month=month)
    return _day(year, month, day, text)


def _worded(text: str, today: date | None) -> date | None:
    match = next((found for pattern in _WORDED if (found := pattern.fullmatch(text))), None)
    month = _month(match["month"]) if match else None
    if match is None or month is None:
        return None
    day = int(match["day"])
    if match["year"]:
        return _day(int(match["year"]), month, day, text)
    if today is None:
        raise DateUnclear("year_too")
    # Years before and after are tried, so that 29 February finds a year that has it.
    years = range(today.year - 4, today.year + 5)
    near = [each for each in (_possible(year, month, day) for year in years) if each is not None]
    if not near:
        raise DateUnclear("no_such_day", echo=_echo(text))
    return min(near, key=lambda each: abs((each - today).days))


def _month(word: str) -> int | None:
    word = word.rstrip(".")
    if len(word) < _SHORTEST:
        return None
    found = {
        index
        for months in MONTHS.values()
        for index, name in enumerate(months, start=1)
        if name.casefold().startswith(word)
    }
    return found.pop() if len(found) == 1 else None


def _day(year: int, month: int, day: int, text: str) -> date:
    found = _possible(year, month, day)
    if found is None:
        raise DateUnclear("no_such_day", echo=_echo(text))
    return found


def _possible(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
