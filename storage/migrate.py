"""Bringing a database to the schema that this version of the code needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.engine import Store


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """The revision this code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def knows(revision: str) -> bool:
    """Whether the revision is one of this code's own, older or newest."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def revision_of(store: Store) -> str:
    """The revision the database is at; "" for an empty one."""
    with store.reading() as tx:
        return MigrationContext.configure(tx).get_current_revision() or ""


def upgrade(store: Store) -> None:
    """Migrate to the newest revision; nothing happens where the database is there already.

    Foreign keys are not enforced meanwhile, as SQLite rebuilds a table by dropping the old one.
    """
    with store.engine.connect() as connection:
        if store.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
            connection.execution_options(writes=True)
        with connection.begin():
            if not store.is_sqlite:
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            command.upgrade(_config(connection), "head")
        if store.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.rollback()


def differences(store: Store) -> list[object]:
    """What the tables in code have that the migrated database has not, and the other way round."""
    with store.reading() as tx:
        return list(compare_metadata(MigrationContext.configure(tx), metadata))


def write_first_migration(store: Store) -> None:
    """Write `0001` anew from the tables in code, into an empty database's empty history (before a first release)."""
    with store.engine.connect() as connection, connection.begin():
        command.revision(_config(connection), message="The first schema", rev_id="0001", autogenerate=True)
