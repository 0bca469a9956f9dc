"""Rounds: stored rows <-> `surveys.rounds.Round`; what is due of them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select, update

from storage.engine import Tx
from storage.instruments import mark_used
from storage.looks import NEVER
from storage.programmes import StoredProgramme, all_programmes, programme_by_id
from storage.tables.programme import programmes, sessions
from storage.tables.rounds import deadline_changes, rounds
from surveys.programme import Audience, Mode, Programme, ReminderPolicy, RoundEntry, RoundKind
from surveys.rounds import CloseMove, Round, RoundState

_QUERY = select(rounds, programmes.c.key.label("programme_key"), sessions.c.key.label("session_key")).select_from(
    rounds.join(programmes).outerjoin(sessions, sessions.c.id == rounds.c.session_id)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class NoSuchRound:
    """No round, or several, of that name; `near` are names that may have been meant."""

    name: str
    near: tuple[str, ...]
    several: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadlineChange:
    """The close was moved from `before` to `after`."""

    before: datetime
    after: datetime
    reason: str
    at: datetime


def entry_of(programme: Programme, entry: str) -> RoundEntry | None:
    """The entry of the programme's file that a round was made of; None once it was taken out."""
    return next((each for each in programme.rounds if each.key == entry), None)


def is_to_be_held(tx: Tx, round: Round) -> bool:  # noqa: A002 - the field's word
    """Whether the programme's file says that the round waits for an organiser."""
    stored = programme_by_id(tx, round.programme_id)
    entry = None if stored is None else entry_of(stored.programme, round.entry)
    return entry is not None and entry.hold


def round_by_id(tx: Tx, round_id: int) -> Round | None:
    """The round as it stands."""
    row = tx.execute(_QUERY.where(rounds.c.id == round_id)).one_or_none()
    return None if row is None else _rounds(tx, [row])[0]


def find_round(tx: Tx, name: str) -> Round | NoSuchRound:
    """The round called `programme/round`, or `round` where only one programme has it."""
    programme, slash, key = name.rpartition("/")
    query = _QUERY.where(rounds.c.key == key)
    if slash:
        query = query.where(programmes.c.key == programme)
    rows = tx.execute(query).all()
    if len(rows) == 1:
        return _rounds(tx, rows)[0]
    if rows:
        return NoSuchRound(
            name=name, near=tuple(sorted(f"{row.programme_key}/{row.key}" for row in rows)), several=True
        )
    known = tx.execute(select(programmes.c.key, rounds.c.key).select_from(rounds.join(programmes))).all()
    names = [f"{each[0]}/{each[1]}" for each in known]
    near = difflib.get_close_matches(name, names if slash else [each[1] for each in known], n=3)
    return NoSuchRound(name=name, near=tuple(near))


def all_rounds(tx: Tx, programme_id: int | None = None) -> tuple[Round, ...]:
    """Every round, or those of one programme, in order of opening."""
    query = _QUERY.order_by(rounds.c.opens_at, rounds.c.key)
    if programme_id is not None:
        query = query.where(rounds.c.programme_id == programme_id)
    return _rounds(tx, tx.execute(query).all())


def rounds_in_motion(tx: Tx, now: datetime) -> tuple[Round, ...]:
    """Rounds whose state may have to change: they have come to their open, or to their close.

    A round that was loaded as closed and never opened counts while its field period runs: replaying a past
    season with `tick --at` opens it (design: When things go).
    """
    opening = and_(
        rounds.c.state.in_([RoundState.PLANNED, RoundState.CLOSED]),
        rounds.c.opened_at.is_(None),
        rounds.c.opens_at <= now,
        or_(rounds.c.state == RoundState.PLANNED, rounds.c.closes_at > now),
    )
    closing = and_(rounds.c.state == RoundState.OPEN, rounds.c.closes_at <= now)
    return _rounds(tx, tx.execute(_QUERY.where(or_(opening, closing)).order_by(rounds.c.opens_at, rounds.c.id)).all())


# A cancelled round may have people to tell.
_SPEAKING = (RoundState.OPEN, RoundState.CLOSED, RoundState.CANCELLED)


def rounds_to_look_at(tx: Tx, now: datetime) -> tuple[Round, ...]:
    """Opened rounds of which a line may be due, or of which nothing is known."""
    due = or_(rounds.c.look_again_at.is_(None), rounds.c.look_again_at <= now)
    begun = and_(rounds.c.state.in_(_SPEAKING), rounds.c.opened_at.is_not(None))
    return _rounds(tx, tx.execute(_QUERY.where(due, begun).order_by(rounds.c.id)).all())


def speaking_rounds(tx: Tx, programme_id: int) -> tuple[Round, ...]:
    """The programme's rounds that have opened and may have something to say."""
    mine = and_(rounds.c.programme_id == programme_id, rounds.c.state.in_(_SPEAKING), rounds.c.opened_at.is_not(None))
    return _rounds(tx, tx.execute(_QUERY.where(mine).order_by(rounds.c.id)).all())


def was_loaded_late(tx: Tx, round_id: int) -> bool:
    """Whether the round was over already when it was loaded: only a replay moves it."""
    late = select(rounds.c.id).where(rounds.c.id == round_id, rounds.c.created_at >= rounds.c.file_closes_at)
    return tx.execute(late).first() is not None


def next_known_time(tx: Tx, now: datetime) -> datetime | None:
    """When, after `now`, a round opens, closes or may have a line due; None if none is waiting for anything."""
    times: list[datetime] = []
    query = select(rounds.c.state, rounds.c.opens_at, rounds.c.closes_at, rounds.c.look_again_at)
    for row in tx.execute(query):
        if row.state == RoundState.PLANNED:
            times.append(row.opens_at)
        elif row.state == RoundState.OPEN:
            times.append(row.closes_at)
        if row.look_again_at is not None and row.state in _SPEAKING:
            times.append(row.look_again_at)
    return min((time for time in times if now < time < NEVER), default=None)


def mark_open(tx: Tx, round: Round, now: datetime) -> bool:  # noqa: A002 - the field's word
    """The round opens, and its questionnaire can't change any more; False if it was open already."""
    opened = tx.execute(
        update(rounds)
        .where(rounds.c.id == round.id, rounds.c.state != RoundState.OPEN)
        .values(state=RoundState.OPEN, opened_at=round.opened_at or now, closed_at=None, look_again_at=None)
    )
    mark_used(tx, round.instrument_id, now)
    return opened.rowcount == 1


def mark_closed(tx: Tx, round: Round, now: datetime) -> bool:  # noqa: A002 - the field's word
    """The round closes; False if it was closed already."""
    closed = tx.execute(
        update(rounds)
        .where(rounds.c.id == round.id, rounds.c.state != RoundState.CLOSED)
        .values(state=RoundState.CLOSED, closed_at=now, look_again_at=None)
    )
    return closed.rowcount == 1


def was_moved(tx: Tx, known: Round) -> bool:
    """Whether the close is another one by now than when the round was read."""
    return bool(tx.execute(select(rounds.c.closes_at).where(rounds.c.id == known.id)).scalar_one() != known.closes_at)


def mark_frozen(tx: Tx, round_id: int, now: datetime) -> None:
    """Consents to quote what was said in the round stand as they are from now on."""
    tx.execute(update(rounds).where(rounds.c.id == round_id).values(frozen_at=now))


def set_state(tx: Tx, round_id: int, state: RoundState) -> None:
    """Held, planned or cancelled; opening and closing have functions of their own."""
    tx.execute(update(rounds).where(rounds.c.id == round_id).values(state=state, look_again_at=None))


def deadline_changes_of(tx: Tx, round_id: int) -> tuple[DeadlineChange, ...]:
    """How the round's close was moved, the first move first."""
    query = select(
        deadline_changes.c.before, deadline_changes.c.after, deadline_changes.c.reason, deadline_changes.c.at
    )
    rows = tx.execute(query.where(deadline_changes.c.round_id == round_id).order_by(deadline_changes.c.id))
    return tuple(DeadlineChange(**row) for row in rows.mappings())


def _rounds(tx: Tx, rows: list[Row[Any]] | Any) -> tuple[Round, ...]:
    found, moves = _programmes_of(tx, rows), _moves_of(tx, rows)
    return tuple(_round(row, found, moves.get(row.id, ())) for row in rows)


def _moves_of(tx: Tx, rows: Any) -> Mapping[int, tuple[CloseMove, ...]]:
    moved = [row.id for row in rows if row.closes_before is not None]
    if not moved:
        return {}
    query = select(deadline_changes.c.round_id, deadline_changes.c.at, deadline_changes.c.before)
    found: dict[int, tuple[CloseMove, ...]] = {}
    for row in tx.execute(query.where(deadline_changes.c.round_id.in_(moved)).order_by(deadline_changes.c.id)):
        found[row.round_id] = (*found.get(row.round_id, ()), CloseMove(at=row.at, before=row.before))
    return found


def _programmes_of(tx: Tx, rows: Any) -> Mapping[int, StoredProgramme]:
    wanted = {row.programme_id for row in rows}
    if len(wanted) > 1:
        return {stored.id: stored for stored in all_programmes(tx)}
    found = {each: programme_by_id(tx, each) for each in wanted}
    return {key: stored for key, stored in found.items() if stored is not None}


def _round(row: Row[Any], found: Mapping[int, StoredProgramme], moves: tuple[CloseMove, ...]) -> Round:
    entry = entry_of(found[row.programme_id].programme, row.entry)
    reminders: ReminderPolicy | None = entry.reminders if entry is not None else None
    return Round(
        id=row.id,
        programme_id=row.programme_id,
        programme=row.programme_key,
        key=row.key,
        entry=row.entry,
        session=row.session_key or "",
        instrument_id=row.instrument_id,
        kind=RoundKind(row.kind),
        mode=Mode(row.mode),
        per_session=entry.per_session if entry is not None else False,
        audience=entry.audience if entry is not None else Audience(),
        reminders=reminders,
        state=RoundState(row.state),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        extensions=row.extensions,
        closes_before=row.closes_before,
        extended_at=row.extended_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        frozen_at=row.frozen_at,
        moves=moves,
    )
