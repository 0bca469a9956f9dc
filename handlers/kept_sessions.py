"""Calendars are often exported from today on: a session that has been held is not undone by a file without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from handlers.load_files import Files
from storage.programmes import StoredProgramme
from surveys.source import Node


def with_held_sessions(files: Files, stored: StoredProgramme | None, now: datetime) -> Files:
    """The files, and the sessions that were held by `now` and that their `sessions_file` no longer has.

    What the programme's own list leaves out is meant to go; a cancelled one is told by `status: cancelled`.
    """
    node = files.node
    if stored is None or not files.programme.sessions_file or not isinstance(node.value, Mapping):
        return files
    gone = {
        each.key: each
        for each in stored.programme.sessions
        if each.held(now) and files.programme.session(each.key) is None
    }
    written = cast("list[Mapping[str, object]]", stored.definition.get("sessions") or [])
    entries = {str(each.get("id")): each for each in written}
    kept = [(key, entries[key]) for key in gone if key in entries]
    known = {area.key for area in files.programme.areas}
    kept = [(key, entry) for key, entry in kept if not gone[key].area or gone[key].area in known]
    if not kept:
        return files
    listed = node.value.get("sessions")
    own = listed.value if listed is not None and isinstance(listed.value, tuple) else ()
    nodes = tuple(Node.from_plain(entry, file=node.file, path="sessions") for _, entry in kept)
    sessions = Node(value=(*own, *nodes), file=node.file, line=node.line, path="sessions")
    whole = Node(value={**node.value, "sessions": sessions}, file=node.file, line=node.line, path=node.path)
    programme = replace(files.programme, sessions=(*files.programme.sessions, *(gone[key] for key, _ in kept)))
    return replace(files, node=whole, programme=programme)
