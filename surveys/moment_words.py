"""Days and times as people say them, in English and Welsh."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "cy": ("dydd Llun", "dydd Mawrth", "dydd Mercher", "dydd Iau", "dydd Gwener", "dydd Sadwrn", "dydd Sul"),
}
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "cy": (
        *("Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin"),
        *("Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"),
    ),
}
_MIDDAY, _EVENING = time(12), time(18)
# Welsh tells the afternoon from the evening: y bore, y prynhawn, yr hwyr.
_HALVES = {"en": ("am", "pm", "pm"), "cy": ("yb", "yp", "yh")}
_NOON = {"en": "noon", "cy": "hanner dydd"}
_MIDNIGHT = {"en": "midnight at the end of {day}", "cy": "hanner nos ar ddiwedd {day}"}
_TODAY = {"en": "today at {time}", "cy": "heddiw am {time}"}
_TONIGHT = {"en": "tonight at midnight", "cy": "heno am hanner nos"}
_TOMORROW = {"en": "tomorrow", "cy": "yfory"}
_IN_DAYS = {"en": "in {count} days", "cy": "ymhen {count} diwrnod"}
# Two softens the word after it in Welsh; one is `tomorrow`.
_IN_SO_MANY_DAYS = {("cy", 2): "ymhen 2 ddiwrnod"}


def _spoken(language: str) -> str:
    base = language.split("-")[0].lower()
    return base if base in _DAYS else "en"


def say_day(day: date, language: str = "en-GB", *, year: bool = False) -> str:
    """`Monday 16 December`, with the year if asked. Languages without words here get English."""
    spoken = _spoken(language)
    said = f"{_DAYS[spoken][day.weekday()]} {day.day} {_MONTHS[spoken][day.month - 1]}"
    return f"{said} {day.year}" if year else said


def say_weekday(day: date, language: str = "en-GB") -> str:
    """`Monday`, in Welsh `dydd Llun`."""
    return _DAYS[_spoken(language)][day.weekday()]


def say_time(at: time, language: str = "en-GB") -> str:
    """`5 pm`, `9.30 am`, `noon`, in Welsh `5 yp`, to the minute; `say_moment` has a better word for midnight."""
    if (at.hour, at.minute) == (_MIDDAY.hour, _MIDDAY.minute):
        return _NOON[_spoken(language)]
    half = _HALVES[_spoken(language)][(at.hour >= _MIDDAY.hour) + (at.hour >= _EVENING.hour)]
    hour = at.hour % _MIDDAY.hour or _MIDDAY.hour
    return f"{hour}.{at.minute:02} {half}" if at.minute else f"{hour} {half}"


def say_moment(at: datetime, zone: tzinfo, language: str = "en-GB", *, year: bool = False) -> str:
    """An aware `at` as clocks in `zone` show it: `Monday 16 December, 5 pm`, with the year if asked.

    Midnight belongs to the day that ends with it, and says so: nobody should take a close for a day later.
    """
    local = at.astimezone(zone)
    if _at_midnight(local):
        ended = say_day(local.date() - timedelta(days=1), language, year=year)
        return _MIDNIGHT[_spoken(language)].format(day=ended)
    return f"{say_day(local.date(), language, year=year)}, {say_time(local.time(), language)}"


def days_left(closes_at: datetime, now: datetime, zone: tzinfo, language: str = "en-GB") -> str:
    """How long is left, in calendar days of `zone`: `today at 5 pm`, `tomorrow`, `in 3 days`; "" once it has closed.

    A close at midnight counts as the end of the day before.
    """
    if closes_at <= now:
        return ""
    spoken = _spoken(language)
    local = closes_at.astimezone(zone)
    midnight = _at_midnight(local)
    last_day = local.date() - timedelta(days=1) if midnight else local.date()
    count = (last_day - now.astimezone(zone).date()).days
    if count <= 0:
        return _TONIGHT[spoken] if midnight else _TODAY[spoken].format(time=say_time(local.time(), language))
    if count == 1:
        return _TOMORROW[spoken]
    return _IN_SO_MANY_DAYS.get((spoken, count), _IN_DAYS[spoken].format(count=count))


def _at_midnight(local: datetime) -> bool:
    return local.hour == 0 and local.minute == 0
