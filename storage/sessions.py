"""Sessions: rows <-> values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, delete, exists, insert, select, update

from storage.engine import Tx
from storage.tables.answers import responses
from storage.tables.people import attendances
from storage.tables.programme import areas, programmes, sessions
from storage.tables.rounds import dispositions, invitations, rounds
from surveys.dispositions import Disposition
from surveys.programme import Session, SessionStatus
from surveys.rounds import RoundState
from surveys.text import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredSession:
    """A session and its row."""

    id: int
    session: Session


def sessions_of(tx: Tx, programme_id: int) -> tuple[StoredSession, ...]:
    """Every session of the programme, also those that its file no longer names, by their start; in its zone."""
    found = (
        select(sessions, areas.c.key.label("area"), programmes.c.definition["timezone"].as_string().label("zone"))
        .join(programmes, programmes.c.id == sessions.c.programme_id)
        .outerjoin(areas, areas.c.id == sessions.c.area_id)
        .where(sessions.c.programme_id == programme_id)
        .order_by(sessions.c.starts_at, sessions.c.key)
    )
    return tuple(_stored(row) for row in tx.execute(found))


def _stored(row: Row[tuple[object, ...]]) -> StoredSession:
    zone = ZoneInfo(row.zone)
    return StoredSession(
        id=row.id,
        session=Session(
            key=row.key,
            area=row.area or "",
            starts=row.starts_at.astimezone(zone),
            ends=row.ends_at.astimezone(zone),
            topic=None if row.topic is None else Text(row.topic),
            status=SessionStatus(row.status),
        ),
    )


def keep_sessions(tx: Tx, programme_id: int, wanted: Sequence[Session], area_ids: Mapping[str, int]) -> dict[str, int]:
    """Store these sessions, new or changed; the rows of all the programme's sessions by their ids."""
    standing = {
        row.key: row.id
        for row in tx.execute(select(sessions.c.key, sessions.c.id).where(sessions.c.programme_id == programme_id))
    }
    rows = [
        {
            "key": each.key,
            "area_id": area_ids.get(each.area),
            "starts_at": each.starts,
            "ends_at": each.ends,
            "topic": None if each.topic is None else dict(each.topic.by_language),
            "status": each.status.value,
        }
        for each in wanted
    ]
    fresh = [{**row, "programme_id": programme_id} for row in rows if row["key"] not in standing]
    if fresh:
        tx.execute(insert(sessions), fresh)
    known = [{**row, "row_id": standing[str(row["key"])]} for row in rows if row["key"] in standing]
    if known:
        columns = ("area_id", "starts_at", "ends_at", "topic", "status")
        change = update(sessions).where(sessions.c.id == bindparam("row_id"))
        tx.execute(change.values({name: bindparam(name) for name in columns}), known)
    return {
        row.key: row.id
        for row in tx.execute(select(sessions.c.key, sessions.c.id).where(sessions.c.programme_id == programme_id))
    }


def drop_session(tx: Tx, session_id: int) -> bool:
    """Delete a session that nothing points at, else cancel it; whether it could be deleted."""
    pointing = (rounds, attendances, invitations, responses)
    used = any(tx.execute(select(exists().where(each.c.session_id == session_id))).scalar_one() for each in pointing)
    if used:
        cancelled = update(sessions).where(sessions.c.id == session_id).values(status=SessionStatus.CANCELLED.value)
        tx.execute(cancelled)
        return False
    tx.execute(delete(sessions).where(sessions.c.id == session_id))
    return True


def invitations_about(
    tx: Tx, session_id: int, standing: Iterable[Disposition], last_reason: str = ""
) -> tuple[int, ...]:
    """The invitations for that session alone, in open rounds, that stand so; only those of that last reason, if any."""
    latest = (
        select(dispositions.c.reason)
        .where(dispositions.c.invitation_id == invitations.c.id)
        .order_by(dispositions.c.id.desc())
        .limit(1)
        .correlate(invitations)
        .scalar_subquery()
    )
    query = (
        select(invitations.c.id)
        .join(rounds, rounds.c.id == invitations.c.round_id)
        .where(
            invitations.c.session_id == session_id,
            invitations.c.disposition.in_([str(each) for each in standing]),
            rounds.c.state == RoundState.OPEN,
        )
        .order_by(invitations.c.id)
    )
    if last_reason:
        query = query.where(latest == last_reason)
    return tuple(tx.execute(query).scalars())
