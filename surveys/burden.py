"""How long a questionnaire takes, roughly, so that people can choose their moment."""

from __future__ import annotations

import math
from collections.abc import Iterable

from surveys.instrument import CLOSED_TYPES, ItemType, Question

# Seconds; a rule of thumb of the field: some seconds for a tick, a minute or more for words of one's own.
_TICK, _SHORT, _LONG = 15, 25, 75


def about_minutes(questions: Iterable[Question]) -> int:
    """Whole minutes, at least one."""
    seconds = sum(_seconds(question.control.type) for question in questions)
    return max(1, math.ceil(seconds / 60))


def _seconds(kind: ItemType) -> int:
    if kind is ItemType.LONG_TEXT:
        return _LONG
    return _TICK if kind in CLOSED_TYPES else _SHORT
