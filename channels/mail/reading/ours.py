"""What we sent, as a reply is held against it: the words around the questions, and each question's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from channels.mail.reading.lines import clean
from channels.mail.reading.tokens import LINK, norms_of

MARK = re.compile(r"\[Q(\d{1,4})\]", re.IGNORECASE)
_END = re.compile(r"\[END\]", re.IGNORECASE)
_ANSWER = ("answer", ":")
# A question of two words may stand in any sentence.
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Words:
    """Tokens in order, with the places where our lines begin and end; found again by their first token."""

    norms: tuple[str, ...]
    starts: frozenset[int]
    ends: frozenset[int]
    places: Mapping[str, tuple[int, ...]]

    def is_link(self, start: int, end: int) -> bool:
        """Whether these are the words of a link as the text part sets it out: `- No, thank you: https://…`."""
        return (
            start > 0
            and start - 1 in self.starts
            and self.norms[start - 1] == "-"
            and self.norms[end : end + 2] == (":", LINK)
        )


@dataclass(frozen=True, slots=True)
class Block:
    """A question as it stands in our mail. `core` ends with `Answer:`; what follows it belongs to the next one."""

    number: int
    ask: tuple[str, ...]
    words: Words
    core: int

    @property
    def bare_ask(self) -> tuple[str, ...]:
        """The question without the brackets its options stand in."""
        if self.ask[-1:] != (")",) or "(" not in self.ask:
            return self.ask
        return self.ask[: len(self.ask) - 1 - self.ask[::-1].index("(")]


@dataclass(frozen=True, slots=True)
class Ours:
    """Everything that we sent in a thread. `around` are all words that belong to no question.

    `asks`: the questions with enough words to be known by them alone, by their first, those with most words first.
    """

    blocks: Mapping[int, Block] = field(default_factory=dict)
    asks: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)
    around: Words = field(default_factory=lambda: _words([]))


def ours_of(texts: Sequence[str]) -> Ours:
    """The mails of a thread by their text parts, the newest questionnaire first."""
    return _ours_of(tuple(texts))


@lru_cache(maxsize=64)
def _ours_of(texts: tuple[str, ...]) -> Ours:
    blocks: dict[int, Block] = {}
    around: list[str] = []
    for text in texts:
        number = 0
        lines: list[str] = []
        for raw in text.replace("\r\n", "\n").split("\n"):
            # An organiser's line that begins like a quote loses its marks in every reply.
            line = clean(raw).lstrip("> ")
            mark, end = MARK.match(line), _END.match(line)
            if mark or end:
                _close(blocks, number, lines, around)
                number, lines = (int(mark[1]) if mark else 0), []
            lines.append(line)
        _close(blocks, number, lines, around)
    return Ours(blocks=blocks, asks=_asks(blocks.values()), around=_words(around))


def _asks(blocks: Iterable[Block]) -> dict[str, tuple[Block, ...]]:
    found: dict[str, list[Block]] = {}
    for block in sorted(blocks, key=lambda each: -len(each.bare_ask)):
        ask = block.bare_ask
        if sum(1 for norm in ask if norm.isalnum()) >= _FEWEST_WORDS:
            found.setdefault(ask[0], []).append(block)
    return {first: tuple(each) for first, each in found.items()}


def _close(blocks: dict[int, Block], number: int, lines: list[str], around: list[str]) -> None:
    if number == 0:
        around += lines
    elif number not in blocks:
        blocks[number] = _block(number, lines)


def _block(number: int, lines: list[str]) -> Block:
    answer = next((at for at, line in enumerate(lines) if norms_of(line) == _ANSWER), len(lines) - 1)
    core = sum(len(norms_of(line)) for line in lines[: answer + 1])
    mark = MARK.match(lines[0])
    ask = norms_of(lines[0][mark.end() :] if mark else lines[0])
    return Block(number=number, ask=ask, words=_words(lines), core=core)


def _words(lines: Sequence[str]) -> Words:
    norms: list[str] = []
    starts, ends = set(), set()
    places: dict[str, list[int]] = {}
    for line in lines:
        found = norms_of(line)
        if not found:
            continue
        starts.add(len(norms))
        for norm in found:
            places.setdefault(norm, []).append(len(norms))
            norms.append(norm)
        ends.add(len(norms))
    return Words(tuple(norms), frozenset(starts), frozenset(ends), {norm: tuple(at) for norm, at in places.items()})
