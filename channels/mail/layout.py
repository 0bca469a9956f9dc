"""The questionnaire as it stands in a mail (design: Mail layout, contract).

Each `[Qn]`, option line, `Answer:` and `[END]` starts its line: by these marks a reply is matched to its questions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from channels.mail import blocks
from channels.mail.blocks import Block
from channels.mail.safety import mark_free, one_line
from channels.mail.words import Words
from surveys.answer_text import options_in_ask, options_line
from surveys.instrument import Instrument, Item, ItemType, Question, Section
from surveys.piping import EXAMPLE_YEAR
from surveys.routing import is_asked
from surveys.text import Text

# Filled in with the words that are piped: the questionnaire is laid out once for everybody.
_YEAR = "{" + EXAMPLE_YEAR + "}"
# A condition that can be told in one sentence: one item, one word.
_SIMPLE = re.compile(r"\s*\$\{([a-z][a-z0-9_-]*)\}\s*=\s*['\"]([^'\"]*)['\"]\s*")


def questionnaire(
    instrument: Instrument, perspectives: frozenset[str], language: str, words: Words
) -> tuple[Block, ...]:
    """Every question meant for these perspectives, with the numbers everyone sees, in order.

    Conditions can't hide anything in a mail: they are told beneath the question. Piped words stay in braces.
    """
    numbered: dict[str, list[Question]] = {}
    for each in instrument.questions():
        numbered.setdefault(each.item.key, []).append(each)
    found: list[Block] = []
    for section in instrument.sections:
        asked = [item for item in section.items if is_asked(item, perspectives)]
        if not asked:
            continue
        found.extend(_opening(section, language, instrument.language))
        for item in asked:
            found.extend(_item(instrument, item, numbered, language, words))
    return tuple(found)


def _opening(section: Section, language: str, fallback: str) -> list[Block]:
    found = []
    if section.title:
        found.append(blocks.heading(mark_free(section.title.within(language, fallback))))
    if section.intro:
        found.append(blocks.paragraph(mark_free(section.intro.within(language, fallback))))
    return found


def _item(
    instrument: Instrument, item: Item, numbered: Mapping[str, list[Question]], language: str, words: Words
) -> list[Block]:
    def said(text: Text | None) -> str:
        return "" if text is None else one_line(mark_free(text.within(language, instrument.language)))

    if item.type is ItemType.STATEMENT:
        return [blocks.paragraph(mark_free(item.ask.within(language, instrument.language)))]
    found = []
    labels = {row.key: row.label for row in item.rows}
    for question in numbered[item.key]:
        ask = f"[Q{question.number}] {said(item.ask)}"
        if question.row:
            ask += f": {said(labels[question.row])}"
        beside = one_line(options_in_ask(question.control, language))
        asked = [f"{ask} {beside}" if beside else ask, one_line(options_line(question.control, language, year=_YEAR))]
        if question is numbered[item.key][0]:
            # What helps with every row of a grid is said once, at the first.
            asked += [said(item.hint), _condition(instrument, item, numbered, language, words)]
        asked.append(words["answer"])
        found.append(blocks.question([line for line in asked if line]))
    return found


def _condition(
    instrument: Instrument, item: Item, numbered: Mapping[str, list[Question]], language: str, words: Words
) -> str:
    if not item.when:
        return ""
    simple = _SIMPLE.fullmatch(item.when)
    named = instrument.item(simple[1]) if simple else None
    if simple is None or named is None or named.key not in numbered:
        return words["if-it-applies"]
    label = next(
        (
            option.label.within(language, instrument.language)
            for option in named.control.options
            if option.value == simple[2]
        ),
        simple[2],
    )
    return words["only-if"].format(label=label, number=numbered[named.key][0].number)
