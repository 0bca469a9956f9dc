"""A page is answered in a direct message: stored first, then acknowledged, then the next one is asked.

What answers a payload is a generator that yields once: all before that is stored, and Slack may be told; what follows
are calls of our own, which nobody waits for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.desk import CHANNEL, SlackDesk
from bot.web.sight import Sight
from channels.form.inputs import Inputs
from channels.form.pages import record_view
from channels.form.parse import parse
from channels.form.views import LineView
from channels.slack import blocks
from channels.slack.page_blocks import TAP
from channels.slack.prompts import (
    BACK,
    BEGIN,
    EDIT,
    SKIP,
    SUBMIT,
    Place,
    names_in,
    option_tapped,
    prompt,
    recorded,
    skipped,
)
from channels.slack.reading import inputs_of, tapped
from channels.slack.words import Words
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

ANSWERING = (SUBMIT, SKIP, BACK, EDIT, BEGIN)
Answering = Iterator[None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Click:
    """One button pressed in a message: whose, where, which, and what the message's controls held."""

    user: str
    conversation: str
    ts: str
    action: str
    value: str
    block: str
    state: dict[str, Any]
    event: str


def click_of(body: dict[str, Any]) -> Click | None:
    """A `block_actions` payload; on the Home tab it has no conversation, and what follows goes to the person."""
    container, actions = body.get("container") or {}, body.get("actions") or []
    if container.get("type") not in {"message", "view"} or not actions:
        return None
    action = actions[0]
    chosen = action.get("selected_option") or {}
    return Click(
        user=str(body["user"]["id"]),
        # Posting to a person's id is posting into their conversation with the bot.
        conversation=str(container.get("channel_id") or body["user"]["id"]),
        ts=str(container.get("message_ts", "")),
        action=str(action.get("action_id", "")),
        value=str(action.get("value") or chosen.get("value") or ""),
        block=str(action.get("block_id", "")),
        state=(body.get("state") or {}).get("values") or {},
        # Slack gives a click no id of its own: who, on which message, when.
        event=f"{body['user']['id']}:{container.get('message_ts', '')}:{action.get('action_ts', '')}",
    )


def answer_click(desk: SlackDesk, click: Click, place: Place) -> Answering:
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
        desk.ask(sight, page, click.conversation, part=place.part, ts=click.ts, editing=complete or answered)
    elif click.action == BACK:
        keys = [each.key for each in sight.shown]
        before = sight.shown[max(0, keys.index(page.key) - 1)]
        desk.ask(sight, before, click.conversation, ts=click.ts)
    else:
        words = Words(sight.form.language)
        view = desk.view(sight, page)
        desk.update(click.conversation, click.ts, words("skipped"), skipped(view, place, words))
        desk.remember(click.conversation, click.ts, place, PromptState.ANSWERED)
        go_on(desk, sight, click.conversation, after=page)


def _save(desk: SlackDesk, click: Click, place: Place, sight: Sight, page: Page | None) -> Answering:
    words = Words(sight.form.language)
    names: Sequence[str] = ()
    last, inputs = True, {}
    if page is not None:
        view = desk.view(sight, page)
        names, last = names_in(view, place, words)
        inputs = dict(
            tapped(view, option_tapped(click.value))
            if click.action.startswith(TAP)
            else inputs_of(click.state, view, names)
        )

    def read(form: Form, shown: Page | None) -> IncomingReply:
        return reply_of(form, shown, inputs)

    try:
        outcome = record_post(
            place.invitation_id,
            read,
            desk.web.store,
            desk.now,
            page=place.page or "-",
            channel=CHANNEL,
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


def reply_of(form: Form, page: Page | None, inputs: Inputs) -> IncomingReply:
    """What the controls of a page held, as a reply."""
    parsed = parse(
        inputs, page or Page(key="", section=None, items=(), questions=()), [v.key for v in form.programme.perspectives]
    )
    return IncomingReply(
        channel=CHANNEL,
        invitation_id=form.asked.invitation_id,
        given=parsed.given,
        page="" if page is None else page.key,
        for_voices=parsed.for_voices,
        quotes=parsed.quotes,
        typed_by="",
        strange={name: "\n".join(values) for name, values in parsed.strange.items()},
    )


def after_saving(
    desk: SlackDesk, click: Click, place: Place, saved: Saved, inputs: Inputs, names: Sequence[str], *, last: bool
) -> None:
    """Show what was recorded in the place of the page, or what is wrong with it; then ask on."""
    sight = _again(desk, place.invitation_id)
    if sight is None:
        return
    words = Words(sight.form.language)
    page = None if saved.page is None else page_of(sight.shown, saved.page.key)
    if page is None:
        desk.update(click.conversation, click.ts, words("elsewhere_gone"), blocks.said(words("elsewhere_gone"), words))
        desk.remember(click.conversation, click.ts, place, PromptState.OVER)
        go_on(desk, sight, click.conversation, after=None)
        return
    problems = _of_part(saved.problems, names, last=last)
    if problems:
        wrong = {key: problem.what for key, problem in problems.items()}
        view = desk.view(sight, page, typed=inputs, problems=wrong)
        made = prompt(view, place, desk.around(sight), words)
        desk.update(click.conversation, click.ts, words("problem", what=next(iter(wrong.values()))), made)
        return
    complete = sight.form.asked.response is not None and sight.form.asked.response.complete
    show_recorded(
        desk, sight, page, place, click.conversation, click.ts, note=words("saved_change") if complete else ""
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
    desk: SlackDesk, sight: Sight, page: Page, place: Place, conversation: str, ts: str, *, note: str = ""
) -> None:
    """Put what stands in the place of the message that asked it."""
    words = Words(sight.form.language)
    made = recorded(desk.view(sight, page), lines_of(sight, [page]), place, words, note=note, edit=sight.is_open)
    if desk.update(conversation, ts, note or words("recorded"), made):
        desk.remember(conversation, ts, place, PromptState.ANSWERED)


def go_on(desk: SlackDesk, sight: Sight, conversation: str, *, after: Page | None) -> None:
    """Ask the next page that has no answer yet; when there is none, the return is sent."""
    keys = [each.key for each in sight.shown]
    start = keys.index(after.key) + 1 if after is not None and after.key in keys else 0
    for page in sight.shown[start:]:
        if page.questions and not any(is_answered(sight.form.answers, key) for key in page.answer_keys):
            desk.ask(sight, page, conversation)
            return
    try:
        outcome = submit(sight.form.asked.invitation_id, desk.web.store, desk.now, channel=CHANNEL)
    except DatabaseBusyError:
        desk.post(conversation, Words(sight.form.language)("not_saved_typed"), [])
        return
    _ended(desk, sight, conversation, outcome)


def _ended(desk: SlackDesk, sight: Sight, conversation: str, outcome: object) -> None:
    words = Words(sight.form.language)
    match outcome:
        case Submitted():
            said = " ".join((words("done"), words("done_change", close=sight.close)))
            made = blocks.said(said, words)
            thanks = sight.setting.say(sight.form.instrument.thanks)
            if thanks:
                made += blocks.said(f"{words('next_steps')}\n{thanks}", words)
            desk.post(conversation, said, made)
        case StillMissing(keys=keys):
            page = next((p for p in sight.shown if any(k in p.answer_keys for k in keys)), None)
            page = page or next(iter(sight.shown), None)
            if page is not None:
                desk.ask(sight, page, conversation)
        case TooLate():
            desk.post(conversation, words("closed", when=""), blocks.said(_closed_words(sight, words), words))
        case _:
            return


def _closed(desk: SlackDesk, click: Click, sight: Sight, *, kept: bool) -> None:
    words = Words(sight.form.language)
    said = _closed_words(sight, words) + (f" {words('closed_kept')}" if kept else "")
    desk.update(click.conversation, click.ts, said, blocks.said(said, words))


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


def _again(desk: SlackDesk, invitation_id: int) -> Sight | None:
    with desk.web.store.reading() as tx:
        return desk.sight_of(tx, invitation_id)
