"""The parser of the times that a programme's file says: moments, offsets, spans, times of day (design: Files)."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import NoReturn

from surveys.moments import AbsoluteMoment, Anchor, Moment, RelativeMoment, Unit
from surveys.programme import DateSpan, Offset, QuietHours

# A date alone as an opening means this hour of that day; as a close it means close of play.
BARE_OPENING = time(9, 0)
EARLIEST_YEAR, LATEST_YEAR = 1970, 2199
LONGEST = timedelta(days=3660)

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
_TIMED = re.compile(_TIME.pattern + r"\s*(z|[+-]\d{1,2}(?::?\d{2})?)?")
_MOMENT = re.compile(_DATE.pattern + r"(?:(?:t|\s+)(.+))?")
_CLOSE_OF_PLAY = re.compile(r"(?:at )?close[ -]of[ -]play")
_RELATIVE = re.compile(
    r"(\d+|an?|one) (minutes?|hours?|working days?|days?|weeks?) (after|before) (?:the )?"
    r"(session|open(?:s|ing)?)(?: ends?)?(?: (.+))?"
)
_SPAN = re.compile(r"(\d+|an?|one) (minutes?|hours?|days?|weeks?)(?: before(?: (?:the )?close)?)?")
_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}


class MomentError(ValueError):
    """What a person wrote is no time; `what` says why, and how one looks."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def read_moment(text: str, *, bare: time | None = None) -> Moment:
    """`2024-11-25 09:00`, `2024-12-16 close of play`, `1 hour after session`, `5 working days after opens`.

    A time of day may carry seconds and an offset (`+00:00`, `Z`), and `T` may part it from the day. A date alone
    means the time `bare`, or close of play where that is None. Relative ones may end with `close of play` or
    `at 17:00`.

    Raises:
        MomentError: it is none of these.
    """
    words = " ".join(text.lower().split())
    if shape := _MOMENT.fullmatch(words):
        return _absolute(words, shape, bare)
    if shape := _RELATIVE.fullmatch(words):
        return _relative(words, shape)
    raise MomentError(
        f"'{text}' is not a time such as '2024-11-25 09:00', '2024-12-16 close of play', "
        "'1 hour after session' or '5 working days after opens'"
    )


def _absolute(words: str, shape: re.Match[str], bare: time | None) -> AbsoluteMoment:
    day = _day(words, shape)
    rest = shape[4]
    if rest is None:
        return AbsoluteMoment(day=day, at=bare)
    if _CLOSE_OF_PLAY.fullmatch(rest):
        return AbsoluteMoment(day=day, at=None)
    timed = _TIMED.fullmatch(rest)
    if timed is None:
        raise MomentError(f"'{rest}' is not a time of day such as 09:00, nor 'close of play'")
    return AbsoluteMoment(day=day, at=_time(rest, timed), offset_minutes=_offset_minutes(timed[4]))


def _relative(words: str, shape: re.Match[str]) -> RelativeMoment:
    amount = _amount(shape[1])
    unit = Unit(shape[2].rstrip("s") + "s")
    _limited(words, amount * _UNITS[unit.removeprefix("working ").removesuffix("s")])
    anchor = Anchor.SESSION if shape[4] == "session" else Anchor.OPENS
    rest = shape[5]
    close_of_play = bool(rest and _CLOSE_OF_PLAY.fullmatch(rest))
    at = None
    if rest and not close_of_play:
        timed = _TIME.fullmatch(rest.removeprefix("at "))
        if timed is None:
            raise MomentError(f"'{rest}' is neither 'close of play' nor a time of day such as 'at 17:00'")
        at = _time(rest, timed)
    signed = amount if shape[3] == "after" else -amount
    return RelativeMoment(amount=signed, unit=unit, anchor=anchor, close_of_play=close_of_play, at=at)


def read_offset(text: str) -> Offset:
    """`7 days`, `1 week` (counted in days), `4 hours`, `90 minutes` (exact) before the close.

    Raises:
        MomentError: it is none of these, or nothing.
    """
    shape, length = _span(text)
    if not length:
        raise MomentError(f"'{text}' before the close is the close itself; a reminder must come sooner")
    if shape[2].startswith(("day", "week")):
        return Offset(days=length.days)
    return Offset(span=length)


def read_span(text: str) -> timedelta:
    """`24 hours`, `2 days`, `90 minutes`: a length of time; `0 hours` is none.

    Raises:
        MomentError: it is none of these.
    """
    return _span(text)[1]


def _span(text: str) -> tuple[re.Match[str], timedelta]:
    words = " ".join(text.lower().split())
    shape = _SPAN.fullmatch(words)
    if shape is None:
        raise MomentError(f"'{text}' is not a length of time such as '7 days', '4 hours' or '90 minutes'")
    return shape, _limited(words, _amount(shape[1]) * _UNITS[shape[2].rstrip("s")])


def _amount(word: str) -> int:
    if not word.isdigit():
        return 1
    # So many digits can't be a length of time, and would make an overflow of the product.
    return int(word) if len(word) <= 6 else _too_long(word)  # noqa: PLR2004 - a million minutes is two years


def _limited(words: str, length: timedelta) -> timedelta:
    return length if length <= LONGEST else _too_long(words)


def _too_long(words: str) -> NoReturn:
    raise MomentError(f"'{words}' is longer than ten years")


def read_days(text: str) -> DateSpan:
    """`2024-12-24`, or `2024-12-23/2025-01-03` with both ends included.

    Raises:
        MomentError: it is neither, or ends before it begins.
    """
    first, parted, last = (part.strip() for part in text.partition("/"))
    span = DateSpan(first=_bare_day(first), last=_bare_day(last if parted else first))
    if span.last < span.first:
        raise MomentError(f"'{text}' ends before it begins")
    return span


def _bare_day(text: str) -> date:
    shape = _DATE.fullmatch(text)
    if shape is None:
        raise MomentError(f"'{text}' is not a day such as 2024-12-23, nor two of them with a slash between")
    return _day(text, shape)


def read_day(text: str) -> date:
    """`2024-12-24`.

    Raises:
        MomentError: it is no day.
    """
    shape = _DATE.fullmatch(text.strip())
    if shape is None:
        raise MomentError(f"'{text}' is not a day such as 2024-12-23")
    return _day(text, shape)


def read_time(text: str) -> time:
    """`17:00` or `9:30`.

    Raises:
        MomentError: it is no time of day.
    """
    shape = _TIME.fullmatch(text.strip())
    if shape is None:
        raise MomentError(f"'{text}' is not a time of day such as 17:00")
    return _time(text, shape)


def read_quiet_hours(text: str) -> QuietHours:
    """`18:30-08:00`: from when until when no message goes.

    Raises:
        MomentError: it is not two different times with a hyphen between.
    """
    begins, parted, ends = text.replace("–", "-").partition("-")
    if not parted:
        raise MomentError(f"'{text}' is not two times with a hyphen between, such as 18:30-08:00")
    quiet = QuietHours(begins=read_time(begins), ends=read_time(ends))
    if quiet.begins == quiet.ends:
        raise MomentError(f"'{text}' leaves no time, or all of it; leave the key out if messages may go at any hour")
    return quiet


def _day(text: str, shape: re.Match[str]) -> date:
    try:
        day = date(int(shape[1]), int(shape[2]), int(shape[3]))
    except ValueError:
        raise MomentError(f"'{text}' names a day that no calendar has") from None
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise MomentError(f"the year {day.year} can't be meant")
    return day


def _time(text: str, shape: re.Match[str]) -> time:
    try:
        return time(int(shape[1]), int(shape[2]), int(shape[3] or 0))
    except ValueError:
        raise MomentError(f"'{text}' names a time that no clock shows") from None


def _offset_minutes(offset: str | None) -> int | None:
    if not offset:
        return None
    if offset == "z":
        return 0
    digits = offset[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)  # noqa: PLR2004
    if hours > 14 or minutes > 59:  # noqa: PLR2004 - the widest offset in use is +14:00
        raise MomentError(f"'{offset}' is not an offset from UTC that is used anywhere")
    return (hours * 60 + minutes) * (-1 if offset[0] == "-" else 1)
