"""HTML as lines: a line for each block or break, the depth of quotes from blockquotes, numbers of lists kept."""

from __future__ import annotations

import re

from channels.mail.reading.html_tokens import Attributes, Heard, hear
from channels.mail.reading.line import Line

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "blockquote",
    ]
)
_UNSEEN = frozenset({"head", "style", "script", "title", "template"})
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "wbr", "col", "base"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e]")
_HIDDEN = re.compile(r"display\s*:\s*none|text-decoration[\w-]*\s*:[^;]*line-through")
# What a person has struck out is not said: an option left standing beside it is the answer.
_STRUCK = frozenset({"s", "strike", "del"})
_NO_MARGIN = re.compile(r"margin(?:-bottom)?\s*:\s*0", re.IGNORECASE)
_DEEPEST = 60


def lines_of_html(html: str) -> list[Line]:
    """The lines a reader sees."""
    reader = _Reader()
    hear(html, reader)
    reader.end_line()
    return reader.apart()


def _is_hidden(given: Attributes) -> bool:
    if not (given.may_hold("none") or given.may_hold("through")):
        return False
    return bool(_HIDDEN.search(given.get("style").lower()))


class _Reader(Heard):
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._words: list[str] = []
        self._depth = 0
        self._unseen = 0
        self._hidden: list[str] = []
        # Something of this line was not shown: what parted it from the rest parts nothing any more.
        self._gappy = False
        self._lists: list[int | None] = []
        self._pre = 0
        self._apart: list[bool] = []
        # The gaps that margins make; and whether the person's program makes a paragraph of each line.
        self._gaps: set[int] = set()
        self._line_each = False
        self._paragraph_at = -1

    def starts(self, tag: str, given: Attributes) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
            return
        if tag == "body":
            # A body begun is a head ended, whatever was left open there.
            self._unseen = 0
        if self._hidden or (tag not in _VOID and (tag in _STRUCK or _is_hidden(given))):
            if tag not in _VOID:
                self._hidden.append(tag)
                self._gappy = True
            return
        if tag == "br":
            self._line()
        elif tag in _BLOCKS:
            self._begin_block(tag, given)

    def _begin_block(self, tag: str, given: Attributes) -> None:
        self.end_line()
        if tag == "blockquote":
            self._depth = min(self._depth + 1, _DEEPEST)
        elif tag == "pre":
            self._pre += 1
        elif tag == "p":
            self._paragraph_at = len(self.lines)
            self._apart.append(not _stands_close(given))
        elif tag in {"ol", "ul"}:
            self._lists.append(_number(given.get("start"), 1) if tag == "ol" else None)
        elif tag == "li":
            self._item(given)

    def ends(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
            return
        if self._hidden:
            if tag in self._hidden:
                del self._hidden[self._hidden.index(tag) if tag == self._hidden[0] else -1 :]
            return
        if tag not in _BLOCKS:
            return
        self.end_line()
        if tag == "blockquote":
            self._depth = max(self._depth - 1, 0)
        elif tag == "pre":
            self._pre = max(self._pre - 1, 0)
        elif tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        elif tag == "p" and self._apart and self._apart.pop():
            said = self.lines[self._paragraph_at :]
            self._line_each = self._line_each or (bool(said) and not any(line.words for line in said))
            self._gap()

    def says(self, data: str) -> None:
        if self._unseen or self._hidden:
            return
        if self._pre:
            first, *rest = data.split("\n")
            self._words.append(first)
            for each in rest:
                self._line()
                self._words.append(each)
            return
        self._words.append(data)

    def end_line(self) -> None:
        """End a line if one is begun; a break at a block's end is the block's end."""
        if "".join(self._words).strip(" \t\r\n\f"):
            self._line()
        self._words.clear()

    def _line(self) -> None:
        words = _INVISIBLE.sub("", "".join(self._words).replace("\u00a0", " ").replace("\u202f", " "))
        shown = words.rstrip() if self._pre else _SPACE.sub(" ", words).strip()
        self.lines.append(Line(shown.strip(" /|") if self._gappy else shown, self._depth))
        self._words.clear()
        self._gappy = False

    def _gap(self) -> None:
        if self.lines and self.lines[-1].words:
            self._gaps.add(len(self.lines))
            self.lines.append(Line("", self._depth))

    def apart(self) -> list[Line]:
        """The lines; where an empty paragraph parts others, a margin parts none."""
        if not self._line_each:
            return self.lines
        return [line for at, line in enumerate(self.lines) if at not in self._gaps]

    def _item(self, given: Attributes) -> None:
        if not self._lists or self._lists[-1] is None:
            self._words.append("- ")
            return
        number = _number(given.get("value"), self._lists[-1])
        self._words.append(f"{number}. ")
        self._lists[-1] = number + 1


def _number(words: str, otherwise: int) -> int:
    return int(words) if words.isascii() and words.isdigit() and len(words) < len("10000") else otherwise


def _stands_close(given: Attributes) -> bool:
    """Whether a paragraph is one of a program that makes one of each line (Word's, and those without a margin)."""
    if given.may_hold("mso") and "mso" in given.get("class").lower():
        return True
    return given.may_hold("margin") and bool(_NO_MARGIN.search(given.get("style")))
