"""A page is answered in a chat: stored first, then acknowledged, then the next one is asked.

What answers a payload is a generator. It yields first where everything is stored, and the platform may be told; with
True if all it does next is to draw what stands in the message's place, after which it yields again. What follows are
calls of our own, which nobody waits for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.chat.desk import ChatDesk, Click
from bot.web.sight import Sight
from channels.chat.drawing import Element
from channels.chat.prompts import (
    BACK,
    BEGIN,
    EDIT,
    SUBMIT,
    TAP,
    Place,
    names_in,
    prompt,
    recorded,
    skipped,
)
from channels.chat.words import Words
from channels.form.inputs import Inputs
from channels.form.pages import record_view
from channels.form.parse import parse
from channels.form.views import LineView
from handlers.replies import NotAdmitted, Outcome, Saved, TooLate, record_in
from handlers.submitting import StillMissing, Submitted, submit
from storage.chat_prompts import PromptState
from storage.engine import DatabaseBusyError
from storage.forms import Form
from storage.steps import Step, reached
from surveys.answer_values import AnswerKey, is_answered
from surveys.moment_words import say_moment
from surveys.pages import Page, page_of
from surveys.replies import IncomingReply
from surveys.responses import Problem

Answering = Iterator[bool]


def answer_click(desk: ChatDesk, click: Click, place: Place) -> Answering:
    """Do what the button says."""
    if click.action == SUBMIT or click.action.startswith(TAP):
        yield from _save(desk, click, place)
        return
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, place.invitation_id, click.user)
    yield False
    if sight is None:
        desk.whisper(click.conversation, click.user, Words("en-GB")("not_yours"))
        return
    page = page_of(sight.shown, place.page) if place.page else None
    if not sight.is_open:
        _closed(desk, click, sight, kept=False)
    elif click.action == BEGIN or page is None:
        go_on(desk, sight, click.conversation, after=None)
    elif click.action == EDIT:
        complete = sight.form.asked.response is not None and sight.form.asked.response.complete
        answered = any(is_answered(sight.form.answers, key) for key in page.answer_keys)
        desk.ask(sight, page, click.conversation, part=place.part, message=click.message, editing=complete or answered)
    elif click.action == BACK:
        keys = [each.key for each in sight.shown]
        before = sight.shown[max(0, keys.index(page.key) - 1)]
        desk.ask(sight, before, click.conversation, message=click.message)
    else:
        words = Words(sight.form.language)
        view = desk.view(sight, page)
        desk.update(click.conversation, click.message, words("skipped"), skipped(desk.draw, view, place, words))
        desk.remember(click.conversation, click.message, place, PromptState.ANSWERED)
        go_on(desk, sight, click.conversation, after=page)


def _save(desk: ChatDesk, click: Click, place: Place) -> Answering:
    sight: Sight | None = None
    names: Sequence[str] = ()
    last = True
    inputs: Inputs = {}

    def read(form: Form, shown: Page | None) -> IncomingReply:
        nonlocal names, last, inputs
        if shown is not None and sight is not None:
            view = desk.view(sight, shown)
            names, last = names_in(desk.draw, view, place, Words(form.language))
            inputs = desk.inputs(click, view, names)
        return reply_of(form, shown, inputs, desk.channel)

    try:
        # One transaction reads the form, stores the answer and sees what stands then: reading costs more than writing.
        with desk.web.store.writing(invitation=place.invitation_id) as tx:
            sight = desk.sight(tx, place.invitation_id, click.user)
            outcome: Outcome = NotAdmitted()
            if sight is not None:
                outcome = record_in(
                    tx,
                    sight.form,
                    read,
                    desk.now,
                    page=place.page or "-",
                    channel=desk.channel,
                    event_id=click.event,
                )
            if sight is not None and isinstance(outcome, Saved):
                sight = desk.seen_again(tx, sight, outcome.form)
        reached(Step.REPLY_COMMITTED)
    except DatabaseBusyError:
        yield False
        with desk.web.store.reading() as tx:
            sight = desk.sight(tx, place.invitation_id, click.user)
        language = "en-GB" if sight is None else sight.form.language
        desk.whisper(click.conversation, click.user, Words(language)("not_saved"))
        return
    if sight is not None and isinstance(outcome, Saved):
        yield True
        yield from after_saving(desk, click, place, outcome, sight, inputs, names, last=last)
        return
    yield False
    if isinstance(outcome, NotAdmitted):
        desk.whisper(click.conversation, click.user, Words("en-GB")("not_yours"))
    elif isinstance(outcome, TooLate) and sight is not None:
        _closed(desk, click, sight, kept=outcome.kept)


def reply_of(form: Form, page: Page | None, inputs: Inputs, channel: str) -> IncomingReply:
    """What the controls of a page held, as a reply."""
    parsed = parse(
        inputs, page or Page(key="", section=None, items=(), questions=()), [v.key for v in form.programme.perspectives]
    )
    return IncomingReply(
        channel=channel,
        invitation_id=form.asked.invitation_id,
        given=parsed.given,
        page="" if page is None else page.key,
        for_voices=parsed.for_voices,
        quotes=parsed.quotes,
        typed_by="",
        strange={name: "\n".join(values) for name, values in parsed.strange.items()},
    )


def after_saving(
    desk: ChatDesk,
    click: Click,
    place: Place,
    saved: Saved,
    sight: Sight,
    inputs: Inputs,
    names: Sequence[str],
    *,
    last: bool,
) -> Answering:
    """Show what was recorded in the place of the page, or what is wrong with it; then ask on.

    `sight` is the form as it stands now. Draws first, and yields once before anything is sent.
    """
    words = Words(sight.form.language)
    page = None if saved.page is None else page_of(sight.shown, saved.page.key)
    problems = {} if page is None else _of_part(saved.problems, names, last=last)
    complete = sight.form.asked.response is not None and sight.form.asked.response.complete
    state: PromptState | None = PromptState.ANSWERED
    if page is None:
        said, state = words("elsewhere_gone"), PromptState.OVER
        made = desk.draw.said(said, words)
    elif problems:
        wrong = {key: problem.what for key, problem in problems.items()}
        view = desk.view(sight, page, typed=inputs, problems=wrong)
        said, state = words("problem", what=next(iter(wrong.values()))), None
        made = prompt(desk.draw, view, place, desk.around(sight), words)
    else:
        said = words("saved_change") if complete else words("recorded")
        made = _recorded(desk, sight, page, place, said)
    desk.show(click.conversation, click.message, made)
    yield False
    if desk.update(click.conversation, click.message, said, made) and state is not None:
        desk.remember(click.conversation, click.message, place, state)
    if page is None:
        go_on(desk, sight, click.conversation, after=None)
    elif not problems:
        _ask_on(desk, click, place, saved, sight, page, last=last, complete=complete)


def _ask_on(
    desk: ChatDesk, click: Click, place: Place, saved: Saved, sight: Sight, page: Page, *, last: bool, complete: bool
) -> None:
    if not last:
        desk.ask(sight, page, click.conversation, part=place.part + 1)
        return
    if not complete:
        go_on(desk, sight, click.conversation, after=page)
        return
    known = {each.key for each in saved.shown_before}
    new = next((each for each in sight.shown if each.key not in known), None)
    if new is not None:
        desk.ask(sight, new, click.conversation)


def _recorded(desk: ChatDesk, sight: Sight, page: Page, place: Place, note: str) -> list[Element]:
    lines = lines_of(sight, [page])
    words = Words(sight.form.language)
    # Of the page itself only its title and place are said any more.
    head = desk.view(sight, replace(page, items=()))
    return recorded(desk.draw, head, lines, place, words, note=note, edit=sight.is_open)


def go_on(desk: ChatDesk, sight: Sight, conversation: str, *, after: Page | None) -> None:
    """Ask the next page that has no answer yet; when there is none, the return is sent."""
    keys = [each.key for each in sight.shown]
    start = keys.index(after.key) + 1 if after is not None and after.key in keys else 0
    for page in sight.shown[start:]:
        if page.questions and not any(is_answered(sight.form.answers, key) for key in page.answer_keys):
            desk.ask(sight, page, conversation)
            return
    try:
        outcome = submit(sight.form.asked.invitation_id, desk.web.store, desk.now, channel=desk.channel)
    except DatabaseBusyError:
        desk.post(conversation, Words(sight.form.language)("not_saved_typed"), [])
        return
    _ended(desk, sight, conversation, outcome)


def _ended(desk: ChatDesk, sight: Sight, conversation: str, outcome: object) -> None:
    words = Words(sight.form.language)
    match outcome:
        case Submitted():
            said = " ".join((words("done"), words("done_change", close=sight.close)))
            made = desk.draw.said(said, words)
            thanks = sight.setting.say(sight.form.instrument.thanks)
            if thanks:
                made += desk.draw.said(f"{words('next_steps')}\n{thanks}", words)
            desk.post(conversation, said, made)
        case StillMissing(keys=keys):
            page = next((p for p in sight.shown if any(k in p.answer_keys for k in keys)), None)
            page = page or next(iter(sight.shown), None)
            if page is not None:
                desk.ask(sight, page, conversation)
        case TooLate():
            desk.post(conversation, words("closed", when=""), desk.draw.said(_closed_words(sight, words), words))
        case _:
            return


def _closed(desk: ChatDesk, click: Click, sight: Sight, *, kept: bool) -> None:
    words = Words(sight.form.language)
    said = _closed_words(sight, words) + (f" {words('closed_kept')}" if kept else "")
    desk.update(click.conversation, click.message, said, desk.draw.said(said, words))


def _closed_words(sight: Sight, words: Words) -> str:
    asked = sight.form.asked
    if desk_time_before(sight):
        return words("not_open")
    return words("closed", when=say_moment(asked.ended_at, sight.zone, sight.words.tag)).strip()


def desk_time_before(sight: Sight) -> bool:
    """Whether the round has not opened yet."""
    return sight.desk.clock() < sight.form.asked.opens_at


def lines_of(sight: Sight, shown: Sequence[Page]) -> tuple[LineView, ...]:
    """What stands for these pages, question by question."""
    view = record_view(sight.setting, shown, sight.form.answers, link="", said_by=sight.said_by)
    return tuple(line for _, lines in view.sections for line in lines)


def _of_part(problems: dict[AnswerKey, Problem] | Any, names: Sequence[str], *, last: bool) -> dict[AnswerKey, Problem]:
    """What is wrong with the part that was sent; with the last one, whatever is still wrong with the page."""
    held = {name.partition(".")[0] for name in names}
    return {key: each for key, each in problems.items() if last or (key[0] in held and each.raw.strip())}
