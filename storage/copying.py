"""The way from SQLite to PostgreSQL: every row copied in one transaction, then compared with where it came from."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

from storage import audit, migrate
from storage.engine import Store, Tx
from storage.tables import metadata
from surveys.authority import Actor

_AT_ONCE = 1000


class CopyFailed(Exception):
    """Nothing was copied; its words say why."""


def copy_database(
    source: Store, target: Store, now: datetime, actor: Actor, *, told: Callable[[str], None] = lambda _line: None
) -> Mapping[str, int]:
    """Copy everything into an empty server database; the number of rows by table. `told` hears of each table.

    The target is filled and compared in one transaction, so that it is whole or empty whatever happens. Numbers that
    were given to people and invitations once are not given again: the target goes on counting where the source did.

    Raises:
        CopyFailed: the target is not empty, can't hold a row, or differs from the source afterwards.
        DatabaseBusyError: the target is in use.
    """
    if target.is_sqlite:
        raise CopyFailed("the copy is made into PostgreSQL; for SQLite there is soundings backup")
    if migrate.revision_of(source) != migrate.newest_revision():
        raise CopyFailed("the database to copy is of another version: run soundings upgrade first")
    if not migrate.revision_of(target):
        migrate.upgrade(target)
    counted: dict[str, int] = {}
    with source.reading() as old, target.writing() as new:
        _must_be_empty(new)
        for table in metadata.sorted_tables:
            told(table.name)
            before, after = _Digest(), _Digest()
            for rows in _rows(old, table):
                before.add(rows)
                _put(new, table, rows)
            for rows in _rows(new, table):
                after.add(rows)
            if before.seen != after.seen:
                differing = (before.seen - after.seen).total() + (after.seen - before.seen).total()
                raise CopyFailed(f"{table.name}: {differing} rows differ after copying; nothing was copied")
            counted[table.name] = before.seen.total()
            _count_on(old, new, table)
        audit.append(
            new,
            at=now,
            actor=actor.name,
            channel=actor.channel,
            programme_id=None,
            what="database copied here",
            after={"rows": sum(counted.values())},
        )
    return counted


class _Digest:
    """What a table holds, as a bag of digests: rows may come in any order."""

    def __init__(self) -> None:
        self.seen: Counter[bytes] = Counter()

    def add(self, rows: list[Row[Any]]) -> None:
        self.seen.update(hashlib.sha256(repr([_plain(each) for each in row]).encode()).digest() for row in rows)


def _plain(value: Any) -> Any:
    """The same words for the same value, whichever driver read it."""
    if isinstance(value, Mapping):
        return sorted((str(key), _plain(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return bytes(value) if isinstance(value, memoryview) else value


def _must_be_empty(tx: Tx) -> None:
    for table in metadata.sorted_tables:
        if table.name != "senders" and tx.execute(select(table).limit(1)).first() is not None:
            raise CopyFailed(f"the database to copy into is not empty: {table.name} has rows")


def _rows(tx: Tx, table: Table) -> Iterator[list[Row[Any]]]:
    """In the order of the key, so that whoever points at a row of the same table comes after it."""
    query = select(table).order_by(*table.primary_key.columns).execution_options(stream_results=True)
    for part in tx.execute(query).partitions(_AT_ONCE):
        yield list(part)


def _put(tx: Tx, table: Table, rows: list[Row[Any]]) -> None:
    try:
        tx.execute(insert(table), [dict(row._mapping) for row in rows])  # noqa: SLF001 - SQLAlchemy's own public name
    except DBAPIError as error:
        first = getattr(error.orig, "diag", None)
        why = getattr(first, "message_primary", None) or type(error.orig).__name__
        raise CopyFailed(f"{table.name}: a row can't be stored there: {why}; nothing was copied") from None


def _count_on(old: Tx, new: Tx, table: Table) -> None:
    """The next row gets the number that it would have got at the source."""
    key = table.primary_key.columns.values()[0]
    if table.autoincrement_column is None:
        return
    last = old.execute(select(func.max(key))).scalar() or 0
    used = 0
    if old.dialect.name == "sqlite":
        found = old.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).scalar()
        used = int(found or 0)
    highest = max(int(last), used)
    if highest:
        new.exec_driver_sql("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (table.name, highest))
