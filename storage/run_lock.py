"""One process at a time sends and keeps the clock on a SQLite database: a lock beside its file.

Whoever holds it knows that every line found claimed was left by a process that is gone. A server database has no
such lock: there, leases and the sender's fencing number keep several processes apart.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from storage.engine import Store


class AlreadyRunning(Exception):
    """Another process of Soundings has this database in hand."""


class RunLock:
    """Held from `with` to its end; `alone` says whether it keeps every other process out."""

    def __init__(self, store: Store) -> None:
        path = store.path
        self.alone = path is not None
        self._lock = None if path is None else FileLock(path.with_name(f"{path.name}.lock"))

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            AlreadyRunning: another process has it.
        """
        if self._lock is not None:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                raise AlreadyRunning(
                    "soundings serve, or another command that sends, is at work on this database; stop it first"
                ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.release()
