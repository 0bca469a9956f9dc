from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from storage import audit, audit_chain
from storage.engine import Store
from storage.tables.oversight import audit_lines, audit_reasons
from tests.storage.record import AT, COLUMNS, add, chained_record, verified

HERE, THERE = 1, 2


def test_a_chain_holds_and_grows(store: Store) -> None:
    chained_record(store, 5)
    found = verified(store)
    assert isinstance(found, audit_chain.Whole)
    assert (found.sealed, found.unsealed) == (5, 0)
    with store.writing() as tx:
        add(tx, "one more")
        assert audit_chain.unsealed(tx)
    later = verified(store)
    assert isinstance(later, audit_chain.Whole)
    assert (later.sealed, later.unsealed, later.head) == (5, 1, found.head)


def test_an_empty_record_is_whole(store: Store) -> None:
    assert verified(store) == audit_chain.Whole(sealed=0, unsealed=0, head="")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_lines SET actor = 'someone else' WHERE id = 3",
        "UPDATE audit_lines SET id = 30 WHERE id = 3",
        "UPDATE audit_lines SET seal = '' WHERE id = 3",
        "UPDATE audit_lines SET seal = 'another' WHERE id = 3",
        "UPDATE audit_lines SET seal = 'first', reason = 'x' WHERE id = 6",
        "DELETE FROM audit_lines WHERE id = 3",
        "DELETE FROM audit_lines WHERE id = 6",
        "DELETE FROM audit_lines",
        f"INSERT OR REPLACE INTO audit_lines SELECT id, {COLUMNS} FROM audit_lines WHERE id = 3",
        "UPDATE audit_reasons SET words = 'another'",
        "UPDATE audit_anchors SET up_to = 9",
        "DELETE FROM audit_anchors",
    ],
)
def test_the_database_refuses_to_change_what_is_there(store: Store, change: str) -> None:
    chained_record(store, 5)
    with store.writing() as tx:
        audit_chain.cut_up_to(tx, 2, AT, actor="schedule", channel="schedule")
        add(tx, "with a reason", typed="Snow")
    before = stored(store)
    with pytest.raises(IntegrityError, match="never changed"), store.writing() as tx:
        tx.exec_driver_sql(change)
    assert stored(store) == before


def stored(store: Store) -> list[object]:
    with store.reading() as tx:
        return [*tx.execute(select(audit_lines)).all(), *tx.execute(select(audit_reasons)).all()]


def test_a_typed_reason_can_be_taken_out_and_the_chain_stays_whole(store: Store) -> None:
    with store.writing() as tx:
        add(tx, "deadline moved", typed="Ann Mortlake was ill")
        audit_chain.seal_new(tx)
        assert audit.lines(tx)[0].reason == "Ann Mortlake was ill"
        assert "Mortlake" not in str(tx.execute(select(audit_lines)).all())
        audit.forget_reasons(tx, [1])
    with store.reading() as tx:
        assert audit.lines(tx)[0].reason == audit.TAKEN_OUT
        assert tx.execute(select(audit_reasons)).all() == []
    assert isinstance(verified(store), audit_chain.Whole)


def test_the_same_reason_leaves_another_hash_each_time(store: Store) -> None:
    with store.writing() as tx:
        add(tx, "a", typed="Snow")
        add(tx, "b", typed="Snow")
        marks = tx.execute(select(audit_lines.c.reason)).scalars().all()
    assert len(set(marks)) == 2


def test_lines_are_found_by_programme_person_and_time(store: Store) -> None:
    with store.writing() as tx:
        add(tx, "person opted out", programme=HERE, subject="participant:7", actor="participant:7")
        add(tx, "person paused", programme=HERE, subject="participant:7", at=AT + timedelta(days=1))
        add(tx, "panel: added", programme=HERE, after={"participants": [6, 7]})
        add(tx, "person paused", programme=THERE, subject="participant:77")
        add(tx, "organiser added", subject="organiser:7")

    def found(**wanted) -> list[str]:
        with store.reading() as tx:
            return [line.what for line in audit.lines(tx, **wanted)]

    assert found(person=[7]) == ["panel: added", "person paused", "person opted out"]
    assert found(person=[7], limit=1) == ["panel: added"]
    assert found(person=[7], programmes=[THERE]) == []
    assert found(programmes=[THERE]) == ["person paused"]
    assert found(programmes=[]) == []
    assert found(since=datetime(2024, 12, 10, tzinfo=UTC)) == ["person paused"]
    assert len(found()) == 5
