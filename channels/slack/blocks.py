"""Block Kit, kept within its limits: long words go on in a further block, they are never cut off.

Everything that people or questionnaires say stands in `plain_text`, where Slack reads neither links nor mentions nor
marks, so that no words of theirs can call a whole channel or pass as ours (docs.slack.dev: reference/block-kit).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from channels.chat.words import Words

Block = dict[str, Any]

MOST_BLOCKS, MOST_MODAL_BLOCKS = 50, 100
# A message whose blocks hold more than about 13,200 characters together is refused (platform facts: Slack).
MOST_CHARACTERS = 12_000
_SECTION, _HEADER, _LABEL, _BUTTON, _OPTION, _OPTION_VALUE, _ID = 3000, 150, 2000, 75, 75, 150, 255
LONGEST_INPUT = 3000
MOST_TICKS, MOST_LISTED, MOST_GROUPS = 10, 100, 100
MOST_ROW = 25
_TEXTS = frozenset({"plain_text", "mrkdwn"})


def plain(text: str) -> Block:
    """A text object that Slack shows as it is; it refuses an empty one."""
    return {"type": "plain_text", "text": text or " ", "emoji": False}


def pieces(text: str, most: int, words: Words) -> list[str]:
    """The text in pieces of at most `most` characters, cut at spaces if there are any; each but the first says so."""
    found: list[str] = []
    rest = text.strip()
    while rest:
        mark = words("continued") + " " if found else ""
        room = most - len(mark)
        part = rest if len(rest) <= room else _up_to(rest, room)
        found.append(mark + part.rstrip())
        rest = rest[len(part) :].lstrip()
    return found


def said(text: str, words: Words) -> list[Block]:
    """Running text as sections."""
    return [{"type": "section", "text": plain(part)} for part in pieces(text, _SECTION, words)]


def heading(text: str, words: Words) -> list[Block]:
    """A heading where it fits into one, else a section."""
    text = " ".join(text.split())
    return [{"type": "header", "text": plain(text)}] if 0 < len(text) <= _HEADER else said(text, words)


def aside(text: str, words: Words) -> list[Block]:
    """Small print."""
    return [{"type": "context", "elements": [plain(part)]} for part in pieces(text, 2000, words)]


def button(text: str, action: str, value: str = "", *, url: str = "", primary: bool = False) -> Block:
    """One button; `text` must fit (75 characters), as our own words do."""
    made: Block = {"type": "button", "action_id": action, "text": plain(text)}
    if value:
        made["value"] = value
    if url:
        made["url"] = url
    if primary:
        made["style"] = "primary"
    return made


def fits_button(text: str) -> bool:
    """Whether a button can carry these words whole."""
    return 0 < len(text.strip()) <= _BUTTON


def row(elements: Sequence[Block], block_id: str = "") -> Block:
    """Buttons and selects beside each other: 1 to 25."""
    made: Block = {"type": "actions", "elements": list(elements)}
    return made | {"block_id": block_id} if block_id else made


def asked(
    label: str, element: Block, words: Words, *, block_id: str, hint: str = "", needed: bool = False
) -> list[Block]:
    """An input under its label; a label or hint that is too long for one stands above it."""
    found: list[Block] = []
    if len(label) > _LABEL:
        found += said(label, words)
        label = words("your_answer")
    if len(hint) > _LABEL:
        found += said(hint, words)
        hint = ""
    made: Block = {"type": "input", "block_id": block_id, "label": plain(label), "element": element}
    # Nothing of this binds in a message: what is needed is checked where it is stored.
    made["optional"] = not needed
    if hint:
        made["hint"] = plain(hint)
    return [*found, made]


def options(labels: Iterable[tuple[str, str]]) -> tuple[list[Block], list[str]]:
    """Options of (value, label), and what must stand above them: labels too long for an option are spelt out there.

    Up to 75 characters stand in the option itself, up to twice that with its description; what is longer is named by
    a letter or number.
    """
    found: list[Block] = []
    above: list[str] = []
    for number, (value, given) in enumerate(labels, start=1):
        label = given.strip() or value
        if len(label) <= _OPTION:
            found.append({"text": plain(label), "value": value})
            continue
        first = _up_to(label, _OPTION)
        rest = label[len(first) :].strip()
        if len(rest) <= _OPTION:
            found.append({"text": plain(first.strip()), "value": value, "description": plain(rest)})
            continue
        above.append(f"{number}) {label}")
        found.append({"text": plain(f"{number})"), "value": value})
    return found, above


def ident(name: str, prefix: str = "") -> str:
    """An id for a block or an action that stands for that name: itself, or a digest where it is too long."""
    whole = f"{prefix}{name}"
    if len(whole) <= _ID:
        return whole
    return f"{prefix}{hashlib.sha256(name.encode()).hexdigest()}"


def option_value(value: str, place: int) -> str:
    """What an option sends: its value, or its place where that is too long for Slack."""
    return f"={value}" if len(value) < _OPTION_VALUE else f"#{place}"


def _up_to(text: str, most: int) -> str:
    """The longest beginning of at most `most` characters that ends at a space, or anywhere if there is none."""
    if len(text) <= most:
        return text
    at = max(text.rfind(" ", 0, most + 1), text.rfind("\n", 0, most + 1))
    return text[:at] if at > most // 3 else text[:most]


def size(blocks: Iterable[Block]) -> int:
    """How many characters the texts of these blocks hold together."""
    total = 0
    held: list[Any] = list(blocks)
    while held:
        value = held.pop()
        # Asked of every message that is sent: plain comparisons of types cost a third of isinstance with a union.
        if type(value) is list:
            held += value
        elif value.get("type") in _TEXTS:
            total += len(value["text"])
        else:
            held += [each for each in value.values() if type(each) is dict or type(each) is list]
    return total


def texts(made: Iterable[Block]) -> list[str]:
    """The running texts among these."""
    return [each["text"]["text"] for each in made if "text" in each]


def shielded(text: str) -> str:
    """For the one line that notifications show, which Slack reads as markup: nothing in it is a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
