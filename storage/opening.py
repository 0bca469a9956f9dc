"""Opening the database that a setting names, and saying in plain words why that can't be done."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from storage import migrate
from storage.engine import DatabaseBusyError, Store

_SQLITE_HEADER = b"SQLite format 3\x00"


class UnusableDatabase(Exception):
    """The database can't be opened; its words say why and what to do."""


class OlderSchema(UnusableDatabase):
    """The database is of an older version and can be upgraded."""


def connect(url: str) -> Store:
    """The database as it is, whatever its schema.

    Raises:
        UnusableDatabase: the address or the file can't be used.
    """
    try:
        store = Store(url)
    except (ArgumentError, NoSuchModuleError):
        raise UnusableDatabase(
            "DATABASE_URL can't be read; use sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from None
    except ModuleNotFoundError as error:
        raise UnusableDatabase(f"the database driver '{error.name}' is not installed") from None
    except OSError as error:
        raise UnusableDatabase(f"the folder of the database can't be made: {error.strerror}") from None
    _look_at_file(store.path)
    if store.path is not None and not store.path.exists():
        # It will hold names, addresses and answers: its owner alone may read it. SQLite gives its WAL the same mode.
        try:
            store.path.touch(mode=0o600)
        except OSError as error:
            raise UnusableDatabase(f"{store.path} can't be made: {error.strerror}") from None
    return store


def revision(store: Store) -> str:
    """The schema the database has; "" for an empty one.

    Raises:
        UnusableDatabase: it doesn't answer, or it is no database.
    """
    try:
        return migrate.revision_of(store)
    except DatabaseError as error:
        raise UnusableDatabase(f"the database does not open: {error.orig}") from None
    except DatabaseBusyError as away:
        # Nobody writes while a schema is read: it is the server that does not answer.
        said = getattr(away.__cause__, "orig", None)
        words = " ".join(str(said).split()) if said is not None else "it does not answer"
        raise UnusableDatabase(f"the database does not open: {words}") from None


def known_revision(store: Store) -> str:
    """The schema the database has: this version's or an older one; "" for an empty one.

    Raises:
        UnusableDatabase: it doesn't answer, is no database, or is of a newer version.
    """
    standing = revision(store)
    if standing and not migrate.knows(standing):
        raise UnusableDatabase(f"the database is of a newer version of Soundings (schema {standing}); use that version")
    return standing


def open_migrated(url: str) -> Store:
    """The database at this version's schema: an empty one is made and migrated.

    Raises:
        OlderSchema: it is of an older version; `soundings upgrade` brings it up.
        UnusableDatabase: it can't be opened, or is of a newer version.
    """
    store = connect(url)
    standing, newest = known_revision(store), migrate.newest_revision()
    if standing == newest:
        return store
    if standing:
        raise OlderSchema(
            f"the database is of an older version (schema {standing}, {newest} is needed): run soundings upgrade"
        )
    try:
        migrate.upgrade(store)
    except DatabaseBusyError:
        raise
    except DatabaseError as error:
        # Two commands may find the same empty database; the one that comes second finds the work done.
        if revision(store) != newest:
            raise UnusableDatabase(f"the database can't be made: {error.orig}") from None
    return store


def _look_at_file(path: Path | None) -> None:
    if path is None or not path.exists():
        return
    if path.is_dir():
        raise UnusableDatabase(f"{path} is a folder; DATABASE_URL must name a file")
    try:
        with path.open("rb") as opened:
            beginning = opened.read(len(_SQLITE_HEADER))
    except OSError as error:
        raise UnusableDatabase(f"{path} can't be read: {error.strerror}") from None
    if beginning and beginning != _SQLITE_HEADER:
        raise UnusableDatabase(f"{path} is not a database")
