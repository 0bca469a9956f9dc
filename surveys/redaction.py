"""Taking a passage out of what a person wrote, with a visible mark in its place."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from html.entities import codepoint2name

from surveys.answer_values import AnswerValue
from surveys.instrument import ItemType

LONGEST_PASSAGE = 5000
_MARKS = {"en": "[redacted]", "cy": "[golygwyd]"}
# What mail programs put between two words: breaks, marks of quoting.
_GAP = r"(?:\s|>|\|)+"
_TAG_GAP = r"(?:\s|&nbsp;|&#160;|&#xa0;|\u00a0|<[^>]*>)+"
# Signs that programs put for one another while a person types.
_ALIKE = ("'\u2018\u2019\u02bc", '"\u201c\u201d', "-\u2010\u2011\u2012\u2013")


def mark_in(language: str) -> str:
    """What stands in the place of the passage, in the person's language where it is spoken here."""
    return _MARKS.get(language.split("-")[0].lower(), _MARKS["en"])


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Words to be taken out: whole words only, whatever their case, line breaks and kind of quotation marks.

    "Sam" is not found in "same". Accents may be written as one sign or as two.
    """

    words: str

    def found_in(self, text: str) -> int:
        """How often it stands there."""
        return len(self._plain.findall(text))

    def blot(self, text: str, mark: str) -> tuple[str, int]:
        """The text with the mark in its place, and how often it stood there."""
        return self._plain.subn(lambda _: mark, text)

    def blot_html(self, source: str, mark: str) -> tuple[str, int]:
        """The same where tags and character references may stand between the words, or in their place."""
        return self._within_tags.subn(lambda _: html.escape(mark), source)

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return _pattern(self.words, _GAP)

    @cached_property
    def _within_tags(self) -> re.Pattern[str]:
        return _pattern(self.words, _TAG_GAP, escaped=True)


def passage_fault(words: str, mark: str = "") -> str:
    """Why these words can't be a passage, as a sentence; "" where they can."""
    if not any(letter.isalnum() for letter in words):
        return "the passage is empty"
    if len(words) > LONGEST_PASSAGE:
        return f"a passage has at most {LONGEST_PASSAGE} characters; --whole takes a whole answer out"
    if mark and Passage(words=words).found_in(mark):
        return "the passage stands in the mark that takes its place"
    return ""


def blot_value(
    type_: ItemType, value: AnswerValue | None, passage: Passage, mark: str
) -> tuple[AnswerValue | None, int]:
    """An answer's value without the passage, and how often it stood there.

    Only words that a person typed are touched: a text, the evidence of a status, how a voice was consulted, where
    someone may be reached. What was chosen from a list is the questionnaire's own and names nobody.
    """
    if isinstance(value, str) and type_ in (ItemType.TEXT, ItemType.LONG_TEXT):
        return passage.blot(value, mark)
    if isinstance(value, dict):
        return _blot_parts(value, passage, mark)
    if isinstance(value, list) and type_ is ItemType.VOICES:
        found = [_blot_parts(each, passage, mark) if isinstance(each, dict) else (each, 0) for each in value]
        return [each for each, _ in found], sum(times for _, times in found)
    return value, 0


def without_value(type_: ItemType, mark: str) -> AnswerValue | None:
    """What stands in the place of a whole answer: the mark for a text; nothing, as if taken back, for the rest."""
    return mark if type_ in (ItemType.TEXT, ItemType.LONG_TEXT) else None


def _blot_parts(value: dict[str, object], passage: Passage, mark: str) -> tuple[dict[str, object], int]:
    times = 0
    blotted: dict[str, object] = {}
    for key, part in value.items():
        if isinstance(part, str) and key in ("evidence", "how", "by"):
            blotted[key], found = passage.blot(part, mark)
            times += found
        else:
            blotted[key] = part
    return blotted, times


def _pattern(words: str, gap: str, *, escaped: bool = False) -> re.Pattern[str]:
    # As it was typed as well: some signs of East Asian scripts have another sign in their place in either form.
    forms = dict.fromkeys([words, *(unicodedata.normalize(form, words) for form in ("NFC", "NFD"))])
    whole = "|".join(gap.join(_word(each, escaped=escaped) for each in form.split()) for form in forms)
    # \b would fail beside a passage that ends in a bracket or a full stop.
    before, after = (
        (r"(?<!\w)" if words.strip()[0].isalnum() else ""),
        (r"(?!\w)" if words.strip()[-1].isalnum() else ""),
    )
    return re.compile(f"{before}(?:{whole}){after}", re.IGNORECASE)


def _word(word: str, *, escaped: bool) -> str:
    return "".join(_letter(each, escaped=escaped) for each in word)


def _letter(letter: str, *, escaped: bool) -> str:
    signs = next((alike for alike in _ALIKE if letter in alike), letter)
    forms = [re.escape(each) for each in signs]
    if escaped and not (letter.isascii() and letter.isalnum()):
        for each in signs:
            named = codepoint2name.get(ord(each))
            forms += [f"&#{ord(each)};", f"&#[xX]0*{ord(each):x};", *([f"&{named};"] if named else [])]
    return forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"
