"""Answers beneath questions that a person has copied out, without our marks and in any numbering."""

from __future__ import annotations

import re
from collections.abc import Sequence

from channels.mail.reading.aligning import typed_in_block
from channels.mail.reading.asked import Asked
from channels.mail.reading.line import Line
from channels.mail.reading.numbered import Found, fitting
from channels.mail.reading.ours import Block, Ours
from channels.mail.reading.tokens import tokens_of

# A number of the person's own, or ours, before the question's words.
_OWN_NUMBER = re.compile(
    r"\s*[*_•-]*\s*(?:[\[(]?(?:questions?|cwestiwn|q)?\s*(?P<number>\d{1,3})\s*[\])]?\s*[.):–—-]*\s+)?", re.IGNORECASE
)
_LEAD = re.compile(r"\s*(?:[:?.]|[–—-](?=\s))+\s*")
_ANSWER = re.compile(r"(?:answer|ateb|ans|a)\s*[:=–-]\s*", re.IGNORECASE)


def retyped(lines: Sequence[str], ours: Ours, asked: Asked) -> Found | None:
    """The answers beneath questions that stand there word for word; None if each has its number, or none does."""
    found = Found()
    segments: list[tuple[Block, list[str]]] = []
    astray = False
    for line in lines:
        block = _question_of(line, ours)
        if block is not None and all(block.number != each.number for each, _ in segments):
            segments.append((block, [line]))
            own = _OWN_NUMBER.match(line)
            astray = astray or own is None or own["number"] != str(block.number)
        elif segments:
            segments[-1][1].append(line)
        else:
            found.rest.append(line)
    if not astray:
        return None
    for block, said in segments:
        number = _OWN_NUMBER.match(said[0])
        first = said[0][number.end() :] if number else said[0]
        typed, _ = typed_in_block([Line(f"[Q{block.number}] {first}", 0), *(Line(each, 0) for each in said[1:])], block)
        words = [piece.words for piece in typed]
        while words and not words[0].strip():
            words.pop(0)
        while words and not words[-1].strip():
            words.pop()
        if words:
            for before in (_LEAD, _ANSWER):
                words[0] = before.sub("", words[0], count=1) if before.match(words[0]) else words[0]
        answer, over = fitting(block.number, words, asked)
        if answer:
            found.answers[block.number] = answer
        found.rest += over
    return found if found.answers else None


def _question_of(line: str, ours: Ours) -> Block | None:
    """The question whose words the line begins with: of those that do, the one with the most."""
    number = _OWN_NUMBER.match(line)
    norms = tuple(token.norm for token in tokens_of(line[number.end() :] if number else line))
    candidates = ours.asks.get(norms[0], ()) if norms else ()
    return next((block for block in candidates if norms[: len(block.bare_ask)] == block.bare_ask), None)
