"""The one-tap reasons in Slack: a small form that says what will happen, and its button does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.slack.desk import CHANNEL, SlackDesk
from bot.web.act_pages import WAYS, act_view, snooze_offer
from bot.web.acts import do_act, fault_in, said_after
from bot.web.sight import Sight
from channels.form.inputs import Inputs
from channels.form.views import ActView, AskView
from channels.slack import blocks
from channels.slack.blocks import Block
from channels.slack.words import Words
from handlers import acts
from handlers.acts import Over, PastClose, TooSoon
from handlers.delegation import CannotBeNamed
from handlers.replies import NotAdmitted
from storage.engine import DatabaseBusyError
from surveys.dispositions import Disposition

CALLBACK = "way"
_USER = "_user"


def way_of(value: str) -> tuple[int, str] | None:
    """(invitation, reason) of an option of the list of reasons."""
    number, bar, way = value.partition("|")
    return (int(number), way) if bar and number.isdigit() and len(number) <= 18 and way in WAYS else None  # noqa: PLR2004


def way_modal(desk: SlackDesk, invitation_id: int, way: str, user: str, conversation: str) -> dict[str, Any] | None:
    """The form of a reason; None where the invitation is not this user's."""
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, invitation_id, user)
        last = None if sight is None or way != "later" else acts.last_reminder_day(tx, sight.form, desk.now)
    if sight is None:
        return None
    words = Words(sight.form.language)
    if way != "stop" and sight.form.asked.disposition is Disposition.COMPLETE:
        return _told(words, sight.words("act_complete"), ())
    if way != "stop" and not sight.is_open:
        return _told(words, sight.words("act_stopped_after_close"), ())
    view = act_view(sight, way, {})
    if way == "later":
        view = replace(view, **snooze_offer(sight, last))
    return _modal(view, invitation_id, way, conversation, words)


def submit_way(desk: SlackDesk, view: Mapping[str, Any], user: str) -> dict[str, Any]:
    """Do it; what Slack is to answer the submission with.

    Nothing typed is lost when the database is busy: the form stays open and says so.
    """
    invitation, way, conversation = str(view.get("private_metadata", "")).split("|", 2)
    invitation_id, inputs = int(invitation), _inputs(desk, view)
    with desk.web.store.reading() as tx:
        sight = desk.sight(tx, invitation_id, user)
    if sight is None or way not in WAYS:
        return _updated(_told(Words("en-GB"), Words("en-GB")("not_yours"), ()))
    words = Words(sight.form.language)
    fault = fault_in(way, inputs)
    if fault:
        return _errors(act_view(sight, way, inputs, fault=fault), sight)
    try:
        outcome = do_act(desk.web, way, invitation_id, inputs, channel=CHANNEL, admits=desk.admits(user))
    except DatabaseBusyError:
        again = act_view(sight, way, inputs)
        again = replace(again, paragraphs=(words("not_saved"), *again.paragraphs))
        return _updated(_modal(again, invitation_id, way, conversation, words))
    match outcome:
        case NotAdmitted():
            return _updated(_told(words, words("not_yours"), ()))
        case CannotBeNamed(fault=wrong):
            return _errors(act_view(sight, way, inputs, fault=wrong), sight)
        case TooSoon():
            return _errors(act_view(sight, way, inputs, fault="gone"), sight)
        case PastClose(last_day=last):
            offered = replace(act_view(sight, way, inputs), **snooze_offer(sight, last, inputs))
            return _errors(offered, sight)
        case Over():
            return _updated(_told(words, sight.words("act_stopped_after_close"), ()))
        case _:
            heading, paragraphs = said_after(sight, way, inputs, outcome)
            return _updated(_told(words, heading, paragraphs))


def _modal(view: ActView, invitation_id: int, way: str, conversation: str, words: Words) -> dict[str, Any]:
    made = blocks.heading(view.heading, words)
    for each in view.paragraphs:
        made += blocks.said(each, words)
    if way == "someone-else":
        element: Block = {"type": "users_select", "action_id": _USER}
        made += blocks.asked(words("pick_person"), element, words, block_id=_USER, hint=words("pick_person_hint"))
    for ask in view.asks:
        made += _asked(ask, words, needed=way != "someone-else")
    found = {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": f"{invitation_id}|{way}|{conversation}",
        "title": blocks.plain(words("way_title")),
        "close": blocks.plain(words("form_close")),
        "blocks": made,
    }
    return found | {"submit": blocks.plain(words("way_submit"))} if view.button else found


def _asked(ask: AskView, words: Words, *, needed: bool) -> list[Block]:
    element: Block
    if ask.kind == "radios":
        made, _ = blocks.options((each.value, each.label) for each in ask.options)
        element = {"type": "radio_buttons", "action_id": ask.name, "options": made}
        chosen = [option for option, each in zip(made, ask.options, strict=True) if each.checked]
        if chosen:
            element["initial_option"] = chosen[0]
    elif ask.kind == "date":
        element = {"type": "datepicker", "action_id": ask.name}
        if ask.value:
            element["initial_date"] = ask.value
    else:
        element = {"type": "plain_text_input", "action_id": ask.name, "max_length": 300}
        if ask.value:
            element["initial_value"] = ask.value[:300]
    return blocks.asked(ask.label, element, words, block_id=ask.name, hint=ask.hint, needed=needed)


def _inputs(desk: SlackDesk, view: Mapping[str, Any]) -> Inputs:
    """What the form's controls hold; a person picked from the workspace is looked up, and named by their profile."""
    held = {
        action: value
        for block in (view.get("state") or {}).get("values", {}).values()
        for action, value in block.items()
    }
    found: dict[str, list[str]] = {}
    for action, value in held.items():
        option = value.get("selected_option") or {}
        given = value.get("value") or value.get("selected_date") or option.get("value") or ""
        if action != _USER:
            found[action] = [str(given)]
    picked = (held.get(_USER) or {}).get("selected_user")
    if picked:
        answer = desk.call("users.info", form=True, user=picked) or {}
        profile = (answer.get("user") or {}).get("profile") or {}
        found["_name"] = [str(profile.get("real_name") or profile.get("display_name") or "")]
        found["_email"] = [str(profile.get("email") or "")]
    return found


def _errors(view: ActView, sight: Sight) -> dict[str, Any]:
    wrong = {each.name: each.error for each in view.asks if each.error}
    if not wrong and view.asks:
        wrong = {view.asks[0].name: sight.words("went_wrong")}
    return {"response_action": "errors", "errors": wrong}


def _updated(view: dict[str, Any]) -> dict[str, Any]:
    return {"response_action": "update", "view": view}


def _told(words: Words, heading: str, paragraphs: tuple[str, ...]) -> dict[str, Any]:
    made = blocks.heading(heading, words)
    for each in paragraphs:
        made += blocks.said(each, words)
    return {
        "type": "modal",
        "callback_id": "told",
        "title": blocks.plain(words("way_title")),
        "close": blocks.plain(words("form_close")),
        "blocks": made,
    }
