"""A reminder for coverage goes only while a voice of its person is missing, and says which (design: When things go)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from storage.engine import Tx
from storage.figures import heard_voices
from storage.letter_facts import LetterFacts
from surveys.figures import unheard
from surveys.programme import Programme

_UNHEARD = "unheard"
# Reading all returns of a round for each of its reminders would cost too much.
_KNOWN_FOR = timedelta(seconds=10)


class Unheard:
    """Who has been heard in each round, as far as was known some seconds ago."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._rounds: dict[int, tuple[datetime, frozenset[tuple[str, str]]]] = {}

    def voices(self, tx: Tx, known: LetterFacts) -> tuple[tuple[str, str], ...]:
        """The (area, perspective)s that this person would be the first to speak for."""
        now, round_id = self._clock(), known.round.id
        at, heard = self._rounds.get(round_id, (None, frozenset()))
        if at is None or not now - _KNOWN_FOR <= at <= now:
            heard = heard_voices(tx, round_id)
            self._rounds[round_id] = now, heard
        return tuple(sorted(unheard(known.stored.programme, [known.facts.voices], heard)))


def told_of(voices: Collection[tuple[str, str]]) -> Mapping[str, object]:
    """What the line's message needs to know of them."""
    return {_UNHEARD: [list(each) for each in voices]}


def unheard_words(detail: Mapping[str, object], programme: Programme, language: str) -> tuple[tuple[str, str], ...]:
    """The same as (area, perspective) in the person's words; "" for no area."""
    found = []
    voices = detail.get(_UNHEARD)
    for area, perspective in voices if isinstance(voices, list) else ():
        place, role = programme.area(area), programme.perspective(perspective)
        found.append(
            (place.name.within(language) if place else area, role.label.within(language) if role else perspective)
        )
    return tuple(found)
