"""Which items a person is shown: their audience, the conditions, and how far the person has come."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from surveys.answer_values import AnswerKey, Answers, AnswerValue, is_answered
from surveys.expressions import WhenError, holds, names, parse_when
from surveys.instrument import Instrument, Item, ItemType, Section


def shown_items(instrument: Instrument, answers: Answers, perspectives: AbstractSet[str]) -> tuple[Item, ...]:
    """The items a person of these perspectives is shown, given the answers so far; in order.

    What is hidden counts as unanswered for every later condition, though an answer may stand there from before.
    A condition names earlier items alone, so one walk settles all.
    """
    return tuple(item for _, items in shown_sections(instrument, answers, perspectives) for item in items)


def shown_sections(
    instrument: Instrument, answers: Answers, perspectives: AbstractSet[str]
) -> tuple[tuple[Section, tuple[Item, ...]], ...]:
    """The same by section; a section with nothing to show is left out."""
    counted: dict[AnswerKey, AnswerValue | None] = {}
    found: list[tuple[Section, tuple[Item, ...]]] = []
    for section in instrument.sections:
        items: list[Item] = []
        if _met(section.when, counted):
            for item in section.items:
                if is_asked(item, perspectives) and _met(item.when, counted):
                    items.append(item)
                    counted.update({(item.key, row): answers.get((item.key, row)) for row in item.row_keys})
        if items:
            found.append((section, tuple(items)))
    return tuple(found)


def is_asked(item: Item, perspectives: AbstractSet[str]) -> bool:
    """Whether the item is meant for one of these perspectives, whatever its condition."""
    return not item.audience or not item.audience.isdisjoint(perspectives)


def answered_items(items: Iterable[Item], answers: Answers) -> tuple[Item, ...]:
    """Those of the items with an answer in at least one row."""
    return tuple(item for item in items if any(is_answered(answers, (item.key, row)) for row in item.row_keys))


def progress(instrument: Instrument, answers: Answers, perspectives: AbstractSet[str]) -> tuple[int, int]:
    """(answered, total), counted in the numbered questions the person is shown."""
    keys = [
        (item.key, row)
        for item in shown_items(instrument, answers, perspectives)
        if item.type is not ItemType.STATEMENT
        for row in item.row_keys
    ]
    return sum(is_answered(answers, key) for key in keys), len(keys)


def missing(items: Iterable[Item], answers: Answers) -> tuple[AnswerKey, ...]:
    """The required questions among these items that have no answer; in a required grid every row is required."""
    return tuple(
        (item.key, row)
        for item in items
        if item.required
        for row in item.row_keys
        if not is_answered(answers, (item.key, row))
    )


def depends_on(when: str) -> frozenset[str]:
    """The items a condition names; none where it can't be read."""
    try:
        return frozenset(reference.key[0] for reference in names(parse_when(when))) if when else frozenset()
    except WhenError:
        return frozenset()


def _met(when: str, counted: Answers) -> bool:
    try:
        return not when or holds(parse_when(when), counted)
    except WhenError:
        # The reader of the file refuses these; should one stand in a record all the same, nothing is hidden by it.
        return True
