"""The law of looking at some people alone: whoever looked at everyone instead would find nothing more, nor sooner."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update

from schedules.outcomes import Tally
from schedules.queueing import queue_due
from storage.engine import Store
from storage.tables.delivery import deliveries
from storage.tables.rounds import rounds


def nothing_is_overlooked(store: Store, now: datetime) -> None:
    """On a copy everyone is looked at now; nothing is due that `store` would not look at by itself."""
    assert store.path is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.db"
        with closing(sqlite3.connect(store.path)) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
        marks = _marks(store)
        other = Store(f"sqlite:///{path}")
        with other.writing() as tx:
            tx.execute(update(rounds).values(look_again_at=None))
        queue_due(other, Tally(), now)
        wholly = _marks(other)
        found = _queued(other) - _queued(store)
        with other.reading() as tx:
            closes = {row.key: row.closes_at for row in tx.execute(select(rounds.c.key, rounds.c.closes_at))}
        other.close()
    waits = {key: mark for key, mark in marks.items() if mark is not None and mark > now}
    if waits.keys() == marks.keys():
        assert not found, f"a look at everyone finds what is due: {found}"
    # Everyone is looked at when a round closes.
    soon = {key: mark for key, mark in wholly.items() if mark is not None and mark < closes[key]}
    late = {key: (mark, soon[key]) for key, mark in waits.items() if key in soon and mark > soon[key]}
    assert not late, f"the next look comes too late: {late}"


def _queued(store: Store) -> set[tuple[str, str]]:
    with store.reading() as tx:
        return {
            (row.key, row.why) for row in tx.execute(select(deliveries.c.key, deliveries.c.why, deliveries.c.state))
        }


def _marks(store: Store) -> dict[str, datetime | None]:
    """Of rounds that have opened: when they are looked at next."""
    with store.reading() as tx:
        query = select(rounds.c.key, rounds.c.look_again_at).where(rounds.c.opened_at.is_not(None))
        return {row.key: row.look_again_at for row in tx.execute(query)}
