from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, update

from storage import audit
from storage.engine import Store
from storage.tables.oversight import audit_lines

AT = datetime(2024, 12, 9, 9, 30, tzinfo=UTC)


@pytest.fixture
def chained(store: Store) -> Store:
    for number in range(5):
        with store.writing() as tx:
            audit.append(
                tx,
                at=AT,
                actor="cli",
                channel="command",
                programme_id=None,
                what="round opened",
                subject=f"round:{number}",
                before={"b": 1, "a": [None, 2.5]},
                after="é",
            )
            if number % 2:
                audit.seal_new(tx)
    with store.writing() as tx:
        audit.seal_new(tx)
    return store


def verified(store: Store) -> audit.Whole | audit.Broken:
    with store.reading() as tx:
        return audit.verify(tx)


def test_a_chain_holds_and_grows(chained):
    found = verified(chained)
    assert isinstance(found, audit.Whole)
    assert (found.sealed, found.unsealed) == (5, 0)
    with chained.writing() as tx:
        audit.append(tx, at=AT, actor="cli", channel="command", programme_id=None, what="x")
        assert audit.unsealed(tx)
    later = verified(chained)
    assert isinstance(later, audit.Whole)
    assert (later.sealed, later.unsealed, later.head) == (5, 1, found.head)


@pytest.mark.parametrize(
    "change",
    [
        update(audit_lines).where(audit_lines.c.id == 3).values(actor="someone else"),
        update(audit_lines).where(audit_lines.c.id == 3).values(after="e"),
        update(audit_lines).where(audit_lines.c.id == 3).values(at=datetime(2024, 12, 9, 9, 31, tzinfo=UTC)),
        update(audit_lines).where(audit_lines.c.id == 3).values(seal=""),
        delete(audit_lines).where(audit_lines.c.id == 3),
        insert(audit_lines).values(id=0, at=AT, actor="cli", channel="command", what="x", seal="f" * 64),
    ],
)
def test_what_is_changed_taken_out_or_put_in_breaks_it(chained, change):
    with chained.writing() as tx:
        tx.execute(change)
    assert isinstance(verified(chained), audit.Broken)


def test_an_empty_record_is_whole(store):
    assert verified(store) == audit.Whole(sealed=0, unsealed=0, head="")
