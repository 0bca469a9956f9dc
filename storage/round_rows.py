"""Rounds as loading sees them: their rows, with the times that the file last said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from storage.engine import Tx
from storage.tables.rounds import deadline_changes, rounds
from surveys.programme import Mode, RoundKind
from surveys.rounds import RoundState


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundRow:
    """One row. `opens_at` and `closes_at` hold; `file_*` are what the file said when it was last loaded.

    `opened`: it has been open at some time.
    """

    id: int
    key: str
    entry: str
    session_id: int | None
    instrument_id: int
    kind: RoundKind
    mode: Mode
    state: RoundState
    opens_at: datetime
    closes_at: datetime
    file_opens_at: datetime
    file_closes_at: datetime
    opened: bool


def round_rows(tx: Tx, programme_id: int) -> dict[str, RoundRow]:
    """The programme's rounds by their names."""
    found = select(rounds).where(rounds.c.programme_id == programme_id).order_by(rounds.c.opens_at, rounds.c.key)
    return {
        row.key: RoundRow(
            id=row.id,
            key=row.key,
            entry=row.entry,
            session_id=row.session_id,
            instrument_id=row.instrument_id,
            kind=RoundKind(row.kind),
            mode=Mode(row.mode),
            state=RoundState(row.state),
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            file_opens_at=row.file_opens_at,
            file_closes_at=row.file_closes_at,
            opened=row.opened_at is not None,
        )
        for row in tx.execute(found)
    }


def add_round(tx: Tx, programme_id: int, values: Mapping[str, object], now: datetime) -> int:
    """A new round's row; `values` are its columns by name."""
    made = insert(rounds).values(programme_id=programme_id, created_at=now, extensions=0, **values)
    return int(tx.execute(made.returning(rounds.c.id)).scalar_one())


def change_round(tx: Tx, round_id: int, values: Mapping[str, object]) -> None:
    """Other values in a round's columns; whatever they are, the next tick looks at the round again."""
    tx.execute(update(rounds).where(rounds.c.id == round_id).values(look_again_at=None, **values))


def note_deadline_change(
    tx: Tx, round_id: int, *, before: datetime, after: datetime, reason: str, now: datetime
) -> None:
    """Keep what the close was, and why it was moved; people have not been told yet."""
    tx.execute(
        insert(deadline_changes).values(
            round_id=round_id, before=before, after=after, reason=reason, at=now, told=False
        )
    )
