"""A questionnaire as the plain tree of its own file: what is written can be read again, and says the same."""

from __future__ import annotations

from typing import Any

from surveys.control_file import STATUSES, WITH_OPTIONS
from surveys.instrument import Control, Instrument, Item, ItemType, ResponseOption, Section
from surveys.text import Text

Tree = dict[str, Any]


def written(instrument: Instrument) -> Tree:
    """Mappings, lists, text, numbers and booleans, in the order people read them in; what is left out is not there."""
    return _said(
        survey=instrument.survey,
        version=instrument.version,
        title=_text(instrument.title),
        language=instrument.language,
        intro=_text(instrument.intro),
        thanks=_text(instrument.thanks),
        sections=[_section(each) for each in instrument.sections],
    )


def _said(**keys: Any) -> Tree:
    return {key: value for key, value in keys.items() if value is not None}


def _text(text: Text | None) -> str | Tree | None:
    if text is None:
        return None
    given = dict(text.by_language)
    return given[""] if set(given) == {""} else {tag: words for tag, words in given.items() if tag}


def _section(section: Section) -> Tree:
    return _said(
        title=_text(section.title),
        intro=_text(section.intro),
        when=section.when or None,
        items=[_item(each) for each in section.items],
    )


def _item(item: Item) -> Tree:
    tree = _said(id=item.key, ask=_text(item.ask), hint=_text(item.hint), type=str(item.type))
    if item.type is ItemType.GRID:
        tree["rows"] = [{"id": row.key, "label": _text(row.label)} for row in item.rows]
        tree["cell"] = {} if item.cell is None else {"type": str(item.cell.type), **_control(item.cell)}
    return tree | _said(
        **_control(item.control),
        required=item.required or None,
        when=item.when or None,
        audience=sorted(item.audience) or None,
        prefill=item.prefill or None,
        quote="ask" if item.quote else None,
        personal=item.personal or None,
        target=None if item.target is None else {"top": item.target.top, "share": _number(item.target.share)},
    )


def _control(control: Control) -> Tree:
    options = control.type in WITH_OPTIONS and control.options != STATUSES
    return _said(
        options=[_option(each) for each in control.options] if options else None,
        points=control.points or None,
        labels={str(point): _text(label) for point, label in control.labels.items()} or None,
        min=_number(control.least),
        max=_number(control.most),
        unit=_text(control.unit),
    )


def _option(option: ResponseOption) -> str | Tree:
    if option.label == Text.plain(option.value) and not option.colour:
        return option.value
    return _said(value=option.value, label=_text(option.label), colour=option.colour or None)


def _number(number: float | None) -> float | None:
    return int(number) if number is not None and number == int(number) else number
