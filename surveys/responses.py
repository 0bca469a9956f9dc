"""What becomes of the answers a person gives: the good ones are changes to record, the others are said back."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from surveys.answer_messages import message
from surveys.answer_text import as_raw, raw_words
from surveys.answer_values import AnswerKey, AnswerValue, Raw, Recorded, is_answered, values_of
from surveys.answers import Invalid, Valid, check
from surveys.instrument import Control, Instrument, Item, ItemType
from surveys.pages import Page
from surveys.routing import is_asked, shown_items
from surveys.text import Text

_NEEDS = frozenset(
    {
        *(ItemType.CHOICE, ItemType.YES_NO, ItemType.CHOICES, ItemType.SCALE, ItemType.STATUS, ItemType.CONTACT),
        *(ItemType.NUMBER, ItemType.DATE, ItemType.VOICES),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerChange:
    """A new revision of an answer; value None = taken back."""

    item: str
    row: str
    value: AnswerValue | None
    raw: str

    @property
    def key(self) -> AnswerKey:
        return self.item, self.row


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A field that was not taken: what is wrong, how to put it right, and the words as they were given."""

    what: str
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """Everything given was good. `unknown` fields belong to no question put to this person; they are not stored."""

    changes: tuple[AnswerChange, ...]
    unknown: tuple[AnswerKey, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """Something was not good, in the order of the page; the good `changes` are to be stored all the same."""

    problems: Mapping[AnswerKey, Problem]
    changes: tuple[AnswerChange, ...]
    unknown: tuple[AnswerKey, ...] = ()


def accept(
    instrument: Instrument,
    perspectives: AbstractSet[str],
    recorded: Mapping[AnswerKey, Recorded],
    given: Mapping[AnswerKey, Raw],
    *,
    page: Page | None,
    language: str = "",
    voices: Mapping[str, Text] = MappingProxyType({}),
    today: date | None = None,
) -> Accepted | Rejected:
    """Judge what was given for a page, or (None) for any question of the questionnaire.

    `recorded` is what stands. An empty text or list takes an answer back; a question of the page that is not
    among the given keeps its answer, and is a problem only if it is required and has none. The same answer
    again is no change. `language`, `voices` and `today` are as in `answers.check`.
    """
    items = {item.key: item for item in (instrument.items() if page is None else page.items)}
    allowed = {
        (item.key, row)
        for item in items.values()
        if item.type is not ItemType.STATEMENT and is_asked(item, perspectives)
        for row in item.row_keys
    }
    changes: list[AnswerChange] = []
    problems: dict[AnswerKey, Problem] = {}
    required = allowed if page is not None else allowed & set(given)
    for key in _in_order(items, allowed):
        item = items[key[0]]
        stands = recorded.get(key)
        if key in given:
            found = check(item, key[1], given[key], language=language, voices=voices, today=today)
        else:
            found = Valid(value=None if stands is None else stands.value, raw="" if stands is None else stands.raw)
        if isinstance(found, Invalid):
            problems[key] = Problem(what=found.what, raw=found.raw)
        elif item.required and key in required and not _says_something(found.value):
            problems[key] = Problem(what=_needed(item.control_of(key[1]).type, language, today), raw=found.raw)
        elif key in given and _changes(item.control_of(key[1]), stands, found):
            changes.append(AnswerChange(item=key[0], row=key[1], value=found.value, raw=found.raw))
    unknown = tuple(key for key in given if key not in allowed)
    if problems and page is not None:
        problems = _still_asked(instrument, perspectives, recorded, changes, problems)
    if problems:
        return Rejected(problems=problems, changes=tuple(changes), unknown=unknown)
    return Accepted(changes=tuple(changes), unknown=unknown)


def after(recorded: Mapping[AnswerKey, Recorded], changes: tuple[AnswerChange, ...]) -> dict[AnswerKey, Recorded]:
    """What stands once the changes are recorded."""
    return {**recorded, **{change.key: Recorded(value=change.value, raw=change.raw) for change in changes}}


def without_hidden(
    instrument: Instrument,
    perspectives: AbstractSet[str],
    recorded: Mapping[AnswerKey, Recorded],
    changes: tuple[AnswerChange, ...],
) -> tuple[AnswerChange, ...]:
    """The changes less those to questions that the answers themselves hide: all of an unlinked round is one page."""
    shown = {item.key for item in shown_items(instrument, values_of(after(recorded, changes)), perspectives)}
    return tuple(change for change in changes if change.item in shown)


def _needed(kind: ItemType, language: str, today: date | None) -> str:
    return message(f"need_{kind.value}" if kind in _NEEDS else "need_words", language, today=today)


def _in_order(items: Mapping[str, Item], allowed: AbstractSet[AnswerKey]) -> list[AnswerKey]:
    keys = [(item.key, row) for item in items.values() for row in item.row_keys]
    return [key for key in keys if key in allowed]


def _says_something(value: AnswerValue | None) -> bool:
    return is_answered({("", ""): value}, ("", ""))


def _changes(control: Control, stands: Recorded | None, found: Valid) -> bool:
    """Whether a new revision is due: nothing after nothing is none, nor is a form that sends back what stands.

    A form fills in `6` where a mail said `very well`; sent back untouched, that takes nothing from the record.
    """
    before = None if stands is None else stands.value
    if stands is None or before is None:
        return found.value is not None
    if before != found.value:
        return True
    return found.raw not in {stands.raw, raw_words(control, as_raw(control, found.value))}


def _still_asked(
    instrument: Instrument,
    perspectives: AbstractSet[str],
    recorded: Mapping[AnswerKey, Recorded],
    changes: list[AnswerChange],
    problems: dict[AnswerKey, Problem],
) -> dict[AnswerKey, Problem]:
    """Leave out what is required only of those whom the page's own answers would have shown it (an unlinked page)."""
    answers = values_of(after(recorded, tuple(changes)))
    shown = {item.key for item in shown_items(instrument, answers, perspectives)}
    return {key: problem for key, problem in problems.items() if key[0] in shown or problem.raw}
