"""An XLSForm read as the tree that a questionnaire's YAML file gives, so that one reader checks both.

Every word keeps the row it stands in. What a form asks and Soundings can't is a problem; what only other programs need
is left out, with a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from surveys.answer_values import AnswerKey
from surveys.instrument_file import DEFAULT_LANGUAGE
from surveys.slugs import as_id
from surveys.source import Node, Problems
from surveys.table import Table
from surveys.xlsform.controls import AskedAs, asked_as, control_keys, value_of
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
    SURVEY,
    SURVEY_COLUMNS,
    TEXT_COLUMNS,
    THANKS,
    TITLE,
    language_tag,
)
from surveys.xlsform.names import Names
from surveys.xlsform.rows import FormRow, rows_of

_MOST_VERSION = 10**6
_YES = frozenset({"yes", "true", "true()", "required"})
_NO = frozenset({"", "no", "false", "false()"})
_OUR_NOTES = frozenset({INTRO, THANKS, SECTION_INTRO})
_COPIED = ("soundings_prefill", "soundings_quote", "soundings_personal")

Keys = dict[str, Node]


def tree_of(sheets: Mapping[str, Table], file: str, stem: str, problems: Problems) -> Node | None:
    """The questionnaire's tree; None where the workbook is no XLSForm. `stem`: what a form without an id is called."""
    survey = sheets.get(SURVEY)
    if survey is None:
        problems.add(Node(value=None, file=file), f"has no sheet '{SURVEY}', so it is no XLSForm")
        return None
    read = {
        SURVEY: rows_of(survey, SURVEY, SURVEY_COLUMNS, TEXT_COLUMNS, problems),
        CHOICES: _rows(sheets, CHOICES, CHOICE_COLUMNS, (LABEL,), problems),
        SETTINGS: _rows(sheets, SETTINGS, SETTINGS_COLUMNS, (TITLE,), problems),
    }
    return _Reader(read, file, problems).tree(stem)


def _rows(
    sheets: Mapping[str, Table], name: str, known: tuple[str, ...], texts: tuple[str, ...], problems: Problems
) -> tuple[FormRow, ...]:
    table = sheets.get(name)
    return () if table is None else rows_of(table, name, known, texts, problems)


@dataclass(slots=True)
class _Group:
    row: FormRow
    titled: bool = False


@dataclass(slots=True)
class _Section:
    row: FormRow
    keys: Keys
    items: list[Node] = field(default_factory=list)

    def node(self) -> Node:
        return self.row.node("type", {**self.keys, "items": self.row.node("type", tuple(self.items))})


class _Reader:
    """Reads row by row: a condition can name only what stands before it, in both kinds of file."""

    def __init__(self, read: Mapping[str, tuple[FormRow, ...]], file: str, problems: Problems) -> None:
        self._survey, self._problems = read[SURVEY], problems
        empty = FormRow(sheet=SETTINGS, file=file, line=1, cells={}, texts={})
        self._settings = read[SETTINGS][0] if read[SETTINGS] else empty
        self._lists: dict[str, list[FormRow]] = {}
        for option in read[CHOICES]:
            self._lists.setdefault(option.word("list_name"), []).append(option)
        self._language = self._own_language()
        self._names = Names()
        self._values: dict[AnswerKey, Mapping[str, str]] = {}
        self._groups: list[_Group] = []
        self._sections: list[_Section] = []
        # None where the next question begins one of its own.
        self._open: _Section | None = None
        self._top: Keys = {}

    def tree(self, stem: str) -> Node:
        """The whole questionnaire."""
        rows = iter(self._survey)
        for row in rows:
            kind = _kind(row)
            if kind == "begin_repeat":
                what = "questions that repeat can't be asked; a grid asks the same of several rows"
                self._problems.add(row.at("type"), what)
                self._until_end(row, rows)
            elif kind == "begin_group" and _is_grid(row):
                self._grid(row, self._until_end(row, rows))
            elif kind == "begin_group":
                self._groups.append(_Group(row))
                self._open = None
            elif kind == "end_group":
                self._end(row)
            elif kind:
                self._question(row)
        for group in self._groups:
            self._problems.add(group.row.at("type"), "this group is never ended")
        return self._whole(stem)

    def _whole(self, stem: str) -> Node:
        settings = self._settings
        name = settings.word("form_id") or stem
        keys = {
            "survey": settings.node("form_id", as_id(name, "s") or "form"),
            "version": settings.node("version", self._version()),
            "title": self._text(settings, TITLE) or settings.node("form_title", settings.word("form_title") or name),
            "language": settings.node("default_language", self._language),
            **self._top,
            "sections": settings.node("form_id", tuple(each.node() for each in self._sections)),
        }
        return settings.node("form_id", keys)

    def _version(self) -> str:
        said = self._settings.word("version")
        if said.isdecimal() and 1 <= int(said) <= _MOST_VERSION:
            return said
        if said:
            what = f"'{said}' is no version of ours (1, 2, 3 and so on): 1 is taken"
            self._problems.warn(self._settings.at("version"), what)
        return "1"

    def _own_language(self) -> str:
        tags = [tag for row in self._survey for tag in row.texts.get(LABEL, {}) if tag]
        named = language_tag(self._settings.word("default_language")) or (tags[0] if tags else DEFAULT_LANGUAGE)
        return self._settings.word("soundings_language") or named

    def _until_end(self, begin: FormRow, rows: Iterator[FormRow]) -> list[FormRow]:
        """The rows of a group or repeat up to its own end."""
        found: list[FormRow] = []
        deep = 1
        for row in rows:
            deep += _kind(row).startswith("begin_") - _kind(row).startswith("end_")
            if deep == 0:
                return found
            found.append(row)
        self._problems.add(begin.at("type"), "this group is never ended")
        return found

    def _end(self, row: FormRow) -> None:
        self._open = None
        if self._groups:
            self._groups.pop()
        else:
            self._problems.add(row.at("type"), "ends a group where none has begun")

    def _section(self, row: FormRow) -> _Section:
        """The section that the row belongs to: the innermost group's, with the conditions of all around it."""
        if self._open is None:
            keys: Keys = {}
            conditions = [each.row for each in self._groups if each.row.word("relevant")]
            if conditions:
                said = [self._condition(each) for each in conditions]
                when = said[0] if len(said) == 1 else " and ".join(f"({each})" for each in said)
                keys["when"] = conditions[-1].node("relevant", when)
            if self._groups and not self._groups[-1].titled:
                self._groups[-1].titled = True
                title = self._text(self._groups[-1].row, LABEL)
                keys |= {"title": title} if title is not None else {}
                self._warn_of_outer()
            self._open = _Section(self._groups[-1].row if self._groups else row, keys)
            self._sections.append(self._open)
        return self._open

    def _warn_of_outer(self) -> None:
        for group in self._groups[:-1]:
            if not group.titled and group.row.texts.get(LABEL):
                what = "the title of a group that holds groups alone isn't taken over; sections have no parts"
                self._problems.warn(group.row.at("label"), what)
            group.titled = True

    def _question(self, row: FormRow) -> None:
        ours = row.word("soundings_type")
        if ours in _OUR_NOTES:
            text = self._text(row, LABEL)
            keys = self._section(row).keys if ours == SECTION_INTRO else self._top
            keys |= {("intro" if ours == SECTION_INTRO else ours): text} if text is not None else {}
            return
        if ours == EVIDENCE:
            return
        asked = asked_as(row, self._lists, self._problems)
        if asked is None:
            return
        section, key = self._section(row), self._names.add(row.word("name"))
        keys = self._item_keys(row, key) | control_keys(row, asked, self._text, self._problems)
        section.items.append(row.node("type", keys))
        self._know_values((key, ""), asked)

    def _grid(self, begin: FormRow, rows: list[FormRow]) -> None:
        section, key = self._section(begin), self._names.add(begin.word("name"))
        keys = self._item_keys(begin, key)
        lines: list[Node] = []
        cell: Node | None = None
        for row in rows:
            ours = row.word("soundings_type")
            asked = None if ours == EVIDENCE else asked_as(row, self._lists, self._problems)
            if asked is None:
                continue
            inner = row.node("type", control_keys(row, asked, self._text, self._problems))
            if cell is not None and cell.plain() != inner.plain():
                self._problems.add(
                    row.at("type"), "every row of a grid is answered alike; put this one outside its group"
                )
            cell = cell or inner
            line = self._names.add_row(begin.word("name"), row.word("name"))
            label = self._text(row, LABEL)
            lines.append(row.node("name", {"id": row.node("name", line)} | ({"label": label} if label else {})))
            self._know_values((key, line), asked)
            keys |= {"required": required} if (required := self._required(row)) else {}
        keys |= {"type": begin.node("type", "grid"), "rows": begin.node("type", tuple(lines))}
        section.items.append(begin.node("type", keys | ({"cell": cell} if cell is not None else {})))

    def _know_values(self, key: AnswerKey, asked: AskedAs) -> None:
        called = {each.word("name"): value_of(each) for each in asked.options}
        if any(name != value for name, value in called.items()):
            self._values[key] = called

    def _item_keys(self, row: FormRow, key: str) -> Keys:
        """What an item says beside how it is answered."""
        keys: Keys = {"id": row.node("name", key), "ask": row.node(LABEL, "?")}
        for column, given in (("name", row.word("name")), (LABEL, row.texts.get(LABEL))):
            if not given:
                self._problems.add(row.at(column), "is needed, and is missing")
        for column, name in ((LABEL, "ask"), (HINT, "hint")):
            text = self._text(row, column)
            keys |= {name: text} if text is not None else {}
        if (required := self._required(row)) is not None:
            keys["required"] = required
        if row.word("relevant"):
            keys["when"] = row.node("relevant", self._condition(row))
        if row.word("soundings_audience"):
            names = row.word("soundings_audience").split()
            keys["audience"] = row.node(
                "soundings_audience", tuple(row.node("soundings_audience", each) for each in names)
            )
        keys |= {each.removeprefix("soundings_"): row.node(each, row.word(each)) for each in _COPIED if row.word(each)}
        target = {each: row.word(f"soundings_{each}") for each in ("top", "share") if row.word(f"soundings_{each}")}
        if target:
            keys["target"] = row.node(
                "soundings_top", {each: row.node(f"soundings_{each}", said) for each, said in target.items()}
            )
        return keys

    def _required(self, row: FormRow) -> Node | None:
        said = row.word("required").lower()
        if said not in _YES | _NO:
            self._problems.warn(row.at("required"), "a condition isn't taken over: the answer may be left out")
        return row.node("required", "true") if said in _YES else None

    def _condition(self, row: FormRow) -> str:
        return self._names.condition(row.word("relevant"), self._values)

    def _text(self, row: FormRow, column: str) -> Node | None:
        """The words of a column, in each language they are given in; None if it has none."""
        base = self._language.split("-")[0]
        given = row.texts.get(column, {})
        said = {self._language if tag == base else tag: self._names.words(words) for tag, words in given.items()}
        if not said:
            return None
        alike = len(set(said.values())) == 1 and self._language in said
        if set(said) <= {"", self._language} or alike:
            return row.node(column, said.get(self._language) or next(iter(said.values())))
        plain = said.pop("", "")
        if plain:
            said.setdefault(self._language, plain)
        return row.node(column, {tag: row.node(column, words) for tag, words in said.items()})


def _kind(row: FormRow) -> str:
    return "_".join(row.word("type").lower().split())


def _is_grid(row: FormRow) -> bool:
    return row.word("soundings_type") == "grid" or "table-list" in row.word("appearance").lower().split()
