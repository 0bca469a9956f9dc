"""A form post, understood: what was given for each question of the page, and what did not belong there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from channels.form.inputs import Inputs, first_of, input_names, name_of, raw_from
from surveys.answer_values import AnswerKey, Raw
from surveys.instrument import ItemType
from surveys.pages import Page
from surveys.replies import QuoteLevel, ReturnMode

QUOTE, VOICE = "_quote.", "_voice."
BOXES = "_boxes"
SELF, TYPING, ELSE = "me", "typing", "else"


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedForm:
    """`strange`: fields that belong to nothing on the page, with what they held.

    `speaking` is how the first page's "answering as" was answered: me, typing, else, or "" if it was not asked.
    """

    given: Mapping[AnswerKey, Raw]
    for_voices: Mapping[tuple[str, AnswerKey], str] = field(default_factory=dict)
    quotes: Mapping[str, QuoteLevel] = field(default_factory=dict)
    strange: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seen: int | None = None
    speaking: str = ""
    typist: str = ""
    mode: ReturnMode | None = None
    notice: int | None = None


def parse(inputs: Inputs, page: Page, voices: Iterable[str]) -> ParsedForm:
    """Read a post of the page's form; `voices` are the programme's perspectives, in order."""
    perspectives = tuple(voices)
    boxes = frozenset(inputs.get(BOXES, ()))
    given: dict[AnswerKey, Raw] = {}
    known: set[str] = set()
    for question in page.questions:
        known.update(input_names(question, perspectives))
        unticked = question.control.type is ItemType.CHOICES and name_of(question) in boxes
        raw = raw_from(question, inputs, perspectives, unticked=unticked)
        if raw is not None:
            given[question.item.key, question.row] = raw
    speaking = first_of(inputs, "_as")
    for_voices = _for_voices(inputs, page, perspectives)
    known.update(f"{VOICE}{voice}.{item}" for voice, (item, _) in for_voices)
    return ParsedForm(
        given=given,
        for_voices=for_voices,
        quotes=_quotes(inputs, page),
        strange={name: values for name, values in inputs.items() if name not in known and is_typed(name)},
        seen=_number(first_of(inputs, "_seen")),
        speaking=speaking if speaking in {SELF, TYPING, ELSE} else "",
        typist=" ".join(first_of(inputs, "_typist").split())[:200],
        mode=_mode(first_of(inputs, "_mode")),
        notice=_number(first_of(inputs, "_notice")),
    )


def is_typed(name: str) -> bool:
    """Whether a field holds what a person wrote or chose as an answer, and not what our own pages put in."""
    return name != "go" and (name[:1] != "_" or name.startswith(VOICE))


def _number(words: str) -> int | None:
    return int(words) if words.isascii() and words.isdigit() and len(words) <= 18 else None  # noqa: PLR2004


def _mode(words: str) -> ReturnMode | None:
    return ReturnMode(words) if words in {mode.value for mode in ReturnMode} else None


def _quotes(inputs: Inputs, page: Page) -> dict[str, QuoteLevel]:
    levels = {level.value for level in QuoteLevel}
    asked = {item.key: first_of(inputs, QUOTE + item.key) for item in page.items if item.quote}
    return {item: QuoteLevel(level) for item, level in asked.items() if level in levels}


def _for_voices(inputs: Inputs, page: Page, voices: tuple[str, ...]) -> dict[tuple[str, AnswerKey], str]:
    return {
        (voice, (item.key, "")): first_of(inputs, f"{VOICE}{voice}.{item.key}")
        for item in page.items
        if item.type is ItemType.LONG_TEXT
        for voice in voices
        if f"{VOICE}{voice}.{item.key}" in inputs
    }
