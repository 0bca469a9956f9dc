"""The people a digest speaks of: who came to a new disposition, who can't be reached, whose address was given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from storage.engine import Tx
from storage.tables.people import addresses, participant_addresses, participants
from storage.tables.rounds import dispositions, invitation_voices, invitations
from surveys.digest import Concerned, Told
from surveys.dispositions import Disposition
from surveys.figures import Pair

# An erasure lets the highest row numbers come again: so far back times are looked at, too.
_OVERLAP = 1000
_STILL_ASKED = (Disposition.PENDING, Disposition.PARTIAL)


def since(column: Any, at: Any, row: int, told: Told) -> ColumnElement[bool]:
    """Rows that were not there when that was told."""
    newer: ColumnElement[bool] = column > row
    if told.at is None:
        return newer
    return and_(column > row - _OVERLAP, or_(newer, at > told.at))


def changed(tx: Tx, ids: Sequence[int], told: Told) -> Mapping[int, tuple[Concerned, ...]]:
    """Invitations that came to their disposition since; what an organiser has done themselves is no news to them."""
    lately = (
        select(dispositions.c.invitation_id)
        .where(
            since(dispositions.c.id, dispositions.c.at, told.dispositions, told),
            dispositions.c.invitation_id == invitations.c.id,
            dispositions.c.disposition == invitations.c.disposition,
            or_(dispositions.c.disposition == Disposition.COMPLETE, dispositions.c.channel.not_in(["cli", "command"])),
        )
        .correlate(invitations)
        .exists()
    )
    spoken = [each for each in Disposition if each not in _STILL_ASKED]
    return _concerned(tx, ids, and_(invitations.c.disposition.in_(spoken), lately))


def unreachable(tx: Tx, ids: Sequence[int]) -> Mapping[int, tuple[Concerned, ...]]:
    """Everyone of these rounds who can't be reached, with why."""
    every = dispositions.alias("every")
    latest = (
        select(func.max(every.c.id))
        .where(every.c.invitation_id == invitations.c.id)
        .correlate(invitations)
        .scalar_subquery()
    )
    lost = invitations.c.disposition == Disposition.UNDELIVERABLE
    query = (
        select(invitations.c.id, dispositions.c.reason)
        .select_from(invitations.join(dispositions, dispositions.c.id == latest))
        .where(invitations.c.round_id.in_(ids), lost)
    )
    return _concerned(tx, ids, lost, mark="unreachable", why={row.id: row.reason for row in tx.execute(query)})


def struck(tx: Tx, ids: Sequence[int]) -> Mapping[int, tuple[Concerned, ...]]:
    """People still to answer of whom one address does not work: their mail goes to another one."""

    def has(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return (
            select(participant_addresses.c.address_id)
            .join(addresses, addresses.c.id == participant_addresses.c.address_id)
            .where(participant_addresses.c.participant_id == invitations.c.participant_id, condition)
            .correlate(invitations)
            .exists()
        )

    bad, good = addresses.c.bad_at.is_not(None), addresses.c.bad_at.is_(None)
    return _concerned(tx, ids, and_(invitations.c.disposition.in_(_STILL_ASKED), has(bad), has(good)), mark="struck")


def _concerned(
    tx: Tx,
    ids: Sequence[int],
    condition: ColumnElement[bool],
    *,
    why: Mapping[int, str] | None = None,
    mark: str = "",
) -> Mapping[int, tuple[Concerned, ...]]:
    here = and_(invitations.c.round_id.in_(ids), condition)
    voices: dict[int, set[Pair]] = {}
    spoken = select(invitation_voices).join(invitations, invitations.c.id == invitation_voices.c.invitation_id)
    for row in tx.execute(spoken.where(here)):
        voices.setdefault(row.invitation_id, set()).add((row.area, row.perspective))
    query = (
        select(
            invitations.c.id,
            invitations.c.round_id,
            invitations.c.disposition,
            participants.c.name,
            participants.c.phone,
        )
        .join(participants, participants.c.id == invitations.c.participant_id)
        .where(here)
        .order_by(participants.c.name, invitations.c.id)
    )
    found: dict[int, list[Concerned]] = {}
    for row in tx.execute(query):
        found.setdefault(row.round_id, []).append(
            Concerned(
                name=row.name,
                disposition=Disposition(row.disposition),
                voices=frozenset(voices.get(row.id, ())),
                phone=row.phone,
                why=(why or {}).get(row.id, ""),
                mark=f"{mark}:{row.id}" if mark else "",
            )
        )
    return {key: tuple(people) for key, people in found.items()}


def is_new(row: int, at: datetime, told_row: int, told: Told) -> bool:
    """Whether a row was not there when that was told."""
    return row > told_row or (told.at is not None and at > told.at)
