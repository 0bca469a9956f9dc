"""What a person gave, checked and turned into a value; nothing unclear is ever bent into an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from surveys.answer_messages import message, phrase
from surveys.answer_text import YES_OR_NO, raw_words
from surveys.answer_values import AnswerValue, Raw
from surveys.instrument import Control, Item, ItemType, ResponseOption
from surveys.text import Text
from surveys.typed_dates import read_date
from surveys.typed_options import find_option, find_options, find_point, leading_option
from surveys.unclear import Unclear

LONGEST_TEXT = 20_000
LONGEST_LONG_TEXT = 100_000
# What is one word or number by nature; a list of choices may be somewhat longer.
LONGEST_CLOSED = 1_000
LONGEST_LIST = 5_000
MOST_VOICES = 100
# Beyond this a double, and so a spreadsheet, no longer tells neighbouring whole numbers apart.
LARGEST_NUMBER = 10**15
_MANY_OPTIONS = 12
_LONGEST: Mapping[ItemType, int] = {
    ItemType.TEXT: LONGEST_TEXT,
    ItemType.LONG_TEXT: LONGEST_LONG_TEXT,
    ItemType.STATUS: LONGEST_TEXT,
    ItemType.CONTACT: LONGEST_TEXT,
    ItemType.VOICES: LONGEST_TEXT,
    ItemType.CHOICES: LONGEST_LIST,
}
_LONGEST_ECHO = 60

_NUMBER = re.compile(
    r"(?P<before>[£$€]?)\s*(?P<sign>[+\-−]?)(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?P<part>\.[0-9]+)?\s*(?P<unit>[^0-9]*)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Valid:
    """An answer: its value (None = nothing was given) and the words it was given in, as one text."""

    value: AnswerValue | None
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Invalid:
    """No answer: what is wrong and how to put it right, for the person; `raw` is what they gave."""

    what: str
    raw: str


Checked = Valid | Invalid


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """Everything a check may look at; `in_parts` if the words came from several inputs, each whole."""

    control: Control
    in_parts: bool
    language: str
    voices: Mapping[str, Text]
    today: date | None


def check(
    item: Item,
    row: str,
    raw: Raw,
    *,
    language: str = "",
    voices: Mapping[str, Text] = MappingProxyType({}),
    today: date | None = None,
) -> Checked:
    """The answer to an item, or to a `row` of a grid, from what a form or a person gave.

    A list holds the parts of what has several inputs: the options ticked; `[status, evidence]`; `[yes or no, how]`;
    `perspective: how` for each voice. `voices` are the programme's perspectives with their labels; `language` is
    for messages; `today` lets a date without a year be the nearest one.
    """
    parts = tuple(_line_ends(part) for part in ((raw,) if isinstance(raw, str) else raw))
    control = item.control_of(row)
    words = raw_words(control, parts[0] if len(parts) == 1 else parts)
    if not any(part.strip() for part in parts):
        return Valid(value=None, raw="")
    try:
        _refuse_unfit(control.type, parts)
        asked = _Asked(
            control=control, in_parts=not isinstance(raw, str), language=language, voices=voices, today=today
        )
        return Valid(value=_CHECKS[control.type](asked, parts), raw=words)
    except Unclear as unclear:
        parts_said = {"echo": _echo(" ".join(parts)), **unclear.parts}
        return Invalid(what=message(unclear.key, language, today=today, **parts_said), raw=words)


def _line_ends(words: str) -> str:
    """Browsers send CRLF, mails either: one kind is kept, so that the same answer twice is the same."""
    return words.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_unfit(kind: ItemType, parts: tuple[str, ...]) -> None:
    longest = _LONGEST.get(kind, LONGEST_CLOSED)
    length = max(map(len, parts))
    if length > longest:
        raise Unclear("too_long", length=length, longest=longest)
    for part in parts:
        # A NUL can't stand in every database, half a surrogate pair in no UTF-8 text at all.
        if "\x00" in part or any("\ud800" <= each <= "\udfff" for each in part):
            raise Unclear("odd_character")


def _single(parts: tuple[str, ...]) -> str:
    given = [part for part in parts if part.strip()]
    if len(given) > 1:
        raise Unclear("one_only")
    return given[0].strip()


def _echo(words: str) -> str:
    words = " ".join(words.split())
    return f"'{words if len(words) <= _LONGEST_ECHO else words[: _LONGEST_ECHO - 1] + '…'}'"


def _offered(asked: _Asked, options: tuple[ResponseOption, ...]) -> str:
    if len(options) > _MANY_OPTIONS:
        return phrase("choose_of_many", asked.language, count=len(options))
    labels = ", ".join(option.label.within(asked.language) for option in options)
    return phrase("choose_from", asked.language, options=labels)


def _text(_asked: _Asked, parts: tuple[str, ...]) -> AnswerValue:
    return _single(parts)


def _choice(asked: _Asked, parts: tuple[str, ...]) -> AnswerValue:
    words = _single(parts)
    option = find_option(asked.control.options, words)
    if option is None:
        raise Unclear("not_an_option", echo=_echo(words), offered=_offered(asked, asked.control.options))
    return option.value


def _choices(asked: _Asked, parts: tuple[str, ...]) -> AnswerValue:
    options = asked.control.options
    chosen: set[str] = set()
    for part in filter(str.strip, parts):
        # A form sends values to the letter; only what a person typed is taken apart.
        whole = find_option(options, part.strip())
        found, strange = ((whole,), "") if whole else find_options(options, part)
        if strange:
            raise Unclear("not_an_option", echo=_echo(strange), offered=_offered(asked, options))
        chosen.update(option.value for option in found)
    if not chosen:
        raise Unclear("no_option_named", offered=_offered(asked, options))
    return [option.value for option in options if option.value in chosen]


def _scale(asked: _Asked, parts: tuple[str, ...]) -> AnswerValue:
    return find_point(asked.control, _single(parts))


def _number(asked: _Asked, parts: tuple[str, ...]) -> AnswerValue:
    words = _single(parts)
    control = asked.control
    match = _NUMBER.fullmatch(words)
    if match is None or not (match["whole"] or match["part"]) or not _is_unit(match, control.unit):
        unit = control.unit.within(asked.language) if control.unit else ""
        raise Unclear("not_a_number_of" if unit else "not_a_number", unit=unit)
    number = Decimal((match["whole"] or "0").replace(",", "") + (match["part"] or ""))
    if match["sign"] in {"-", "−"}:
        number = -number
    if abs(number) > LARGEST_NUMBER:
        raise Unclear("number_too_large")
    if (control.least is not None and number < Decimal(str(control.least))) or (
        control.most is not None and number > Decimal(str(control.most))
    ):
        raise Unclear(_bound(control), least=control.least, most=control.most)
    return int(number) if number == number.to_integral_value() else float(number)


def _is_unit(match: re.Match[str], unit: Text | None) -> bool:
    before, after = match["before"], match["unit"].strip().casefold().rstrip(".")
    named = {words.strip().casefold().rstrip(".") for words in unit.by_language.values()} if unit else set()
    named |= {"%", "per cent", "percent", "y cant"} if named & {"%", "per cent", "percent"} else set()
    if before and before not in named:
        return False
    return not after or after in named or f"{after}s" in named or after.removesuffix("s") in named


def _bound(control: Control) -> str:
    if control.least is not None and control.most is not None:
        return "not_between"
    return "not_at_least" if control.least is not None else "not_at_most"


def _date(asked: _Asked, parts: tuple[str, ...]) -> AnswerValue:
    return read_date(_single(parts), today=asked.today).isoformat()


def _status(asked: _Asked, parts: tuple[str, ...]) -> AnswerValue:
    option, evidence = _option_and_words(asked, asked.control.options, parts)
    return {"status": option.value, "evidence": evidence}


def _contact(asked: _Asked, parts: tuple[str, ...]) -> AnswerValue:
    options = tuple(ResponseOption(value=value, label=label) for value, label in YES_OR_NO.items())
    option, by = _option_and_words(asked, options, parts)
    return {"agreed": option.value == "yes", "by": by if option.value == "yes" else ""}


def _option_and_words(
    asked: _Asked, options: tuple[ResponseOption, ...], parts: tuple[str, ...]
) -> tuple[ResponseOption, str]:
    """An option and what was written beside it: from two inputs, or from one text that begins with the option."""
    first, rest = parts[0].strip(), "\n".join(parts[1:]).strip()
    found = (find_option(options, first), rest) if len(parts) > 1 else leading_option(options, first)
    if found is None or found[0] is None:
        key = "does_not_begin" if first else "only_a_remark"
        raise Unclear(key, echo=_echo(first), offered=_offered(asked, options))
    return found[0], found[1]


def _voices(asked: _Asked, parts: tuple[str, ...]) -> AnswerValue:
    options = tuple(ResponseOption(value=key, label=label) for key, label in asked.voices.items())
    if not options:
        raise Unclear("no_roles_here")
    lines = [line for line in (parts if asked.in_parts else parts[0].split("\n")) if line.strip()]
    if len(lines) > MOST_VOICES:
        raise Unclear("many_voices", count=len(lines), most=MOST_VOICES)
    found: dict[str, str] = {}
    for line in lines:
        key, _, how = line.strip().partition(":")
        if key.strip() not in asked.voices:
            named = leading_option(options, line.strip())
            if named is None:
                raise Unclear("no_role", echo=_echo(line), offered=_offered(asked, options))
            key, how = named[0].value, named[1]
        key, how = key.strip(), how.strip()
        found[key] = "\n".join(dict.fromkeys(filter(None, (found.get(key, ""), how))))
    return [{"perspective": key, "how": how} for key, how in found.items()]


def _unasked(_asked: _Asked, _parts: tuple[str, ...]) -> AnswerValue:
    raise Unclear("not_asked_whole")


_CHECKS: Mapping[ItemType, Callable[[_Asked, tuple[str, ...]], AnswerValue]] = {
    ItemType.TEXT: _text,
    ItemType.LONG_TEXT: _text,
    ItemType.CHOICE: _choice,
    ItemType.YES_NO: _choice,
    ItemType.CHOICES: _choices,
    ItemType.SCALE: _scale,
    ItemType.NUMBER: _number,
    ItemType.DATE: _date,
    ItemType.STATUS: _status,
    ItemType.CONTACT: _contact,
    ItemType.VOICES: _voices,
    ItemType.GRID: _unasked,
    ItemType.STATEMENT: _unasked,
}
