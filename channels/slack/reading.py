"""What a person did in Slack, back in the terms of the form: inputs by name, as the web form posts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from channels.chat.page_parts import names_of
from channels.form.inputs import Inputs
from channels.form.parse import BOXES
from channels.form.views import PageView
from channels.slack import blocks
from channels.slack.page_blocks import FIELD, option_of

# payload["state"]["values"] or view["state"]["values"]: block id -> action id -> what the control holds.
State = Mapping[str, Mapping[str, Mapping[str, Any]]]


def inputs_of(state: State, view: PageView, names: Sequence[str] | None = None) -> Inputs:
    """The fields of the page that the state holds; `names`: only these, as they stood in one part of it.

    A control that was left as it is comes along with what it showed, so nothing is taken back unseen. What belongs to
    no field of the page is kept under the name it came with.
    """
    held = {action: value for block in state.values() for action, value in block.items()}
    known = {blocks.ident(name, FIELD): name for name in names_of(view)}
    found: dict[str, list[str]] = {}
    boxes: list[str] = []
    for action, value in held.items():
        name = known.get(action)
        if name is None:
            if action.startswith(FIELD):
                found[action.removeprefix(FIELD)] = _given(value)
            continue
        if names is not None and name not in names:
            continue
        meant = option_of(view, name)
        if value.get("type") in {"checkboxes", "multi_static_select"}:
            boxes.append(name)
            ticked = [meant.get(each["value"], each["value"]) for each in value.get("selected_options") or ()]
            if ticked:
                found[name] = ticked
        elif value.get("type") in {"radio_buttons", "static_select"}:
            option = value.get("selected_option")
            if option:
                found[name] = [meant.get(option["value"], option["value"])]
        else:
            found[name] = _given(value)
    if boxes:
        found[BOXES] = boxes
    return found


def tapped(view: PageView, value: str) -> Inputs:
    """The one answer that a button of a row stands for."""
    name = names_of(view)[0]
    return {name: [option_of(view, name).get(value, value)]}


def typed(text: str) -> str:
    """A message as it was typed: Slack writes &, < and > as entities, and links and mentions in angle brackets."""
    plain: list[str] = []
    rest = text
    while rest:
        before, bracket, after = rest.partition("<")
        plain.append(before)
        if not bracket:
            break
        inside, closed, rest = after.partition(">")
        plain.append(_link(inside) if closed else f"<{inside}")
    return unescape("".join(plain))


def _link(inside: str) -> str:
    """`<https://example.org|example.org>` was typed as its label, `<mailto:a@example.org|…>` likewise."""
    target, _, label = inside.partition("|")
    return label or target


def _given(value: Mapping[str, Any]) -> list[str]:
    """The words of a text input, the day of a calendar; an empty control says so with an empty text."""
    for part in ("value", "selected_date", "selected_user"):
        if value.get(part):
            return [str(value[part])]
    return [""]
