"""How one row of an XLSForm is answered: its type, list, appearance and constraint as the keys of a questionnaire."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from surveys.control_file import MOST_POINTS, WITH_OPTIONS
from surveys.instrument import ItemType
from surveys.source import Node, Problems, nearest
from surveys.xlsform.form import LABEL, STATUS_LIST, UNIT
from surveys.xlsform.rows import FormRow

_SELECT = re.compile(
    r"(select_one|select one|select1|select_multiple|select multiple|select all that apply)(?: from)? (\S+)"
    r"( or[_ ](?:specify[_ ])?other)?",
    re.IGNORECASE,
)
_SEVERAL = frozenset({"select_multiple", "select multiple", "select all that apply"})
_PLAIN = {
    "text": ItemType.TEXT,
    "string": ItemType.TEXT,
    "integer": ItemType.NUMBER,
    "int": ItemType.NUMBER,
    "decimal": ItemType.NUMBER,
    "date": ItemType.DATE,
    "note": ItemType.STATEMENT,
}
# What only the program on a phone needs: no question is lost with it.
UNASKED = frozenset(
    {
        *("start", "end", "today", "deviceid", "username", "email", "phonenumber", "phone_number", "simserial"),
        *("subscriberid", "audit", "calculate", "hidden", "start-geopoint", "background-audio", "background-geopoint"),
        *("csv-external", "xml-external"),
    }
)
_BOUND = re.compile(r"\s*\.\s*(>=|<=)\s*([+-]?\d+(?:\.\d+)?)\s*")

# The words of a text column as a node; None if the row has none.
Words = Callable[[FormRow, str], Node | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedAs:
    """An item's type, and the rows of the list it chooses from."""

    type: ItemType
    list_name: str = ""
    options: tuple[FormRow, ...] = ()


def asked_as(row: FormRow, lists: Mapping[str, Sequence[FormRow]], problems: Problems) -> AskedAs | None:
    """What the row asks for; None, with a problem or a warning, where it is nothing that Soundings asks."""
    written = " ".join(row.word("type").split())
    ours = row.word("soundings_type")
    if ours and ours not in {str(each) for each in ItemType}:
        problems.add(row.at("soundings_type"), f"'{ours}' is no type{nearest(ours, [str(each) for each in ItemType])}")
        return None
    chosen = _SELECT.fullmatch(written)
    if chosen is not None:
        return _from_list(row, chosen, ours, lists, problems)
    kind = _PLAIN.get(written.lower())
    if written.lower() == "range":
        kind = ItemType.SCALE if _points_of_range(row) else ItemType.NUMBER
    if kind is None:
        if written.lower() in UNASKED:
            problems.warn(row.at("type"), f"'{written}' asks nobody anything, and isn't taken over")
        else:
            problems.add(
                row.at("type"), f"'{written}' is nothing that Soundings can ask{nearest(written, list(_PLAIN))}"
            )
        return None
    if kind is ItemType.TEXT and "multiline" in row.word("appearance").lower().split():
        kind = ItemType.LONG_TEXT
    return AskedAs(type=ItemType(ours) if ours else kind)


def _from_list(
    row: FormRow, chosen: re.Match[str], ours: str, lists: Mapping[str, Sequence[FormRow]], problems: Problems
) -> AskedAs | None:
    several, name = chosen[1].lower() in _SEVERAL, chosen[2]
    options = tuple(lists.get(name, ()))
    if not options:
        problems.add(row.at("type"), f"there is no list '{name}' on the sheet choices{nearest(name, list(lists))}")
        return None
    if chosen[3]:
        problems.warn(row.at("type"), "'or_other' isn't taken over; add an option and a question for the words")
    kind = ItemType.CHOICES if several else ItemType.CHOICE
    if ours:
        kind = ItemType(ours)
    elif not several and "likert" in row.word("appearance").lower().split() and _counts(options):
        kind = ItemType.SCALE
    elif not several and _yes_and_no(options):
        kind = ItemType.YES_NO
    return AskedAs(type=kind, list_name=name, options=options)


def _counts(options: Sequence[FormRow]) -> bool:
    return 1 < len(options) <= MOST_POINTS and [each.word("name") for each in options] == [
        str(point) for point in range(1, len(options) + 1)
    ]


def _yes_and_no(options: Sequence[FormRow]) -> bool:
    said = [
        (each.word("name").lower(), *(next(iter(each.texts.get(LABEL, {}).values()), "").lower(),)) for each in options
    ]
    return said == [("yes", "yes"), ("no", "no")]


def value_of(option: FormRow) -> str:
    """An option's value with us."""
    return option.word("soundings_value") or option.word("name")


def control_keys(row: FormRow, asked: AskedAs, words: Words, problems: Problems) -> dict[str, Node]:
    """`type` and what goes with it, as an item or a grid's cell has them."""
    keys = {"type": row.node("type", str(asked.type))}
    if asked.type is ItemType.SCALE:
        keys |= _scale(row, asked, words, problems)
    elif asked.type in WITH_OPTIONS and asked.list_name != STATUS_LIST:
        keys["options"] = row.node("type", tuple(_option(each, asked.type, words) for each in asked.options))
    elif asked.type is ItemType.NUMBER:
        keys |= _bounds(row, problems)
        unit = words(row, UNIT)
        keys |= {"unit": unit} if unit is not None else {}
    elif row.word("constraint"):
        problems.warn(row.at("constraint"), "isn't taken over: only the least and most of a number are")
    return keys


def _scale(row: FormRow, asked: AskedAs, words: Words, problems: Problems) -> dict[str, Node]:
    if not asked.options:
        points = _points_of_range(row)
        return {"points": row.node("parameters", str(points))} if points else {}
    if not _counts(asked.options):
        problems.add(
            row.at("type"), f"the options of a scale are called 1, 2, 3 and so on; see the list '{asked.list_name}'"
        )
        return {"points": row.node("type", str(MOST_POINTS))}
    labels = {each.word("name"): words(each, LABEL) for each in asked.options}
    said = {name: node for name, node in labels.items() if node is not None and node.value != name}
    keys = {"points": row.node("type", str(len(asked.options)))}
    return keys | ({"labels": row.node("type", said)} if said else {})


def _option(option: FormRow, kind: ItemType, words: Words) -> Node:
    keys = {"value": option.node("name", value_of(option))}
    label = words(option, LABEL)
    if label is not None:
        keys["label"] = label
    if kind is ItemType.STATUS and option.word("soundings_colour"):
        keys["colour"] = option.node("soundings_colour", option.word("soundings_colour"))
    return option.node("name", keys)


def _bounds(row: FormRow, problems: Problems) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for name, key in (("start", "min"), ("end", "max")):
        if row.word("type").lower() == "range" and (at := _parameter(row, name)):
            found[key] = row.node("parameters", at)
    for part in re.split(r"\s+and\s+", row.word("constraint")):
        bound = _BOUND.fullmatch(part)
        if bound is not None:
            found["min" if bound[1] == ">=" else "max"] = row.node("constraint", bound[2])
        elif part.strip():
            problems.warn(
                row.at("constraint"), f"'{part.strip()}' isn't taken over: only '. >=' and '. <=' a number are"
            )
    return found


def _parameter(row: FormRow, name: str) -> str:
    found = re.search(rf"\b{name}\s*=\s*([+-]?\d+(?:\.\d+)?)", row.word("parameters"))
    return found[1] if found is not None else ""


def _points_of_range(row: FormRow) -> int:
    """How many points a range from 1 has; 0 if it is no scale of ours."""
    start, end, step = (_parameter(row, name) for name in ("start", "end", "step"))
    whole = start == "1" and step in {"", "1"} and end.isdigit()
    return int(end) if whole and 1 < int(end) <= MOST_POINTS else 0
