"""Answers with their numbers, written above what is quoted: `1. Jane`, `Q4: yes`, `Q2 5, Q6 4`, in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from channels.mail.reading.asked import Asked
from channels.mail.reading.ours import Ours
from channels.mail.reading.tokens import tokens_of

_WORD = (
    r"(?:questions?|question\s+no\.?|qu|q|no\.?|nr\.?|cwestiwn|c|ateb|answers?(?:\s+to)?(?:\s+(?:questions?|q))?|"
    r"ans|a|frage|#)"
)
# A dash that follows a space and leads a figure is the figure's own minus.
_CALLED = re.compile(
    rf"\s*[*_•-]*\s*[\[(]?\s*{_WORD}\s*\.?\s*(?P<number>\d{{1,3}})\s*[\])]?[*_]{{0,2}}(?P<mark>\s*[.):;=]+(?!\d{{1,3}}\s*[:.)])|\s*[–—-]+(?=\s|[^\W\d])|(?<=\S)[–—-]+(?!\d{{1,3}}\s*[:.)])|\s|$)\s*(?P<words>.*)",
    re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(
    r"\s*[*_]*[\[(]?(?P<number>\d{1,3})(?P<mark>\s*[.):\]=]+(?!\d)|\ufe0f?\u20e3|\s+[–—-]\s|/\s|\t|\.\)|$)[*_]*\s*(?P<words>.*)",
    re.DOTALL,
)
# `1.5` may be a figure: only where each line is an answer is it the first question's 5.
_CLOSE = re.compile(r"\s*(?P<number>\d{1,3})[.):](?P<words>\S.*)", re.DOTALL)
_SPACED = re.compile(r"\s*(?P<number>\d{1,3})\s+(?P<words>\S.*)", re.DOTALL)
_CALLED_WITHIN = re.compile(
    r"(?:^|[\s,;/|(])\[?(?:questions?|q|c|no\.?)\s?\.?\s?(\d{1,3})\]?\s*[.):=–—-]*\s*", re.IGNORECASE
)
_BARE_WITHIN = re.compile(r"(?:^|[\s,;/|])(\d{1,3})\s?[.):=]\s*(?=\S)")
_BETWEEN = " \t,;/|"
_ANSWER = re.compile(r"(?:answer|ans|ateb|a)\s*[:=–-]\s*", re.IGNORECASE)
_SMALLEST_SHARE = 0.5
# That many answers which fit their questions make a list one of answers, whatever stands in a line among them.
_SURE = 2


@dataclass(slots=True)
class Found:
    """Answers by number, and the lines that belong to none."""

    answers: dict[int, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)


def numbered(lines: Sequence[str], ours: Ours, asked: Asked) -> Found:
    """The numbered answers among lines without greeting and signature.

    What `asked` says of each tells a list of answers from a list of other things.
    """
    for shape in (_CALLED, _BARE, _CLOSE, _SPACED):
        found = _in_shape(lines, shape, ours, asked)
        if found is not None:
            return found
    return Found(rest=list(lines))


def _in_shape(lines: Sequence[str], shape: re.Pattern[str], ours: Ours, asked: Asked) -> Found | None:
    found = Found()
    parts: dict[int, list[str]] = {}
    current = listed = 0
    for line in lines:
        several = _within(line, shape, ours, asked)
        if several and not set(several) & set(parts):
            parts.update({number: [words] for number, words in several.items()})
            # What follows on the next line goes on with the last of them.
            current = list(several)[-1]
            continue
        match = shape.match(line)
        if match and current and line.strip().isdigit() and not any(each.strip() for each in parts[current]):
            # A number alone beneath a question's number is its answer.
            parts[current].append(line)
            continue
        number = int(match["number"]) if match else 0
        if shape is not _CALLED and _is_listed(number, listed, list(parts), asked):
            listed = number
            parts[current].append(line)
        elif match and number in ours.blocks and number not in parts:
            parts[number] = [match["words"]]
            current, listed = number, 0
        elif current:
            parts[current].append(line)
        else:
            found.rest.append(line)
    for number, words in parts.items():
        said = _tidy(number, words, ours)
        kept, over = fitting(number, said, asked)
        if kept:
            found.answers[number] = kept
        found.rest += over
    return found if found.answers and _are_answers(found, shape, asked) else None


def _is_listed(number: int, listed: int, before: list[int], asked: Asked) -> bool:
    """Whether a number counts something within an answer: a list that begins anew at 1, and goes on."""
    if not before or not asked.is_open(before[-1]):
        return False
    if listed:
        return number == listed + 1 and number != before[-1] + 1
    return number == 1 and 1 not in before and len(before) > 0 and before == sorted(before)


def _within(line: str, shape: re.Pattern[str], ours: Ours, asked: Asked) -> dict[int, str]:
    """Several answers on one line; none unless each stands where it can be one."""
    if shape in (_CLOSE, _SPACED):
        return {}
    marks = list((_CALLED_WITHIN if shape is _CALLED else _BARE_WITHIN).finditer(line))
    if len(marks) < 2 or line[: marks[0].start()].strip(_BETWEEN):  # noqa: PLR2004
        return {}
    found: dict[int, str] = {}
    ends = [mark.start() for mark in marks[1:]] + [len(line)]
    for mark, end in zip(marks, ends, strict=True):
        number, words = int(mark[1]), line[mark.end() : end].strip(_BETWEEN)
        if number not in ours.blocks or number in found or not words:
            return {}
        found[number] = words
    bad = [number for number, words in found.items() if not asked.fits(number, words)]
    sure = len(found) - len(bad) >= _SURE and len(bad) * 2 < len(found) and list(found) == sorted(found)
    return found if sure or not bad else {}


def _tidy(number: int, lines: list[str], ours: Ours) -> list[str]:
    """Without the question's own words, should they have been written out, and without `Answer:`."""
    first = _without_ask(lines[0], ours.blocks[number].ask)
    rest = [line for line in lines[1:] if tuple(token.norm for token in tokens_of(line)) != ("answer", ":")]
    told = [first, *rest]
    told[0] = _ANSWER.sub("", told[0], count=1) if _ANSWER.match(told[0]) else told[0]
    while told and not told[0].strip():
        told.pop(0)
    if told:
        told[0] = _ANSWER.sub("", told[0], count=1) if _ANSWER.match(told[0]) else told[0]
    while told and not told[-1].strip():
        told.pop()
    return [line.strip() if at == 0 else line.rstrip() for at, line in enumerate(told)]


def _without_ask(words: str, ask: tuple[str, ...]) -> str:
    tokens = tokens_of(words)
    length = 0
    while length < min(len(tokens), len(ask)) and tokens[length].norm == ask[length]:
        length += 1
    enough = length == len(ask) or length >= min(len(ask), 3)
    if not length or not enough:
        return words
    if length < len(ask) and ask[length].isalnum() and length < len(tokens):
        return words
    rest = words[tokens[length - 1].end :].lstrip(" ?:-–—.")
    # A question of a word or two may be its own answer.
    return rest if rest or len(ask) > 2 else words  # noqa: PLR2004


def fitting(number: int, lines: list[str], asked: Asked) -> tuple[str, list[str]]:
    """The answer and what stands after it: running text is an answer whole, a choice ends with its line."""
    whole = "\n".join(lines)
    if not whole or asked.is_open(number):
        return whole, []
    if asked.is_brief(number) and len(lines) > 1 and asked.fits(number, lines[0]):
        return lines[0].strip(), lines[1:]
    if asked.fits(number, whole):
        return whole, []
    for end in range(len(lines) - 1, 0, -1):
        if (asked.is_brief(number) or not lines[end].strip()) and asked.fits(number, "\n".join(lines[:end]).strip()):
            return "\n".join(lines[:end]).strip(), lines[end:]
    return whole, []


def _are_answers(found: Found, shape: re.Pattern[str], asked: Asked) -> bool:
    """A list that isn't called Q1, Q2 is one of answers only if it reads so."""
    if shape is _CALLED:
        return True
    closed = [number for number in found.answers if not asked.is_open(number)]
    good = sum(1 for number in closed if asked.fits(number, found.answers[number]))
    if shape is _CLOSE:
        numbers = list(found.answers)
        return good == len(closed) >= _SURE and numbers == sorted(numbers) and _stands_alone(found)
    if shape is _SPACED:
        alone = not any(line.strip() for line in found.rest)
        # Running text with a figure at the start of a line is no list: a list of figures has few that do not fit.
        return alone and good >= _SURE and good * 2 > len(found.answers)
    if good >= _SURE and _stands_alone(found):
        return True
    return good >= len(closed) * _SMALLEST_SHARE if closed else len(found.answers) > 1 or _stands_alone(found)


def _stands_alone(found: Found) -> bool:
    return not any(line.strip() for line in found.rest)
