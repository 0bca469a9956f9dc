"""What organisers are told in a chat as it happens: a round opened, its close moved, its goal reached, a voice missing.

Each is told once. What a round of mode `unlinked` would tell of few people is left out, as in the digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.calendars import WorkingCalendar
from surveys.clock_times import zone_of
from surveys.digest import RoundStanding
from surveys.digest_news import LANGUAGE, silences
from surveys.dispositions import Disposition
from surveys.moment_words import say_moment
from surveys.programme import Mode, Programme
from surveys.rounds import Round, RoundState

# What is older than this when it is first looked at is no news: a programme taken over from elsewhere, a long halt.
_FRESH = timedelta(days=1)
# How long before the close voices that are missing are told of.
MISSING_BEFORE = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """One thing to tell: `what` names it within its round, so that nobody is told twice; `lines` are plain text."""

    what: str
    lines: tuple[str, ...]


def may_be_news(round_: Round, goal: float | None, now: datetime) -> frozenset[str]:
    """What could be news of the round at `now`, by its own row alone: figures are read only where one depends on them.

    `goal` is the share in per cent that the organisers want to hear, None for none.
    """
    found: set[str] = set()
    if round_.state is not RoundState.OPEN:
        return frozenset()
    if round_.opened_at is not None and now - round_.opened_at <= _FRESH:
        found.add("opened")
    if round_.extensions:
        found.add(f"moved-{round_.extensions}")
    if goal is not None:
        found.add("goal")
    if now >= round_.closes_at - MISSING_BEFORE:
        found.add("missing")
    return frozenset(found)


def news_of(
    programme: Programme, standing: RoundStanding, goal: float | None, now: datetime, calendar: WorkingCalendar
) -> tuple[News, ...]:
    """Everything of the round that is news at `now` (aware)."""
    could = may_be_news(standing.round, goal, now)
    made = (
        _opened(programme, standing),
        _moved(programme, standing, now),
        _reached(standing, goal),
        _missing(programme, standing, now, calendar),
    )
    return tuple(each for each in made if each is not None and each.what in could)


def _opened(programme: Programme, standing: RoundStanding) -> News:
    closes = say_moment(standing.round.closes_at, zone_of(programme), LANGUAGE)
    asked = standing.counts.invited
    people = "1 person is asked" if asked == 1 else f"{asked} people are asked"
    return News(what="opened", lines=(f"{_called(standing)} has opened: {people}. It closes on {closes}.",))


def _moved(programme: Programme, standing: RoundStanding, now: datetime) -> News | None:
    if not standing.moves or now - standing.moves[-1].at > _FRESH:
        return None
    last, zone = standing.moves[-1], zone_of(programme)
    before, after = (say_moment(each, zone, LANGUAGE) for each in (last.before, last.after))
    lines = [f"{_called(standing)} now closes on {after}, not on {before}."]
    if last.reason:
        lines.append(f"The reason: {last.reason}")
    return News(what=f"moved-{standing.round.extensions}", lines=tuple(lines))


def _reached(standing: RoundStanding, goal: float | None) -> News | None:
    rate, complete = standing.counts.response_rate, standing.counts.of(Disposition.COMPLETE)
    if goal is None or rate is None or rate * 100 < goal:
        return None
    if standing.round.mode is Mode.UNLINKED and complete < standing.min_group:
        return None
    return News(what="goal", lines=(f"{_called(standing)} has reached its goal: {goal:g} % have answered.",))


def _missing(programme: Programme, standing: RoundStanding, now: datetime, calendar: WorkingCalendar) -> News | None:
    lines = []
    for silence in silences(programme, standing, now, calendar):
        needed = [words for words, required, _ in silence.voices if required]
        if needed:
            lines.append(f"{silence.area}: {', '.join(needed)}" if silence.area else ", ".join(needed))
    if not lines:
        return None
    closes = say_moment(standing.round.closes_at, zone_of(programme), LANGUAGE)
    lead = f"{_called(standing)} closes on {closes}, and these voices have not been heard:"
    return News(what="missing", lines=(lead, *lines))


def _called(standing: RoundStanding) -> str:
    return f"{standing.title} ({standing.round.name})"


def next_missing(rounds: Sequence[Round], now: datetime) -> datetime | None:
    """When voices that are missing are looked for next; None for never."""
    times = (each.closes_at - MISSING_BEFORE for each in rounds if each.state is RoundState.OPEN)
    return min((each for each in times if each > now), default=None)
