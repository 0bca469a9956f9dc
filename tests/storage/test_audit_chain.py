"""Whoever gets past the database's own refusal is found out by the chain."""

import subprocess
import sys
import tracemalloc

import pytest
from sqlalchemy import func, insert, select

from storage import audit, audit_chain
from storage.audit_chain import Broken, Unknown, Whole
from storage.engine import Store, Tx
from storage.tables.oversight import audit_lines, audit_reasons
from tests.storage.record import AT, COLUMNS, add, chained_record, head, verified

pytestmark = pytest.mark.sqlite

PUT_IN = f"INSERT INTO audit_lines SELECT 0, {COLUMNS} FROM audit_lines WHERE id = 3"


@pytest.fixture
def tampered(store: Store):
    """A chain of eight lines whose guards somebody with the file in hand has taken off; runs what they do then."""
    chained_record(store, 8)
    with store.writing() as tx:
        for (name,) in tx.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            tx.exec_driver_sql(f"DROP TRIGGER {name}")

    def tamper(*statements: str) -> Store:
        with store.writing() as tx:
            for each in statements:
                assert tx.exec_driver_sql(each).rowcount, each
        return store

    return tamper


@pytest.mark.parametrize(
    "statements",
    [
        *(
            (f"UPDATE audit_lines SET {column} = {value} WHERE id = 3",)
            for column, value in {
                "at": "'2024-12-09 09:31:30.000000'",
                "actor": "'someone else'",
                "channel": "'web'",
                "programme_id": "7",
                "what": "'round closed'",
                "subject": "'round:9'",
                "before": "'{\"b\": 2}'",
                "after": "'\"e\"'",
                "reason": "'x'",
                "seal": "''",
            }.items()
        ),
        ("UPDATE audit_lines SET after = 'not JSON' WHERE id = 3",),
        ("UPDATE audit_lines SET at = 'no time' WHERE id = 3",),
        ("UPDATE audit_reasons SET words = 'Ice'",),
        ("INSERT INTO audit_reasons VALUES (4, 'salt', 'Ice')",),
        ("DELETE FROM audit_lines WHERE id = 1",),
        ("DELETE FROM audit_lines WHERE id = 3",),
        ("DELETE FROM audit_lines WHERE id < 4",),
        # A line put in, with a seal of its own or without one.
        (PUT_IN,),
        (PUT_IN, "UPDATE audit_lines SET seal = '' WHERE id = 0"),
        # Two lines change places.
        (
            "UPDATE audit_lines SET id = 99 WHERE id = 3",
            "UPDATE audit_lines SET id = 3 WHERE id = 4",
            "UPDATE audit_lines SET id = 4 WHERE id = 99",
        ),
        # The beginning is taken off, with an anchor that fits but that the chain knows nothing of.
        (
            "INSERT INTO audit_anchors SELECT 1, at, id, seal, 3 FROM audit_lines WHERE id = 3",
            "DELETE FROM audit_lines WHERE id <= 3",
        ),
    ],
)
def test_what_is_changed_taken_out_moved_or_put_in_breaks_it(tampered, statements) -> None:
    assert isinstance(verified(tampered(*statements)), Broken)


def test_an_end_cut_off_shows_against_a_seal_noted_elsewhere(tampered, store: Store) -> None:
    noted = head(store)
    assert isinstance(verified(store, noted), Whole)
    tampered("DELETE FROM audit_lines WHERE id = 8")
    assert isinstance(verified(store), Whole)
    assert verified(store, noted) == Unknown(head=head(store))


def test_a_chain_made_wholly_anew_shows_against_a_seal_noted_elsewhere(tampered, store: Store) -> None:
    noted = head(store)
    tampered("UPDATE audit_lines SET seal = ''", "UPDATE audit_lines SET actor = 'someone else' WHERE id = 3")
    with store.writing() as tx:
        audit_chain.seal_new(tx)
    assert isinstance(verified(store), Whole)
    assert isinstance(verified(store, noted), Unknown)


def test_a_seal_noted_long_ago_is_still_met(store: Store) -> None:
    chained_record(store, 3)
    noted = head(store)
    with store.writing() as tx:
        add(tx, "one more")
        audit_chain.seal_new(tx)
    assert isinstance(verified(store, noted), Whole)


def cut(tx: Tx, last: int) -> int:
    return audit_chain.cut_up_to(tx, last, AT, actor="schedule", channel="schedule", most=2)


def test_old_lines_are_cut_at_an_anchor_and_the_rest_stays_whole(store: Store) -> None:
    chained_record(store, 8)
    noted = head(store)
    with store.writing() as tx:
        assert cut(tx, 3) == 2
        assert cut(tx, 3) == 1
        assert cut(tx, 3) == 0
        assert tx.execute(select(func.min(audit_lines.c.id))).scalar_one() == 4
        assert tx.execute(select(audit_reasons)).all() == []
    found = verified(store, noted)
    assert isinstance(found, Whole)
    assert (found.sealed, found.unsealed, found.cut) == (5, 2, 3)
    with store.writing() as tx:
        audit_chain.seal_new(tx)
    assert isinstance(verified(store, noted), Whole)
    with store.reading() as tx:
        line = audit.lines(tx, limit=1)[0]
    assert (line.actor, line.what, line.after["up_to"], line.after["lines"]) == ("schedule", "record cut", 3, 3)


def test_a_line_without_a_seal_is_never_cut(store: Store) -> None:
    chained_record(store, 2)
    with store.writing() as tx:
        add(tx, "not sealed yet")
        assert [cut(tx, 3), cut(tx, 3)] == [2, 0]
        audit_chain.seal_new(tx)
    assert isinstance(verified(store), Whole)


def test_a_crash_between_lines_and_seal_loses_nothing(store: Store) -> None:
    chained_record(store, 2)
    ended = subprocess.run([sys.executable, "-c", CRASHING, str(store.path)], check=False)
    assert ended.returncode == 9
    assert [verified(store).sealed, verified(store).unsealed] == [2, 3]
    with store.writing() as tx:
        assert audit_chain.seal_new(tx) == 3
    assert isinstance(verified(store), Whole)


CRASHING = """
import os, sys
from storage import audit_chain
from storage.engine import Store
from tests.storage.record import add
store = Store(f"sqlite:///{sys.argv[1]}")
for number in range(3):
    with store.writing() as tx:
        add(tx, f"line {number}")
with store.writing() as tx:
    audit_chain.seal_new(tx)
    os._exit(9)
"""

SEALING = """
import sys
from storage import audit_chain
from storage.engine import DatabaseBusyError, Store
from tests.storage.record import add
store = Store(f"sqlite:///{sys.argv[1]}")
done = 0
while done < 40:
    try:
        with store.writing() as tx:
            add(tx, f"line {done}")
        done += 1
        with store.writing() as tx:
            audit_chain.seal_new(tx, most=3)
    except DatabaseBusyError:
        pass
"""


def test_several_that_seal_at_once_do_no_harm(store: Store) -> None:
    running = [subprocess.Popen([sys.executable, "-c", SEALING, str(store.path)]) for _ in range(3)]
    assert [each.wait(timeout=60) for each in running] == [0, 0, 0]
    with store.writing() as tx:
        while audit_chain.seal_new(tx):
            pass
    found = verified(store)
    assert isinstance(found, Whole)
    assert (found.sealed, found.unsealed) == (120, 0)


def test_a_long_record_is_verified_in_little_memory(store: Store) -> None:
    line = {"actor": "cli", "channel": "command", "what": "x", "subject": "round:1", "reason": "y" * 200, "seal": ""}
    with store.writing() as tx:
        tx.execute(insert(audit_lines), [line | {"at": AT} for _ in range(30_000)])
        while audit_chain.seal_new(tx):
            pass
    tracemalloc.start()
    found = verified(store)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Whole)
    assert found.sealed == 30_000
    # All of it at once would be some 40 MB.
    assert peak < 8_000_000, peak
