"""What a person's mail answers: within the quote, numbered above it, and what is left as free text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from channels.mail.reading.aligning import Piece, is_ours, typed_in_block
from channels.mail.reading.asked import Asked
from channels.mail.reading.boundaries import deepened, is_rule
from channels.mail.reading.courtesies import is_addressed, is_banner, is_cover, without_courtesies, without_signature
from channels.mail.reading.line import Line
from channels.mail.reading.lines import Reading, readings_of
from channels.mail.reading.numbered import fitting, numbered
from channels.mail.reading.opened import Opened
from channels.mail.reading.ours import MARK, Block, Ours, ours_of
from channels.mail.reading.retyped import retyped
from channels.mail.reading.segments import Cut, cut
from channels.mail.reading.tokens import LINK, tokens_of

_ANSWER = re.compile(r"answer\s*[:=–-]\s*", re.IGNORECASE)
_INITIALS = re.compile(r"\[(?P<who>[^\]]{1,60})\]:?\s+")
_SHORT = re.compile(r"(?:a|ans)\s*[:=–-]\s*", re.IGNORECASE)
_ENOUGH = 3
_FEWEST_MARKS = 2
# From this depth on, what stands between ours and the sender's words is a reply they sent before.
_EARLIER = 2


@dataclass(frozen=True, slots=True)
class Understood:
    """`answers`: words as typed, by question number. `leftover`: what else a person has said, "" for nothing.

    `inline` counts the answers that stand within our own questions: no program writes there. `fit` is the share of
    our words that was found again where our questions stand: in a form of the mail that a program has spoilt it is low.
    """

    answers: Mapping[int, str]
    leftover: str
    inline: int = 0
    fit: float = 1.0


@dataclass(slots=True)
class _Gathered:
    answers: dict[int, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)


def understand(mail: Opened, sent: Sequence[str], asked: Asked, senders: Sequence[str] = ()) -> Understood:
    """Read a person's reply beside the text parts of what we sent in its thread.

    `senders` are the names and addresses our mails bear. Of a mail's two forms the one that tells more is taken,
    and HTML where both tell the same: its lines are the person's own, not wrapped by a program.
    """
    ours = ours_of(sent)
    name = mail.sender[0]
    found: list[Understood] = []
    for reading in readings_of(mail):
        found.append(_read(reading, ours, asked, name, senders))
        if found[-1].inline and found[-1].fit >= 1:
            # Every word of ours is found again, with answers between: the other form tells nothing more.
            break
    return max(found, key=lambda each: (each.fit, len(each.answers)))


def understand_file(lines: Sequence[str], sent: Sequence[str], asked: Asked) -> Understood | None:
    """The same for the lines of a file that hangs on a mail; None if it is no questionnaire of ours.

    Only what stands beneath our questions is an answer there: other files hold lists with numbers, too.
    """
    ours = ours_of(sent)
    parts = cut([Line(each, 0) for each in lines], ours)
    if len(parts.segments) < min(_FEWEST_MARKS, len(ours.blocks)):
        return None
    # All of a file is ours but what was typed into it.
    parts.head = [line for line in parts.head if not is_ours(line.words, ours.around)]
    return _gathered(parts, ours, asked, "", (), lists=False)


def _read(reading: Reading, ours: Ours, asked: Asked, name: str, senders: Sequence[str]) -> Understood:
    lines, _ = deepened(reading.lines, senders)
    return _gathered(cut(lines, ours), ours, asked, name, senders)


def _gathered(
    parts: Cut, ours: Ours, asked: Asked, name: str, senders: Sequence[str], *, lists: bool = True
) -> Understood:
    found = _Gathered()
    top, within = _typed_in_head(parts, ours)
    _take_free(top, found, ours, asked, name, senders, lists=lists)
    inline, fit = _inline(parts, asked, name, found)
    bottom = [
        line.words
        for line in parts.tail
        if line.depth <= _own_depth(parts, ours)
        # The two dashes that begin a signature have no word that could be the sender's own.
        and (line.words == "--" or not is_ours(line.words, ours.around))
    ]
    # Words within the quote but under no question, and those beneath its end, are said by a person as well.
    _take_free([line for line in within if not is_banner(line)], found, ours, asked, name, senders, lists=False)
    _take_free(bottom, found, ours, asked, name, senders, lists=lists)
    answers = found.answers | inline
    if not answers and len(asked.questions) == 1:
        answers = _the_only_answer(found, asked)
    return Understood(
        answers=dict(sorted(answers.items())), leftover="\n".join(found.rest).strip(), inline=len(inline), fit=fit
    )


def _the_only_answer(found: _Gathered, asked: Asked) -> dict[int, str]:
    """What answers the one question there is needs no number; running text is the handler's to place."""
    (number,) = asked.questions
    if asked.is_open(number) or not found.rest:
        return {}
    answer, over = fitting(number, found.rest, asked)
    if not asked.fits(number, answer):
        return {}
    found.rest = over
    return {number: answer}


def _own_depth(parts: Cut, ours: Ours) -> int:
    """How deep our own words are quoted."""
    if parts.segments:
        return min(block[0].depth for _, block in parts.segments)
    return min((line.depth for line in parts.head if _is_surely_ours(line.words, ours)), default=0)


def _typed_in_head(parts: Cut, ours: Ours) -> tuple[list[str], list[str]]:
    """The sender's own lines before the quote, and those among our words before the first question."""
    begins = _quote_begins(parts, ours)
    top = [line.words for line in parts.head[:begins] if line.depth == 0]
    while top and (is_rule(top[-1]) or not top[-1].strip()):
        top.pop()
    within = []
    before = ""
    # What is quoted beside a deeper quote of ours is an earlier reply of theirs.
    deepest = 1 if _own_depth(parts, ours) < _EARLIER else 0
    for line in parts.head[begins:]:
        ends_link = _ends_with_link(before)
        before = line.words or before
        if line.depth > deepest or is_rule(line.words) or is_ours(line.words, ours.around) or _only_links(line.words):
            continue
        # A link that a program has wrapped goes on here.
        if not (ends_link and " " not in line.words.strip()):
            within.append(line.words)
    return top, within


def _ends_with_link(words: str) -> bool:
    tokens = tokens_of(words)
    return bool(tokens) and any(token.norm == LINK for token in tokens[-2:])


def _quote_begins(parts: Cut, ours: Ours) -> int:
    """The place in the head where our words begin without a mark; its length if marks alone tell them."""
    unmarked = [at for at, line in enumerate(parts.head) if line.depth == 0 and _is_surely_ours(line.words, ours)]
    if len(unmarked) >= _ENOUGH or (unmarked and parts.segments and parts.segments[0][1][0].depth == 0):
        return unmarked[0]
    return next((at for at, line in enumerate(parts.head) if line.depth > 0 and line.words.strip()), len(parts.head))


def _is_surely_ours(words: str, ours: Ours) -> bool:
    return len(tokens_of(words)) > _ENOUGH and is_ours(words, ours.around)


def _only_links(words: str) -> bool:
    return all(token.norm == LINK or not token.norm.isalnum() for token in tokens_of(words))


def _take_free(
    lines: Sequence[str],
    found: _Gathered,
    ours: Ours,
    asked: Asked,
    name: str,
    senders: Sequence[str],
    *,
    lists: bool = True,
) -> None:
    """Numbered answers out of free lines, and what is left of these."""
    said = without_courtesies(lines, name)
    if said and is_addressed(said[0], senders):
        said = without_courtesies(said[1:], name)
    if lists and said:
        told = retyped(said, ours, asked) or numbered(said, ours, asked)
        found.answers = told.answers | found.answers
        said = without_courtesies(told.rest, name) if told.answers else told.rest
    if any(line.strip() for line in said):
        found.rest += [*([""] if found.rest else []), *said]


def _inline(parts: Cut, asked: Asked, name: str, found: _Gathered) -> tuple[dict[int, str], float]:
    answers: dict[int, str] = {}
    met = sent = 0
    for at, (block, lines) in enumerate(parts.segments):
        pieces, ours = typed_in_block(lines, block)
        met, sent = met + min(ours, block.core), sent + block.core
        own = lines[0].depth
        # An earlier reply's words stand between our depth and the sender's own.
        new = [piece for piece in pieces if piece.depth == 0 or own == piece.depth == 1]
        if new and MARK.match(new[0].words):
            beside = _beside_ask(new[0].words, block)
            if asked.is_brief(block.number) and asked.fits(block.number, beside):
                # All options but one were struck out.
                new[0] = Piece(beside, new[0].depth)
            else:
                # A question so spoilt on its way that it can't be told from an answer beside it: a person looks at it.
                found.rest.append(new.pop(0).words)
        last = own == 0 or (at + 1 == len(parts.segments) and not parts.ended)
        words = _tidy(new, name, last=last)
        if not any(words) or block.number in answers:
            continue
        if not asked.fits(block.number, words[0]) and asked.fits(block.number, _SHORT.sub("", words[0])):
            words[0] = _SHORT.sub("", words[0])
        answer, over = fitting(block.number, words, asked)
        if answer:
            answers[block.number] = answer
        left = without_courtesies(over, name)
        if left:
            found.rest += [*([""] if found.rest else []), *left]
    return answers, met / sent if sent else 1.0


def _tidy(pieces: Sequence[Piece], name: str, *, last: bool) -> list[str]:
    """The lines of an answer: no banner, no mark of who typed it, one empty line between paragraphs."""
    lines: list[str] = []
    for piece in pieces:
        words = piece.words if not is_banner(piece.words) else ""
        if words or (lines and lines[-1]):
            lines.append(words)
    while lines and not lines[-1]:
        lines.pop()
    if lines:
        lines[0] = _without_initials(lines[0], name)
        lines[0] = _ANSWER.sub("", lines[0], count=1) if _ANSWER.match(lines[0]) else lines[0]
    if last:
        lines = without_signature(lines, name)
        while lines and is_cover(lines[-1]):
            lines.pop()
    return lines


def _beside_ask(words: str, block: Block) -> str:
    """What stands on a question's line behind its own words, without the brackets options stand in."""
    tokens = tokens_of(words)
    mark = 3
    ask = block.bare_ask
    length = 0
    while length < min(len(ask), len(tokens) - mark) and tokens[mark + length].norm == ask[length]:
        length += 1
    return words[tokens[mark + length - 1].end :].strip(" ()/") if length else ""


def _without_initials(words: str, name: str) -> str:
    """Without `[Jane Whitlock]`, which Outlook can put before what is typed into a quote."""
    match = _INITIALS.match(words)
    if match is None:
        return words
    who = match["who"].casefold().replace(",", " ").split()
    known = name.casefold().replace(",", " ").split()
    initials = "".join(word[0] for word in known)
    if sorted(who) == sorted(known) or "".join(who) == initials:
        return words[match.end() :]
    return words
