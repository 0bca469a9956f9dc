"""The rounds that a programme's file asks for, with their times worked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from handlers.load_files import entry_node
from surveys.calendars import CalendarBook
from surveys.clock_times import out_of_quiet_hours, resolve, zone_of
from surveys.programme import Programme, RoundEntry, Session, SessionStatus
from surveys.repeats import Turn, turns
from surveys.source import Node, Problems


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedRound:
    """One round: `key` is the entry's id, ENTRY--SESSION with `session` its session, or ENTRY--2. Times are in UTC."""

    key: str
    entry: RoundEntry
    session: str
    opens_at: datetime
    closes_at: datetime


def wanted_rounds(programme: Programme, node: Node, book: CalendarBook, problems: Problems) -> tuple[WantedRound, ...]:
    """Every round of the file: for each session that is not cancelled, where the entry is for sessions, or each turn.

    An area that is only interested has no rounds yet. A close on a day without work is a warning; a close that comes
    before its opening is a problem.
    """
    found: list[WantedRound] = []
    for entry in programme.rounds:
        made = [_made(programme, node, book, entry, *which, problems) for which in _all(programme, entry)]
        sound = [each for each in made if each is not None]
        if entry.repeats is not None:
            _warn_of_overlap(sound, node, problems)
        found += sound
    return tuple(found)


def _warn_of_overlap(made: Sequence[WantedRound], node: Node, problems: Problems) -> None:
    for before, after in pairwise(made):
        if after.opens_at < before.closes_at:
            place = entry_node(node, before.entry.key, "repeats")
            problems.warn(place, f"{after.key} opens before {before.key} closes: people have both to answer at once")


def _all(programme: Programme, entry: RoundEntry) -> Iterator[tuple[Turn, Session | None]]:
    if not entry.for_sessions:
        for turn in turns(entry):
            yield turn, None
        return
    for session in _sessions(programme, entry):
        key = f"{entry.key}--{session.key}"
        yield Turn(number=1, key=key, opens=entry.opens, closes=entry.closes), session


def _sessions(programme: Programme, entry: RoundEntry) -> Iterator[Session]:
    audience = entry.audience
    waiting = programme.interested_areas
    for session in programme.sessions:
        chosen = not audience.sessions or session.key in audience.sessions
        within = not audience.areas or session.area in audience.areas
        if chosen and within and session.area not in waiting and session.status is not SessionStatus.CANCELLED:
            yield session


def _made(
    programme: Programme,
    node: Node,
    book: CalendarBook,
    entry: RoundEntry,
    turn: Turn,
    session: Session | None,
    problems: Problems,
) -> WantedRound | None:
    key = turn.key
    ends = None if session is None else session.ends
    calendar = book.for_programme()
    opens_place, closes_place = entry_node(node, entry.key, "opens"), entry_node(node, entry.key, "closes")
    of_session = "" if key == entry.key else f"{key}: "
    try:
        opens = resolve(turn.opens, programme=programme, calendar=calendar, session_ends=ends)
    except ValueError as error:
        problems.add(opens_place, f"{of_session}{error}")
        return None
    try:
        closes = resolve(turn.closes, programme=programme, calendar=calendar, session_ends=ends, opens_at=opens.at)
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
