"""A programme's files, read together: every problem of all of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from handlers.files.calendar_file import read_calendar
from handlers.files.table_file import read_table, read_workbook
from handlers.files.yaml_file import read_yaml
from storage.bank_holidays import known_calendars
from surveys.addressing import KNOWN
from surveys.instrument import Instrument, ItemType
from surveys.instrument_file import read_instrument
from surveys.programme import Mode, Programme
from surveys.programme_file import draft_programme
from surveys.repeats import with_repeated
from surveys.round_entries import plain_word
from surveys.source import Node, Problems
from surveys.table import Table, cells_of, columns_of
from surveys.xlsform.form import CHOICES, SETTINGS, SURVEY
from surveys.xlsform.reading import tree_of

SESSION_COLUMNS = ("id", "area", "starts", "ends", "topic", "status")


@dataclass(frozen=True, kw_only=True, slots=True)
class Questionnaire:
    """One questionnaire's file: its node, and what it says."""

    node: Node
    instrument: Instrument


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """What the files say. `programme` is a draft where problems were found in its file (`sound` is False then).

    `questionnaires` by the name that rounds give; those that can't be read are left out.
    """

    node: Node
    programme: Programme
    sound: bool
    questionnaires: Mapping[str, Questionnaire]
    panel: Table | None


def read_files(path: Path, problems: Problems) -> Files | None:
    """The programme at `path` with the questionnaires, sessions and panel beside it; None where it is no YAML."""
    node = read_yaml(path, problems)
    if node is None:
        return None
    node = with_repeated(_with_sessions_file(node, path, problems), problems)
    before = len(problems.errors)
    programme = draft_programme(node, problems, known_calendars=known_calendars())
    sound = len(problems.errors) == before
    questionnaires: dict[str, Questionnaire] = {}
    for entry in _entries(node):
        name = plain_word(entry, "survey")
        beside = _beside(path, name, entry, "survey", problems) if name not in questionnaires else None
        if beside is not None:
            perspectives = frozenset(each.key for each in programme.perspectives)
            found = _questionnaire(beside, problems, perspectives)
            if found is not None:
                questionnaires[name] = found
    _warn_of_unlinked(node, questionnaires, problems)
    _warn_of_names(node, questionnaires, problems)
    _warn_of_no_channel(node, programme, problems)
    _warn_of_no_notice(node, programme, problems)
    beside = _beside(path, programme.panel, node, "panel", problems)
    panel = None if beside is None else read_table(beside, problems)
    return Files(node=node, programme=programme, sound=sound, questionnaires=questionnaires, panel=panel)


def _beside(programme: Path, name: str, node: Node, key: str, problems: Problems) -> Path | None:
    """The file that the programme names at `key` of `node`; None if it names none, or none is there (a problem)."""
    if not name:
        return None
    path = programme.parent / name
    if path.exists():
        return path
    place = node.value.get(key, node) if isinstance(node.value, Mapping) else node
    problems.add(place, f"there is no file '{name}' beside this one")
    return None


def check_questionnaire(path: Path, problems: Problems) -> Questionnaire | None:
    """One questionnaire by itself: its audience may name any perspective."""
    return _questionnaire(path, problems, None)


def _questionnaire(path: Path, problems: Problems, perspectives: frozenset[str] | None) -> Questionnaire | None:
    before = len(problems.errors)
    node = _form(path, problems) if path.suffix.lower() == ".xlsx" else read_yaml(path, problems)
    if node is None:
        return None
    instrument = read_instrument(node, problems, perspectives=perspectives)
    if instrument is None or len(problems.errors) > before:
        return None
    return Questionnaire(node=node, instrument=instrument)


def _form(path: Path, problems: Problems) -> Node | None:
    """The tree that an XLSForm's sheets give."""
    sheets = read_workbook(path, (SURVEY, CHOICES, SETTINGS), problems)
    return None if sheets is None else tree_of(sheets, str(path), path.stem, problems)


def entry_node(node: Node, entry: str, key: str = "") -> Node:
    """Where that entry of `rounds:` (or its `key`) stands in the programme's file."""
    for each in _entries(node):
        if plain_word(each, "id") == entry:
            return each.value.get(key, each) if isinstance(each.value, Mapping) else each
    return node


def _entries(node: Node) -> tuple[Node, ...]:
    entries = node.value.get("rounds") if isinstance(node.value, Mapping) else None
    return entries.value if entries is not None and isinstance(entries.value, tuple) else ()


def _with_sessions_file(node: Node, programme: Path, problems: Problems) -> Node:
    """The programme with the rows of its `sessions_file` among its sessions."""
    name = plain_word(node, "sessions_file")
    if not name or not isinstance(node.value, Mapping):
        return node
    beside = _beside(programme, name, node, "sessions_file", problems)
    if beside is None:
        return node
    rows = (
        read_calendar(beside, _areas_by_words(node), problems)
        if name.lower().endswith((".ics", ".ical"))
        else _session_rows(beside, problems)
    )
    listed = node.value.get("sessions")
    own = listed.value if listed is not None and isinstance(listed.value, tuple) else ()
    sessions = Node(value=(*own, *rows), file=node.file, line=node.line, path="sessions")
    return Node(value={**node.value, "sessions": sessions}, file=node.file, line=node.line, path=node.path)


def _areas_by_words(node: Node) -> dict[str, str]:
    """The ids of the areas by id and by each of their names, in small letters."""
    areas = node.value.get("areas") if isinstance(node.value, Mapping) else None
    found: dict[str, str] = {}
    for each in areas.value if areas is not None and isinstance(areas.value, tuple) else ():
        key, name = plain_word(each, "id"), each.value.get("name") if isinstance(each.value, Mapping) else None
        said = name.value.values() if name is not None and isinstance(name.value, Mapping) else [name]
        for word in [key, *(str(one.value) for one in said if one is not None and one.value)]:
            found.setdefault(word.casefold(), key)
    return found


def _session_rows(path: Path, problems: Problems) -> tuple[Node, ...]:
    table = read_table(path, problems)
    if table is None:
        return ()
    columns = columns_of(table, SESSION_COLUMNS, problems)
    rows = []
    for row in table.rows:
        said = cells_of(table, row, columns, problems)
        cells = {
            column: Node(value=cell, file=table.file, line=row.number, path=column)
            for column, cell in said.items()
            if cell
        }
        rows.append(Node(value=cells, file=table.file, line=row.number))
    return tuple(rows)


def _warn_of_no_channel(node: Node, programme: Programme, problems: Problems) -> None:
    if isinstance(node.value, Mapping) and not KNOWN.intersection(programme.channels):
        problems.warn(node.value["channels"], "nobody can be asked by any of these")


def _warn_of_no_notice(node: Node, programme: Programme, problems: Problems) -> None:
    """People may only be asked where they are told who is responsible, and whom to ask (UK GDPR, article 13)."""
    if not programme.rounds:
        return
    told = {"controller": programme.privacy.controller, "contact": programme.privacy.contact}
    lacking = [f"no {part}" for part, words in told.items() if not words]
    if lacking:
        problems.warn(node, f"people are asked, but the privacy notice names {' and '.join(lacking)}", key="privacy")


_SAYS_WHO = ("participant.name", "participant.greeting", "participant.email", "participant.phone")


def _warn_of_unlinked(node: Node, questionnaires: Mapping[str, Questionnaire], problems: Problems) -> None:
    """An unlinked round leaves out what could say who answered (design: Confidentiality modes)."""
    for entry in _entries(node):
        found = questionnaires.get(plain_word(entry, "survey"))
        if plain_word(entry, "mode") != Mode.UNLINKED or found is None:
            continue
        left_out = [
            item.key
            for item in found.instrument.items()
            if item.personal or item.prefill or item.type is ItemType.CONTACT
        ]
        some = [item.key for item in found.instrument.items() if item.audience and item.key not in left_out]
        if some:
            problems.warn(
                entry,
                "an unlinked round puts questions for some perspectives only to those who share area and perspective"
                f" with enough others (min_group): {', '.join(some)}",
            )
        if left_out:
            problems.warn(entry, f"an unlinked round leaves out what could tell who answered: {', '.join(left_out)}")


def _warn_of_names(node: Node, questionnaires: Mapping[str, Questionnaire], problems: Problems) -> None:
    """What is filled in with a name would stand beside the pseudonym in a confidential round's export."""
    for entry in _entries(node):
        found = questionnaires.get(plain_word(entry, "survey"))
        if plain_word(entry, "mode") not in ("", Mode.CONFIDENTIAL) or found is None:
            continue
        named = [item.key for item in found.instrument.items() if item.prefill in _SAYS_WHO and not item.personal]
        if named:
            problems.warn(
                entry,
                "exports of this confidential round would say who answered, as these are filled in with it; mark them"
                f" personal: true: {', '.join(named)}",
            )
