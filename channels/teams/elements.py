"""Adaptive Cards, version 1.5 at most, drawn so that nothing anyone writes in them is read as markup.

https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from channels.chat.drawing import Element, Limits, Part
from channels.chat.prompts import WAYS
from channels.chat.words import Words

VERSION = "1.5"
# A card's JSON is to keep below 28 KB; what stands round the elements takes some of it.
LIMITS = Limits(elements=150, size=26_000)
_PIECE = 6_000
_MOST_IN_A_ROW = 6
_BUTTON = 200
_MARKS = re.compile(r"([\\`*_\[\]~<&])")
_ESCAPED = re.compile(r"\\([\\`*_\[\]~<&#>+-])")
_BEGINS = re.compile(r"(?m)^([ \t]*)([#>+-]|\d+(?=[.)]))")


def escaped(text: str) -> str:
    """Words for a text block, which reads some Markdown, and dates in double braces: nothing of it is markup."""
    text = _MARKS.sub(r"\\\1", text).replace("{{", "{\u200b{")
    text = _BEGINS.sub(_beginning, text)
    # One line break is a space there, two are a break.
    return re.sub(r"\n+", "\n\n", text.strip())


def _beginning(found: re.Match[str]) -> str:
    space, sign = found.groups()
    return f"{space}{sign}\u200b" if sign.isdigit() else f"{space}\\{sign}"


def shielded(text: str) -> str:
    """For the line that notifications show, which is plain."""
    return " ".join(text.split())


def _block(text: str, **how: object) -> Element:
    return {"type": "TextBlock", "text": escaped(text), "wrap": True, **how}


def _pieces(text: str) -> list[str]:
    """Long words go on in further blocks."""
    found, rest = [], text.strip()
    while len(rest) > _PIECE:
        at = max(rest.rfind("\n", 0, _PIECE), rest.rfind(" ", 0, _PIECE))
        at = at if at > _PIECE // 3 else _PIECE
        found.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*found, rest] if rest else found


def heading(text: str, words: Words) -> list[Element]:  # noqa: ARG001 - as every platform's
    """A heading, for screen readers too."""
    text = " ".join(text.split())
    return [_block(text, size="Large", weight="Bolder", style="heading")] if text else []


def said(text: str, words: Words) -> list[Element]:  # noqa: ARG001 - as every platform's
    """Running text."""
    return [_block(piece) for piece in _pieces(text)]


def aside(text: str, words: Words) -> list[Element]:  # noqa: ARG001 - as every platform's
    """Small print."""
    return [_block(piece, size="Small", isSubtle=True) for piece in _pieces(text)]


def button(text: str, action: str, value: str = "", *, url: str = "", primary: bool = False) -> Element:
    """One button. Where Action.Execute is not known, Action.Submit sends the same as a message."""
    if url:
        return {"type": "Action.OpenUrl", "title": text, "url": url}
    data = {"soundings": {"action": action, "value": value}}
    how: Element = {"title": text, "data": data, "associatedInputs": "auto" if action in SENDING else "none"}
    if primary:
        how["style"] = "positive"
    fallback = {"type": "Action.Submit", **how}
    return {"type": "Action.Execute", "verb": action, **how, "fallback": fallback}


# Only these send what the card's inputs hold; no other button is stopped by an input that is still to be filled in.
SENDING = frozenset({"page:submit", "form:send", "way:do", "organise:do", "organise:close"})


def fits_button(text: str) -> bool:
    """Whether a button can carry these words whole."""
    return 0 < len(text.strip()) <= _BUTTON


def row(elements: Sequence[Element], block_id: str = "") -> Element:  # noqa: ARG001 - as every platform's
    """Buttons beside each other; where there are more than Teams shows in a row, in several rows."""
    rows = [{"type": "ActionSet", "actions": list(some)} for some in _six(elements)]
    return rows[0] if len(rows) == 1 else {"type": "Container", "items": rows}


def _six(elements: Sequence[Element]) -> list[Sequence[Element]]:
    return [elements[start : start + _MOST_IN_A_ROW] for start in range(0, len(elements), _MOST_IN_A_ROW)]


def ways_row(invitation_id: int, ways: Sequence[tuple[str, str]], words: Words) -> list[Element]:
    """The reasons not to answer, behind one button."""
    offered = [button(text, WAYS, f"{invitation_id}|{name}") for name, text in ways]
    card = {"type": "AdaptiveCard", "version": VERSION, "body": [row([each]) for each in offered]}
    return [row([{"type": "Action.ShowCard", "title": words("other_ways"), "card": card}])]


def placed(part: Part, place: str) -> list[Element]:
    """A part's elements, where its buttons are answers each with the place it belongs to."""
    if not part.taps:
        return list(part.elements)
    last = part.elements[-1]
    return [*part.elements[:-1], {**last, "actions": [_with_place(each, place) for each in last["actions"]]}]


def _with_place(action: Element, place: str) -> Element:
    told = action["data"]["soundings"]
    data = {"soundings": {**told, "value": f"{place}\n{told['value']}"}}
    return {**action, "data": data, "fallback": {**action["fallback"], "data": data}}


def texts(made: Iterable[Element]) -> list[str]:
    """The running texts among these, as they were given."""
    found = (each["text"] for each in made if each["type"] == "TextBlock")
    return [_ESCAPED.sub(r"\1", each).replace("\u200b", "").replace("\n\n", "\n") for each in found]


def size(elements: Iterable[Element]) -> int:
    """Bytes of JSON."""
    return sum(len(json.dumps(each).encode()) + 1 for each in elements)


def card(elements: Sequence[Element], language: str = "") -> Element:
    """The whole card."""
    made = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "body": list(elements),
    }
    return made | {"lang": language} if language else made


def activity(text: str, elements: Sequence[Element], language: str = "") -> Element:
    """A message: the card with the line that notifications show, or plain words where there is no card."""
    if not elements:
        return {"type": "message", "text": escaped(text), "textFormat": "markdown"}
    content = card(elements, language)
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return {"type": "message", "summary": shielded(text), "attachments": [attachment]}
