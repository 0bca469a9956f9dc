"""The database: engine, transactions, and the set-up each connection needs.

SQLite runs in WAL mode with `synchronous=FULL` (what was acknowledged is stored), every writing transaction
begins with BEGIN IMMEDIATE (a deferred one that upgrades its lock fails at once when another writes) and
waits at most 1.5 s, below every platform's 3 s (design: The life of one reply, 4).

Errors of the database name the statement and not its values, which are people's words.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from storage.server_engine import is_unavailable, server_engine, wait_for_turn, with_driver

Tx = Connection
# What messages are queued for where nothing has been said about channels.
SPOKEN_ALWAYS = frozenset({"mail"})
BUSY_WAIT_MS = 1500
# While the log is emptied writers wait, and it waits for readers: not for long.
LOG_WAIT_SECONDS = 0.3


# What SQLite says where it could not write; with a full disk it may be able to again once there is room.
_UNAVAILABLE = ("database is locked", "database is busy", "database or disk is full", "disk i/o error")


class DatabaseBusyError(Exception):
    """It could not be stored now, and nothing of the transaction was.

    Another writer held the database for too long, the disk is full, or the server is gone.
    """


class Store:
    """One database. Threads may share it; each `writing()` or `reading()` is one transaction of its own."""

    def __init__(self, url: str) -> None:
        self.url = with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # Returns to an unlinked round have come since the file was last written anew (`storage.unlinked`).
        self.order_to_forget = False
        self._writers = threading.Lock()
        self.engine = _sqlite_engine(url) if self.is_sqlite else server_engine(self.url)

    def speak(self, channels: frozenset[str]) -> None:
        """From now on programmes are read as reaching people by these channels: what the settings turn on."""
        self.engine.update_execution_options(spoken=channels)

    @property
    def path(self) -> Path | None:
        """The SQLite file; None on a server, or in memory."""
        if self.is_sqlite and self.url.database and self.url.database != ":memory:":
            return Path(self.url.database)
        return None

    @contextmanager
    def writing(self, *, invitation: int | None = None) -> Iterator[Tx]:
        """One transaction: committed at the end of the block, rolled back by any exception.

        Whoever changes nothing but what belongs to one `invitation` says so: on a server others may write beside it.

        Raises:
            DatabaseBusyError: another writer held the database for longer than 1.5 s, or the server is gone.
        """
        try:
            if not self.is_sqlite:
                with self.engine.connect() as connection, connection.begin():
                    wait_for_turn(connection, invitation)
                    yield connection
                return
            with self._turn() as waits, self.engine.connect() as connection:
                connection.execution_options(writes=True)
                _wait_at_most(connection, waits)
                with connection.begin():
                    if waits != BUSY_WAIT_MS:
                        _wait_at_most(connection, BUSY_WAIT_MS)
                    yield connection
        except DBAPIError as error:
            if self._is_busy(error):
                raise DatabaseBusyError from error
            raise

    def _is_busy(self, error: DBAPIError) -> bool:
        if not self.is_sqlite:
            return is_unavailable(error)
        words = str(error.orig).lower()
        return isinstance(error, OperationalError) and any(each in words for each in _UNAVAILABLE)

    @contextmanager
    def _turn(self) -> Iterator[int]:
        """Our own writers wait for each other here; how many milliseconds are left to wait for another process's.

        SQLite would let each of them sleep and try again: with several at work that is most of what writing takes.
        """
        began = time.monotonic()
        if not self._writers.acquire(timeout=BUSY_WAIT_MS / 1000):
            raise DatabaseBusyError
        try:
            waited = int((time.monotonic() - began) * 1000)
            yield max(1, BUSY_WAIT_MS - waited)
        finally:
            self._writers.release()

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """One transaction that reads a consistent state and never waits for a writer.

        Raises:
            DatabaseBusyError: the server is gone.
        """
        if self.is_sqlite:
            with self.engine.connect() as connection, connection.begin():
                yield connection
            return
        try:
            with self.engine.connect() as connection:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                with connection.begin():
                    yield connection
        except DBAPIError as error:
            if is_unavailable(error):
                raise DatabaseBusyError from error
            raise

    def empty_log(self, *, busy_seconds: float = LOG_WAIT_SECONDS) -> bool:
        """Bring the write-ahead log into the file and empty it; False if another held it for that long.

        The log remembers which changes were made together. On a server there is none that we could empty.
        """
        if self.path is None:
            return True
        try:
            with closing(sqlite3.connect(self.path, timeout=busy_seconds, isolation_level=None)) as connection:
                return int(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]) == 0
        except sqlite3.OperationalError:
            return False

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _wait_at_most(connection: Connection, milliseconds: int) -> None:
    """How long SQLite waits for another process's writer."""
    if milliseconds != BUSY_WAIT_MS or connection.info.get("waits", BUSY_WAIT_MS) != BUSY_WAIT_MS:
        raw = connection.connection.driver_connection
        if raw is not None:
            raw.execute(f"PRAGMA busy_timeout = {milliseconds}")
        connection.info["waits"] = milliseconds


def spoken(tx: Tx) -> frozenset[str]:
    """The channels that are on in this process."""
    channels: frozenset[str] = tx.get_execution_options().get("spoken", SPOKEN_ALWAYS)
    return channels


def _sqlite_engine(url: str) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_WAIT_MS / 1000}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - the driver's own types
        # The driver begins no transaction of its own: `_begin` does, so that it is IMMEDIATE where we write.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
