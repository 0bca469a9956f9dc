"""The few statements that SQLite and PostgreSQL know under the same words but SQLAlchemy in two places."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.engine import Tx

Insert = sqlite.Insert | postgresql.Insert


def insert_into(tx: Tx, table: Table) -> Insert:
    """An INSERT that can say ON CONFLICT."""
    return insert_for(tx.dialect.name, table)


def insert_for(dialect: str, table: Table) -> Insert:
    """The same for a statement that is built once and kept."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def was_numbered(tx: Tx, table: Table, number: int) -> bool:
    """Whether a row of that number has ever been made; for tables whose numbers are never used again."""
    if tx.dialect.name == "sqlite":
        used = tx.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).scalar()
    else:
        used = tx.exec_driver_sql(
            "SELECT last_value FROM pg_sequences WHERE schemaname = current_schema() AND sequencename = %s",
            (f"{table.name}_id_seq",),
        ).scalar()
    return 0 < number <= int(used or 0)
