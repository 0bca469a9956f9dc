"""The questions of a mail, as far as telling answers from other words needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from surveys.answers import Valid, check
from surveys.instrument import Instrument, ItemType, Question
from surveys.text import Text

_BRIEF = frozenset({ItemType.SCALE, ItemType.CHOICE, ItemType.YES_NO, ItemType.NUMBER, ItemType.DATE})
_OPEN = frozenset({ItemType.TEXT, ItemType.LONG_TEXT})


@dataclass(frozen=True, slots=True)
class Asked:
    """The numbered questions of one questionnaire."""

    questions: Mapping[int, Question]
    voices: Mapping[str, Text] = field(default_factory=dict)
    today: date | None = None

    def fits(self, number: int, words: str) -> bool:
        """Whether the words are an answer to that question."""
        question = self.questions.get(number)
        if question is None or not words.strip():
            return False
        judged = check(question.item, question.row, words, voices=self.voices, today=self.today)
        return isinstance(judged, Valid) and judged.value is not None

    def is_open(self, number: int) -> bool:
        """Whether it is answered in words of one's own."""
        question = self.questions.get(number)
        return question is not None and question.control.type in _OPEN

    def is_brief(self, number: int) -> bool:
        """Whether its answer is a word or a number, so that a further line is another remark."""
        question = self.questions.get(number)
        return question is not None and question.control.type in _BRIEF


def asked_of(instrument: Instrument, voices: Mapping[str, Text], today: date | None) -> Asked:
    """What that questionnaire asks; `today` lets dates without a year be the nearest."""
    return Asked({each.number: each for each in instrument.questions()}, voices, today)
