"""The questionnaire as a value: sections, items, options, and the numbers people see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from surveys.text import Text


class ItemType(StrEnum):
    """What an item asks for (design: Files, Types)."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"
    GRID = "grid"
    STATUS = "status"
    STATEMENT = "statement"
    VOICES = "voices"
    CONTACT = "contact"


CLOSED_TYPES = frozenset(
    {ItemType.CHOICE, ItemType.CHOICES, ItemType.SCALE, ItemType.YES_NO, ItemType.STATUS, ItemType.CONTACT}
)
SHORT_TYPES = frozenset({ItemType.TEXT, ItemType.NUMBER, ItemType.DATE})


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseOption:
    """One thing that can be chosen; `colour` only for a status (green, amber, red, grey or blue)."""

    value: str
    label: Text
    colour: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GridRow:
    """One row of a grid; the same cell is asked for each."""

    key: str
    label: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """At least `share` per cent of ratings are to fall in the `top` highest points."""

    top: int
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """How something is answered: an item's own way, or that of a grid's every cell.

    `options` for choice, choices, status and (made by the reader: values "1".."points") scale, and yes_no
    (values "yes", "no"). `labels` are a scale's given labels by point.
    """

    type: ItemType
    options: tuple[ResponseOption, ...] = ()
    points: int = 0
    labels: Mapping[int, Text] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    unit: Text | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One question, or a `statement` that asks nothing.

    `control` is the item's own; for a grid its type is GRID, and `cell` and `rows` say what is asked.
    `when` is the source of its condition ("" = always). `audience` = perspectives asked (empty = all).
    `quote`: consent to quote is asked. `personal`: never leaves in exports of a confidential round.
    """

    key: str
    ask: Text
    control: Control
    rows: tuple[GridRow, ...] = ()
    cell: Control | None = None
    required: bool = False
    hint: Text | None = None
    when: str = ""
    audience: frozenset[str] = frozenset()
    prefill: str = ""
    quote: bool = False
    personal: bool = False
    target: Target | None = None

    @property
    def type(self) -> ItemType:
        return self.control.type

    @property
    def row_keys(self) -> tuple[str, ...]:
        """The rows answered apart from one another: a grid's, else one row named ""."""
        return tuple(row.key for row in self.rows) if self.type is ItemType.GRID else ("",)

    def control_of(self, row: str) -> Control:
        """How `row` is answered."""
        return self.cell if row and self.cell is not None else self.control


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A headed run of items; its own `when` binds every item in it."""

    title: Text | None
    items: tuple[Item, ...]
    intro: Text | None = None
    when: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What bears a number: an answerable item, or one row of a grid (`row` is "" elsewhere)."""

    number: int
    item: Item
    row: str = ""

    @property
    def control(self) -> Control:
        return self.item.control_of(self.row)


@dataclass(frozen=True, kw_only=True, slots=True)
class Instrument:
    """One version of a questionnaire; immutable once a round has used it."""

    survey: str
    version: int
    title: Text
    language: str
    sections: tuple[Section, ...]
    intro: Text | None = None
    thanks: Text | None = None

    def items(self) -> Iterator[Item]:
        """Every item, statements too, in order."""
        for section in self.sections:
            yield from section.items

    def item(self, key: str) -> Item | None:
        """The item of that id."""
        return next((item for item in self.items() if item.key == key), None)

    def questions(self) -> tuple[Question, ...]:
        """Everything answerable with its number: the same for everyone, whatever routing leaves out."""
        found: list[Question] = []
        for item in self.items():
            if item.type is not ItemType.STATEMENT:
                for row in item.row_keys:
                    found.append(Question(number=len(found) + 1, item=item, row=row))
        return tuple(found)

    def languages(self) -> frozenset[str]:
        """Its own language and every one its words are given in."""
        texts = [self.title, self.intro, self.thanks]
        for item in self.items():
            texts += [item.ask, item.hint]
        return frozenset({self.language}.union(*(text.languages() for text in texts if text is not None)))
