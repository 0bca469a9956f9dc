"""The panel, written: many people in few statements. Opt-outs, pauses and bad addresses are never touched here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import bindparam, delete, insert, select, update

from storage.engine import Tx
from storage.people import PANEL
from storage.tables.people import addresses, attendances, participant_addresses, participants
from surveys.addresses import folded
from surveys.panel import Attendance
from surveys.panel_file import PanelRow

T = TypeVar("T")
# SQLite takes some thousands of parameters in one statement, older ones fewer than a thousand.
_AT_ONCE = 400
_COLUMNS = (
    "name", "greeting", "organisation", "area_id", "timezone", "working_days", "language", "preferred", "phone", "cc",
    "perspectives", "manager_of",
)  # fmt: skip


def delegate_keys(tx: Tx, programme_id: int) -> frozenset[str]:
    """The ids of those whom no panel file names: an invitee did, or they came to an open round."""
    found = select(participants.c.key).where(
        participants.c.programme_id == programme_id, participants.c.source != PANEL
    )
    return frozenset(tx.execute(found).scalars())


def add_people(
    tx: Tx, programme_id: int, rows: Sequence[PanelRow], area_ids: Mapping[str, int], now: datetime
) -> dict[str, int]:
    """New people, without their addresses and attendances; their rows by their ids."""
    if not rows:
        return {}
    made = [
        {"programme_id": programme_id, "key": row.key, "source": PANEL, "created_at": now} | _values(row, area_ids)
        for row in rows
    ]
    tx.execute(insert(participants), made)
    wanted = {row.key for row in rows}
    found = select(participants.c.key, participants.c.id).where(participants.c.programme_id == programme_id)
    return {row.key: row.id for row in tx.execute(found) if row.key in wanted}


def change_people(tx: Tx, rows: Mapping[int, PanelRow], area_ids: Mapping[str, int]) -> None:
    """What the file says of the people with these rows; they belong to the panel now, also if removed before."""
    if not rows:
        return
    change = (
        update(participants)
        .where(participants.c.id == bindparam("row_id"))
        .values({name: bindparam(name) for name in _COLUMNS})
        .values(removed_at=None, source=PANEL)
    )
    tx.execute(change, [{"row_id": row_id} | _values(row, area_ids) for row_id, row in rows.items()])


def _values(row: PanelRow, area_ids: Mapping[str, int]) -> dict[str, object]:
    return {
        "name": row.name,
        "greeting": row.greeting,
        "organisation": row.organisation,
        "area_id": area_ids.get(row.area),
        "timezone": row.timezone,
        "working_days": None if row.working_days is None else sorted(row.working_days),
        "language": row.language,
        "preferred": row.preferred,
        "phone": row.phone,
        "cc": list(row.cc),
        "perspectives": list(row.perspectives),
        "manager_of": list(row.manager_of),
    }


def remove_people(tx: Tx, ids: Sequence[int], now: datetime) -> None:
    """They are asked nothing more; what they answered stays."""
    for part in _parts(ids):
        tx.execute(update(participants).where(participants.c.id.in_(part)).values(removed_at=now))


def keep_addresses(tx: Tx, wanted: Mapping[int, Sequence[tuple[str, str]]]) -> None:
    """The addresses of these people become those given, in that order; an address that others share is shared.

    What came to light by a reply stays theirs, behind those of the file.
    """
    known = _known_addresses(tx, (value for places in wanted.values() for value in places))
    fresh: dict[tuple[str, str], dict[str, object]] = {}
    for places in wanted.values():
        for channel, value in places:
            same = (channel, folded(channel, value))
            if same not in known:
                fresh.setdefault(same, {"channel": channel, "value": value, "folded": same[1], "bad_reason": ""})
    if fresh:
        tx.execute(insert(addresses), list(fresh.values()))
        known |= _known_addresses(tx, fresh)
    learnt: dict[int, list[int]] = {}
    for part in _parts(list(wanted)):
        theirs = participant_addresses.c.participant_id.in_(part)
        found = select(participant_addresses.c.participant_id, participant_addresses.c.address_id)
        for row in tx.execute(found.where(theirs, participant_addresses.c.learnt)):
            learnt.setdefault(row.participant_id, []).append(row.address_id)
        tx.execute(delete(participant_addresses).where(theirs))
    links = []
    for person, places in wanted.items():
        given = [known[channel, folded(channel, value)] for channel, value in places]
        kept = [each for each in learnt.get(person, ()) if each not in given]
        links += [
            {"participant_id": person, "address_id": address, "position": position, "learnt": address in kept}
            for position, address in enumerate([*given, *kept])
        ]
    if links:
        tx.execute(insert(participant_addresses), links)


def _known_addresses(tx: Tx, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for part in _parts(sorted({folded(channel, value) for channel, value in places})):
        rows = select(addresses.c.channel, addresses.c.folded, addresses.c.id).where(addresses.c.folded.in_(part))
        found |= {(row.channel, row.folded): row.id for row in tx.execute(rows)}
    return found


def keep_attendances(tx: Tx, wanted: Mapping[int, Sequence[Attendance]], session_ids: Mapping[str, int]) -> None:
    """The attendances of these people become those given."""
    for part in _parts(list(wanted)):
        tx.execute(delete(attendances).where(attendances.c.participant_id.in_(part)))
    rows = [
        {"participant_id": person, "session_id": session_ids[each.session], "perspective": each.perspective}
        for person, hats in wanted.items()
        for each in hats
    ]
    if rows:
        tx.execute(insert(attendances), rows)


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
