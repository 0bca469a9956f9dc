"""What the cells of a panel's row say: lists, hats at sessions, days, people, languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from surveys.addresses import CHANNELS, address_fault, control_fault, folded
from surveys.panel import Attendance
from surveys.programme import Programme
from surveys.programme_file import zone_fault
from surveys.source import LANGUAGE, nearest

T = TypeVar("T")
R = TypeVar("R")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST_DAY = 2


class CellError(ValueError):
    """A cell is wrong; `what` says why."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """The ids that a row may name, in the programme's order."""

    areas: tuple[str, ...]
    perspectives: tuple[str, ...]
    sessions: tuple[str, ...]

    @classmethod
    def of(cls, programme: Programme) -> Names:
        return cls(
            areas=tuple(each.key for each in programme.areas),
            perspectives=tuple(each.key for each in programme.perspectives),
            sessions=tuple(each.key for each in programme.sessions),
        )


def listed(cell: str) -> tuple[str, ...]:
    """The values of a cell, split by `;`; each counts once."""
    return tuple(dict.fromkeys(part.strip() for part in cell.split(";") if part.strip()))


def _each(parts: Iterable[T], read: Callable[[T], R]) -> list[R]:
    """Every part of a cell, read. Raises one CellError that tells all that is wrong."""
    found: list[R] = []
    faults: list[str] = []
    for part in parts:
        try:
            found.append(read(part))
        except CellError as error:
            faults.append(error.what)
    if faults:
        raise CellError("; ".join(faults))
    return found


def named(word: str, allowed: Sequence[str], what: str) -> str:
    """`word`, which must be among `allowed`. Raises CellError."""
    if word not in allowed:
        raise CellError(f"'{word}' is not {what} of the programme{nearest(word, allowed)}")
    return word


def one_name(cell: str, allowed: Sequence[str], what: str) -> str:
    """One id or nothing. Raises CellError."""
    return named(cell, allowed, what) if cell else ""


def all_names(cell: str, allowed: Sequence[str], what: str) -> tuple[str, ...]:
    """Every id of a list. Raises CellError."""
    return tuple(_each(listed(cell), lambda word: named(word, allowed, what)))


def attendances_of(cell: str, own: Sequence[str], names: Names) -> tuple[Attendance, ...]:
    """The hats of `kent-1:host_lead;hants-1:reviewer`.

    A session without a perspective is attended in each of the person's `own` ones, or in none ("") if they have none.
    Raises CellError.
    """

    def read(part: str) -> list[Attendance]:
        session, said, perspective = (word.strip() for word in part.partition(":"))
        wanted = [(session, names.sessions, "a session")]
        if said:
            wanted.append((perspective, names.perspectives, "a perspective"))
        _each(wanted, lambda each: named(*each))
        hats = (perspective,) if said else tuple(own) or ("",)
        return [Attendance(session=session, perspective=hat) for hat in hats]

    return tuple(dict.fromkeys(each for part in _each(listed(cell), read) for each in part))


def address_list(channel: str, cell: str) -> tuple[tuple[str, str], ...]:
    """The addresses of a cell, each with its channel. Raises CellError."""

    def sound(value: str) -> str:
        if fault := control_fault(value) or address_fault(channel, value):
            raise CellError(f"'{value}' {fault}")
        return value

    found = _each(listed(cell), sound)
    return tuple((channel, value) for value in {folded(channel, value): value for value in reversed(found)}.values())[
        ::-1
    ]


def working_days_of(cell: str) -> frozenset[int] | None:
    """Days of the week as numbers (Monday is 0) from `mon;tue`, `mon-thu` or full names; None for an empty cell.

    Raises CellError.
    """
    found: set[int] = set()
    for part in re.split(r"[;,\s]+", re.sub(r"\s*[-–]\s*", "-", cell.strip().lower())):
        if part:
            first, _, last = part.partition("-")
            begin, end = _day(first), _day(last or first)
            # fri-mon runs over the week's end.
            found.update(day % 7 for day in range(begin, end + 1 + (7 if end < begin else 0)))
    return frozenset(found) or None


def _day(word: str) -> int:
    if len(word) >= _SHORTEST_DAY:
        for number, name in enumerate(DAYS):
            if name.startswith(word.rstrip(".")) or (word == "thurs" and name == "thursday"):
                return number
    raise CellError(f"'{word}' is not a day of the week such as mon or tue")


def zone_of_cell(cell: str) -> str:
    """A time zone's name, or nothing. Raises CellError."""
    if cell and (fault := zone_fault(cell)):
        raise CellError(f"'{cell}' {fault}")
    return cell


def language_of(cell: str) -> str:
    """A language tag, or nothing. Raises CellError."""
    if cell and not LANGUAGE.fullmatch(cell):
        raise CellError(f"'{cell}' is not a language tag such as en-GB or cy")
    return cell


def channel_of(cell: str) -> str:
    """A channel, or nothing; `email` means mail. Raises CellError."""
    word = cell.lower()
    word = _CHANNEL_WORDS.get(word, word)
    if word and word not in CHANNELS:
        raise CellError(f"'{cell}' is not one of {', '.join(CHANNELS)}{nearest(word, CHANNELS)}")
    return word


_CHANNEL_WORDS: Mapping[str, str] = {"email": "mail", "e-mail": "mail"}
