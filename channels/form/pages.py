"""From a page of the questionnaire and the answers so far to what its template shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from channels.form.controls import field_of
from channels.form.inputs import Inputs, filled_in, name_of
from channels.form.parse import QUOTE, VOICE
from channels.form.views import BlockView, BoxView, FirstView, LineView, OptionView, PageView, QuoteView, RecordView
from channels.form.words import Words
from surveys.answer_text import display
from surveys.answer_values import AnswerKey, Answers
from surveys.instrument import Instrument, Item, ItemType, Question
from surveys.pages import Page
from surveys.piping import fill, titled
from surveys.replies import QuoteLevel
from surveys.text import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """In whose words, and about whom, pages are made.

    `piped`: values for placeholders. `voices`: the programme's perspectives with labels, in order. `known`: what
    the panel knows, by prefill name. `consulted`: the perspectives a collated return carries. `today` shows how a
    date is written. `leaves_out_personal`: personal items stay out of reports and exports, and the page says so.
    """

    instrument: Instrument
    words: Words
    language: str
    piped: Mapping[str, str]
    voices: Mapping[str, Text]
    known: Mapping[str, str] = field(default_factory=dict)
    consulted: tuple[str, ...] = ()
    quotes: Mapping[str, QuoteLevel] = field(default_factory=dict)
    today: date | None = None
    asks_quotes: bool = True
    leaves_out_personal: bool = True

    @property
    def title(self) -> str:
        """The questionnaire's title, and whom it is about."""
        return titled(self.say(self.instrument.title), self.piped)

    def say(self, text: Text | None) -> str:
        """The words in the page's language, with names and earlier answers put in."""
        return "" if text is None else fill(text.within(self.language, self.instrument.language), self.piped)


def inputs_for(setting: Setting, page: Page, answers: Answers) -> dict[str, list[str]]:
    """The page's inputs as they stand before anything is typed: recorded answers, else what the panel knows."""
    inputs: dict[str, list[str]] = {}
    for question in page.questions:
        value = answers.get((question.item.key, question.row))
        inputs.update(filled_in(question, value))
        known = setting.known.get(question.item.prefill, "") if question.item.prefill else ""
        if value is None and known and not question.row:
            inputs[name_of(question)] = [known]
    return inputs


def page_view(
    setting: Setting,
    page: Page,
    *,
    inputs: Inputs,
    all_questions: Sequence[Question],
    problems: Mapping[AnswerKey, str] | None = None,
    first: FirstView | None = None,
    entry: bool = False,
    can_go_back: bool = False,
    one_go: bool = False,
) -> PageView:
    """One page. `all_questions`: every question the person is shown, for "3 of 9"."""
    problems = problems or {}
    blocks = tuple(_block(setting, item, page, inputs, problems) for item in page.items)
    asking = [block for block in blocks if not block.statement]
    lone = len(asking) == 1 and first is None and not entry
    title = setting.title
    section = setting.say(page.title)
    place = {(each.item.key, each.row): index for index, each in enumerate(all_questions, start=1)}
    numbers = [place.get(key, 0) for key in page.answer_keys]
    return PageView(
        title=title,
        where=_where(setting.words, numbers, len(all_questions)),
        section=section,
        heading=_heading(setting, asking, lone=lone, first=first is not None, entry=entry, other=section or title),
        lone=lone,
        number=max(numbers, default=0),
        total=len(all_questions),
        blocks=blocks,
        errors=_errors(blocks),
        first=first,
        entry=entry,
        entry_mode=next(iter(inputs.get("_mode", ())), "telephone"),
        boxes=tuple(name_of(each) for each in page.questions if each.control.type is ItemType.CHOICES),
        can_go_back=can_go_back,
        one_go=one_go,
    )


def _errors(blocks: Sequence[BlockView]) -> tuple[tuple[str, str], ...]:
    """For the summary on top: the first control of each wrong field, and what is wrong, named where it must be."""
    fields = [each for block in blocks for each in block.fields]
    return tuple(
        (each.id, each.error if len(fields) == 1 else _named(each.label, each.error)) for each in fields if each.error
    )


def _named(label: str, error: str) -> str:
    return f"{label} {error}" if label.endswith(("?", ".", ":", "!")) else f"{label}: {error}"


def _heading(setting: Setting, asking: Sequence[BlockView], *, lone: bool, first: bool, entry: bool, other: str) -> str:
    if lone:
        return asking[0].heading
    if entry:
        return setting.words("entry_heading", name=setting.piped.get("participant.name", ""))
    return setting.title if first else other


def _where(words: Words, numbers: Sequence[int], total: int) -> str:
    if not numbers:
        return words("reading_page")
    if min(numbers) == max(numbers):
        return words("question_of", number=numbers[0], total=total)
    return words("questions_of", first=min(numbers), last=max(numbers), total=total)


def _block(setting: Setting, item: Item, page: Page, inputs: Inputs, problems: Mapping[AnswerKey, str]) -> BlockView:
    heading = setting.say(item.ask)
    hint = "\n".join(
        filter(
            None,
            (
                setting.say(item.hint),
                setting.words("personal_note") if item.personal and setting.leaves_out_personal else "",
            ),
        )
    )
    if item.type is ItemType.STATEMENT:
        return BlockView(heading=heading, hint=hint, statement=True)
    questions = [each for each in page.questions if each.item.key == item.key]
    grid = item.type is ItemType.GRID
    labels = {row.key: setting.say(row.label) for row in item.rows}
    fields = tuple(
        field_of(
            each,
            words=setting.words,
            say=setting.say,
            label=labels.get(each.row, "") if grid else heading,
            hint="" if grid else hint,
            inputs=inputs,
            voices=setting.voices,
            error=problems.get((item.key, each.row), ""),
            today=setting.today,
        )
        for each in questions
    )
    return BlockView(
        heading=heading,
        hint=hint if grid else "",
        grid=grid,
        fields=fields,
        quote=_quote(setting, item, inputs) if item.quote and setting.asks_quotes else None,
        voices=_voice_boxes(setting, item, inputs),
    )


def _quote(setting: Setting, item: Item, inputs: Inputs) -> QuoteView:
    name = QUOTE + item.key
    standing = setting.quotes.get(item.key, QuoteLevel.NONE).value
    chosen = next(iter(inputs.get(name, ())), standing)
    return QuoteView(
        name=name,
        options=tuple(
            OptionView(
                id=f"quote-{item.key}-{level.value}",
                value=level.value,
                label=setting.words(f"quote_{level.value}"),
                checked=level.value == chosen,
            )
            for level in QuoteLevel
        ),
    )


def _voice_boxes(setting: Setting, item: Item, inputs: Inputs) -> tuple[BoxView, ...]:
    if item.type is not ItemType.LONG_TEXT:
        return ()
    return tuple(
        BoxView(
            id=f"voice-{voice}-{item.key}",
            name=f"{VOICE}{voice}.{item.key}",
            kind="area",
            rows=3,
            label=setting.words("voice_said", perspective=_voice_label(setting, voice)),
            value=next(iter(inputs.get(f"{VOICE}{voice}.{item.key}", ())), ""),
        )
        for voice in setting.consulted
    )


def _voice_label(setting: Setting, voice: str) -> str:
    label = setting.voices.get(voice)
    return voice if label is None else setting.say(label)


def record_view(
    setting: Setting,
    shown: Sequence[Page],
    answers: Answers,
    *,
    link: str,
    said_by: Mapping[tuple[str, AnswerKey], str] | None = None,
) -> RecordView:
    """Every question put to the person with what was recorded; `link` leads to a page's change, "" for none.

    `said_by`: what a consulted perspective said, by (perspective, question).
    """
    sections: dict[str, list[LineView]] = {}
    for page in shown:
        lines = sections.setdefault(setting.say(page.title), [])
        for question in page.questions:
            key = (question.item.key, question.row)
            change = f"{link}{page.key}#{name_of(question)}" if link else ""
            level = setting.quotes.get(question.item.key, QuoteLevel.NONE)
            quoted = "" if level is QuoteLevel.NONE else setting.words(f"quote_{level.value}")
            answer = display(question.item, question.row, answers.get(key), setting.language, voices=setting.voices)
            ask = question_words(setting, question)
            lines.append(LineView(ask=ask, answer=answer, change=change, quoted=quoted if not question.row else ""))
            for voice in setting.consulted:
                words = (said_by or {}).get((voice, key), "")
                if words:
                    said = setting.words("voice_said", perspective=_voice_label(setting, voice))
                    lines.append(LineView(ask=f"{ask} – {said}", answer=words, change=change))
    return RecordView(sections=tuple((title, tuple(lines)) for title, lines in sections.items() if lines))


def question_words(setting: Setting, question: Question) -> str:
    """The question as one line: a grid's row is named after what the grid asks."""
    ask = setting.say(question.item.ask)
    row = next((row for row in question.item.rows if row.key == question.row), None)
    return ask if row is None else f"{ask.rstrip(':')} – {setting.say(row.label)}"
