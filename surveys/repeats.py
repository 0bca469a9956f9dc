"""Rounds that come again: `repeats: {every: 6 months, times: 3}`, or `repeats: ROUND` for one that follows another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from surveys.moment_text import LATEST_YEAR, LONGEST, MomentError, read_day
from surveys.moments import AbsoluteMoment, Moment
from surveys.programme import Repeats, RoundEntry
from surveys.programme_parts import parsed
from surveys.source import Fields, Node, Problems

MOST_TIMES = 100
_EVERY = re.compile(r"(?:every )?(\d{1,4}|an?|one) (day|week|month|year)s?")
_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}
# What a round that follows another says for itself: its times, words that name times, and what tells the two apart.
_OWN = frozenset({"id", "title", "opens", "closes", "hold", "repeats", "thanks", "compare_with", "informs_about"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One of an entry's rounds: `number` counts from 1; `key` is the entry's for the first, ENTRY--2 for the second."""

    number: int
    key: str
    opens: Moment
    closes: Moment


def turns(entry: RoundEntry) -> Iterator[Turn]:
    """Every round of an entry that is not made for sessions, in order; one where nothing repeats.

    Months keep the day, or take the last one of a month that hasn't it. A close with a day of its own stays so many
    days after the opening; the hours are the same on the clock.
    """
    opens, closes, repeats = entry.opens, entry.closes, entry.repeats
    if repeats is None or not isinstance(opens, AbsoluteMoment):
        yield Turn(number=1, key=entry.key, opens=opens, closes=closes)
        return
    for number in range(1, repeats.times + 1):
        day = _moved(opens.day, repeats, number - 1)
        if day is None or (repeats.until is not None and day > repeats.until):
            return
        moved = closes
        if isinstance(closes, AbsoluteMoment):
            moved = replace(closes, day=closes.day + (day - opens.day))
        key = entry.key if number == 1 else f"{entry.key}--{number}"
        yield Turn(number=number, key=key, opens=replace(opens, day=day), closes=moved)


def _moved(day: date, repeats: Repeats, times: int) -> date | None:
    """None: beyond what a programme may name."""
    years, month = divmod(day.month - 1 + repeats.months * times, 12)
    year = day.year + years
    if year > LATEST_YEAR:
        return None
    last = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
    moved = last.replace(day=min(day.day, last.day)) + timedelta(days=repeats.days * times)
    return moved if moved.year <= LATEST_YEAR else None


def read_repeats(fields: Fields, opens: Moment | None, *, for_sessions: bool) -> Repeats | None:
    """`{every: 6 months, times: 3}` or `{every: 1 week, until: 2025-06-30}`; a bare word names another round."""
    node = fields.get("repeats")
    if node is None or isinstance(node.value, str):
        return None
    inner, problems = Fields(node, fields.problems), fields.problems
    if not isinstance(node.value, Mapping):
        return None
    if for_sessions:
        problems.add(node, "a round for each session repeats with them, and not by itself")
    every = parsed(inner, "every", _every, None)
    if every is None and not inner.has("every"):
        problems.add(node, "say how often, like every: 6 months", key="every")
    times = inner.integer("times", least=2, most=MOST_TIMES)
    until = parsed(inner, "until", read_day, None)
    if not inner.has("times") and not inner.has("until"):
        problems.add(node, "say how often in all (times: 3), or until when (until: 2026-06-30)")
    inner.done()
    if every is None:
        return None
    if until is not None and isinstance(opens, AbsoluteMoment) and until < opens.day:
        problems.add(inner.at("until"), f"it ends before the round opens first ({opens.day})")
    found = replace(every, times=times or MOST_TIMES, until=until)
    if times is None and isinstance(opens, AbsoluteMoment):
        beyond = _moved(opens.day, every, MOST_TIMES)
        if until is not None and beyond is not None and beyond <= until:
            problems.add(inner.at("until"), f"that makes more than {MOST_TIMES} rounds")
    return found


def _every(text: str) -> Repeats:
    words = " ".join(text.lower().split())
    shape = _EVERY.fullmatch(words)
    if shape is None:
        raise MomentError(f"'{text}' is not a length of time such as '2 weeks', '6 months' or '1 year'")
    amount = int(shape[1]) if shape[1].isdigit() else 1
    found = Repeats(months=amount * _MONTHS.get(shape[2], 0), days=amount * _DAYS.get(shape[2], 0))
    if not amount or found.months > LONGEST.days // 366 * 12 or found.days > LONGEST.days:
        raise MomentError(f"'{text}' is nothing, or longer than ten years")
    return found


def with_repeated(node: Node, problems: Problems) -> Node:
    """The programme's file with the entries that say `repeats: ROUND` filled up from the entry of that name.

    They take over everything but their times and what tells them apart; what they say themselves wins. Whoever is
    compared with nothing is compared with the round that they repeat.
    """
    listed = node.value.get("rounds") if isinstance(node.value, Mapping) else None
    if listed is None or not isinstance(listed.value, tuple) or not isinstance(node.value, Mapping):
        return node
    by_id = {name: each for each in listed.value if (name := _word(each, "id"))}
    filled = tuple(_filled(each, by_id, problems) for each in listed.value)
    if filled == listed.value:
        return node
    return replace(node, value={**node.value, "rounds": replace(listed, value=filled)})


def _filled(node: Node, by_id: Mapping[str, Node], problems: Problems) -> Node:
    chain, name = [node], _word(node, "repeats")
    while name in by_id:
        if any(by_id[name] is each for each in chain):
            if by_id[name] is node and len(chain) > 1:
                problems.add(_at(node, "repeats"), "the rounds repeat each other in a circle")
            return node
        chain.append(by_id[name])
        name = _word(by_id[name], "repeats")
    if len(chain) == 1 or not isinstance(node.value, Mapping):
        return node
    found: dict[str, Node] = dict(node.value)
    for other in chain[1:]:
        inherited = other.value if isinstance(other.value, Mapping) else {}
        for key, value in inherited.items():
            if key not in _OWN:
                found.setdefault(key, value)
    found.setdefault("compare_with", _at(node, "repeats"))
    return replace(node, value=found)


def _at(node: Node, key: str) -> Node:
    return node.value.get(key, node) if isinstance(node.value, Mapping) else node


def _word(node: Node, key: str) -> str:
    value = _at(node, key).value if isinstance(node.value, Mapping) else None
    return value if isinstance(value, str) else ""
