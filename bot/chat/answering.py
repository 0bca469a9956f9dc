"""A page is answered in a chat: stored first, then acknowledged, then the next one is asked.

What answers a payload is a generator that yields once: all before that is stored, and the platform may be told; what
follows are calls of our own, which nobody waits for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.chat.desk import ChatDesk, Click
from bot.web.sight import Sight
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
from handlers.replies import Duplicate, NotAdmitted, Saved, TooLate, record_post
from handlers.submitting import StillMissing, Submitted, submit
from storage.chat_prompts import PromptState
from storage.engine import DatabaseBusyError
from storage.forms import Form
from surveys.answer_values import AnswerKey, is_answered
from surveys.moment_words import say_moment
from surveys.pages import Page, page_of
from surveys.replies import IncomingReply
from surveys.responses import Problem

Answering = Iterator[None]


def answer_click(desk: ChatDesk, click: Click, place: Place) -> Answering:
    """Do what the button says."""
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, place.invitation_id, click.user)
    if sight is None:
        yield
        desk.whisper(click.conversation, click.user, Words("en-GB")("not_yours"))
        return
    page = page_of(sight.shown, place.page) if place.page else None
    if click.action == SUBMIT or click.action.startswith(TAP):
        yield from _save(desk, click, place, sight, page)
        return
    yield
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


def _save(desk: ChatDesk, click: Click, place: Place, sight: Sight, page: Page | None) -> Answering:
    words = Words(sight.form.language)
    names: Sequence[str] = ()
    last = True
    inputs: Inputs = {}
    if page is not None:
        view = desk.view(sight, page)
        names, last = names_in(desk.draw, view, place, words)
        inputs = desk.inputs(click, view, names)

    def read(form: Form, shown: Page | None) -> IncomingReply:
        return reply_of(form, shown, inputs, desk.channel)

    try:
        outcome = record_post(
            place.invitation_id,
            read,
            desk.web.store,
            desk.now,
            page=place.page or "-",
            channel=desk.channel,
            event_id=click.event,
            admits=desk.admits(click.user),
        )
    except DatabaseBusyError:
        yield
        desk.whisper(click.conversation, click.user, words("not_saved"))
        return
    yield
    match outcome:
        case Duplicate():
            return
        case NotAdmitted():
            desk.whisper(click.conversation, click.user, words("not_yours"))
        case TooLate(kept=kept):
            _closed(desk, click, sight, kept=kept)
        case Saved():
            after_saving(desk, click, place, outcome, inputs, names, last=last)


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
    desk: ChatDesk, click: Click, place: Place, saved: Saved, inputs: Inputs, names: Sequence[str], *, last: bool
) -> None:
    """Show what was recorded in the place of the page, or what is wrong with it; then ask on."""
    sight = _again(desk, place.invitation_id)
    if sight is None:
        return
    words = Words(sight.form.language)
    page = None if saved.page is None else page_of(sight.shown, saved.page.key)
    if page is None:
        desk.update(
            click.conversation, click.message, words("elsewhere_gone"), desk.draw.said(words("elsewhere_gone"), words)
        )
        desk.remember(click.conversation, click.message, place, PromptState.OVER)
        go_on(desk, sight, click.conversation, after=None)
        return
    problems = _of_part(saved.problems, names, last=last)
    if problems:
        wrong = {key: problem.what for key, problem in problems.items()}
        view = desk.view(sight, page, typed=inputs, problems=wrong)
        made = prompt(desk.draw, view, place, desk.around(sight), words)
        desk.update(click.conversation, click.message, words("problem", what=next(iter(wrong.values()))), made)
        return
    complete = sight.form.asked.response is not None and sight.form.asked.response.complete
    show_recorded(
        desk, sight, page, place, click.conversation, click.message, note=words("saved_change") if complete else ""
    )
    if not last:
        desk.ask(sight, page, click.conversation, part=place.part + 1)
        return
    known = {each.key for each in saved.shown_before}
    new = next((each for each in sight.shown if each.key not in known), None)
    if complete:
        if new is not None:
            desk.ask(sight, new, click.conversation)
        return
    go_on(desk, sight, click.conversation, after=page)


def show_recorded(
    desk: ChatDesk, sight: Sight, page: Page, place: Place, conversation: str, message: str, *, note: str = ""
) -> None:
    """Put what stands in the place of the message that asked it."""
    words = Words(sight.form.language)
    made = recorded(
        desk.draw, desk.view(sight, page), lines_of(sight, [page]), place, words, note=note, edit=sight.is_open
    )
    if desk.update(conversation, message, note or words("recorded"), made):
        desk.remember(conversation, message, place, PromptState.ANSWERED)


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


def _again(desk: ChatDesk, invitation_id: int) -> Sight | None:
    with desk.web.store.reading() as tx:
        return desk.sight_of(tx, invitation_id)
