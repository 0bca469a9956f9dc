"""HTML as a row of tags and texts, in time proportional to its length however broken it is.

Python's own parser is exact in what nobody asks here (places, character references in names, declarations) and takes
half of the time of a reply for it; lxml builds a tree as it thinks it was meant, and so moves what Apple Mail leaves
split. Here are tags as browsers tell them from text (https://html.spec.whatwg.org/multipage/parsing.html#tokenization),
with one difference: where a browser would swallow the rest of a page, the words are kept.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Protocol

_TAG = re.compile(
    r"""<(/?)([a-zA-Z][^\s/<>]*+)([^<>"']*+(?:(?:"[^"]*+"|'[^']*+')[^<>"']*+)*+)>""",
)
# The same with quotes that mean nothing: one that is never closed would be looked for to the end of the mail.
_LOOSE_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)([^<>]*+)>")
_ATTRIBUTE = re.compile(r"""([^\s/>="'][^\s/>=]*+)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>]*+))?""")
_RAW = {tag: re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE) for tag in ("script", "style")}
_TRIES = 50


class Attributes:
    """What stands in a tag beside its name, read only if somebody asks."""

    __slots__ = ("_low", "_read", "_written")

    def __init__(self, written: str) -> None:
        self._written = written
        self._low = written.lower()
        self._read: dict[str, str] | None = None

    def may_hold(self, letters: str) -> bool:
        """Whether it is worth asking for what has these (small) letters, which may be written as references."""
        return letters in self._low or "&#" in self._low

    def get(self, name: str) -> str:
        """The value, of several the first; empty where there is none."""
        if self._read is None:
            self._read = {}
            for each in _ATTRIBUTE.finditer(self._written):
                value = each[2] or ""
                bare = value[1:-1] if value[:1] in {'"', "'"} and value[-1:] == value[:1] != value else value
                self._read.setdefault(each[1].lower(), unescape(bare))
        return self._read.get(name, "")


class Heard(Protocol):
    """Who listens: each is told in the order of the page. Names of tags come in small letters."""

    def starts(self, tag: str, given: Attributes) -> None: ...

    def ends(self, tag: str) -> None: ...

    def says(self, data: str) -> None: ...


def hear(html: str, listener: Heard) -> None:
    """Tell every tag and text of a page; comments and declarations are passed over."""
    at, tag_at, failed, never = 0, _TAG, 0, set[str]()
    # Most tags of a mail are written as others of it: what stands in them is read once.
    known = {"": Attributes("")}
    while (opens := html.find("<", at)) >= 0:
        if opens > at:
            _say(html[at:opens], listener)
        tag = tag_at.match(html, opens)
        if tag is None and html[opens + 1 : opens + 2].isalpha() and tag_at is _TAG:
            failed += 1
            tag = _LOOSE_TAG.match(html, opens)
            tag_at = _LOOSE_TAG if failed > _TRIES else _TAG
        if tag is not None:
            name, written = tag[2].lower(), tag[3]
            at = tag.end()
            if tag[1]:
                listener.ends(name)
                continue
            given = known.get(written)
            if given is None:
                given = known[written] = Attributes(written)
            listener.starts(name, given)
            if written.endswith("/"):
                listener.ends(name)
            elif name in _RAW and name not in never:
                at = _raw_end(html, name, at, never)
            continue
        at = _passed_over(html, opens, never)
        if at == opens:
            listener.says("<")
            at += 1
    if at < len(html):
        _say(html[at:], listener)


def _say(words: str, listener: Heard) -> None:
    listener.says(unescape(words) if "&" in words else words)


def _raw_end(html: str, name: str, begins: int, never: set[str]) -> int:
    """Where the text of a script or style sheet ends; where it begins if it is never closed."""
    last = _RAW[name].search(html, begins)
    if last is None:
        never.add(name)
        return begins
    return last.start()


def _passed_over(html: str, opens: int, never: set[str]) -> int:
    """Where a comment or declaration that begins here has its end; where it begins if it is none, or has no end."""
    if html.startswith("<!--", opens):
        begins, ends = opens + 2, "-->"
    elif html.startswith(("<!", "<?", "</"), opens):
        begins, ends = opens + 2, ">"
    else:
        return opens
    # What was looked for in vain once stands nowhere further on either.
    last = -1 if ends in never else html.find(ends, begins)
    if last < 0:
        never.add(ends)
        return opens
    return last + len(ends)
