"""Slack as what chats are drawn with (`channels.chat.drawing.Drawing`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from channels.chat.drawing import Element, Limits, Part
from channels.chat.prompts import WAYS
from channels.chat.words import Words
from channels.slack.blocks import (
    MOST_BLOCKS,
    MOST_CHARACTERS,
    aside,
    button,
    fits_button,
    heading,
    options,
    plain,
    row,
    said,
    shielded,
    size,
    texts,
)
from channels.slack.page_blocks import parts_of

__all__ = [
    "LIMITS",
    "TEMPLATES",
    "aside",
    "button",
    "fits_button",
    "heading",
    "parts_of",
    "placed",
    "row",
    "said",
    "shielded",
    "size",
    "texts",
    "ways_row",
]

TEMPLATES = Path(__file__).resolve().parent / "templates"
LIMITS = Limits(elements=MOST_BLOCKS, size=MOST_CHARACTERS, forms=True)


def ways_row(invitation_id: int, ways: Sequence[tuple[str, str]], words: Words) -> list[Element]:
    """The reasons not to answer, in one list."""
    made, _ = options((f"{invitation_id}|{name}", text) for name, text in ways)
    element: Element = {
        "type": "static_select",
        "action_id": WAYS,
        "placeholder": plain(words("other_ways")),
        "options": made,
    }
    return [row([element], block_id=f"ways:{invitation_id}")]


def placed(part: Part, place: str) -> list[Element]:
    """Its blocks; where its buttons are answers, each says whose and of which page."""
    if not part.taps:
        return list(part.elements)
    last = part.elements[-1]
    buttons = [{**each, "value": f"{place}\n{each['value']}"} for each in last["elements"]]
    return [*part.elements[:-1], {**last, "elements": buttons}]
