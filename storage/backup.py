"""Copies of a SQLite database, made while it is in use, encrypted on request.

This and putting one back (`storage.restoring`) use SQLite's own online backup: it copies pages under the proper
locks, so neither the WAL nor a reader beside it can spoil the copy.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from storage.age_files import NotOpened, NotSealed, Opening, Sealing, is_sealed, seal, unseal
from storage.engine import Store

BUSY_SECONDS = 10


class BackupFailed(Exception):
    """Nothing was changed; its words say why."""


def backup(store: Store, target: Path, *, overwrite: bool = False, sealing: Sealing | None = None) -> None:
    """Write a consistent copy to `target`, a single file only its owner may read; encrypted if `sealing` says to whom.

    What was written is checked before it gets its name: each page of a plain copy, each byte of an encrypted one.

    Raises:
        BackupFailed: the file is there already, can't be written, or the database is no SQLite file.
    """
    if store.path is None:
        raise BackupFailed("only a SQLite database is backed up here; use pg_dump for PostgreSQL")
    if target.exists() and not overwrite:
        raise BackupFailed(f"{target} is there already; give another name, or --force")
    if target.exists() and target.samefile(store.path):
        raise BackupFailed(f"{target} is the database itself")
    # Written beside its place and then renamed: a backup that was cut short never bears the name of a whole one.
    half = target.with_name(f".{target.name}.part")
    try:
        half.unlink(missing_ok=True)
        with _private(half) as file:
            if sealing:
                _write_sealed(store.path, file, sealing)
            else:
                _copy_database(store.path, half)
            os.fsync(file.fileno())
        half.replace(target)
    except (OSError, sqlite3.Error, NotSealed) as error:
        said = getattr(error, "strerror", None) or error
        raise BackupFailed(f"{target} can't be written: {said}") from None
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


@contextmanager
def opened_backup(source: Path, store: Store, opening: Opening) -> Iterator[Path]:
    """The backup as a plain file: itself, or what an encrypted one holds, beside the database until the end.

    Raises:
        BackupFailed: it is not there, or can't be opened with what was given.
    """
    if not source.is_file():
        raise BackupFailed(f"{source} is not there")
    if store.path is None or not is_sealed(source):
        yield source
        return
    with _beside(store.path, "opened") as plain:
        try:
            with source.open("rb") as sealed, _private(plain) as target:
                unseal(sealed, target, opening)
        except NotOpened as failed:
            raise BackupFailed(f"{source}: {failed}") from None
        except OSError as error:
            raise BackupFailed(f"{source} can't be opened: {error.strerror or error}") from None
        yield plain


def _write_sealed(database: Path, target: IO[bytes], sealing: Sealing) -> None:
    with _beside(database, "copied") as plain:
        with _private(plain):
            _copy_database(database, plain)
        with plain.open("rb") as source:
            # Nameless from here on, where the system allows it: if we are killed, nothing readable is left behind.
            with suppress(OSError):
                plain.unlink()
            seal(source, target, sealing, size=os.fstat(source.fileno()).st_size)


def _copy_database(database: Path, target: Path) -> None:
    with opened(database, readonly=True) as source, opened(target) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        sound = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if sound != "ok":
        raise sqlite3.DatabaseError(f"the copy is damaged: {str(sound).splitlines()[0]}")


@contextmanager
def _beside(database: Path, what: str) -> Iterator[Path]:
    """A name beside the database, where what it holds is as safe as there; nothing of that name is left at the end."""
    plain = database.with_name(f".{database.name}.{what}")
    try:
        # One at a time, so that whatever is found there was left by a process that was killed.
        with FileLock(f"{plain}.lock", timeout=BUSY_SECONDS):
            try:
                plain.unlink(missing_ok=True)
                yield plain
            finally:
                for each in (plain, Path(f"{plain}-journal")):
                    each.unlink(missing_ok=True)
    except Timeout:
        raise BackupFailed("another copy is being made at this moment; try again when it is done") from None


def _private(path: Path) -> IO[bytes]:
    """A new file that only its owner may read, open for writing and reading."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")


@contextmanager
def opened(path: Path, *, readonly: bool = False) -> Iterator[sqlite3.Connection]:
    """The file as SQLite has it, outside any transaction of ours."""
    name = f"{path.resolve().as_uri()}?mode=ro" if readonly else str(path)
    with closing(sqlite3.connect(name, timeout=BUSY_SECONDS, uri=readonly)) as connection:
        yield connection
