"""Whole pages of a form, as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.web.sight import Sight
from channels.form.inputs import Inputs
from channels.form.pages import inputs_for, page_view, question_words, record_view
from channels.form.parse import VOICE, is_typed
from channels.form.views import FirstView, RecordView
from channels.web import render
from surveys.answer_values import AnswerKey
from surveys.instrument import Question
from surveys.moment_words import say_moment
from surveys.pages import Page
from surveys.rounds import RoundState
from surveys.routing import missing, shown_items

NOTHING = Page(key="", section=None, items=(), questions=())
"""The page of someone who is asked nothing."""


def question_screen(
    sight: Sight,
    page: Page,
    *,
    notes: Sequence[str] = (),
    preset: Inputs | None = None,
    typed: Inputs | None = None,
    problems: Mapping[AnswerKey, str] | None = None,
    back: bool = False,
) -> str:
    """One page of questions: as recorded, or as it was `typed` with what is wrong; `preset` only fills in.

    `back`: the person came to change something, and goes back to where they came from.
    """
    form = sight.form
    recorded = inputs_for(sight.setting, page, form.answers)
    recorded |= {f"_voice.{voice}.{item}": [words] for (voice, (item, _)), words in sight.said_by.items()}
    inputs = dict(typed) if typed is not None else recorded | dict(preset or {})
    begun = form.asked.response is not None
    is_first = bool(sight.shown) and page.key == sight.shown[0].key
    first = None
    if is_first and not begun and not sight.entry:
        first = sight.first_view()
    entry = sight.entry and (form.asked.response is None or form.asked.response.mode == "self")
    if typed is not None and first is not None:
        first = _as_typed(first, typed)
    view = page_view(
        sight.setting,
        page,
        inputs=inputs,
        all_questions=sight.questions,
        problems=problems,
        first=first,
        entry=entry,
        can_go_back=not is_first,
        one_go=sight.unlinked,
    )
    hidden = [("_page", page.key), ("_seen", str(form.newest))]
    if back:
        hidden.append(("_back", "1"))
    if sight.notice:
        hidden.append(("_notice", str(sight.notice)))
    if sight.unlinked:
        hidden.append(("_one_go", "1"))
    return render.question_page(
        view,
        sight.words,
        sight.frame(action=sight.links.form, hidden=hidden, notes=notes),
        person=sight.person.name,
        answering_as=not sight.unlinked,
        routed=any(item.when for item in page.items),
    )


def review_screen(sight: Sight, *, notes: Sequence[str] = (), told: bool = False, empty: bool = False) -> str:
    """Everything before it is sent. `told`: say what is missing. `empty`: nothing has been answered at all."""
    errors = _missing(sight) if told else []
    if empty and not errors and sight.shown:
        errors = [(sight.links.page(sight.shown[0].key, back="1"), sight.words("nothing_answered"))]
    frame = sight.frame(
        action=sight.links.form, hidden=[("_at", "review"), ("_seen", str(sight.form.newest))], notes=notes
    )
    return render.review_page(_record(sight, sight.links.change), sight.words, frame, errors=errors, entry=sight.entry)


def done_screen(sight: Sight, *, notes: Sequence[str] = (), typed: Inputs | None = None) -> str:
    """The return is in: what was recorded, each to be changed until the close, and what happens next.

    `typed`: a second sending of an unlinked return; it was not stored, and is shown back.
    """
    words = sight.words
    if sight.unlinked and typed is not None:
        return render.done_page(
            words,
            sight.frame(notes=notes),
            heading=words("done_before"),
            paragraphs=(words("done_before_unlinked"),),
            typed=typed_by_question(sight, typed),
        )
    if sight.unlinked:
        return render.done_page(
            words,
            sight.frame(notes=notes),
            heading=words("done"),
            paragraphs=(words("done_unlinked"),),
            thanks=sight.setting.say(sight.form.instrument.thanks),
        )
    paragraphs = [words("done_lead", close=sight.close)]
    by_mail = any(each.channel == "mail" for each in sight.person.usable_addresses)
    if by_mail and not sight.entry and not sight.form.asked.opted_out:
        paragraphs.append(words("done_receipt"))
    return render.done_page(
        words,
        sight.frame(notes=notes),
        heading=words("done"),
        paragraphs=paragraphs,
        thanks=sight.setting.say(sight.form.instrument.thanks),
        record=_record(sight, sight.links.change),
        missing=[(what, link) for link, what in _missing(sight)],
    )


def entered_screen(sight: Sight) -> str:
    """An organiser's entry link after its Submit. It names nobody: it is shown to whoever finds the link later."""
    words = sight.words
    return render.done_page(
        words,
        sight.frame(),
        heading=words("done_entry"),
        paragraphs=(words("done_entry_body"),),
    )


def later_screen(sight: Sight) -> str:
    """Finish later."""
    return render.later_page(sight.words, sight.frame(), form=sight.links.form, close=sight.close)


def closed_screen(sight: Sight, *, typed: Inputs | None = None, kept: bool = False, act: bool = False) -> str:
    """The round takes no answers (any more, or yet); what has just been typed is shown back.

    `act`: a reason not to answer was given, which changes nothing.
    """
    words, asked = sight.words, sight.form.asked
    if asked.state is RoundState.CANCELLED:
        heading, paragraphs = words("cancelled"), [words("cancelled_body", who=sight.contact)]
    elif asked.state in {RoundState.PLANNED, RoundState.HELD}:
        opens = say_moment(asked.opens_at, sight.zone, words.tag)
        heading, paragraphs = words("not_open"), [words("not_open_body", opens=opens)]
    else:
        heading = words("closed")
        paragraphs = [words("closed_at", close=say_moment(asked.ended_at, sight.zone, words.tag))]
        if sight.contact:
            paragraphs.append(words("closed_body", who=sight.contact))
        if act:
            paragraphs.append(words("act_stopped_after_close"))
    shown_back = typed_by_question(sight, typed or {})
    if any(value.strip() for values in shown_back.values() for value in values):
        paragraphs.append(words("closed_kept" if kept else "closed_not_kept"))
    record = None
    if asked.response is not None and not sight.entry:
        record = _record(sight, "")
    return render.closed_page(
        words, sight.frame(), heading=heading, paragraphs=paragraphs, typed=shown_back, record=record
    )


def _record(sight: Sight, link: str) -> RecordView:
    return record_view(sight.setting, sight.shown, sight.form.answers, link=link, said_by=sight.said_by)


def _missing(sight: Sight) -> list[tuple[str, str]]:
    form = sight.form
    lacking = missing(shown_items(form.instrument, form.answers, form.asked.perspectives), form.answers)
    found = []
    for page in sight.shown:
        for key in lacking:
            question = page.question(key)
            if question is not None:
                words = question_words(sight.setting, question)
                link = f"{sight.links.change}{page.key}"
                found.append((link, sight.words("still_needed", ask=words)))
    return found


def typed_by_question(sight: Sight, typed: Inputs) -> dict[str, Sequence[str]]:
    """What a person typed, named as the questions are and not as the fields."""
    questions = {(question.item.key, question.row): question for question in sight.form.instrument.questions()}
    found: dict[str, Sequence[str]] = {}
    for name, values in typed.items():
        if is_typed(name):
            said = _named(sight, name, questions)
            # Two questions may have the same words.
            found[f"{said} ({name})" if said in found else said] = values
    return found


def _named(sight: Sight, name: str, questions: Mapping[AnswerKey, Question]) -> str:
    if name.startswith(VOICE):
        voice, _, item = name.removeprefix(VOICE).partition(".")
        label = sight.setting.voices.get(voice)
        return f"{_named(sight, item, questions)} ({sight.setting.say(label) or voice})"
    item, _, row = name.partition(".")
    question = questions.get((item, row)) or questions.get((item, ""))
    if question is None:
        return name
    part = name.removeprefix(f"{item}.") if row and not question.row else ""
    return question_words(sight.setting, question) + (f" ({part})" if part else "")


def _as_typed(first: FirstView, typed: Inputs) -> FirstView:
    return replace(
        first, speaking=next(iter(typed.get("_as", ())), ""), typist=next(iter(typed.get("_typist", ())), "")
    )
