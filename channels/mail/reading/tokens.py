"""Words as they are compared: without what mail programs change on the way (case, quotation marks, spaces, links)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LINK = "\x00"
# A link, or what a gateway has made of it; `Answer here<https://…>` holds one too.
_TOKEN = re.compile(r"<?(?:https?://|mailto:|www\.)[^\s<>]*[^\s<>.,;:!?)\]}'\"]>?|\w+|[^\w\s]")
# Nobody types such a line, and none of ours is so long.
LONGEST_COMPARED = 20_000
_SAME = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "‛": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "‑": "-",
    "−": "-",
}


class Token(NamedTuple):
    """A word or a mark as it is compared, and where it stands in its line."""

    norm: str
    start: int
    end: int


# Our own lines come back in every reply.
@lru_cache(maxsize=8192)
def tokens_of(words: str) -> tuple[Token, ...]:
    """The tokens of a line; of one longer than anything we send, those of its beginning."""
    return tuple(_tokens(words[:LONGEST_COMPARED]))


def norms_of(words: str) -> tuple[str, ...]:
    """What is compared of a line."""
    return tuple(token.norm for token in tokens_of(words))


def _tokens(words: str) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(words):
        word = match[0]
        if len(word) > 4 and ("://" in word or word.startswith(("www.", "mailto:", "<mailto:"))):  # noqa: PLR2004
            found.append(Token(LINK, match.start(), match.end()))
        elif word == "…":
            found += [Token(".", match.start(), match.end())] * 3
        elif word.isascii():
            found.append(Token(word.lower(), match.start(), match.end()))
        else:
            same = _SAME.get(word) or unicodedata.normalize("NFKC", word).casefold()
            found.append(Token(same, match.start(), match.end()))
    return found
