"""What in a questionnaire can only be judged by its whole: conditions and piped words that name other items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveys.answer_values import AnswerKey, answer_key, answer_name
from surveys.control_file import WITH_OPTIONS
from surveys.expressions import (
    NUMBER,
    Comparison,
    Literal,
    Reference,
    Selected,
    WhenError,
    leaves,
    names,
    parse_when,
)
from surveys.instrument import Control, Instrument, Item, ItemType
from surveys.piping import ANSWER, PLACEHOLDERS, placeholders
from surveys.source import Fields, Node, Problems, nearest
from surveys.text import Text

# A section stands under its index, an item under its id.
Place = int | str

_CHOSEN = WITH_OPTIONS | {ItemType.YES_NO, ItemType.SCALE}


class _Order:
    """Which questions can be spoken of at a point of the questionnaire: those that stand before it."""

    def __init__(self, instrument: Instrument) -> None:
        self._items: dict[str, Item] = {item.key: item for item in instrument.items()}
        self._earlier: set[str] = set()

    def passed(self, item: Item) -> None:
        self._earlier.add(item.key)

    def control(self, key: AnswerKey) -> Control | None:
        item = self._items.get(key[0])
        return None if item is None else item.control_of(key[1])

    def wrong(self, key: AnswerKey, *, earlier: bool = True) -> str:
        """What is wrong with naming this question here, or ""."""
        name, row = key
        item = self._items.get(name)
        if item is None:
            return f"there is no item '{name}'{nearest(name, sorted(self._items))}"
        if item.type is ItemType.STATEMENT:
            return f"'{name}' is a statement, and has no answer"
        rows = item.row_keys
        if item.type is ItemType.GRID and row not in rows:
            return f"'{name}' is a grid; name one of its rows, such as {name}.{rows[0]}" if rows else ""
        if row not in rows:
            return f"'{name}' is no grid, so it has no row '{row}'"
        if earlier and name not in self._earlier:
            return f"'{name}' has not been asked by then; only earlier items can be named"
        return ""


def check_conditions(instrument: Instrument, places: Mapping[Place, Fields], problems: Problems) -> None:
    """Note every condition that can't be read, names what it can't, or compares with what can't be answered."""
    order = _Order(instrument)
    for index, section in enumerate(instrument.sections):
        # Sections that could not be read are missing from the instrument; a line of their own has said so.
        fields = places.get(index)
        if fields is not None:
            _check_condition(section.when, fields.at("when"), order, problems)
        for item in section.items:
            _check_condition(item.when, places[item.key].at("when"), order, problems)
            order.passed(item)


def _check_condition(source: str, node: Node, order: _Order, problems: Problems) -> None:
    if not source:
        return
    try:
        expression = parse_when(source)
    except WhenError as error:
        problems.add(node, str(error))
        return
    refused: set[AnswerKey] = set()
    for reference in names(expression):
        what = order.wrong(reference.key)
        if what and reference.key not in refused:
            problems.add(node, f"{what} (column {reference.column})")
            refused.add(reference.key)
    for leaf in leaves(expression):
        _check_words(leaf, order, node, problems)


def _check_words(leaf: Comparison | Selected, order: _Order, node: Node, problems: Problems) -> None:
    """Warn of a word that no answer can ever equal: mostly a slip of the pen."""
    if isinstance(leaf, Selected):
        reference, word, exact = leaf.reference, leaf.option, True
    elif isinstance(leaf.left, Reference) and isinstance(leaf.right, Literal):
        reference, word, exact = leaf.left, leaf.right, leaf.operator in {"=", "!="}
    elif isinstance(leaf.right, Reference) and isinstance(leaf.left, Literal):
        reference, word, exact = leaf.right, leaf.left, leaf.operator in {"=", "!="}
    else:
        return
    control = order.control(reference.key)
    if control is None or word.words == "":
        return
    values = [option.value for option in control.options]
    name = answer_name(reference.key)
    if control.type in _CHOSEN and exact and word.words not in values:
        near = nearest(word.words, values)
        problems.warn(node, f"'{word.words}' is not among the options of '{name}': {', '.join(values)}{near}")
    elif control.type in {ItemType.SCALE, ItemType.NUMBER} and not NUMBER.fullmatch(word.words):
        problems.warn(node, f"'{name}' is a number, and is compared with the word '{word.words}'")
    elif control.type is ItemType.CHOICES and isinstance(leaf, Comparison):
        problems.warn(
            node, f"'{name}' may have several answers; selected(${{{name}}}, '{word.words}') finds one of them"
        )


def check_texts(instrument: Instrument, places: Mapping[Place, Fields], top: Fields, problems: Problems) -> None:
    """Note what is in braces and isn't known, empty words, and words missing in the questionnaire's own language."""
    order = _Order(instrument)
    texts = _TextChecks(instrument.language, order, problems)
    texts.check(instrument.title, top.at("title"))
    # The invitation begins with the intro: an answer named there may well be unknown still, or be there from before.
    texts.check(instrument.intro, top.at("intro"), earlier=False)
    for index, section in enumerate(instrument.sections):
        fields = places.get(index, top)
        texts.check(section.title, fields.at("title"))
        texts.check(section.intro, fields.at("intro"))
        for item in section.items:
            for text, node in _texts_of(item, places[item.key]):
                texts.check(text, node)
            order.passed(item)
    texts.check(instrument.thanks, top.at("thanks"))


def _texts_of(item: Item, fields: Fields) -> Iterator[tuple[Text | None, Node]]:
    yield item.ask, fields.at("ask")
    yield item.hint, fields.at("hint")
    for row in item.rows:
        yield row.label, fields.at("rows")
    for control, key in ((item.control, ""), (item.cell, "cell")):
        if control is None:
            continue
        yield control.unit, fields.at(key or "unit")
        if control.type in WITH_OPTIONS:
            for option in control.options:
                yield option.label, fields.at(key or "options")
        for label in control.labels.values():
            yield label, fields.at(key or "labels")


class _TextChecks:
    def __init__(self, language: str, order: _Order, problems: Problems) -> None:
        self._language = language
        self._order = order
        self._problems = problems

    def check(self, text: Text | None, node: Node, *, earlier: bool = True) -> None:
        if text is None:
            return
        if not any(words.strip() for words in text.by_language.values()):
            self._problems.add(node, "has no words")
        given = {tag.split("-")[0] for tag in text.by_language}
        if "" not in given and self._language.split("-")[0] not in given:
            self._problems.warn(node, f"has no words in {self._language}, the questionnaire's own language")
        for name in dict.fromkeys(name for words in text.by_language.values() for name in placeholders(words)):
            what = self._wrong(name, earlier=earlier)
            if what:
                self._problems.add(node, what)
            elif not earlier and name.startswith(ANSWER):
                self._problems.warn(node, f"{{{name}}} stays empty until that question has been answered")

    def _wrong(self, name: str, *, earlier: bool) -> str:
        if name.startswith(ANSWER):
            what = self._order.wrong(answer_key(name.removeprefix(ANSWER)), earlier=earlier)
            return f"{{{name}}}: {what}" if what else ""
        if name in PLACEHOLDERS:
            return ""
        known = (*PLACEHOLDERS, "answer.ITEM")
        near = nearest(name, known) or f"; known are {', '.join(f'{{{each}}}' for each in known)}"
        return f"{{{name}}} is not known{near}; a brace meant as such is written {{{{ or }}}}"
