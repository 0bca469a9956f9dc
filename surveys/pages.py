"""The items put to a person at once (design: Answering, "A prompt is a page")."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from surveys.answer_values import AnswerKey, Answers, answer_key
from surveys.instrument import CLOSED_TYPES, SHORT_TYPES, Instrument, Item, ItemType, Question, Section
from surveys.piping import ANSWER, placeholders
from surveys.routing import answered_items, depends_on, is_asked, missing, shown_sections
from surveys.text import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One prompt: `key` is its first item's id; `questions` are what it asks, with the numbers people see.

    A page of statements alone has no questions.
    """

    key: str
    section: Section | None
    items: tuple[Item, ...]
    questions: tuple[Question, ...]

    @property
    def title(self) -> Text | None:
        return None if self.section is None else self.section.title

    @property
    def answer_keys(self) -> tuple[AnswerKey, ...]:
        """The questions' keys: the fields of its form, beside those that begin with `_`."""
        return tuple((question.item.key, question.row) for question in self.questions)

    def question(self, key: AnswerKey) -> Question | None:
        return next((each for each in self.questions if (each.item.key, each.row) == key), None)


def pages(instrument: Instrument, answers: Answers, perspectives: AbstractSet[str]) -> tuple[Page, ...]:
    """Every page the person is shown, given the answers so far; together they hold each shown item once.

    An item whose condition or words name an answer of the page before it begins a new one, and that page ends there
    also while the condition hides the item: what a page asks never changes by what is answered on it.
    """
    numbered = _numbered(instrument)
    found: list[Page] = []
    for section, items in shown_sections(instrument, answers, perspectives):
        run: list[Item] = []
        shown = {item.key for item in items}
        for item in section.items:
            if run and not (_joins(run, item) if item.key in shown else _is_settled(run, item)):
                found.append(_page(section, run, numbered))
                run = []
            if item.key in shown:
                run.append(item)
        if run:
            found.append(_page(section, run, numbered))
    return tuple(found)


def one_page(instrument: Instrument, perspectives: AbstractSet[str]) -> Page:
    """Everything these perspectives can be asked as a single page, conditions aside: an unlinked round is one page.

    What the conditions would have hidden is left out when the answers are taken.
    """
    items = [item for item in instrument.items() if is_asked(item, perspectives)]
    page = _page(None, items, _numbered(instrument)) if items else None
    return page or Page(key="", section=None, items=(), questions=())


def page_of(shown: tuple[Page, ...], key: str) -> Page | None:
    """The page that holds the item of that id."""
    return next((page for page in shown if any(item.key == key for item in page.items)), None)


def first_unanswered_page(instrument: Instrument, answers: Answers, perspectives: AbstractSet[str]) -> Page | None:
    """Where someone who comes back goes on: the first page with no answer at all, or with a required one missing.

    None = nothing is left, so the review is next. A page of statements is only where a person begins.
    """
    shown = pages(instrument, answers, perspectives)
    if shown and not answered_items((item for page in shown for item in page.items), answers):
        return shown[0]
    for page in shown:
        if page.questions and (not answered_items(page.items, answers) or missing(page.items, answers)):
            return page
    return None


def piped_into(instrument: Instrument, page: Page) -> frozenset[str]:
    """The placeholders of everything that the page shows: whose values are the same sees the same page."""
    shown = [text for item in page.items for text in _texts(item)]
    return frozenset(_piped([instrument.title, page.title, *shown]))


def _numbered(instrument: Instrument) -> dict[str, list[Question]]:
    found: dict[str, list[Question]] = {}
    for question in instrument.questions():
        found.setdefault(question.item.key, []).append(question)
    return found


def _page(section: Section | None, items: list[Item], numbered: dict[str, list[Question]]) -> Page:
    return Page(
        key=items[0].key,
        section=section,
        items=tuple(items),
        questions=tuple(question for item in items for question in numbered.get(item.key, ())),
    )


def _joins(run: list[Item], item: Item) -> bool:
    """Whether the item goes onto the page begun: after statements anything does, else only its like."""
    last = run[-1]
    if last.type is ItemType.STATEMENT:
        return True
    alike = any({last.type, item.type} <= kinds for kinds in (CLOSED_TYPES, SHORT_TYPES))
    return alike and _names(item).isdisjoint(each.key for each in run)


def _is_settled(run: list[Item], item: Item) -> bool:
    """Whether a hidden item stays hidden whatever is answered on the page begun."""
    return depends_on(item.when).isdisjoint(each.key for each in run)


def _names(item: Item) -> frozenset[str]:
    """The items whose answers bear on this one: in its condition, or piped into its words."""
    piped = {answer_key(name.removeprefix(ANSWER))[0] for name in _piped(_texts(item)) if name.startswith(ANSWER)}
    return depends_on(item.when) | piped


def _texts(item: Item) -> list[Text | None]:
    texts = [item.ask, item.hint, item.control.unit, *(row.label for row in item.rows)]
    return texts + [option.label for option in item.control.options] + list(item.control.labels.values())


def _piped(texts: Iterable[Text | None]) -> set[str]:
    return {
        name
        for text in texts
        if text is not None
        for words in text.by_language.values()
        for name in placeholders(words)
    }
