"""A questionnaire as the sheets of an XLSForm (`surveys.xlsform.form`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from surveys.answer_values import AnswerKey, answer_name
from surveys.control_file import STATUSES
from surveys.expression_words import words_of
from surveys.expressions import parse_when
from surveys.instrument import Control, Instrument, Item, ItemType, ResponseOption, Section
from surveys.slugs import free
from surveys.text import Text
from surveys.xlsform.form import (
    CHOICE_COLUMNS,
    CHOICES,
    EVIDENCE,
    HINT,
    INTRO,
    LABEL,
    SECTION_INTRO,
    SETTINGS,
    SETTINGS_COLUMNS,
    STATUS_LIST,
    SURVEY,
    SURVEY_COLUMNS,
    TEXT_COLUMNS,
    THANKS,
    TITLE,
    UNIT,
    YES_NO_LIST,
    Sheet,
    language_name,
)

_YES_NO = (
    ResponseOption(value="yes", label=Text({"": "Yes", "en": "Yes", "cy": "Ydw"})),
    ResponseOption(value="no", label=Text({"": "No", "en": "No", "cy": "Nac ydw"})),
)
_EVIDENCE = Text({"": "Evidence", "en": "Evidence", "cy": "Tystiolaeth"})
_ANSWER = re.compile(r"(?<!\{)\{\s*answer\.([^{}\n]*?)\s*\}")
# By type: the XLSForm type and appearance of what has no list.
_PLAIN = {
    ItemType.TEXT: ("text", ""),
    ItemType.LONG_TEXT: ("text", "multiline"),
    ItemType.NUMBER: ("decimal", ""),
    ItemType.DATE: ("date", ""),
    ItemType.STATEMENT: ("note", ""),
    ItemType.VOICES: ("text", "multiline"),
}
_TOLD_BY_ITSELF = frozenset(
    {
        ItemType.TEXT,
        ItemType.LONG_TEXT,
        ItemType.NUMBER,
        ItemType.DATE,
        ItemType.STATEMENT,
        ItemType.CHOICE,
        ItemType.CHOICES,
    }
)

Cells = Mapping[str, str | Text]


def sheets_of(instrument: Instrument) -> tuple[Sheet, Sheet, Sheet]:
    """The form's sheets: survey, choices and settings."""
    return _Writer(instrument).sheets()


def _texts(instrument: Instrument) -> Iterator[Text | None]:
    yield from (instrument.title, instrument.intro, instrument.thanks)
    for section in instrument.sections:
        yield from (section.title, section.intro)
    for item in instrument.items():
        yield from (item.ask, item.hint, *(row.label for row in item.rows))
        for control in (item.control, item.cell):
            if control is not None:
                yield from (control.unit, *control.labels.values())
                if control.type not in {ItemType.YES_NO, ItemType.SCALE} and control.options != STATUSES:
                    yield from (option.label for option in control.options)


class _Writer:
    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        self._language = instrument.language
        given = {tag for text in _texts(instrument) if text is not None for tag in text.languages()}
        self._tags = (self._language, *sorted(given - {self._language})) if given else ()
        self._names = {tag: language_name(tag.split("-")[0] if tag == self._language else tag) for tag in self._tags}
        self._taken = {item.key for item in instrument.items()}
        self._lists: dict[str, tuple[ResponseOption, ...]] = {}
        # Otherwise conditions keep the very words of their author.
        self._renamed = any(
            name != value
            for item in instrument.items()
            for control in (item.control, item.cell)
            if control is not None
            for value, name in choice_names(control.options).items()
        )

    def sheets(self) -> tuple[Sheet, Sheet, Sheet]:
        """In this order, as the options are found while the questions are written."""
        survey = self._sheet(SURVEY, SURVEY_COLUMNS, TEXT_COLUMNS, list(self._rows()))
        choices = self._sheet(CHOICES, CHOICE_COLUMNS, (LABEL,), list(self._choices()))
        of_form = self._instrument
        default = self._names.get(self._language, "")
        titles = {f"{TITLE}::{name}": self._said(of_form.title, tag) for tag, name in self._names.items()}
        settings = (
            of_form.title.within(self._language),
            of_form.survey,
            str(of_form.version),
            default,
            self._language,
            *titles.values(),
        )
        return survey, choices, Sheet(SETTINGS, ((*SETTINGS_COLUMNS, *titles), settings))

    def _sheet(self, name: str, words: tuple[str, ...], texts: tuple[str, ...], rows: list[Cells]) -> Sheet:
        used = [each for each in words[2:] if any(row.get(each) for row in rows)]
        spoken = [each for each in texts if each == LABEL or any(row.get(each) for row in rows)]
        columns = [(text, tag) for text in spoken for tag in (self._tags or ("",))]
        titles = [f"{text}::{self._names[tag]}" if tag else text for text, tag in columns]
        table = [(*words[:2], *titles, *used)]
        for row in rows:
            said = [self._said(row.get(text, ""), tag) for text, tag in columns]
            table.append(
                (*(str(row.get(each, "")) for each in words[:2]), *said, *(str(row.get(each, "")) for each in used))
            )
        return Sheet(name, tuple(table))

    def _said(self, text: str | Text, tag: str) -> str:
        if isinstance(text, str):
            words = text
        elif not tag:
            words = text.within(self._language)
        else:
            words = text.by_language.get(tag) or (
                text.within(tag) if tag == self._language or "" in text.by_language else ""
            )
        return _ANSWER.sub(r"${\1}", words)

    def _name(self, wanted: str) -> str:
        name = free(wanted, self._taken, "_")
        self._taken.add(name)
        return name

    def _note(self, kind: str, text: Text | None) -> Iterator[Cells]:
        if text is not None:
            yield {"type": "note", "name": self._name(kind), LABEL: text, "soundings_type": kind}

    def _rows(self) -> Iterator[Cells]:
        yield from self._note(INTRO, self._instrument.intro)
        for section in self._instrument.sections:
            yield from self._section(section)
        yield from self._note(THANKS, self._instrument.thanks)

    def _section(self, section: Section) -> Iterator[Cells]:
        begin: dict[str, str | Text] = {"type": "begin_group", "name": self._name("section")}
        begin["relevant"] = self._relevant(section.when)
        yield begin | ({LABEL: section.title} if section.title is not None else {})
        yield from self._note(SECTION_INTRO, section.intro)
        for item in section.items:
            yield from self._grid(item) if item.type is ItemType.GRID else self._question(item)
        yield {"type": "end_group", "name": ""}

    def _of_item(self, item: Item) -> dict[str, str | Text]:
        cells: dict[str, str | Text] = {
            LABEL: item.ask,
            "relevant": self._relevant(item.when),
            "soundings_audience": " ".join(sorted(item.audience)),
            "soundings_prefill": item.prefill,
            "soundings_quote": "ask" if item.quote else "",
            "soundings_personal": "true" if item.personal else "",
        }
        if item.hint is not None:
            cells[HINT] = item.hint
        if item.target is not None:
            cells |= {"soundings_top": str(item.target.top), "soundings_share": f"{item.target.share:g}"}
        return cells

    def _question(self, item: Item) -> Iterator[Cells]:
        cells = {"name": item.key, **self._of_item(item), **self._control(item.control, item.key)}
        yield cells | {"required": "yes" if item.required else ""}
        if item.type is ItemType.STATUS:
            yield self._evidence(item.key, cells["relevant"])

    def _evidence(self, name: str, relevant: str | Text = "") -> Cells:
        row: dict[str, str | Text] = {"type": "text", "name": f"{name}.evidence", LABEL: _EVIDENCE}
        return row | {"appearance": "multiline", "relevant": relevant, "soundings_type": EVIDENCE}

    def _grid(self, item: Item) -> Iterator[Cells]:
        begin = {"type": "begin_group", "name": item.key, "appearance": "field-list"}
        yield begin | self._of_item(item) | {"soundings_type": str(ItemType.GRID)}
        for row in item.rows:
            name = answer_name((item.key, row.key))
            control = self._control(item.control_of(row.key), item.key)
            yield {"name": name, LABEL: row.label, **control, "required": "yes" if item.required else ""}
            if item.control_of(row.key).type is ItemType.STATUS:
                yield self._evidence(name)
        yield {"type": "end_group", "name": ""}

    def _control(self, control: Control, list_name: str) -> dict[str, str | Text]:
        kind = control.type
        alike = [option.value for option in control.options] == ["yes", "no"]
        said = "" if kind in _TOLD_BY_ITSELF and not alike else str(kind)
        if kind in _PLAIN:
            written, appearance = _PLAIN[kind]
            bounds = [
                f". {sign} {at:g}" for sign, at in ((">=", control.least), ("<=", control.most)) if at is not None
            ]
            cells: dict[str, str | Text] = {"type": written, "appearance": appearance, "soundings_type": said}
            cells["constraint"] = " and ".join(bounds)
            return cells | ({UNIT: control.unit} if control.unit is not None else {})
        options = control.options
        if kind in {ItemType.YES_NO, ItemType.CONTACT}:
            list_name, options = YES_NO_LIST, _YES_NO
        elif options == STATUSES:
            list_name = STATUS_LIST
        elif list_name in {YES_NO_LIST, STATUS_LIST}:
            list_name = f"{list_name}_options"
        self._lists[list_name] = options
        select = "select_multiple" if kind is ItemType.CHOICES else "select_one"
        appearance = "likert" if kind is ItemType.SCALE else ""
        return {"type": f"{select} {list_name}", "appearance": appearance, "soundings_type": said}

    def _choices(self) -> Iterator[Cells]:
        for name, options in self._lists.items():
            names = choice_names(options)
            for option in options:
                written = names[option.value]
                value = option.value if written != option.value else ""
                row: dict[str, str | Text] = {"list_name": name, "name": written, LABEL: option.label}
                yield row | {"soundings_value": value, "soundings_colour": option.colour}

    def _relevant(self, when: str) -> str:
        if not self._renamed:
            return when
        return words_of(parse_when(when), self._wording) if when else ""

    def _wording(self, key: AnswerKey, word: str) -> str:
        item = self._instrument.item(key[0])
        options = item.control_of(key[1]).options if item is not None else ()
        return choice_names(options).get(word, word)


def choice_names(options: Iterable[ResponseOption]) -> Mapping[str, str]:
    """Each option's value as a choice's name, which can't hold spaces: several answers are joined by them."""
    names = {each.value: each.value for each in options if each.value.split() == [each.value]}
    for each in options:
        if each.value not in names:
            names[each.value] = free("_".join(each.value.split()), names.values(), "_")
    return names
