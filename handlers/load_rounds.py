"""The rounds of a programme brought up to what its file says.

What people have been told is not undone by a file: a round that has opened keeps its mode, its questionnaire and
its opening; its close moves only if the file says another one than when it was last loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.called_off import call_off_round, session_is_off
from handlers.deadline import move_deadline
from handlers.load_files import entry_node
from handlers.load_outcomes import Change
from handlers.wanted_rounds import WantedRound
from storage import audit
from storage.engine import Tx
from storage.figures import time_in_round
from storage.round_rows import RoundRow, add_round, change_round, round_rows
from storage.rounds import round_by_id
from surveys.authority import Actor
from surveys.programme import Programme
from surveys.rounds import RoundState
from surveys.source import Node, Problems

_UNBEGUN = frozenset({RoundState.PLANNED, RoundState.HELD})


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundGround:
    """Where the rounds are stored, and the rows they point at; `was_held` are entries that said `hold` before."""

    programme_id: int
    programme: Programme
    instrument_ids: Mapping[str, int]
    session_ids: Mapping[str, int]
    was_held: frozenset[str]
    now: datetime
    actor: Actor


def check_rounds(
    rows: Mapping[str, RoundRow],
    wanted: Sequence[WantedRound],
    before: Programme | None,
    node: Node,
    now: datetime,
    problems: Problems,
) -> None:
    """A promise that was made can't be changed, nor whom one invitation is for; a close in the past is a warning.

    `before` is the programme as it was last loaded.
    """
    per_session = {} if before is None else {entry.key: entry.per_session for entry in before.rounds}
    for each in wanted:
        entry, row = each.entry, rows.get(each.key)
        if row is not None and row.opened:
            if row.mode is not entry.mode:
                problems.add(
                    entry_node(node, entry.key, "mode"),
                    f"{each.key} has opened as {row.mode}, as people were told: its mode can't become {entry.mode}",
                )
            if per_session.get(entry.key, entry.per_session) != entry.per_session:
                problems.add(
                    entry_node(node, entry.key, "per"),
                    f"{each.key} has opened: people would be invited a second time if this changed",
                )
        elif each.closes_at <= now:
            problems.warn(
                entry_node(node, entry.key, "closes"), f"the close of {each.key} has passed: it is loaded as closed"
            )


def keep_rounds(
    tx: Tx, ground: RoundGround, wanted: Sequence[WantedRound], changes: list[Change], notes: list[str]
) -> None:
    """Store what differs; rounds that the file no longer asks for are cancelled unless they have opened."""
    rows = round_rows(tx, ground.programme_id)
    for each in wanted:
        row = rows.get(each.key)
        if row is None:
            _add(tx, ground, each, changes)
        elif row.opened:
            _follow_opened(tx, ground, each, row, changes, notes)
        else:
            _follow_unopened(tx, ground, each, row, changes)
    asked_for = {each.key for each in wanted}
    for row in rows.values():
        if row.key in asked_for or row.state is RoundState.CANCELLED:
            continue
        if row.state is RoundState.OPEN and session_is_off(ground.programme, row):
            call_off_round(tx, row, ground.now)
            _changed(tx, ground, row.id, row.key, "cancelled: whoever was asked and has not answered is told", changes)
        elif row.opened:
            notes.append(f"round {row.key} is not in the file any more; it has opened, and stays as it is")
        else:
            change_round(tx, row.id, {"state": RoundState.CANCELLED.value})
            _changed(tx, ground, row.id, row.key, "cancelled", changes)


def _add(tx: Tx, ground: RoundGround, each: WantedRound, changes: list[Change]) -> None:
    row_id = add_round(
        tx,
        ground.programme_id,
        {
            "key": each.key,
            "entry": each.entry.key,
            "session_id": ground.session_ids.get(each.session),
            "instrument_id": ground.instrument_ids[each.entry.survey],
            "kind": each.entry.kind.value,
            "mode": each.entry.mode.value,
            "state": _state(each, ground.now).value,
            **_times(each),
        },
        ground.now,
    )
    what = f"added, {_opens(ground, each.opens_at)}, {_closes(ground, each.closes_at)}"
    _changed(tx, ground, row_id, each.key, what, changes)


def _state(each: WantedRound, now: datetime) -> RoundState:
    if each.closes_at <= now:
        return RoundState.CLOSED
    return RoundState.HELD if each.entry.hold else RoundState.PLANNED


def _times(each: WantedRound) -> dict[str, datetime]:
    return {
        "opens_at": each.opens_at,
        "closes_at": each.closes_at,
        "file_opens_at": each.opens_at,
        "file_closes_at": each.closes_at,
    }


def _follow_unopened(tx: Tx, ground: RoundGround, each: WantedRound, row: RoundRow, changes: list[Change]) -> None:
    """Nobody has been told of it yet: everything follows the file."""
    values: dict[str, object] = {}
    said: list[str] = []
    if each.opens_at != row.file_opens_at:
        values |= {"opens_at": each.opens_at, "file_opens_at": each.opens_at}
        said.append(f"{_opens(ground, each.opens_at)}, not {_when(ground, row.opens_at)}")
    if each.closes_at != row.file_closes_at:
        values |= {"closes_at": each.closes_at, "file_closes_at": each.closes_at}
        said.append(f"{_closes(ground, each.closes_at)}, not {_when(ground, row.closes_at)}")
    for word, column, before, after in (
        ("questionnaire", "instrument_id", row.instrument_id, ground.instrument_ids[each.entry.survey]),
        ("kind", "kind", row.kind.value, each.entry.kind.value),
        ("mode", "mode", row.mode.value, each.entry.mode.value),
    ):
        if before != after:
            values[column] = after
            said.append(f"{word} changed")
    state = _next_state(ground, each, row, moved="closes_at" in values)
    if state is not row.state:
        values["state"] = state.value
        said.append(f"{state} again" if row.state is RoundState.CANCELLED else f"now {state}")
    if values:
        change_round(tx, row.id, values)
    for what in said:
        _changed(tx, ground, row.id, each.key, what, changes)


def _next_state(ground: RoundGround, each: WantedRound, row: RoundRow, *, moved: bool) -> RoundState:
    """The file's word, unless an organiser has spoken since: a hold by command is not undone by loading again."""
    if row.state is RoundState.CANCELLED or (row.state is RoundState.CLOSED and moved):
        return _state(each, ground.now)
    if row.state in _UNBEGUN:
        if each.closes_at <= ground.now and moved:
            return RoundState.CLOSED
        if each.entry.hold != (each.entry.key in ground.was_held):
            return RoundState.HELD if each.entry.hold else RoundState.PLANNED
    return row.state


def _follow_opened(
    tx: Tx, ground: RoundGround, each: WantedRound, row: RoundRow, changes: list[Change], notes: list[str]
) -> None:
    """People know of it: only its close can still move, and they are told."""
    if each.opens_at != row.file_opens_at:
        notes.append(f"round {row.key} opened at {_when(ground, row.opens_at)}; its new opening is not used")
    if ground.instrument_ids[each.entry.survey] != row.instrument_id:
        notes.append(f"round {row.key} has opened, and keeps the questionnaire that it opened with")
    if each.closes_at == row.file_closes_at:
        return
    if row.state is RoundState.CANCELLED and each.closes_at > ground.now:
        change_round(
            tx, row.id, {"state": RoundState.OPEN.value, "file_closes_at": each.closes_at, "closes_at": each.closes_at}
        )
        _changed(tx, ground, row.id, row.key, f"open again, {_closes(ground, each.closes_at)}", changes)
        return
    if row.state is not RoundState.OPEN:
        notes.append(f"round {row.key} is {row.state}; to move its close, reopen it: soundings round reopen")
        return
    standing, now = round_by_id(tx, row.id), ground.now
    if standing is not None:
        now = time_in_round(tx, standing, ground.now)
        move_deadline(tx, standing, each.closes_at, "its file says another close", now, ground.actor)
    change_round(tx, row.id, {"file_closes_at": each.closes_at})
    if each.closes_at != row.closes_at:
        what = f"{_closes(ground, each.closes_at)}, not {_when(ground, row.closes_at)}"
        changes.append(Change(subject=f"round {row.key}", what=what))
    else:
        changes.append(Change(subject=f"round {row.key}", what="the file now gives the close that stands"))
    if each.closes_at <= now:
        notes.append(f"round {row.key} closes at once, as its new close has passed")
    elif each.closes_at < row.closes_at:
        notes.append(
            f"round {row.key} is open, and people were told that it closes {_when(ground, row.closes_at)}: "
            "those still to answer are told that it closes earlier"
        )


def _changed(tx: Tx, ground: RoundGround, row_id: int, key: str, what: str, changes: list[Change]) -> None:
    changes.append(Change(subject=f"round {key}", what=what))
    audit.append(
        tx,
        at=ground.now,
        actor=ground.actor.name,
        channel=ground.actor.channel,
        programme_id=ground.programme_id,
        what=f"round: {what}",
        subject=f"round:{row_id}",
    )


def _opens(ground: RoundGround, at: datetime) -> str:
    return f"opens {_when(ground, at)}"


def _closes(ground: RoundGround, at: datetime) -> str:
    return f"closes {_when(ground, at)}"


def _when(ground: RoundGround, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(ground.programme.timezone)):%Y-%m-%d %H:%M}"
