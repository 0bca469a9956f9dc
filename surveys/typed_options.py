"""Which option a person means by what they typed: its value, its label in any language, a point of a scale.

Only what can be meant in one way is taken; the rest is for the person to say again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from surveys.instrument import Control, ResponseOption
from surveys.unclear import Unclear

# Said for yes or no in English and, as the verb of the question has it, in Welsh.
_SPOKEN: Mapping[str, frozenset[str]] = {
    "yes": frozenset({"yes", "y", "yep", "yeah", "ie", "oes", "ydw", "ydy", "ydi", "ydyn"}),
    "no": frozenset({"no", "n", "nope", "na", "nage", "nac oes", "nac ydw", "nac ydy", "nac ydi", "nac ydyn"}),
}
_POLITE = re.compile(r"(?:[\s,.]+(?:please|thanks|thank you|diolch|os gwelwch yn dda))+$")
_LONGEST_POLITE = 200
_LISTED = re.compile(r"(,|\s/\s|&|\+|\s(?:and|a|ac)\s)")
_JOINING = frozenset({"", ",", "/", "&", "+", "and", "a", "ac"})
_SEPARATOR = re.compile(r"\s*(?:[:;,(\n–—=]|\s-\s|\.\s)\s*")
_POINT = re.compile(
    r"(?P<point>[0-9]{1,3})(?:\s*(?:/|of|out of|allan o)\s*(?P<points>[0-9]{1,3})(?![0-9]))?"
    r"(?:\s*[=:;,.()\-–—]\s*|\s+|$)(?P<words>.*)",
    re.DOTALL,
)
_SAME_MARKS = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


def plain_words(words: str) -> str:
    """Words without what typing changes by itself: case, curly marks, spaces, a full stop at the end."""
    text = unicodedata.normalize("NFC", words).translate(_SAME_MARKS).casefold()
    text = " ".join(text.split())
    return text.strip(" \"'").rstrip(".!").rstrip() or text


def find_option(options: Sequence[ResponseOption], words: str) -> ResponseOption | None:
    """The one option these words can mean, or None; a value to the letter goes before everything."""
    exact = next((option for option in options if option.value == words), None)
    if exact is not None:
        return exact
    typed = plain_words(words)
    # The pattern is slow on long runs of full stops, and nobody is polite at such length.
    for each in (typed, _POLITE.sub("", typed) if len(typed) <= _LONGEST_POLITE else typed):
        found = [option for option in options if each in _names(option)]
        if not found:
            found = [option for option in options if each in _SPOKEN.get(option.value, ())]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def leading_option(options: Sequence[ResponseOption], words: str) -> tuple[ResponseOption, str] | None:
    """The option that words begin with, and what follows it after a mark: `Behind - no pump yet`."""
    whole = find_option(options, words.strip())
    if whole is not None:
        return whole, ""
    longest = max((len(name) for option in options for name in _names(option)), default=0) + 10
    for mark in reversed(list(_SEPARATOR.finditer(words[: longest + 10]))):
        option = find_option(options, words[: mark.start()].strip())
        if option is not None:
            rest = words[mark.end() :].strip()
            closed = rest.endswith(")") and "(" in mark[0]
            return option, rest[:-1].rstrip() if closed else rest
    return None


def find_options(options: Sequence[ResponseOption], words: str) -> tuple[tuple[ResponseOption, ...], str]:
    """Every option named in a list such as `beds, pond and kitchen`, and the first part that is none of them."""
    found: list[ResponseOption] = []
    # A label may hold a comma itself, so the longest run of parts that is an option counts.
    longest = max((len(_LISTED.split(name)) for option in options for name in _names(option)), default=1)
    for line in re.split(r"[\n;]", words):
        parts = _LISTED.split(line)
        at = 0
        while at < len(parts):
            runs = (
                (end, "".join(parts[at:end]).strip(" \t-*•")) for end in range(min(len(parts), at + longest), at, -1)
            )
            meant = next(((end, option) for end, run in runs if (option := find_option(options, run))), None)
            if meant is not None:
                at = meant[0]
                found.append(meant[1])
            elif parts[at].strip() in _JOINING:
                at += 1
            else:
                return tuple(found), parts[at].strip()
    return tuple(found), ""


def find_point(control: Control, words: str) -> int:
    """The point of a scale.

    Raises:
        Unclear: the words name none, or more than one; its message also wants `echo`, the words.
    """
    option = find_option(control.options, words.strip())
    if option is not None:
        return int(option.value)
    text = plain_words(words)
    match = _POINT.fullmatch(text)
    if match is None or any(each.isnumeric() for each in match["words"]) or match["words"].startswith(("or ", "neu ")):
        raise Unclear("whole_number", points=control.points)
    point = int(match["point"])
    if match["points"] and int(match["points"]) != control.points:
        raise Unclear("scale_goes_to", points=control.points, given=int(match["points"]))
    if not 1 <= point <= control.points:
        raise Unclear("scale_from_to", points=control.points)
    # `4 - very well` is a four with a remark; `1 - very well` on a scale whose 1 has words of its own is two answers.
    said = find_option([each for each in control.options if int(each.value) in control.labels], match["words"])
    if said is not None and int(said.value) != point and point in control.labels:
        raise Unclear("two_points", point=point, words=match["words"], points=control.points)
    return point


@lru_cache(maxsize=4096)
def _names(option: ResponseOption) -> frozenset[str]:
    return frozenset({plain_words(option.value), *map(plain_words, option.label.by_language.values())})
