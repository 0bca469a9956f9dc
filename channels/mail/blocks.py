"""A mail's content as a list of blocks, written out twice: as text and as HTML with the same words.

The HTML's looks stand beside each element, as mail programs drop style sheets; no images, no tables, and colours
that hold on light and dark grounds alike (the program's own ground and text colour are left alone).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

_BODY = (
    "margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
    "font-size:17px;line-height:1.5"
)
# An answer or an address may be one long word.
_COLUMN = "max-width:36em;margin:0 auto;word-wrap:break-word;overflow-wrap:break-word"
_PARAGRAPH = "margin:0 0 16px"
_HEADING = "margin:32px 0 8px;font-size:20px;line-height:1.3"
_BUTTON = (
    "display:inline-block;padding:12px 20px;background-color:#0a5a74;color:#ffffff;border-radius:4px;"
    "text-decoration:none;font-weight:bold"
)
# Programs that take a style sheet are told that the mail holds on dark grounds; the others find it by the metas.
_SCHEMES = "<style>:root { color-scheme: light dark; supported-color-schemes: light dark; }</style>\n"
# Outlook on the desktop draws with Word, which takes Times where it does not know the first font of a list.
_WORD = (
    "<!--[if mso]><style>body, div, p, h2, a { font-family: 'Segoe UI', Arial, sans-serif !important; }</style>"
    "<![endif]-->\n"
)
_QUIET = "margin:0 0 8px;font-size:15px"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a mail in both forms; `heads` a part of it, or `asks` one question."""

    text: str
    html: str
    heads: bool = False
    asks: bool = False


def paragraph(words: str) -> Block:
    """Running words; an empty line in them begins a new paragraph, a single line end stays one."""
    parts = [part.strip("\n") for part in words.split("\n\n") if part.strip()]
    html = "".join(f'<p style="{_PARAGRAPH}">{_lines(part)}</p>\n' for part in parts)
    return Block("\n\n".join(parts), html)


def lines(words: Iterable[str]) -> Block:
    """Lines that stand close together."""
    kept = [each for each in words if each]
    return Block("\n".join(kept), f'<p style="{_PARAGRAPH}">{"<br>".join(map(escape, kept))}</p>\n')


def heading(words: str) -> Block:
    """The title of a part."""
    return Block(words, f'<h2 style="{_HEADING}">{escape(words)}</h2>\n', heads=True)


def button(words: str, address: str) -> Block:
    """The one thing to do."""
    link = f'<a href="{escape(address)}" style="{_BUTTON}">{escape(words)}</a>'
    return Block(f"{words}:\n{address}", f'<p style="{_PARAGRAPH}">{link}</p>\n')


def links(intro: str, ways: Sequence[tuple[str, str]]) -> Block:
    """Quiet ways on, (words, address), under a line that introduces them if there is one."""
    dash = "- " if intro else ""
    text = [intro, *(f"{dash}{words}: {address}" for words, address in ways)]
    html = [f'<p style="{_QUIET}">{escape(intro)}</p>\n'] if intro else []
    html += [f'<p style="{_QUIET}"><a href="{escape(address)}">{escape(words)}</a></p>\n' for words, address in ways]
    return Block("\n".join(each for each in text if each), f'<div style="{_PARAGRAPH}">\n{"".join(html)}</div>\n')


def question(asked: Sequence[str]) -> Block:
    """A question of the layout: each line starts its line, and in HTML its paragraph."""
    html = "".join(f'<p style="margin:0 0 4px">{escape(line)}</p>\n' for line in asked)
    return Block("\n".join(asked), f'<div style="margin:0 0 24px">\n{html}</div>\n', asks=True)


def as_text(blocks: Iterable[Block]) -> str:
    """The text part: blocks apart by an empty line."""
    return "\n\n".join(block.text for block in blocks if block.text) + "\n"


def around(*, language: str, title: str) -> tuple[str, str]:
    """What stands before and after the blocks of the HTML part, to make a whole document of them."""
    before = (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="supported-color-schemes" content="light dark">\n'
        f"{_SCHEMES}{_WORD}<title>{escape(title)}</title>\n</head>\n"
        f'<body style="{_BODY}">\n<div style="{_COLUMN}">\n'
    )
    return before, "</div>\n</body>\n</html>\n"


def _lines(words: str) -> str:
    return "<br>\n".join(escape(line) for line in words.split("\n"))
