"""A questionnaire file read into an instrument, with every problem found at once (design: Files)."""

from __future__ import annotations

from collections.abc import Mapping

from surveys.control_file import read_cell, read_control, read_rows
from surveys.instrument import Control, GridRow, Instrument, Item, ItemType, Section, Target
from surveys.instrument_checks import Place, check_conditions, check_texts
from surveys.piping import PREFILLS
from surveys.source import LANGUAGE, Fields, Node, Problems, nearest
from surveys.text import Text

DEFAULT_LANGUAGE = "en-GB"
WHOLE = 100
_TEXTS = frozenset({ItemType.TEXT, ItemType.LONG_TEXT})
# The web form posts it beside the fields that are named after items (design: Web form).
BUTTON_NAME = "go"
# The keys a cell or control may have; asked for even where the type is unknown, so that they aren't called unknown too.
_CONTROL_KEYS = ("options", "points", "labels", "min", "max", "unit", "rows", "cell", "target", "prefill", "quote")


def read_instrument(node: Node, problems: Problems, *, perspectives: frozenset[str] | None = None) -> Instrument | None:
    """The instrument a file says, or None where anything in it is wrong; what is wrong goes into `problems`.

    `perspectives` are those of the programme, if known: an audience may name no other.
    """
    before = len(problems.errors)
    fields = Fields(node, problems)
    if not isinstance(node.value, Mapping):
        return None
    survey = fields.identifier("survey")
    version = fields.integer("version", least=1, most=10**6)
    if not fields.has("version"):
        problems.add(node, "is needed, and is missing", key="version")
    language = _language(fields)
    title = fields.text("title", needed=True)
    intro, thanks = fields.text("intro"), fields.text("thanks")
    reader = _Reader(problems, perspectives)
    sections = tuple(
        section
        for section in (reader.section(each) for each in fields.nodes("sections", needed=True))
        if section is not None
    )
    if fields.has("sections") and fields.at("sections").value == ():
        problems.add(fields.at("sections"), "has no sections")
    fields.done()
    if title is None:
        return None
    instrument = Instrument(
        survey=survey,
        version=version or 1,
        title=title,
        language=language,
        sections=sections,
        intro=intro,
        thanks=thanks,
    )
    check_conditions(instrument, reader.places, problems)
    check_texts(instrument, reader.places, fields, problems)
    return instrument if len(problems.errors) == before else None


def _language(fields: Fields) -> str:
    language = fields.word("language", DEFAULT_LANGUAGE)
    if not LANGUAGE.fullmatch(language):
        fields.problems.add(fields.at("language"), f"'{language}' is not a language tag such as en-GB or cy")
        return DEFAULT_LANGUAGE
    return language


class _Reader:
    """Reads sections and items; remembers where each stands, for the checks that need the whole."""

    def __init__(self, problems: Problems, perspectives: frozenset[str] | None) -> None:
        self._problems = problems
        self._perspectives = perspectives
        self._sections = 0
        self.places: dict[Place, Fields] = {}

    def section(self, node: Node) -> Section | None:
        fields = Fields(node, self._problems)
        if not isinstance(node.value, Mapping):
            return None
        self.places[self._sections] = fields
        self._sections += 1
        title, intro, when = fields.text("title"), fields.text("intro"), fields.word("when")
        nodes = fields.nodes("items", needed=True)
        if fields.at("items").value == ():
            self._problems.add(fields.at("items"), "has no items")
        items = tuple(item for item in map(self.item, nodes) if item is not None)
        fields.done()
        return Section(title=title, items=items, intro=intro, when=when)

    def item(self, node: Node) -> Item | None:
        fields = Fields(node, self._problems)
        if not isinstance(node.value, Mapping):
            return None
        key = fields.identifier("id")
        ask = fields.text("ask", needed=True)
        hint, when = fields.text("hint"), fields.word("when")
        required, personal = fields.boolean("required"), fields.boolean("personal")
        audience = self._audience(fields)
        word = fields.one_of("type", [str(each) for each in ItemType], needed=True)
        # A type that can't be read is reported once, and not again by everything that depends on it.
        kind = ItemType(word or ItemType.TEXT)
        control, target, prefill, quote = Control(type=kind), None, "", False
        rows: tuple[GridRow, ...] = ()
        cell: Control | None = None
        if not word:
            for each in _CONTROL_KEYS:
                fields.has(each)
        else:
            control = read_control(fields, kind)
            rows, cell = self._grid(fields, kind)
            target = _target(fields, cell if kind is ItemType.GRID else control)
            prefill, quote = _prefill(fields, kind), _quote(fields, kind, cell)
            if kind is ItemType.STATEMENT and required:
                self._problems.add(fields.at("required"), "a statement asks nothing, so nothing can be required")
        fields.done()
        if key in self.places:
            first = self.places[key].node
            self._problems.add(fields.at("id"), f"the id '{key}' is taken by {first.path}, line {first.line}")
            return None
        if not key:
            return None
        if key == BUTTON_NAME:
            self._problems.add(fields.at("id"), f"'{key}' is the name of the form's own button: choose another id")
        self.places[key] = fields
        return Item(
            key=key,
            ask=Text.plain("?") if ask is None else ask,
            control=control,
            rows=rows,
            cell=cell,
            required=required,
            hint=hint,
            when=when,
            audience=audience,
            prefill=prefill,
            quote=quote,
            personal=personal,
            target=target,
        )

    def _audience(self, fields: Fields) -> frozenset[str]:
        words = fields.words("audience")
        if fields.has("audience") and not words:
            self._problems.add(fields.at("audience"), "names nobody; leave the key out to ask everyone")
        if self._perspectives is not None:
            for word in words:
                if word not in self._perspectives:
                    near = nearest(word, sorted(self._perspectives))
                    self._problems.add(fields.at("audience"), f"'{word}' is not a perspective of the programme{near}")
        return frozenset(words)

    def _grid(self, fields: Fields, kind: ItemType) -> tuple[tuple[GridRow, ...], Control | None]:
        if kind is ItemType.GRID:
            return read_rows(fields), read_cell(fields)
        for key in ("rows", "cell"):
            if fields.has(key):
                self._problems.add(fields.at(key), f"belongs to grid, not to {kind}")
        return (), None


def _prefill(fields: Fields, kind: ItemType) -> str:
    key = fields.one_of("prefill", PREFILLS)
    if key and kind not in _TEXTS:
        fields.problems.add(fields.at("prefill"), f"belongs to text or long_text, not to {kind}")
    return key


def _quote(fields: Fields, kind: ItemType, cell: Control | None) -> bool:
    asked = fields.one_of("quote", ("ask",)) == "ask"
    if asked and kind not in _TEXTS and (cell is None or cell.type not in _TEXTS):
        fields.problems.add(fields.at("quote"), f"belongs to text or long_text, not to {kind}")
    return asked


def _target(fields: Fields, control: Control | None) -> Target | None:
    inner = fields.inner("target")
    if inner is None or not isinstance(inner.node.value, Mapping):
        return None
    if control is None or control.type is not ItemType.SCALE:
        fields.problems.add(inner.node, "belongs to a scale, or to a grid of scales")
    highest = control.points - 1 if control is not None and control.points else 10
    for key in ("top", "share"):
        if not inner.has(key):
            fields.problems.add(inner.node, "is needed, and is missing", key=key)
    top = inner.integer("top", least=1, most=highest)
    share = inner.number("share")
    inner.done()
    if share is not None and not 0 < share <= WHOLE:
        fields.problems.add(
            inner.at("share"), f"a percentage above 0 and up to 100 is needed, not {inner.at('share').says()}"
        )
    return None if top is None or share is None else Target(top=top, share=share)
