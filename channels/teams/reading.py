"""What a person did in Teams, back in the terms of the form: inputs by name, as the web form posts them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from channels.chat.page_parts import names_of
from channels.form.inputs import Inputs
from channels.form.parse import BOXES
from channels.form.views import PageView
from channels.teams.page_elements import FIELD, ident, options_of

# More than one activity may hold: nothing that arrives is cut.
_LONGEST = 1_000_000
_MENTION = re.compile(r"<at(?:\s[^>]*)?>.*?</at>", re.IGNORECASE | re.DOTALL)


def inputs_of(data: Mapping[str, Any], view: PageView, names: Sequence[str] | None = None) -> Inputs:
    """The fields of the page that a card's data hold; `names`: only these, as they stood in one part of it.

    An input that is empty is absent from what Teams sends, so what is not there is empty. What belongs to no field of
    the page is kept under the name it came with.
    """
    known = {ident(name): name for name in names_of(view)}
    options = options_of(view)
    wanted = [name for name in known.values() if names is None or name in names]
    found: dict[str, list[str]] = {}
    boxes: list[str] = []
    for name in wanted:
        held = _words(data.get(ident(name)))
        if name not in options:
            found[name] = [held]
            continue
        many, meant = options[name]
        if many:
            boxes.append(name)
        ticked = [meant.get(each, each) for each in held.split(",") if each] if many else [meant.get(held, held)]
        if held:
            found[name] = ticked
    for key, value in data.items():
        if key.startswith(FIELD) and key not in known:
            found[key.removeprefix(FIELD)] = [_words(value)]
    if boxes:
        found[BOXES] = boxes
    return found


def tapped(view: PageView, sent: str) -> Inputs:
    """The one answer that a button of a row stands for."""
    name = names_of(view)[0]
    return {name: [options_of(view)[name][1].get(sent, sent)]}


def typed(text: str, *, markup: bool) -> str:
    """A message as it was typed, mentions of the bot left out; `markup`: it came with marks of HTML."""
    plain = _MENTION.sub("", text)
    return (unescape(re.sub(r"<[^<>]{1,200}>", "", plain)) if markup else plain).strip()


def _words(value: Any) -> str:
    """Numbers and truths come as words, or as themselves."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:_LONGEST] if isinstance(value, str | int | float) else ""
