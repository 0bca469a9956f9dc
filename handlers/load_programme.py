"""The programme itself brought up to what its file says: words, places, sessions, notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from handlers.load_outcomes import Change
from handlers.notice_words import notice_words
from storage.engine import Tx
from storage.programmes import (
    StoredProgramme,
    add_programme,
    change_definition,
    digest_of,
    keep_areas,
    keep_notice,
    keep_perspectives,
    newest_notice,
)
from storage.round_rows import RoundRow
from storage.sessions import StoredSession, drop_session, keep_sessions, sessions_of
from surveys.programme import Programme, Session, SessionStatus
from surveys.programme_file import read_programme
from surveys.source import Node, Problems

Definition = Mapping[str, object]
# Compared one by one, by their ids.
_LISTS = ("areas", "perspectives")
# Told by other lines: of sessions, rounds, people, questionnaires and the notice.
_TOLD_ELSEWHERE = frozenset({"sessions", "sessions_file", "rounds", "privacy", "programme", *_LISTS})


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """The rows of the programme and of what its rounds and people point at."""

    programme_id: int
    area_ids: Mapping[str, int]
    session_ids: Mapping[str, int]


def effective_definition(
    node: Node, stored: StoredProgramme | None, rows: Mapping[str, RoundRow], problems: Problems
) -> tuple[Definition, Programme | None]:
    """What is to be stored: the file, and the entries of opened rounds that it no longer has.

    Without its entry an opened round would lose its audience and its reminders. None, with a problem noted, where
    such an entry names what is gone from the file.
    """
    definition = cast("dict[str, object]", node.plain())
    named = {_id(each) for each in _entries(definition)}
    opened = {row.entry for row in rows.values() if row.opened}
    kept = [] if stored is None else [each for each in _entries(stored.definition) if _id(each) in opened - named]
    if kept:
        definition["rounds"] = [*_entries(definition), *kept]
    own = Problems()
    programme = read_programme(Node.from_plain(definition), own)
    for problem in own.errors if kept else ():
        keys = ", ".join(str(_id(each)) for each in kept)
        problems.add(node, f"{problem.path}: {problem.what} (named by {keys}, taken out of the file after it opened)")
    return definition, programme


def _entries(definition: Definition) -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", definition.get("rounds") or [])


def _id(entry: Mapping[str, object]) -> object:
    return entry.get("id")


def held_entries(stored: StoredProgramme | None) -> frozenset[str]:
    """The entries that said `hold` when the programme was last loaded."""
    return frozenset() if stored is None else frozenset(each.key for each in stored.programme.rounds if each.hold)


def keep_programme(
    tx: Tx,
    programme: Programme,
    definition: Definition,
    stored: StoredProgramme | None,
    now: datetime,
    changes: list[Change],
) -> Stored:
    """Store the programme with its areas, perspectives, sessions and notice, and tell what differs."""
    subject = f"programme {programme.key}"
    if stored is None:
        programme_id = add_programme(tx, programme.key, definition, now)
        changes.append(Change(subject=subject, what="added"))
    else:
        programme_id = stored.id
        if stored.digest != digest_of(definition):
            change_definition(tx, programme_id, definition, now)
            changes += _definition_changes(subject, stored.definition, definition)
    area_ids = keep_areas(tx, programme_id, programme.areas)
    keep_perspectives(tx, programme_id, programme.perspectives)
    words = notice_words(definition, programme)
    # A notice that was taken out of the file is another notice, too.
    if words or newest_notice(tx, programme_id) is not None:
        version = keep_notice(tx, programme_id, words, now)
        if version is not None:
            changes.append(Change(subject=subject, what=f"privacy notice: version {version}"))
    changes += _session_changes(sessions_of(tx, programme_id), programme.sessions)
    session_ids = keep_sessions(tx, programme_id, programme.sessions, area_ids)
    return Stored(programme_id=programme_id, area_ids=area_ids, session_ids=session_ids)


def drop_sessions(tx: Tx, programme_id: int, programme: Programme, changes: list[Change]) -> None:
    """Take out the sessions that the file no longer names; one that people or rounds point at is cancelled."""
    for each in sessions_of(tx, programme_id):
        gone = programme.session(each.session.key) is None
        if gone and each.session.status is not SessionStatus.CANCELLED:
            deleted = drop_session(tx, each.id)
            what = "taken out" if deleted else "not in the file any more: cancelled"
            changes.append(Change(subject=f"session {each.session.key}", what=what))


def _definition_changes(subject: str, before: Definition, after: Definition) -> list[Change]:
    found = [
        Change(subject=subject, what=f"{key} changed")
        for key in dict.fromkeys([*after, *before])
        if key not in _TOLD_ELSEWHERE and before.get(key) != after.get(key)
    ]
    for key in _LISTS:
        found += _list_changes(key.removesuffix("s"), before.get(key), after.get(key))
    return found + _entry_changes(_entries(before), _entries(after))


def _list_changes(noun: str, before: object, after: object) -> list[Change]:
    one = {_id(each): each for each in cast("Sequence[Mapping[str, object]]", before or ())}
    other = {_id(each): each for each in cast("Sequence[Mapping[str, object]]", after or ())}
    said = [(key, "added") for key in other if key not in one]
    said += [(key, "changed") for key in other if key in one and one[key] != other[key]]
    said += [(key, "taken out") for key in one if key not in other]
    return [Change(subject=f"{noun} {key}", what=what) for key, what in said]


def _entry_changes(before: Sequence[Mapping[str, object]], after: Sequence[Mapping[str, object]]) -> list[Change]:
    """What changed in entries that stay; times, questionnaires, modes and holds are told round by round."""
    told_by_round = {"opens", "closes", "survey", "kind", "mode", "hold"}
    one = {_id(each): each for each in before}
    return [
        Change(subject=f"round {_id(entry)}", what=f"{key} changed")
        for entry in after
        for key in dict.fromkeys([*entry, *one.get(_id(entry), {})])
        if _id(entry) in one and key not in told_by_round and one[_id(entry)].get(key) != entry.get(key)
    ]


def _session_changes(before: Sequence[StoredSession], after: Sequence[Session]) -> list[Change]:
    standing = {each.session.key: each.session for each in before}
    found: list[Change] = []
    for session in after:
        was = standing.get(session.key)
        said: list[str] = []
        if was is None:
            said.append("added")
        else:
            if (was.starts, was.ends) != (session.starts, session.ends):
                said.append(f"moved to {session.starts:%Y-%m-%d %H:%M}, until {session.ends:%Y-%m-%d %H:%M}")
            if was.status is not session.status:
                said.append("cancelled" if session.status is SessionStatus.CANCELLED else "planned again")
            said += [f"{word} changed" for word in ("area", "topic") if getattr(was, word) != getattr(session, word)]
        found += [Change(subject=f"session {session.key}", what=what) for what in said]
    return found
