"""One question as a control: which inputs, with which labels and which of them filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from channels.form.inputs import BY, EVIDENCE, Inputs, input_names, name_of
from channels.form.views import BoxView, FieldView, OptionView
from channels.form.words import Words
from surveys.answer_text import YES_OR_NO
from surveys.instrument import Control, ItemType, Question, ResponseOption
from surveys.text import Text
from surveys.typed_dates import DateUnclear, read_date, say_date

Say = Callable[[Text | None], str]
_RADIOS = frozenset({ItemType.CHOICE, ItemType.YES_NO, ItemType.STATUS, ItemType.CONTACT, ItemType.SCALE})
_LONGEST_LINE = 600
# What a number's input can hold (HTML, 2.3.4.3 Floating-point numbers).
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def field_of(
    question: Question,
    *,
    words: Words,
    say: Say,
    label: str,
    hint: str,
    inputs: Inputs,
    voices: Mapping[str, Text],
    error: str,
    today: date | None = None,
) -> FieldView:
    """The control of a question, or of one row of a grid, as `inputs` fill it in."""
    name, control = name_of(question), question.control
    kind = _kind(control)
    options = _options(question, say, inputs) if kind in {"radios", "scale", "boxes"} else ()
    boxes = _boxes(question, words, say, inputs, voices)
    ends = None
    if kind == "scale" and control.labels:
        ends = (_end(control, 1, say), _end(control, control.points, say))
    return FieldView(
        # The first control of the field, where an error's link leads.
        id=options[0].id if options else boxes[0].id if boxes else name,
        name=name,
        kind=kind,
        label=label,
        hint=_hint(control, words, hint, today),
        needed=question.item.required,
        error=error,
        options=options,
        ends=ends,
        boxes=boxes,
    )


def _kind(control: Control) -> str:
    if control.type is ItemType.SCALE:
        # With words at every point a list reads better than a row.
        return "radios" if len(control.labels) > 2 else "scale"  # noqa: PLR2004
    if control.type in _RADIOS:
        return "radios"
    if control.type is ItemType.CHOICES:
        return "boxes"
    return "many" if control.type is ItemType.VOICES else "one"


def _hint(control: Control, words: Words, hint: str, today: date | None) -> str:
    own = ""
    if control.type is ItemType.VOICES:
        own = words("voices_hint")
    elif control.type is ItemType.DATE and today is not None:
        own = words("date_hint", date=say_date(today, words.tag))
    return "\n".join(part for part in (hint, own) if part)


def _end(control: Control, point: int, say: Say) -> str:
    label = control.labels.get(point)
    return "" if label is None else f"{point} = {say(label)}"


def _options(question: Question, say: Say, inputs: Inputs) -> tuple[OptionView, ...]:
    name, control = name_of(question), question.control
    chosen = set(inputs.get(name, ()))
    if control.type is ItemType.CONTACT:
        offered = [(value, say(label), "", "") for value, label in YES_OR_NO.items()]
    elif control.type is ItemType.SCALE and _kind(control) == "scale":
        offered = [
            (str(point), str(point), "", say(control.labels[point]) if point in control.labels else "")
            for point in range(1, control.points + 1)
        ]
    else:
        offered = [(each.value, _words(control, each, say), each.colour, "") for each in control.options]
    return tuple(
        OptionView(
            id=name if index == 0 else f"{name}-{index + 1}",
            value=value,
            label=label,
            checked=value in chosen,
            colour=colour,
            note=note,
        )
        for index, (value, label, colour, note) in enumerate(offered)
    )


def _words(control: Control, option: ResponseOption, say: Say) -> str:
    label = say(option.label)
    return f"{option.value} – {label}" if control.type is ItemType.SCALE and label != option.value else label


def _boxes(
    question: Question, words: Words, say: Say, inputs: Inputs, voices: Mapping[str, Text]
) -> tuple[BoxView, ...]:
    name, control = name_of(question), question.control
    match control.type:
        case ItemType.STATUS:
            return (_box(f"{name}.{EVIDENCE}", inputs, kind="area", rows=2, label=words("evidence")),)
        case ItemType.CONTACT:
            hint = words("contact_known")
            return (_box(f"{name}.{BY}", inputs, label=words("contact_by"), hint=hint),)
        case ItemType.VOICES:
            names = input_names(question, voices)
            return tuple(
                _box(each, inputs, kind="area", rows=1, label=words("voices_field", perspective=say(label)))
                for each, label in zip(names, voices.values(), strict=True)
            )
        case ItemType.LONG_TEXT:
            return (_box(name, inputs, kind="area", rows=4 if question.row else 7),)
        case ItemType.NUMBER:
            return (_number(name, control, say, inputs),)
        case ItemType.DATE:
            return (_date(name, inputs),)
        case ItemType.TEXT:
            return (_box(name, inputs),)
        case _:
            return ()


def _box(name: str, inputs: Inputs, *, kind: str = "text", rows: int = 0, label: str = "", hint: str = "") -> BoxView:
    value = next(iter(inputs.get(name, ())), "")
    # A line break does not survive in a one-line input.
    if kind == "text" and ("\n" in value or "\r" in value or len(value) > _LONGEST_LINE):
        kind, rows = "area", 3
    return BoxView(id=name, name=name, kind=kind, value=value, rows=rows, label=label, hint=hint)


def _number(name: str, control: Control, say: Say, inputs: Inputs) -> BoxView:
    value = next(iter(inputs.get(name, ())), "")
    return BoxView(
        id=name,
        name=name,
        # Words that are no number would vanish from a number's input: they are shown as they were typed.
        kind="number" if _is_number(value) else "text",
        value=value,
        least="" if control.least is None else f"{control.least:.15g}",
        most="" if control.most is None else f"{control.most:.15g}",
        unit=say(control.unit),
        narrow=True,
    )


def _is_number(words: str) -> bool:
    return not words or _PLAIN_NUMBER.fullmatch(words) is not None


def _date(name: str, inputs: Inputs) -> BoxView:
    value = next(iter(inputs.get(name, ())), "")
    try:
        iso = read_date(value).isoformat() if value else ""
    except DateUnclear:
        return BoxView(id=name, name=name, kind="text", value=value, narrow=True)
    return BoxView(id=name, name=name, kind="date", value=iso, narrow=True)
