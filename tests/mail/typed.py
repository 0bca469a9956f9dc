"""What a person types into a reply, and where: the part of a reply that no mail program decides."""

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape

_MARK = re.compile(r"\[Q(\d+)\]")
_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
_PARAGRAPH = re.compile(r"<p[^>]*>(?P<words>[^<]*)</p>\n?")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """`top` above what is quoted, `inline` within it by question number, `bottom` beneath it.

    `place`: "below" the line `Answer:`, on the "same" line, "above" it under the question, "instead" of it, or
    "after_ask" on the line of the question itself.
    """

    top: str = ""
    inline: Mapping[int, str] = field(default_factory=dict)
    bottom: str = ""
    place: str = "below"
    # Questions whose text the person has deleted from the quote.
    cut: frozenset[int] = frozenset()
    # Everything of ours above the first question deleted, and everything beneath the last.
    cut_around: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a reply's body: ours, with what was typed on it, or typed alone."""

    words: str
    ours: bool


def lines_of(text: str, typed: Typed) -> list[Line]:
    """Our text with what was typed within it."""
    found: list[Line] = []
    number = 0
    kept = _kept(text.rstrip("\n").split("\n"), typed)
    for at, line in enumerate(kept):
        mark = _MARK.match(line)
        if mark:
            number = int(mark[1])
        words = typed.inline.get(number, "")
        if mark and words and typed.place == "after_ask":
            found.append(Line(f"{line} {words}", ours=True))
        elif line != "Answer:" or not words:
            found.append(Line(line, ours=True))
        else:
            found += _answered(line, words, typed.place)
            if typed.place == "below" and at + 1 < len(kept):
                found.append(Line("", ours=False))
    return found


def _answered(line: str, words: str, place: str) -> list[Line]:
    typed = [Line(each, ours=False) for each in words.split("\n")]
    first, *rest = typed
    match place:
        case "same":
            return [Line(f"{line} {first.words}", ours=True), *rest]
        case "above":
            return [*typed, Line(line, ours=True)]
        case "instead":
            return typed
        case "after_ask":
            return [Line(line, ours=True)]
        case _:
            return [Line(line, ours=True), *typed]


def _kept(lines: list[str], typed: Typed) -> list[str]:
    found, number, past = [], 0, False
    for line in lines:
        mark = _MARK.match(line)
        number = int(mark[1]) if mark else number
        past = past or line.startswith("[END]")
        around = typed.cut_around and (number == 0 or past)
        if not around and not (number in typed.cut and not past):
            found.append(line)
    return found


def quoted(lines: list[Line], prefix: str = "> ", width: int = 0, *, loose: bool = False) -> str:
    """With `>` before what is ours; wrapped at `width` (`loose`: the wrapped rest of a line gets no mark)."""
    found: list[str] = []
    for line in lines:
        if not line.ours:
            found.append(line.words)
            continue
        parts = textwrap.wrap(line.words, width, break_long_words=False) if width else [line.words]
        for at, part in enumerate(parts or [""]):
            mark = "" if at and loose else prefix
            found.append((mark + part).rstrip() if not part else mark + part)
    return "\n".join(found)


def unmarked(lines: list[Line], width: int = 0) -> str:
    """Without any mark, as Outlook quotes."""
    return quoted(lines, prefix="", width=width)


def body_of(html: str) -> str:
    """What stands in the body of an HTML document."""
    match = _BODY.search(html)
    assert match
    return match[1].strip()


def html_with(html: str, typed: Typed, said: Callable[[str], str], *, same: bool = False) -> str:
    """Our HTML with what was typed in it; `said` makes HTML of it, put behind `Answer:` or into its paragraph."""
    number = 0

    def placed(match: re.Match[str]) -> str:
        nonlocal number
        mark = _MARK.match(match["words"])
        if mark:
            number = int(mark[1])
        words = typed.inline.get(number, "")
        if match["words"] != "Answer:" or not words:
            return match[0]
        if same:
            return match[0].replace("Answer:", f"Answer: {said(words)}")
        return match[0] + said(words)

    return _PARAGRAPH.sub(placed, body_of(html))


def paragraphs(words: str, tag: str = "div", attributes: str = "") -> str:
    """Typed words as a mail program writes them: an element a line, an empty one with a break."""
    start = f"<{tag} {attributes}>".replace(" >", ">")
    return "".join(f"{start}{escape(line, quote=False) or '<br>'}</{tag}>" for line in words.split("\n"))


def breaks(words: str) -> str:
    """Typed words with `<br>` between the lines."""
    return "<br>\n".join(escape(line, quote=False) for line in words.split("\n"))
