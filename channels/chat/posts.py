"""An open round as it stands in a channel: what it asks, a button, and how many have answered."""

from __future__ import annotations

from channels.base import PostLetter
from channels.chat.drawing import Drawing, Element
from channels.chat.prompts import WEB
from channels.chat.words import Words
from surveys.open_rounds import Heard
from surveys.programme import Mode

SHARE = "open:share"


def post_of(draw: Drawing, letter: PostLetter) -> tuple[str, list[Element]]:
    """(the line of notifications, shielded; the elements)."""
    words = Words(letter.language)
    made = draw.heading(letter.title, words)
    if letter.over:
        made += draw.said(words("open.over", closes=letter.closes), words)
        made += draw.aside(heard_words(letter.heard, words, over=True), words)
        return draw.shielded(words("open.over_line", title=letter.title)), made
    lead = letter.lead or words("why", programme=letter.programme_title)
    made += draw.said(lead, words)
    made += draw.said(f"{words('open.private')} {words(_SEES[letter.mode])}", words)
    buttons = [
        draw.button(words("open.share"), SHARE, str(letter.round_id), primary=True),
        draw.button(words("on_the_web"), WEB, url=letter.link),
    ]
    made.append(draw.row(buttons, f"open:{letter.round_id}"))
    small = " ".join((heard_words(letter.heard, words), words("until", closes=letter.closes)))
    made += draw.aside(f"{small} {words('privacy')}: {letter.notice}", words)
    return draw.shielded(words("open.line", title=letter.title, closes=letter.closes)), made


_SEES = {
    Mode.UNLINKED: "mode.unlinked",
    Mode.CONFIDENTIAL: "mode.confidential",
    Mode.IDENTIFIED: "mode.identified",
}


def heard_words(found: Heard, words: Words, *, over: bool = False) -> str:
    """How many have answered, as far as it may be told."""
    if found.fewer_than:
        return words("open.fewer_over" if over else "open.fewer", number=found.fewer_than)
    if found.at_least:
        return words("open.at_least", number=found.number)
    return words("open.one") if found.number == 1 else words("open.many", number=found.number)
