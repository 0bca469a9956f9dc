"""An iCalendar file (.ics, RFC 5545) as rows of sessions, each with the line its event begins on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar

from handlers.files.reading import bytes_of, text_of
from surveys.slugs import LONGEST, as_id
from surveys.source import IDENTIFIER, Node, Problems

MOST_BYTES = 20_000_000
# A calendar's own words for what our files say; other programs leave such properties as they are.
ID, AREA = "X-SOUNDINGS-ID", "X-SOUNDINGS-AREA"
_DAY = timedelta(days=1)


def read_calendar(path: Path, areas: Mapping[str, str], problems: Problems) -> tuple[Node, ...]:
    """The events of the file as sessions: `id`, `area`, `starts`, `ends`, `topic`, `status`.

    The id is the event's X-SOUNDINGS-ID, or else its UID up to the @, in small letters, with `-` for what no id may
    hold; of a UID of more than 40 characters a digest of it. The area is its X-SOUNDINGS-AREA, or the first of its
    categories and then its location that is an area's id or name; `areas` has the ids by either, in small letters. Of
    several versions of one event the one with the highest SEQUENCE counts. Times keep their own zone; those that name
    none are the programme's. An event of whole days ends on its last one.
    """
    raw = bytes_of(path, problems, most=MOST_BYTES)
    text = None if raw is None else text_of(raw, path, problems)
    if text is None:
        return ()
    lines = _first_lines(text)
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        _refuse(path, 1, f"is no calendar that can be read: {_plainly(error)}", problems)
        return ()
    if not calendars:
        _refuse(path, 1, "holds no calendar", problems)
    newest: dict[str, tuple[int, Node]] = {}
    for calendar in calendars:
        cancels = str(calendar.get("METHOD", "")).upper() == "CANCEL"
        for event in calendar.walk("VEVENT"):
            line = next(lines, 1)
            found = _session(event, path, line, areas, problems, cancels=cancels)
            if found is None:
                continue
            key = str(found.value["id"].value) if isinstance(found.value, Mapping) else ""
            sequence = int(event.get("SEQUENCE", 0))
            if key not in newest or sequence >= newest[key][0]:
                newest[key] = (sequence, found)
    return tuple(found for _, found in newest.values())


def _session(
    event: Any, path: Path, line: int, areas: Mapping[str, str], problems: Problems, *, cancels: bool
) -> Node | None:
    def refuse(what: str) -> None:
        _refuse(path, line, what, problems)

    called = str(event.get("SUMMARY", "")).strip()
    if "RRULE" in event or "RECURRENCE-ID" in event:
        refuse(f"the event '{called}' repeats: give each of its days an event of its own")
        return None
    key = _id(event)
    if not key:
        refuse(f"the event '{called}' has no UID to know it by")
        return None
    begins = _when(event, "DTSTART")
    ends = None if begins is None else _end(event, begins)
    if begins is None or ends is None:
        refuse(f"the event '{called}' does not say when it {'ends' if begins else 'begins'}")
        return None
    cancelled = cancels or str(event.get("STATUS", "")).upper() == "CANCELLED"
    said = {
        "id": key,
        "area": _area(event, areas),
        "starts": _moment(begins),
        "ends": _moment(ends),
        "topic": called,
        "status": "cancelled" if cancelled else "planned",
    }
    cells = {name: Node(value=word, file=str(path), line=line, path=name) for name, word in said.items() if word}
    return Node(value=cells, file=str(path), line=line)


def _id(event: Any) -> str:
    own = str(event.get(ID, "")).strip()
    word = own or str(event.get("UID", "")).partition("@")[0].strip()
    if len(word) > LONGEST and not IDENTIFIER.fullmatch(word):
        # What mail programs make up begins alike for every event: only the whole tells them apart.
        return f"s-{hashlib.sha256(word.encode()).hexdigest()[:12]}"
    return as_id(word, "s")


def _area(event: Any, areas: Mapping[str, str]) -> str:
    own = str(event.get(AREA, "")).strip()
    if own:
        return own
    named = event.get("CATEGORIES")
    listed = named if isinstance(named, list) else [named] if named is not None else []
    words = [str(word) for each in listed for word in getattr(each, "cats", [each])]
    words += [str(event.get("LOCATION", ""))]
    return next((areas[word.strip().casefold()] for word in words if word.strip().casefold() in areas), "")


def _when(event: Any, name: str) -> Any:
    """The day, time or length that a property holds; None where it is missing or can't be read."""
    try:
        found = event[name].dt
    except (KeyError, AttributeError, ValueError):
        return None
    return found if isinstance(found, date | timedelta) else None


def _end(event: Any, begins: date) -> date | None:
    """When it ends; of whole days DTEND names the day after the last (RFC 5545, 3.6.1)."""
    whole = not isinstance(begins, datetime)
    if "DTEND" in event:
        ends = _when(event, "DTEND")
        fits = isinstance(ends, date) and isinstance(ends, datetime) is not whole
        return (max(begins, ends - _DAY) if whole else ends) if fits else None
    if "DURATION" in event:
        length = _when(event, "DURATION")
        if not isinstance(length, timedelta):
            return None
        return max(begins, begins + length - _DAY) if whole else begins + length
    return begins


def _moment(when: date) -> str:
    if not isinstance(when, datetime):
        return when.isoformat()
    if when.tzinfo is None:
        return f"{when:%Y-%m-%d %H:%M}"
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00"


def _first_lines(text: str) -> Iterator[int]:
    for number, line in enumerate(text.splitlines(), start=1):
        if re.fullmatch(r"\s*BEGIN:VEVENT\s*", line, re.IGNORECASE):
            yield number


def _plainly(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _refuse(path: Path, line: int, what: str, problems: Problems) -> None:
    problems.add(Node(value=None, file=str(path), line=line), what)
