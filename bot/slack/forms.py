"""All questions in one form: a modal that goes page by page, each saved before the next is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.chat.answering import lines_of, reply_of
from bot.slack.desk import CHANNEL, SlackDesk
from bot.web.sight import Sight
from channels.chat.page_parts import names_of
from channels.chat.prompts import Place, place_of, record
from channels.chat.words import Words
from channels.form.inputs import Inputs
from channels.form.views import PageView
from channels.slack import blocks, kit
from channels.slack.blocks import Block
from channels.slack.page_blocks import parts_of
from channels.slack.reading import inputs_of
from handlers.replies import Duplicate, NotAdmitted, Saved, TooLate, record_post
from handlers.submitting import StillMissing, Submitted, submit
from handlers.unlinked import AlreadyReturned, NotYet, Returned, record_unlinked
from storage.engine import DatabaseBusyError
from storage.forms import Form
from surveys.answer_values import AnswerKey, answer_name
from surveys.pages import Page, page_of
from surveys.replies import IncomingReply

CALLBACK, REVIEW = "form", "form:review"
# Around a page's own blocks: its place, and a line on what went wrong.
_AROUND = 4


def form_modal(desk: SlackDesk, place: Place, user: str) -> dict[str, Any] | None:
    """The form opened at a page (at its beginning if that is not shown); None where it is not this user's."""
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, place.invitation_id, user)
    if sight is None:
        return None
    words = Words(sight.form.language)
    if not sight.is_open:
        return told(words, words("closed", when="").strip())
    if sight.unlinked and sight.form.asked.disposition.value == "complete":
        return told(words, f"{words('done')} {words('done_unlinked')}")
    page = page_of(sight.shown, place.page) or next(iter(sight.shown), None)
    if page is None:
        return told(words, words("nothing_open"))
    return _page_modal(desk, sight, page, place.part)


def submit_form(desk: SlackDesk, view: Mapping[str, Any], user: str) -> dict[str, Any]:
    """A page of the form was sent: store it, then the next page, or what is wrong; as Slack's answer.

    An unlinked round leaves no word of what was sent anywhere but in its return.
    """
    place = place_of(str(view.get("private_metadata", "")))
    with desk.web.store.reading() as tx:
        sight = None if place is None else desk.sight(tx, place.invitation_id, user)
    if place is None or sight is None:
        return _update(told(Words("en-GB"), Words("en-GB")("not_yours")))
    words = Words(sight.form.language)
    page = page_of(sight.shown, place.page)
    if page is None:
        return _update(told(words, words("elsewhere_gone")))
    shown = desk.view(sight, page)
    parts = parts_of(shown, words, modal=True, room=_AROUND)
    part = parts[min(place.part, len(parts) - 1)]
    inputs = inputs_of((view.get("state") or {}).get("values") or {}, shown, part.names)
    try:
        if sight.unlinked:
            return _take_unlinked(desk, sight, place, inputs, user, more=place.part + 1 < len(parts))
        return _take(desk, sight, page, place, inputs, user, view, last=place.part + 1 >= len(parts))
    except DatabaseBusyError:
        first = next(iter(part.names), "")
        return {"response_action": "errors", "errors": {blocks.ident(first): words("not_saved")}}


def submit_review(desk: SlackDesk, view: Mapping[str, Any], user: str) -> dict[str, Any]:
    """The last view of the form: send what is saved."""
    place = place_of(str(view.get("private_metadata", "")))
    words = Words("en-GB")
    if place is None:
        return _update(told(words, words("not_yours")))
    try:
        outcome = submit(place.invitation_id, desk.web.store, desk.now, channel=CHANNEL, admits=desk.admits(user))
    except DatabaseBusyError:
        return _update(told(words, words("not_saved")))
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, place.invitation_id, user)
    if sight is None or isinstance(outcome, NotAdmitted):
        return _update(told(words, words("not_yours")))
    words = Words(sight.form.language)
    match outcome:
        case Submitted():
            return _update(told(words, f"{words('done')} {words('done_change', close=sight.close)}"))
        case StillMissing(keys=keys):
            page = next((p for p in sight.shown if any(k in p.answer_keys for k in keys)), sight.shown[0])
            wrong = {key: sight.words("needed") for key in keys if key in page.answer_keys}
            return _update(_page_modal(desk, sight, page, 0, problems=wrong))
        case TooLate():
            return _update(told(words, words("closed", when="").strip()))


def _take(
    desk: SlackDesk,
    sight: Sight,
    page: Page,
    place: Place,
    inputs: Inputs,
    user: str,
    view: Mapping[str, Any],
    *,
    last: bool,
) -> dict[str, Any]:
    def read(form: Form, found: Page | None) -> IncomingReply:
        return reply_of(form, found, inputs, CHANNEL)

    words = Words(sight.form.language)
    outcome = record_post(
        place.invitation_id,
        read,
        desk.web.store,
        desk.now,
        page=page.key,
        channel=CHANNEL,
        # Each state of a view has a hash of its own: the same submission delivered again is known by it.
        event_id=f"{view.get('id', '')}:{view.get('hash', '')}",
        admits=desk.admits(user),
    )
    if isinstance(outcome, (NotAdmitted, Duplicate)):
        return _update(told(words, words("not_yours" if isinstance(outcome, NotAdmitted) else "recorded")))
    if isinstance(outcome, TooLate):
        kept = words("closed_kept") if outcome.kept else ""
        return _update(told(words, f"{words('closed', when='').strip()} {kept}".strip()))
    problems = {key: each.what for key, each in outcome.problems.items() if last or answer_name(key) in inputs}
    if problems:
        return _errors(desk.view(sight, page), problems)
    with desk.web.store.reading() as tx:
        after = desk.sight_of(tx, place.invitation_id)
    return _update(_following(desk, after or sight, page, place, outcome, last=last))


def _following(desk: SlackDesk, sight: Sight, page: Page, place: Place, saved: Saved, *, last: bool) -> dict[str, Any]:
    if not last:
        return _page_modal(desk, sight, page, place.part + 1)
    keys = [each.key for each in sight.shown]
    at = keys.index(page.key) + 1 if page.key in keys else 0
    if at < len(keys):
        return _page_modal(desk, sight, sight.shown[at], 0)
    words = Words(sight.form.language)
    complete = saved.form.asked.response is not None and saved.form.asked.response.complete
    if complete:
        return told(words, words("saved_change"))
    made = blocks.said(words("form_review"), words) + record(kit, lines_of(sight, sight.shown), words)
    return {
        "type": "modal",
        "callback_id": REVIEW,
        "private_metadata": place.value,
        "title": blocks.plain(words("form_title")),
        "submit": blocks.plain(words("form_send")),
        "close": blocks.plain(words("form_close")),
        "blocks": made,
    }


def _take_unlinked(
    desk: SlackDesk, sight: Sight, place: Place, inputs: Inputs, user: str, *, more: bool
) -> dict[str, Any]:
    words = Words(sight.form.language)
    if more:
        # It is answered in one piece, and nothing of it may wait with us: what needs several forms is for the web.
        return _update(told(words, words("web_only"), link=desk.link(sight.form.asked)))

    def read(form: Form, found: Page | None) -> IncomingReply:
        return reply_of(form, found, inputs, CHANNEL)

    outcome = record_unlinked(place.invitation_id, read, desk.web.store, desk.now, admits=desk.admits(user))
    match outcome:
        case Returned():
            return _update(told(words, f"{words('done')} {words('done_unlinked')}"))
        case AlreadyReturned():
            return _update(told(words, sight.words("done_before")))
        case NotYet(page=page, problems=found):
            problems = {key: each.what for key, each in found.items()}
            if not problems and page.answer_keys:
                problems = {page.answer_keys[0]: sight.words("nothing_answered")}
            return _errors(desk.view(sight, page), problems)
        case TooLate():
            return _update(told(words, words("closed", when="").strip()))
        case _:
            return _update(told(words, words("not_yours")))


def _page_modal(
    desk: SlackDesk, sight: Sight, page: Page, part: int, *, problems: Mapping[AnswerKey, str] | None = None
) -> dict[str, Any]:
    words = Words(sight.form.language)
    shown = desk.view(sight, page, problems=problems)
    parts = parts_of(shown, words, modal=True, room=_AROUND)
    if sight.unlinked and len(parts) > 1:
        return told(words, words("web_only"), link=desk.link(sight.form.asked))
    held = parts[min(part, len(parts) - 1)]
    place = Place(invitation_id=sight.form.asked.invitation_id, page=page.key, part=part)
    where = " · ".join(filter(None, (shown.section, shown.where)))
    ends = sight.unlinked
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": place.value,
        "title": blocks.plain(words("form_title")),
        "submit": blocks.plain(words("form_send" if ends else "form_next")),
        "close": blocks.plain(words("form_close")),
        "blocks": [*blocks.aside(where, words)[:1], *held.elements],
    }


def _errors(view: PageView, problems: Mapping[AnswerKey, str]) -> dict[str, Any]:
    """Slack shows an error only beneath an input: one that belongs to no input stands beneath the first."""
    names = names_of(view)
    found = {}
    for key, what in problems.items():
        name = answer_name(key)
        held = name if name in names else next((each for each in names if each.startswith(f"{name}.")), names[0])
        found[blocks.ident(held)] = what
    return {"response_action": "errors", "errors": found}


def told(words: Words, text: str, *, link: str = "") -> dict[str, Any]:
    """A modal that only says something."""
    made: list[Block] = blocks.said(text, words)
    if link:
        made.append(blocks.row([blocks.button(words("on_the_web"), "web", url=link)]))
    return {
        "type": "modal",
        "callback_id": "told",
        "title": blocks.plain(words("form_title")),
        "close": blocks.plain(words("form_done")),
        "blocks": made,
    }


def _update(view: dict[str, Any]) -> dict[str, Any]:
    return {"response_action": "update", "view": view}
