"""Small forms in Slack: what a page of ours that asks for a decision looks like as a modal, and what one sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.desk import SlackDesk
from bot.web.sight import Sight
from channels.chat.words import Words
from channels.form.inputs import Inputs
from channels.form.views import ActView, AskView
from channels.slack import blocks
from channels.slack.blocks import Block
from channels.slack.page_blocks import grouped

USER = "_user"
# Options that may stand for nothing carry a mark before their value: Slack takes no empty one.
_CHOSEN = "="


def modal(
    view: ActView, callback: str, metadata: str, words: Words, *, before: tuple[Block, ...] = (), needed: bool = True
) -> dict[str, Any]:
    """The form, with a button only where there is something to do; `before` stands above its fields."""
    made = blocks.heading(view.heading, words)
    for each in view.paragraphs:
        made += blocks.said(each, words)
    made += before
    for ask in view.asks:
        made += _asked(ask, words, needed=needed)
    found = {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata,
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
    elif ask.kind == "select":
        element = _select(ask)
    elif ask.kind == "date":
        element = {"type": "datepicker", "action_id": ask.name}
        if ask.value:
            element["initial_date"] = ask.value
    else:
        element = {"type": "plain_text_input", "action_id": ask.name, "max_length": 300}
        if ask.value:
            element["initial_value"] = ask.value[:300]
    return blocks.asked(ask.label, element, words, block_id=ask.name, hint=ask.hint, needed=needed)


def _select(ask: AskView) -> Block:
    groups: list[Block] = []
    chosen: list[Block] = []
    for name, offered in (("–", ask.options), *ask.groups):
        made, _ = blocks.options((_CHOSEN + each.value, each.label) for each in offered)
        chosen += [option for option, each in zip(made, offered, strict=True) if each.checked]
        groups += grouped(made, name)
    element: Block = {"type": "static_select", "action_id": ask.name, "option_groups": groups}
    return element | {"initial_option": chosen[0]} if chosen else element


def inputs_of_view(desk: SlackDesk, view: Mapping[str, Any]) -> Inputs:
    """What the form's controls hold; a person picked from the workspace is looked up, and named by their profile."""
    held = {
        action: value
        for block in (view.get("state") or {}).get("values", {}).values()
        for action, value in block.items()
    }
    found: dict[str, list[str]] = {}
    for action, value in held.items():
        option = value.get("selected_option") or {}
        ticked: Mapping[str, Any] = next(iter(value.get("selected_options") or ()), {})
        chosen = str(option.get("value") or ticked.get("value") or "").removeprefix(_CHOSEN)
        given = value.get("value") or value.get("selected_date") or chosen
        if action != USER:
            found[action] = [str(given)]
    picked = (held.get(USER) or {}).get("selected_user")
    if picked:
        answer = desk.call("users.info", form=True, user=picked) or {}
        profile = (answer.get("user") or {}).get("profile") or {}
        found["_name"] = [str(profile.get("real_name") or profile.get("display_name") or "")]
        found["_email"] = [str(profile.get("email") or "")]
    return found


def errors(view: ActView, sight: Sight) -> dict[str, Any]:
    """The form stays open, with what is wrong under its fields."""
    wrong = {each.name: each.error for each in view.asks if each.error}
    if not wrong and view.asks:
        wrong = {view.asks[0].name: sight.words("went_wrong")}
    return {"response_action": "errors", "errors": wrong}


def updated(view: dict[str, Any]) -> dict[str, Any]:
    """Another form, or what has been done, in the place of the form."""
    return {"response_action": "update", "view": view}


def told(words: Words, heading: str, paragraphs: tuple[str, ...]) -> dict[str, Any]:
    """A modal that only says something."""
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
