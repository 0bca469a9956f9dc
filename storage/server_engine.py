"""PostgreSQL, when one machine is not enough: the same transactions as on SQLite, kept by locks of the server.

Whoever changes anything has the database for themselves, as on SQLite, by a lock that ends with the transaction.
Answers to one invitation share it with answers to others, so replicas take replies beside each other; one lock for
each invitation keeps two hands on the same form apart. Both are taken first, in this order, so nobody waits in a ring.

A replica that is stopped in the middle of a transaction would hold its lock for as long as it sleeps: the server ends
such a session by itself (`idle_in_transaction_session_timeout`), which rolls it back.
"""

from __future__ import annotations

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

# Below every platform's 3 s, as on SQLite (design: The life of one reply, 4).
LOCK_WAIT_MS = 1500
# No statement of ours takes so long unless something is wrong; reports over many people may take some seconds.
_STATEMENT_MS = 60_000
# Less than the 15 s within which another replica is to go on.
_ASLEEP_MS = 6_000
# No invitation has this number.
_EVERYTHING = -1

_BUSY = (
    "lock timeout",
    "statement timeout",
    "idle-in-transaction timeout",
    "deadlock detected",
    "could not serialize access",
    "too many clients",
    "remaining connection slots",
    "the database system is",
    "connection failed",
    "connection refused",
    "consuming input failed",
    "server closed the connection",
    "terminating connection",
    "the connection is closed",
    "the connection is lost",
)


def with_driver(url: URL) -> URL:
    """`postgresql://` and `postgres://`, as hosts write them, mean the one driver that is installed with us."""
    known = url.drivername in {"postgres", "postgresql"}
    return url.set(drivername="postgresql+psycopg") if known else url


def server_engine(url: URL) -> Engine:
    """An engine whose sessions wait for nobody longer than 1.5 s and count time in UTC."""
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "application_name": "soundings"},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection, _record):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - the driver's own types
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET lock_timeout = {LOCK_WAIT_MS}; SET statement_timeout = {_STATEMENT_MS};"
                f" SET idle_in_transaction_session_timeout = {_ASLEEP_MS}; SET TIME ZONE 'UTC'"
            )
        connection.commit()

    return engine


def wait_for_turn(connection: Connection, invitation: int | None) -> None:
    """The first statement of a writing transaction: until it comes to an end, others wait.

    With `invitation`, only those who write to the same one, or to anything else.
    """
    if invitation is None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_EVERYTHING})")
        return
    connection.exec_driver_sql(
        f"SELECT set_config('statement_timeout', '{LOCK_WAIT_MS}', true), pg_advisory_xact_lock_shared({_EVERYTHING}),"
        f" pg_advisory_xact_lock({int(invitation)})"
    )


def is_unavailable(error: DBAPIError) -> bool:
    """Whether the server could not do it now, so that nothing was stored, and may do it later."""
    words = str(error.orig).lower()
    return error.connection_invalidated or any(each in words for each in _BUSY)
