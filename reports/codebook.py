"""What each question of an export means: number, words, values, labels, and what was left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.answer_values import answer_name
from surveys.instrument import Control, Instrument, Item, ItemType, Question
from surveys.programme import Mode

# What the values of a type look like, for whoever reads the codebook alone.
_SHAPES: Mapping[ItemType, str] = {
    ItemType.TEXT: "text",
    ItemType.LONG_TEXT: "text",
    ItemType.CHOICE: "one of the values",
    ItemType.CHOICES: "a list of the values (CSV: joined by ;)",
    ItemType.SCALE: "number",
    ItemType.YES_NO: "yes or no",
    ItemType.NUMBER: "number",
    ItemType.DATE: "ISO date, like 2024-12-16",
    ItemType.STATUS: "one of the values, and an evidence text",
    ItemType.VOICES: "a list of perspectives and how each was consulted",
    ItemType.CONTACT: "whether contact is agreed to, and how (CSV: yes or no)",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CodebookEntry:
    """One question. `row` is "" except in a grid, where `type` is that of its cells and `item_type` is grid.

    `values` pairs each value with its label. `left_out` says why no answer to it is in the export, "" if they are.
    `redacted`: out of how many answers something was taken.
    """

    number: int
    id: str
    row: str
    type: str
    ask: str
    item_type: str
    section: str
    required: bool
    when: str
    audience: tuple[str, ...]
    shape: str
    values: tuple[tuple[str, str], ...]
    least: float | None
    most: float | None
    unit: str
    comparable: bool
    left_out: str
    redacted: int = 0

    @property
    def name(self) -> str:
        return answer_name((self.id, self.row))


def codebook(
    instrument: Instrument, mode: Mode, *, not_comparable: Collection[str] = (), language: str = ""
) -> tuple[CodebookEntry, ...]:
    """Every question of the questionnaire in order, in `language` (its own if none is given)."""
    wanted = language or instrument.language
    sections = {
        item.key: section.title.within(wanted, instrument.language) if section.title else ""
        for section in instrument.sections
        for item in section.items
    }
    return tuple(
        _entry(question, instrument, mode, sections[question.item.key], question.item.key in not_comparable, wanted)
        for question in instrument.questions()
    )


def as_plain(entry: CodebookEntry) -> dict[str, Any]:
    """The entry as the JSON export has it: number, id, row, type and ask first, then what else there is to say."""
    said: dict[str, Any] = {
        "number": entry.number,
        "id": entry.id,
        "row": entry.row or None,
        "type": entry.item_type,
        "ask": entry.ask,
        "section": entry.section,
        "required": entry.required,
        "comparable": entry.comparable,
    }
    if entry.row:
        said["cell_type"] = entry.type
    if entry.values:
        said["values"] = [{"value": value, "label": label} for value, label in entry.values]
    extras = {"when": entry.when, "audience": list(entry.audience), "unit": entry.unit, "left_out": entry.left_out}
    said.update({key: value for key, value in extras.items() if value})
    said.update({key: value for key, value in (("min", entry.least), ("max", entry.most)) if value is not None})
    if entry.redacted:
        said["redacted"] = entry.redacted
    return said


def left_out(item: Item, mode: Mode) -> str:
    """Why the item's answers don't leave in this mode, "" if they do (design: Confidentiality modes)."""
    if mode is Mode.IDENTIFIED:
        return ""
    if item.personal:
        return "personal"
    if mode is Mode.UNLINKED and item.type is ItemType.CONTACT:
        return "contact"
    if mode is Mode.UNLINKED and item.prefill:
        return "prefilled"
    return ""


def _entry(
    question: Question, instrument: Instrument, mode: Mode, section: str, changed: bool, language: str
) -> CodebookEntry:
    item, control = question.item, question.control
    ask = item.ask.within(language, instrument.language)
    row = next((each for each in item.rows if each.key == question.row), None)
    return CodebookEntry(
        number=question.number,
        id=item.key,
        row=question.row,
        type=control.type.value,
        ask=f"{ask}: {row.label.within(language, instrument.language)}" if row else ask,
        item_type=item.type.value,
        section=section,
        required=item.required,
        when=item.when,
        audience=tuple(sorted(item.audience)),
        shape=_SHAPES.get(control.type, "text"),
        values=_values(control, language, instrument.language),
        least=control.least,
        most=control.most,
        unit=control.unit.within(language, instrument.language) if control.unit else "",
        comparable=not changed,
        left_out=left_out(item, mode),
    )


def _values(control: Control, language: str, fallback: str) -> tuple[tuple[str, str], ...]:
    if control.type is ItemType.SCALE:
        points = range(1, control.points + 1)
        labels = {point: label.within(language, fallback) for point, label in control.labels.items()}
        return tuple((str(point), labels.get(point, "")) for point in points)
    return tuple((option.value, option.label.within(language, fallback)) for option in control.options)
