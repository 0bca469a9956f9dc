"""A mail's text as lines with the depth at which each is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from channels.mail.reading.html_lines import lines_of_html
from channels.mail.reading.line import Line
from channels.mail.reading.opened import Opened

# Only `>` directly at the line's start, with single spaces between: "> >" and ">>" are both two deep.
_QUOTE = re.compile(r"[ \t]?(?:>[ \t]?)+")
_GROUPWISE = re.compile(r">>>\s.+>>>\s*$")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e]")
MOST_LINES = 20_000
_DEEPEST = 60
_BARS = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a mail's body: its lines, and whether they come from the `plain` or the `html` part."""

    lines: tuple[Line, ...]
    source: str


def readings_of(mail: Opened) -> Iterator[Reading]:
    """The HTML part and the text part, each as lines; at least one, empty where the mail says nothing."""
    shaped = mail.html is not None and bool(mail.html.strip())
    if mail.html is not None and shaped:
        yield Reading(tuple(lines_of_html(mail.html)[:MOST_LINES]), "html")
    if mail.plain is not None and (mail.plain.strip() or not shaped):
        yield Reading(tuple(lines_of_text(mail.plain, flowed=mail.flowed, delsp=mail.delsp)[:MOST_LINES]), "plain")
    elif not shaped:
        yield Reading((), "plain")


def lines_of_text(text: str, *, flowed: bool = False, delsp: bool = False) -> list[Line]:
    """Lines of a text part; with format=flowed soft line ends are joined (RFC 3676)."""
    found: list[Line] = []
    open_line = False
    for raw in _barless(text.split("\n")):
        words, depth = _unquoted(raw)
        if not flowed:
            found.append(Line(clean(words), depth))
            continue
        words = words.removeprefix(" ") if depth == 0 and raw.startswith(" ") else words
        soft = words.endswith(" ") and words != "-- "
        kept = words[:-1] if soft and delsp else words
        if open_line and found and found[-1].depth == depth:
            found[-1] = Line(found[-1].words + kept, depth)
        else:
            found.append(Line(kept, depth))
        open_line = soft
    return [Line(clean(each.words), each.depth) for each in found] if flowed else found


def _barless(lines: list[str]) -> list[str]:
    """Some programs mark what they quote by bars instead."""
    barred = sum(1 for line in lines if line.startswith("|"))
    if barred < _BARS or any(line.startswith(">") for line in lines):
        return lines
    return [">" + line[1:] if line.startswith("|") else line for line in lines]


def clean(words: str) -> str:
    """Without what nobody sees: zero-width signs, hard spaces, spaces at the end."""
    if words.isascii():
        return words.rstrip()
    return _INVISIBLE.sub("", words.replace("\u00a0", " ").replace("\u202f", " ")).rstrip()


def _unquoted(raw: str) -> tuple[str, int]:
    if ">" not in raw[:3] or _GROUPWISE.match(raw):
        return raw, 0
    match = _QUOTE.match(raw)
    if match is None:
        return raw, 0
    return raw[match.end() :], min(match[0].count(">"), _DEEPEST)
