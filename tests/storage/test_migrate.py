from pathlib import Path

from storage.engine import Store
from storage.migrate import differences, newest_revision, revision_of, upgrade


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
