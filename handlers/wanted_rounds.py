"""The rounds that a programme's file asks for, with their times worked out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from handlers.load_files import entry_node
from surveys.calendars import CalendarBook
from surveys.clock_times import out_of_quiet_hours, resolve, zone_of
from surveys.programme import Programme, RoundEntry, RoundKind, Session, SessionStatus
from surveys.source import Node, Problems


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedRound:
    """One round: `key` is the entry's id, or ENTRY--SESSION with `session` its session. Times are in UTC."""

    key: str
    entry: RoundEntry
    session: str
    opens_at: datetime
    closes_at: datetime


def wanted_rounds(programme: Programme, node: Node, book: CalendarBook, problems: Problems) -> tuple[WantedRound, ...]:
    """Every round of the file; one for each session that is not cancelled, where the entry is post_session.

    An area that is only interested has no rounds yet. A close on a day without work is a warning; a close that comes
    before its opening is a problem.
    """
    found: list[WantedRound] = []
    for entry in programme.rounds:
        for session in _sessions(programme, entry):
            made = _made(programme, node, book, entry, session, problems)
            if made is not None:
                found.append(made)
    return tuple(found)


def _sessions(programme: Programme, entry: RoundEntry) -> Iterator[Session | None]:
    if entry.kind is not RoundKind.POST_SESSION:
        yield None
        return
    audience = entry.audience
    waiting = programme.interested_areas
    for session in programme.sessions:
        chosen = not audience.sessions or session.key in audience.sessions
        within = not audience.areas or session.area in audience.areas
        if chosen and within and session.area not in waiting and session.status is not SessionStatus.CANCELLED:
            yield session


def _made(
    programme: Programme, node: Node, book: CalendarBook, entry: RoundEntry, session: Session | None, problems: Problems
) -> WantedRound | None:
    key = entry.key if session is None else f"{entry.key}--{session.key}"
    ends = None if session is None else session.ends
    calendar = book.for_programme()
    opens_place, closes_place = entry_node(node, entry.key, "opens"), entry_node(node, entry.key, "closes")
    of_session = "" if session is None else f"{key}: "
    try:
        opens = resolve(entry.opens, programme=programme, calendar=calendar, session_ends=ends)
    except ValueError as error:
        problems.add(opens_place, f"{of_session}{error}")
        return None
    try:
        closes = resolve(entry.closes, programme=programme, calendar=calendar, session_ends=ends, opens_at=opens.at)
    except ValueError as error:
        problems.add(closes_place, f"{of_session}{error}")
        return None
    for place, warning in ((opens_place, opens.warning), (closes_place, closes.warning)):
        if warning:
            problems.warn(place, of_session + warning)
    if closes.at <= opens.at:
        problems.add(closes_place, f"{of_session}the round closes before it opens")
        return None
    if out_of_quiet_hours(opens.at, programme.quiet_hours, zone_of(programme)) >= closes.at:
        problems.warn(
            closes_place, f"{of_session}it opens in quiet hours and closes before they end: nobody is invited"
        )
    return WantedRound(
        key=key,
        entry=entry,
        session="" if session is None else session.key,
        opens_at=opens.at,
        closes_at=closes.at,
    )
