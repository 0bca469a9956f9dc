"""One process at a time sends and keeps the clock: by a lock beside a SQLite file, by a lease on a server.

Whoever holds the file's lock knows that every line found claimed was left by a process that is gone. A lease ends by
itself when its holder dies, sleeps or loses the server; a holder that wakes up late finds its fences passed
(`storage.senders`), so what it had in hand can be taken over at once all the same.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from sqlalchemy import func, select

from storage import senders
from storage.engine import DatabaseBusyError, Store, Tx
from storage.senders import CLOCK, Sender

# Together with the clock's own pace another replica goes on within 15 s of the first one's end.
LEASE = timedelta(seconds=7)
_RENEW_SECONDS = 1.5


class AlreadyRunning(Exception):
    """Another process of Soundings has this database in hand."""


class RunLock:
    """Held from `with` to its end; `alone` says whether it keeps every other process out for as long.

    With `stand_by` a process on a server does not need it at once: it waits for its turn, and `held` says when it has.
    """

    def __init__(self, store: Store, *, stand_by: bool = False) -> None:
        path = store.path
        self.alone = path is not None
        self._stand_by = stand_by
        self._lock = None if path is None else FileLock(path.with_name(f"{path.name}.lock"))
        self._lease = None if store.is_sqlite else _Lease(store)

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            AlreadyRunning: another process has it.
        """
        if self._lock is not None:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                raise _already() from None
        if self._lease is not None:
            self._lease.begin()
            if not self._stand_by and not self._lease.held:
                self._lease.end()
                raise _already()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lease is not None:
            self._lease.end()
        if self._lock is not None:
            self._lock.release()

    def held(self) -> bool:
        """Whether it is this process's turn now. A lease may be lost at any time: ask again between messages."""
        return self._lease is None or self._lease.held


def _already() -> AlreadyRunning:
    return AlreadyRunning("soundings serve, or another command that sends, is at work on this database; stop it first")


class _Lease:
    """The row of the clock among the senders, renewed by a thread of its own for as long as this process is awake."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # Two containers may have the same name and number.
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._sender: Sender | None = None
        # By our own steady clock, reckoned from before the server was asked: a sleeper finds it past.
        self._until = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="run lock", daemon=True)

    @property
    def held(self) -> bool:
        return time.monotonic() < self._until

    def begin(self) -> None:
        self._turn()
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        self._until, sender = 0.0, self._sender
        if sender is not None:
            try:
                with self._store.writing() as tx:
                    senders.give_back(tx, sender, now=_server_time(tx))
            except DatabaseBusyError:
                # It ends by itself.
                return

    def _keep(self) -> None:
        while not self._ended.wait(_RENEW_SECONDS):
            self._turn()

    def _turn(self) -> None:
        began = time.monotonic()
        try:
            with self._store.writing() as tx:
                now = _server_time(tx)
                sender = self._sender
                if sender is None or not senders.renew(tx, sender, now=now, lease=LEASE):
                    sender = senders.take(tx, CLOCK, holder=self._holder, now=now, alone=False, lease=LEASE)
        except DatabaseBusyError:
            return
        self._sender = sender
        self._until = 0.0 if sender is None else began + LEASE.total_seconds()


def _server_time(tx: Tx) -> datetime:
    """The server's clock: replicas' own may differ."""
    now: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
    return now
