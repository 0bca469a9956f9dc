"""How mail programs set out a reply: our mail as each of them quotes it, with what a person typed in its place."""

from __future__ import annotations

import base64
import quopri
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.header import Header
from html import escape, unescape

from tests.mail.letters import Ours

JANE = "Jane Whitlock <jane.whitlock@hillside.example.org>"
ROWAN = "Rowan Achterberg"
ROWAN_AT = "evaluation@soundings.test"
_MARK = re.compile(r"\[Q(\d+)\]")
_BLOCK = re.compile(r"<(h2|p)[^>]*>(.*?)</\1>", re.DOTALL)
_HREF = re.compile(r'href="([^"]*)"')
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What the person typed, and where."""

    top: str = ""
    inline: Mapping[int, str] = field(default_factory=dict)
    bottom: str = ""
    same_line: bool = False
    colour: str = ""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A paragraph of our HTML. `number` is the question it belongs to."""

    tag: str
    words: str
    href: str
    number: int

    @property
    def answer(self) -> bool:
        return self.words == "Answer:"


def blocks_of(ours: Ours) -> list[Block]:
    """Our HTML, paragraph by paragraph."""
    found, number = [], 0
    for match in _BLOCK.finditer(ours.html):
        words = unescape(_TAG.sub("", match[2]))
        mark = _MARK.match(words)
        number = int(mark[1]) if mark else (0 if words.startswith("[END]") else number)
        href = _HREF.search(match[2])
        found.append(Block(tag=match[1], words=words, href=href[1] if href else "", number=number))
    return found


def html_quote(
    ours: Ours, written: Written, paragraph: Callable[[Block, str], str], said: Callable[[str], str], joint: str = ""
) -> str:
    """Our paragraphs with `said` words beneath `Answer:`, or as second argument of `paragraph` behind it."""
    found = []
    for block in blocks_of(ours):
        words = written.inline.get(block.number, "") if block.answer else ""
        if words and written.same_line:
            first, *rest = words.split("\n")
            found.append(paragraph(block, first))
            if rest:
                found.append(said("\n".join(rest)))
        else:
            found.append(paragraph(block, ""))
            if words:
                found.append(said(words))
    return joint.join(found)


def text_quote(ours: Ours, written: Written, prefix: str, width: int = 0, *, blank_after: bool = True) -> str:
    """Our plain text with a prefix, and the words typed beneath or behind `Answer:` without one."""
    found, number = [], 0
    for line in ours.text.rstrip("\n").split("\n"):
        mark = _MARK.match(line)
        number = int(mark[1]) if mark else number
        words = written.inline.get(number, "") if line == "Answer:" else ""
        if words and written.same_line:
            first, *rest = words.split("\n")
            found += [f"{prefix}{line} {first}", *rest]
            continue
        for part in textwrap.wrap(line, width, break_long_words=False) if width and line else [line]:
            found.append((prefix + part).rstrip() if not part else prefix + part)
        if words:
            found += words.split("\n")
            if blank_after:
                found.append("")
    return "\n".join(found)


def lines_html(words: str, tag: str = "div", attributes: str = "", empty: str = "<br>") -> str:
    """A paragraph a line."""
    return "".join(
        f"<{tag}{' ' + attributes if attributes else ''}>{escape(line, quote=False) or empty}</{tag}>\n"
        for line in words.split("\n")
    )


def _header(words: str) -> str:
    return words if words.isascii() else Header(words, "utf-8", maxlinelen=900).encode()


def head(ours: Ours, subject: str = "", *more: str, sender: str = JANE, to: str = "", threaded: bool = True) -> bytes:
    """The headers of a reply."""
    lines = [
        f"From: {sender}",
        f"To: {to or f'{ROWAN} <{ours.reply_to}>'}",
        f"Subject: {_header(subject or 'Re: ' + ours.subject)}",
        "Date: Tue, 26 Nov 2024 10:12:31 +0000",
        "Message-ID: <blind-reply@hillside.example.org>",
        *([f"In-Reply-To: {ours.message_id}", f"References: {ours.message_id}"] if threaded else []),
        *more,
        "MIME-Version: 1.0",
    ]
    return "\r\n".join(lines).encode("ascii", "surrogateescape") + b"\r\n"


def leaf(subtype: str, words: str, charset: str = "utf-8", coding: str = "quoted-printable", more: str = "") -> bytes:
    """A text part with its headers."""
    raw = words.replace("\n", "\r\n").encode(charset)
    if coding == "quoted-printable":
        raw = quopri.encodestring(raw.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    elif coding == "base64":
        raw = base64.encodebytes(raw).replace(b"\n", b"\r\n")
    return (
        f'Content-Type: text/{subtype}; charset="{charset}"{more}\r\nContent-Transfer-Encoding: {coding}\r\n\r\n'.encode()
        + raw
    )


def many(subtype: str, parts: Sequence[bytes], more: str = "", preamble: bytes = b"") -> bytes:
    """A multipart of parts."""
    mark = f"----=_{subtype}_{len(parts)}_{sum(map(len, parts))}"
    inside = b"".join(b"\r\n--" + mark.encode() + b"\r\n" + part for part in parts)
    return (
        f'Content-Type: multipart/{subtype}; boundary="{mark}"{more}\r\n\r\n'.encode()
        + preamble
        + inside
        + b"\r\n--"
        + mark.encode()
        + b"--\r\n"
    )


def document(inside: str, style: str = "") -> str:
    """An HTML document."""
    return f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">{style}</head><body>{inside}</body></html>'
