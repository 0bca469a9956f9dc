"""How something is answered, read from a questionnaire file: an item's own keys, or those of a grid's `cell`."""

from __future__ import annotations

from collections.abc import Mapping

from surveys.answer_text import YES_OR_NO
from surveys.instrument import Control, GridRow, ItemType, ResponseOption
from surveys.source import Fields, Node, Problems, text_of
from surveys.text import Text

COLOURS = ("green", "amber", "red", "grey", "blue")
LEAST_POINTS, MOST_POINTS = 2, 11
LONGEST_VALUE = 200
CELL_TYPES = (
    ItemType.TEXT,
    ItemType.LONG_TEXT,
    ItemType.CHOICE,
    ItemType.CHOICES,
    ItemType.SCALE,
    ItemType.YES_NO,
    ItemType.NUMBER,
    ItemType.STATUS,
)
WITH_OPTIONS = frozenset({ItemType.CHOICE, ItemType.CHOICES, ItemType.STATUS})
# Which types each key belongs to; on any other it would silently do nothing, so it is refused.
_BELONGS = {
    "options": WITH_OPTIONS,
    "points": frozenset({ItemType.SCALE}),
    "labels": frozenset({ItemType.SCALE}),
    "min": frozenset({ItemType.NUMBER}),
    "max": frozenset({ItemType.NUMBER}),
    "unit": frozenset({ItemType.NUMBER}),
}
YES_NO = tuple(ResponseOption(value=value, label=label) for value, label in YES_OR_NO.items())
STATUSES = (
    ResponseOption(
        value="green", label=Text({"en": "On track", "cy": "Ar y trywydd iawn", "": "On track"}), colour="green"
    ),
    ResponseOption(
        value="amber", label=Text({"en": "Some delay", "cy": "Peth oedi", "": "Some delay"}), colour="amber"
    ),
    ResponseOption(value="red", label=Text({"en": "Off track", "cy": "Ar ei hôl hi", "": "Off track"}), colour="red"),
    ResponseOption(
        value="not_started", label=Text({"en": "Not started", "cy": "Heb ddechrau", "": "Not started"}), colour="grey"
    ),
)


def read_control(fields: Fields, kind: ItemType) -> Control:
    """The control of that type from `options`, `points`, `labels`, `min`, `max` and `unit`."""
    for key, types in _BELONGS.items():
        if fields.has(key) and kind not in types:
            fields.problems.add(fields.at(key), f"belongs to {_or(sorted(types))}, not to {kind}")
    if kind in WITH_OPTIONS:
        return Control(type=kind, options=_options(fields, kind))
    if kind is ItemType.YES_NO:
        return Control(type=kind, options=YES_NO)
    if kind is ItemType.SCALE:
        return _scale(fields)
    if kind is ItemType.NUMBER:
        return _number(fields)
    return Control(type=kind)


def _or(words: list[ItemType]) -> str:
    return " or ".join(words)


def _number(fields: Fields) -> Control:
    least, most = fields.number("min"), fields.number("max")
    if least is not None and most is not None and least > most:
        fields.problems.add(fields.at("min"), f"min {least:g} is above max {most:g}")
    return Control(type=ItemType.NUMBER, least=least, most=most, unit=fields.text("unit"))


def _scale(fields: Fields) -> Control:
    if not fields.has("points"):
        fields.problems.add(fields.node, f"is needed for a scale: {LEAST_POINTS} to {MOST_POINTS}", key="points")
    points = fields.integer("points", least=LEAST_POINTS, most=MOST_POINTS) or 0
    labels: dict[int, Text] = {}
    node = fields.get("labels")
    if node is not None and not isinstance(node.value, Mapping):
        fields.problems.add(node, f"labels are given by point, like {{1: Poorly, 6: Very well}}, not as {node.says()}")
    elif node is not None and isinstance(node.value, Mapping):
        for point, words in node.value.items():
            text = text_of(words, fields.problems)
            if not point.isascii() or not point.isdigit() or not 1 <= int(point[:4]) <= (points or MOST_POINTS):
                fields.problems.add(words, f"'{point}' is not a point of this scale: 1 to {points or MOST_POINTS}")
            elif text is not None:
                labels[int(point)] = text
    options = tuple(
        ResponseOption(value=str(point), label=labels.get(point, Text.plain(str(point))))
        for point in range(1, points + 1)
    )
    _warn_of_twins(options, fields, fields.at("labels"))
    return Control(type=ItemType.SCALE, options=options, points=points, labels=labels)


def _options(fields: Fields, kind: ItemType) -> tuple[ResponseOption, ...]:
    if kind is ItemType.STATUS and not fields.has("options"):
        return STATUSES
    nodes = fields.nodes("options", needed=True)
    if fields.has("options") and not nodes and isinstance(fields.at("options").value, tuple):
        fields.problems.add(fields.at("options"), "has no options")
    found: list[ResponseOption] = []
    for node in nodes:
        option = _option(node, fields.problems, coloured=kind is ItemType.STATUS)
        if option is None:
            continue
        if any(each.value == option.value for each in found):
            fields.problems.add(node, f"the value '{option.value}' is given twice")
            continue
        found.append(option)
    if len(found) == 1 and len(nodes) == 1 and kind is not ItemType.CHOICES:
        fields.problems.warn(fields.at("options"), "has only one option, so there is nothing to choose")
    _warn_of_twins(tuple(found), fields, fields.at("options"))
    return tuple(found)


def _option(node: Node, problems: Problems, *, coloured: bool) -> ResponseOption | None:
    """An option as `{value, label, colour}`, or as its words alone."""
    if isinstance(node.value, str):
        return _checked(node, node.value, Text.plain(node.value.strip()), "", problems)
    if not isinstance(node.value, Mapping):
        problems.add(node, f"an option is words, or {{value: ..., label: ...}}, not {node.says()}")
        return None
    fields = Fields(node, problems)
    value = fields.word("value", needed=True)
    label = fields.text("label")
    colour = fields.one_of("colour", COLOURS) if coloured else ""
    if not coloured and fields.has("colour"):
        problems.add(fields.at("colour"), "belongs to the options of a status")
    fields.done()
    return _checked(node, value, label or Text.plain(value), colour, problems)


def _checked(node: Node, value: str, label: Text, colour: str, problems: Problems) -> ResponseOption | None:
    value = value.strip()
    if not value or not label:
        # A value left out altogether has been reported already.
        if isinstance(node.value, str) or (isinstance(node.value, Mapping) and "value" in node.value):
            problems.add(node, "an option needs words")
        return None
    if len(value) > LONGEST_VALUE or not value.isprintable():
        problems.add(
            node, f"an option's value is one line of at most {LONGEST_VALUE} characters; the label may be longer"
        )
        return None
    return ResponseOption(value=value, label=label, colour=colour)


def _warn_of_twins(options: tuple[ResponseOption, ...], fields: Fields, place: Node) -> None:
    """A person who types the words of two options at once can't be understood."""
    seen: dict[tuple[str, str], str] = {}
    for option in options:
        for tag, words in option.label.by_language.items():
            twin = seen.setdefault((tag, words.strip().casefold()), option.value)
            if twin != option.value:
                fields.problems.warn(place, f"'{twin}' and '{option.value}' have the same label '{words}'")


def read_rows(fields: Fields) -> tuple[GridRow, ...]:
    """The rows of a grid, `{id, label}` each."""
    found: list[GridRow] = []
    nodes = fields.nodes("rows", needed=True)
    if not nodes and fields.has("rows") and isinstance(fields.at("rows").value, tuple):
        fields.problems.add(fields.at("rows"), "has no rows")
    for node in nodes:
        inner = Fields(node, fields.problems)
        if not isinstance(node.value, Mapping):
            continue
        key, label = inner.identifier("id"), inner.text("label", needed=True)
        inner.done()
        if any(row.key == key for row in found):
            fields.problems.add(node, f"the row '{key}' is given twice")
        elif key and label is not None:
            found.append(GridRow(key=key, label=label))
    return tuple(found)


def read_cell(fields: Fields) -> Control | None:
    """How every row of a grid is answered."""
    inner = fields.inner("cell")
    if inner is None:
        fields.problems.add(fields.node, "is needed for a grid, like {type: scale, points: 5}", key="cell")
        return None
    if not isinstance(inner.node.value, Mapping):
        return None
    kind = inner.one_of("type", [str(each) for each in CELL_TYPES], needed=True)
    control = read_control(inner, ItemType(kind)) if kind else None
    if control is None:
        for key in _BELONGS:
            inner.has(key)
    inner.done()
    return control
