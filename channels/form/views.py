"""What the templates are given: plain values with every word already chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionView:
    """One radio or box; `note` is read to those who can't see what the layout says."""

    id: str
    value: str
    label: str
    checked: bool
    colour: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxView:
    """One input to write in: `kind` is text, number, date or area; `rows` for an area."""

    id: str
    name: str
    kind: str
    value: str
    label: str = ""
    hint: str = ""
    rows: int = 0
    least: str = ""
    most: str = ""
    unit: str = ""
    narrow: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldView:
    """One question's control. `kind`: radios, scale, boxes, one (a single box) or many (several boxes)."""

    id: str
    name: str
    kind: str
    label: str
    hint: str = ""
    needed: bool = False
    error: str = ""
    options: tuple[OptionView, ...] = ()
    ends: tuple[str, str] | None = None
    boxes: tuple[BoxView, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class QuoteView:
    """The question whether an item's words may be quoted."""

    name: str
    options: tuple[OptionView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockView:
    """One item of a page: a statement's words, or one field, or a grid's fields under one heading."""

    heading: str
    hint: str = ""
    statement: bool = False
    fields: tuple[FieldView, ...] = ()
    grid: bool = False
    quote: QuoteView | None = None
    voices: tuple[BoxView, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstView:
    """The top of the first page. `promises` are (what, words) in order; `ways` are (words, link)."""

    intro: str
    promises: tuple[tuple[str, tuple[str, ...]], ...]
    ways: tuple[tuple[str, str], ...]
    speaking: str = ""
    typist: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageView:
    """One page of questions. `lone`: there is one block with a question, which is the page's heading."""

    title: str
    where: str
    section: str
    heading: str
    lone: bool
    number: int
    total: int
    blocks: tuple[BlockView, ...]
    errors: tuple[tuple[str, str], ...]
    first: FirstView | None = None
    entry: bool = False
    entry_mode: str = ""
    boxes: tuple[str, ...] = ()
    can_go_back: bool = False
    one_go: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LineView:
    """One recorded answer, for review, done and closed pages; `change` is a link, "" for none."""

    ask: str
    answer: str
    change: str = ""
    quoted: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordView:
    """What was recorded, by section: (title, lines)."""

    sections: tuple[tuple[str, tuple[LineView, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AskView:
    """One field of a page that asks for something other than an answer: text, email, date, radios or a select.

    A select offers `options`, then the `groups`, each under its name.
    """

    id: str
    name: str
    kind: str
    label: str
    hint: str = ""
    value: str = ""
    error: str = ""
    autocomplete: str = ""
    options: tuple[OptionView, ...] = ()
    groups: tuple[tuple[str, tuple[OptionView, ...]], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ActView:
    """A page that says what an act will do before it does it; `choices` are further buttons: (value, words).

    `value` is what the first button sends.
    """

    heading: str
    paragraphs: tuple[str, ...]
    button: str
    value: str = "next"
    asks: tuple[AskView, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceView:
    """One part of a person's choices: how it stands, and links (words, link) to pages that change it."""

    heading: str
    paragraphs: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoicesView:
    """All that a person may decide about their messages, their words and what is stored about them."""

    heading: str
    paragraphs: tuple[str, ...]
    parts: tuple[ChoiceView, ...]
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotedView:
    """One answer that may be quoted: the question, the words, and how far their author agrees as things stand."""

    name: str
    ask: str
    words: str
    standing: str
    options: tuple[OptionView, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotesView:
    """A person's consents to be quoted; `button` "" where they stand for good. `choices` are further buttons."""

    heading: str
    paragraphs: tuple[str, ...]
    quotes: tuple[QuotedView, ...]
    button: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What stands round every page. `notes` are (kind, words): good or waiting. `choices`: the person's own page."""

    programme: str = ""
    banner: str = ""
    privacy: str = ""
    choices: str = ""
    contact: str = ""
    styles: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    action: str = ""
    hidden: tuple[tuple[str, str], ...] = ()


Typed = Mapping[str, Sequence[str]]
