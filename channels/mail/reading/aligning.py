"""What was typed into a mail of ours: each line of the reply held against the words we sent.

A line is ours, typed, or both; where it is both, only what isn't ours counts as typed. Lines are compared token by
token in the order we sent them, so that a quote may be wrapped anew, lose its marks or some of its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from channels.mail.reading.line import Line
from channels.mail.reading.ours import Block, Words
from channels.mail.reading.tokens import LONGEST_COMPARED, Token, tokens_of

# A line is our own, though changed, if that much of it is in our words, in our order.
_SIMILAR = 0.6
_LONGEST_COMPARED = 400
_SHORT = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """Words typed on one line, and how deep that line is quoted."""

    words: str
    depth: int


@dataclass(slots=True)
class _Pointer:
    """How far our words have been met with already."""

    words: Words
    at: int = 0


def typed_in_block(lines: Sequence[Line], block: Block) -> tuple[list[Piece], int]:
    """What was typed between a question's mark and the next, and how many of its words were found quoted.

    `lines` begin with the line of the mark. Empty lines are kept, as they part paragraphs of an answer.
    """
    pointer = _Pointer(block.words)
    own = lines[0].depth if lines else 0
    found: list[Piece] = []
    met = 0
    for line in lines:
        if len(line.words) > LONGEST_COMPARED:
            found.append(Piece(line.words.strip(), line.depth))
            continue
        tokens = tokens_of(line.words)
        if not tokens:
            found.append(Piece(line.words.strip(), line.depth))
            continue
        before = pointer.at
        typed = _typed_on(line, tokens, pointer, quoted=line.depth >= own, core=block.core)
        met += pointer.at - before
        if typed is not None:
            found.append(Piece(typed, line.depth))
    return found, met


def is_ours(words: str, around: Words) -> bool:
    """Whether a line stands among our words outside the questions, whole or nearly so."""
    if len(words) > LONGEST_COMPARED:
        return False
    tokens = tokens_of(words)
    norms = tuple(token.norm for token in tokens if token.norm.isalnum())
    if not norms:
        return not tokens or all(token.norm in around.places for token in tokens)
    whole = tuple(token.norm for token in tokens)
    # A word or two are ours only as a line of ours, or as the words of a link: in HTML these stand alone.
    for at in around.places.get(whole[0], ()):
        if around.norms[at : at + len(whole)] == whole and (
            len(whole) > _SHORT or at in around.starts or around.is_link(at, at + len(whole))
        ):
            return True
    return len(norms) > _SHORT and _share(norms, around) >= _SIMILAR


def _share(norms: tuple[str, ...], around: Words) -> float:
    """How much of a line stands in our words in runs of at least three."""
    at = taken = 0
    while at < len(norms):
        longest = max((_run(norms, at, around.norms, place) for place in around.places.get(norms[at], ())), default=0)
        if longest >= 3:  # noqa: PLR2004
            taken += longest
        at += max(longest, 1)
    return taken / len(norms)


def _run(norms: tuple[str, ...], at: int, ours: tuple[str, ...], place: int) -> int:
    """The length of the common run, marks in ours passed over."""
    length = 0
    while at + length < len(norms) and place < len(ours):
        if ours[place] == norms[at + length]:
            length += 1
        elif ours[place].isalnum():
            break
        place += 1
    return length


def _typed_on(line: Line, tokens: tuple[Token, ...], pointer: _Pointer, *, quoted: bool, core: int) -> str | None:
    """What of this line was typed; None if it is ours altogether."""
    norms = tuple(token.norm for token in tokens)
    words = pointer.words
    if pointer.at not in words.starts and words.norms[pointer.at : pointer.at + len(norms)] == norms:
        # The rest of a line that was wrapped, be it marked or not.
        pointer.at += len(norms)
        return None
    if quoted:
        whole = _find(norms, words, pointer.at)
        if whole is not None:
            pointer.at = whole + len(norms)
            return None
        begun = _begins(norms, words, pointer.at, core)
        if begun is not None:
            place, length = begun
            pointer.at = place + length
            return line.words[tokens[length - 1].end :].strip()
        ended = _ends(norms, words, pointer.at, core)
        if ended is not None:
            place, length = ended
            pointer.at = place + length
            return line.words[: tokens[-length].start].strip()
        changed = _changed(line, tokens, pointer, core)
        if changed is not None:
            return changed
    return line.words.strip()


def _find(norms: tuple[str, ...], words: Words, since: int) -> int | None:
    """Where, from `since` on, the whole line stands in ours; short ones only as lines of their own.

    A word that begins a line of ours is none of it: it may be the option that somebody answers with.
    """
    for place in words.places.get(norms[0], ()):
        if place < since or words.norms[place : place + len(norms)] != norms:
            continue
        alone = place in words.starts and place + len(norms) in words.ends
        if len(norms) > _SHORT + 1 or alone:
            return place
    return None


def _begins(norms: tuple[str, ...], words: Words, since: int, core: int) -> tuple[int, int] | None:
    """The place and length of a line of ours (or of its rest) that this one begins with.

    What stands behind `Answer:` is ours as a whole line or not at all: an answer may begin with a heading's words.
    """
    best: tuple[int, int] | None = None
    for place in words.places.get(norms[0], ()):
        if not since <= place < core or not (place == since or place in words.starts):
            continue
        length = 0
        while (
            length < len(norms) and place + length < len(words.norms) and words.norms[place + length] == norms[length]
        ):
            length += 1
        while length and place + length not in words.ends:
            length -= 1
        if length and (best is None or length > best[1]):
            best = (place, length)
    return best


def _ends(norms: tuple[str, ...], words: Words, since: int, core: int) -> tuple[int, int] | None:
    """The same for a line that ends with one of ours: `5 Answer:`."""
    for end in sorted(words.ends):
        if end > core:
            break
        length = 0
        while length < len(norms) and end - length > since and words.norms[end - length - 1] == norms[-length - 1]:
            length += 1
            if end - length in words.starts and length < len(norms):
                return end - length, length
    return None


def _changed(line: Line, tokens: tuple[Token, ...], pointer: _Pointer, core: int) -> str | None:
    """What was put into a line of ours that is otherwise left, or nearly so; None if it isn't ours."""
    if pointer.at >= core or len(tokens) > _LONGEST_COMPARED:
        return None
    ours = pointer.words.norms[pointer.at : core]
    norms = [token.norm for token in tokens]
    blocks = [each for each in SequenceMatcher(None, norms, ours, autojunk=False).get_matching_blocks() if each.size]
    kept = sum(each.size for each in blocks)
    if kept < _SHORT + 1 or kept < _SIMILAR * min(len(norms), len(ours)):
        return None
    inserted, at = [], 0
    for each in [*blocks, None]:
        until = len(tokens) if each is None else each.a
        if until > at:
            inserted.append(line.words[tokens[at].start : tokens[until - 1].end])
        if each is not None:
            at = each.a + each.size
    pointer.at += blocks[-1].b + blocks[-1].size
    return " ".join(inserted) or None
