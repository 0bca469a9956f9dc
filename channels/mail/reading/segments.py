"""A reply's lines cut at the marks of our questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from channels.mail.reading.line import Line
from channels.mail.reading.ours import MARK, Block, Ours
from channels.mail.reading.tokens import norms_of

_END = re.compile(r"[\s*]*\[END\]", re.IGNORECASE)
_LEADING = re.compile(r"[\s*_>|]*$")
_COMPARED = 4


@dataclass(slots=True)
class Cut:
    """`head` stands before the first question, `tail` behind the end; a segment begins with its question's mark."""

    head: list[Line] = field(default_factory=list)
    segments: list[tuple[Block, list[Line]]] = field(default_factory=list)
    tail: list[Line] = field(default_factory=list)
    ended: bool = False


def cut(lines: Sequence[Line], ours: Ours) -> Cut:
    """The lines by the question they stand under."""
    found = Cut()
    into = found.head
    for line in lines:
        for piece, block in _split(line, ours):
            if block is not None:
                into = [piece]
                found.segments.append((block, into))
                found.ended = False
            elif _END.match(piece.words) and (found.segments or piece.depth):
                # What stands on the line behind the reference was not written there by a person.
                into = found.tail
                found.ended = True
            else:
                into.append(piece)
    return found


def _split(line: Line, ours: Ours) -> list[tuple[Line, Block | None]]:
    """The line at the marks in it, if they are ours: a quote that was wrapped anew may carry one anywhere."""
    if "[" not in line.words:
        return [(line, None)]
    found: list[tuple[Line, Block | None]] = []
    since, block = 0, None
    for match in MARK.finditer(line.words):
        named = ours.blocks.get(int(match[1]))
        if named is None or not _is_mark(line, match.start(), match.end(), named):
            continue
        if match.start() > since and (line.words[since : match.start()].strip("\t *_") or block is not None):
            found.append((Line(line.words[since : match.start()].rstrip(), line.depth), block))
        since, block = match.start(), named
    found.append((Line(line.words[since:], line.depth), block))
    return found


def _is_mark(line: Line, start: int, end: int, block: Block) -> bool:
    """Whether this is the mark of our question, or a number that a person has written."""
    follows = norms_of(line.words[end : end + 300])
    alike = 0
    for ours, theirs in zip(block.ask[:_COMPARED], follows, strict=False):
        alike += ours == theirs
    if alike and alike >= min(len(block.ask), _COMPARED) - 1:
        return True
    if not _LEADING.fullmatch(line.words[:start]):
        return False
    # Within a quote a mark at the line's start stays one, whatever became of the question behind it.
    return line.depth > 0 or not follows
