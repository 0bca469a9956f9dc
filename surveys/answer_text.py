"""Answers and controls in words: for review pages, receipts and exports, and the option lines of a mail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from surveys.answer_values import AnswerValue, Raw
from surveys.instrument import Control, Item, ItemType
from surveys.text import Text
from surveys.typed_dates import say_date

YES_OR_NO: Mapping[str, Text] = MappingProxyType(
    {"yes": Text({"en": "Yes", "cy": "Ie", "": "Yes"}), "no": Text({"en": "No", "cy": "Na", "": "No"})}
)
_OF = Text({"en": "of", "cy": "allan o", "": "of"})
_NO_VOICES: Mapping[str, Text] = MappingProxyType({})
# Two short options stand in the ask line of a mail, where they are read in passing.
_SHORT_OPTIONS = 30
SOME_YEAR = "2024"
_HINTS: Mapping[str, Text] = {
    "from_to": Text(
        {
            "en": "A number from {least} to {most}",
            "cy": "Rhif o {least} i {most}",
            "": "A number from {least} to {most}",
        }
    ),
    "from": Text({"en": "A number, {least} or more", "cy": "Rhif, {least} neu fwy", "": "A number, {least} or more"}),
    "to": Text({"en": "A number, {most} or less", "cy": "Rhif, {most} neu lai", "": "A number, {most} or less"}),
    "number": Text({"en": "A number", "cy": "Rhif", "": "A number"}),
    "date": Text(
        {
            "en": "A date, such as 5 December {year}",
            "cy": "Dyddiad, er enghraifft 5 Rhagfyr {year}",
            "": "A date, such as 5 December {year}",
        }
    ),
    "several": Text({"en": "One or more of", "cy": "Un neu fwy o", "": "One or more of"}),
    "evidence": Text({"en": "then how one can tell", "cy": "yna sut mae gwybod", "": "then how one can tell"}),
    "voices": Text(
        {
            "en": "A line for each role, and how you asked them",
            "cy": "Llinell i bob rôl, a sut y gwnaethoch ofyn",
            "": "A line for each role, and how you asked them",
        }
    ),
}


def display(
    item: Item, row: str, value: AnswerValue | None, language: str, *, voices: Mapping[str, Text] = _NO_VOICES
) -> str:
    """The answer as a person reads it, "" for none; `voices` are the labels of the programme's perspectives."""
    control = item.control_of(row)
    if value is None:
        return ""
    if isinstance(value, dict):
        return _display_pair(control, value, language)
    if isinstance(value, list):
        if control.type is ItemType.VOICES:
            return "\n".join(_display_voice(each, language, voices) for each in value)
        return ", ".join(_label(control, str(each), language) for each in value)
    if isinstance(value, str):
        return _display_date(value, language) if control.type is ItemType.DATE else _label(control, value, language)
    if control.type is ItemType.SCALE:
        return _display_point(control, int(value), language)
    unit = control.unit.within(language) if control.unit else ""
    return f"{_digits(value)} {unit}".strip()


def as_raw(control: Control, value: AnswerValue | None) -> Raw:
    """What a form sends for this answer, so that it can be filled in with it; `check` gives the value back."""
    if value is None:
        return ""
    if isinstance(value, dict):
        if "agreed" in value:
            return ["yes" if value["agreed"] else "no", str(value.get("by", ""))]
        return [str(value.get("status", "")), str(value.get("evidence", ""))]
    if isinstance(value, list):
        if control.type is ItemType.VOICES:
            return [f"{each['perspective']}: {each['how']}" for each in value]
        return [str(each) for each in value]
    return value if isinstance(value, str) else _digits(value)


def raw_words(control: Control, raw: Raw) -> str:
    """What was given as one text, fit for the record; several inputs are joined in the way `check` reads them."""
    if isinstance(raw, str):
        return raw
    joint = {ItemType.CHOICES: ", ", ItemType.STATUS: ": ", ItemType.CONTACT: ": "}.get(control.type, "\n")
    return joint.join(part for part in raw if part.strip())


def options_in_ask(control: Control, language: str) -> str:
    """What follows the question in its own line of a mail, such as `(Yes / No)`; "" for most."""
    if control.type is ItemType.CONTACT:
        return f"({' / '.join(each.within(language) for each in YES_OR_NO.values())})"
    if control.type in {ItemType.YES_NO, ItemType.CHOICE} and len(control.options) == 2:  # noqa: PLR2004
        words = " / ".join(option.label.within(language) for option in control.options)
        return f"({words})" if len(words) <= _SHORT_OPTIONS else ""
    return ""


def options_line(
    control: Control, language: str, *, voices: Mapping[str, Text] = _NO_VOICES, year: str = SOME_YEAR
) -> str:
    """The line between question and `Answer:` in a mail (design: Mail layout); "" where none is needed.

    `year` stands in the example of a date.
    """
    words = " / ".join(option.label.within(language) for option in control.options)
    match control.type:
        case ItemType.SCALE:
            return _scale_line(control, language)
        case ItemType.CHOICE | ItemType.YES_NO:
            return "" if options_in_ask(control, language) else words
        case ItemType.CHOICES:
            return f"{_HINTS['several'].within(language)}: {words}"
        case ItemType.STATUS:
            return f"{words}; {_HINTS['evidence'].within(language)}"
        case ItemType.NUMBER:
            return _number_line(control, language)
        case ItemType.DATE:
            return _HINTS["date"].within(language).format(year=year)
        case ItemType.VOICES:
            roles = " / ".join(label.within(language) for label in voices.values())
            return _HINTS["voices"].within(language) + (f": {roles}" if roles else "")
        case _:
            return ""


def _scale_line(control: Control, language: str) -> str:
    """Ends alone: `1 = Poorly ... 6 = Very well`; labels between them too: every labelled point."""
    ends = {1, control.points}
    points = sorted(ends | set(control.labels))
    words = [
        f"{point} = {control.labels[point].within(language)}" if point in control.labels else str(point)
        for point in points
    ]
    return " ... ".join(words) if set(points) == ends else ", ".join(words)


def _number_line(control: Control, language: str) -> str:
    kind = {(True, True): "from_to", (True, False): "from", (False, True): "to"}.get(
        (control.least is not None, control.most is not None), "number"
    )
    words = _HINTS[kind].within(language)
    for name, bound in (("{least}", control.least), ("{most}", control.most)):
        words = words.replace(name, "" if bound is None else _digits(bound))
    return f"{words} ({control.unit.within(language)})" if control.unit else words


def _digits(number: float) -> str:
    if isinstance(number, int) or number.is_integer():
        return str(int(number))
    # Without an exponent: 0.0000001 is a number that people can read, 1e-07 is not.
    return format(Decimal(repr(number)), "f")


def _label(control: Control, value: str, language: str) -> str:
    option = next((each for each in control.options if each.value == value), None)
    return value if option is None else option.label.within(language)


def _display_point(control: Control, point: int, language: str) -> str:
    label = control.labels.get(point)
    if label is not None:
        return f"{point} – {label.within(language)}"
    return f"{point} {_OF.within(language)} {control.points}"


def _display_date(value: str, language: str) -> str:
    try:
        return say_date(date.fromisoformat(value), language)
    except ValueError:
        return value


def _display_pair(control: Control, value: Mapping[str, Any], language: str) -> str:
    if "agreed" in value:
        first, rest = YES_OR_NO["yes" if value["agreed"] else "no"].within(language), str(value.get("by", ""))
    else:
        first, rest = _label(control, str(value.get("status", "")), language), str(value.get("evidence", ""))
    return f"{first}: {rest}" if rest else first


def _display_voice(voice: Mapping[str, Any], language: str, voices: Mapping[str, Text]) -> str:
    key, how = str(voice.get("perspective", "")), str(voice.get("how", ""))
    label = voices[key].within(language) if key in voices else key
    return f"{label}: {how}" if how else label
