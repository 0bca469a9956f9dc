import sqlite3
from pathlib import Path

from alembic import command

from storage.engine import Store
from storage.migrate import _config, differences, newest_revision, revision_of, upgrade


def test_migrations_make_exactly_the_tables_of_the_code(store: Store) -> None:
    assert differences(store) == []
    assert revision_of(store) == newest_revision()


def test_an_empty_database_is_migrated_and_a_second_time_nothing_happens(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/new/deep.db")
    assert revision_of(store) == ""
    upgrade(store)
    upgrade(store)
    assert revision_of(store) == newest_revision()
    with store.reading() as tx:
        assert tx.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    store.close()


def test_an_upgrade_from_the_first_schema_keeps_a_row_of_every_table(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/old.db")
    with store.engine.connect() as connection:
        connection.execution_options(writes=True)
        with connection.begin():
            command.upgrade(_config(connection), "0001")
    store.close()
    with sqlite3.connect(tmp_path / "old.db") as opened:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        tables = [row[0] for row in opened.execute(query) if row[0] != "alembic_version"]
        for table in tables:
            columns = opened.execute(f'PRAGMA table_info("{table}")').fetchall()
            names = ", ".join(f'"{column[1]}"' for column in columns)
            values = [_sample(column[2]) for column in columns]
            opened.execute(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(values))})', values)
    opened.close()
    upgrade(store)
    with store.reading() as tx:
        kept = {table: tx.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar() for table in tables}
        assert kept == dict.fromkeys(tables, 1)
        assert tx.exec_driver_sql("SELECT cut_at FROM responses").scalar() is None
        assert tx.exec_driver_sql("SELECT state FROM unlinked_returns").scalar() == "complete"
    assert differences(store) == []
    store.close()


def _sample(kind: str) -> object:
    if kind.startswith(("INTEGER", "BIGINT", "BOOLEAN")):
        return 1
    return "2024-12-09 09:30:00.000000" if kind == "DATETIME" else "{}"
