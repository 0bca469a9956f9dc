"""What the file of the database says of an unlinked round does not depend on the order in which its returns came."""

import random
import sqlite3
from contextlib import closing
from datetime import UTC, timedelta

import pytest
from sqlalchemy import event, select

from storage.engine import Store
from storage.redacting import KeptReturn
from storage.redactions import carry_over, note
from storage.tables.answers import unlinked_returns
from storage.unlinked import NEIGHBOURS, NOT_SAID, NewReturn, forget_log, forget_order, keep, shared_combinations
from tests.web.conftest import OPENED, garden_of

pytestmark = pytest.mark.sqlite


def returns(count, longest):
    drawn = random.Random(count)
    return [
        NewReturn(
            id=f"{drawn.getrandbits(128):032x}",
            round_id=1,
            answers={"story": "s" * drawn.randrange(longest)},
            raw={"story": "s" * drawn.randrange(longest)},
            shared=("north", frozenset({"guest"})),
        )
        for _ in range(count)
    ]


def stored(path, migrated, found, *, order):
    """Keep the returns in that order; the bytes of the pages that hold them and their index."""
    path.write_bytes(migrated)
    store = Store(f"sqlite:///{path}")
    # The round they belong to is of no matter here.
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF"))
    drawn = list(found)
    random.Random(order).shuffle(drawn)
    for each in drawn:
        with store.writing() as tx:
            keep(tx, each, still_shared={each.shared})
        forget_log(store)
        if drawn.index(each) % 3 == order % 3 or each is drawn[-1]:
            forget_order(store)
    assert path.with_name(f"{path.name}-wal").stat().st_size == 0
    store.close()
    with closing(sqlite3.connect(path)) as opened:
        numbers = [row[0] for row in opened.execute("select pageno from dbstat where name like '%unlinked_returns%'")]
    content = path.read_bytes()
    return [content[4096 * (number - 1) : 4096 * number] for number in numbers], content


@pytest.mark.parametrize(("count", "longest"), [(2, 30), (15, 60), (40, 600), (12, 9000)])
def test_the_file_is_the_same_in_whatever_order_they_came(store, tmp_path, count, longest):
    store.empty_log()
    migrated = store.path.read_bytes()
    found = returns(count, longest)
    one, whole = stored(tmp_path / "one.db", migrated, found, order=1)
    assert one
    for order in (2, 3):
        other, all_of_it = stored(tmp_path / "other.db", migrated, found, order=order)
        assert other == one
        # The first page counts the changes; nothing else differs.
        assert all_of_it[4096:] == whole[4096:]


def test_among_many_only_the_nearest_are_moved(store):
    with store.writing() as tx:
        tx.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for each in returns(2 * NEIGHBOURS + 40, 20):
            keep(tx, each, still_shared={each.shared})
        rows = tx.execute(select(unlinked_returns)).all()
        assert len(rows) == len({row.id for row in rows}) == 2 * NEIGHBOURS + 40
        tx.exec_driver_sql("delete from unlinked_returns")


def test_what_may_not_stand_there_any_more_is_taken_away(store):
    first, second = returns(2, 20)
    with store.writing() as tx:
        tx.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        keep(tx, first, still_shared={first.shared})
        keep(tx, second, still_shared={NOT_SAID})
        rows = {row.id: (row.area, row.perspectives) for row in tx.execute(select(unlinked_returns))}
        assert rows[first.id] == (None, [])
        tx.exec_driver_sql("delete from unlinked_returns")


def test_who_is_added_late_does_not_change_what_stands_beside_a_return(store, tmp_path):
    """Three people of one combination each; two later ones would make one of them large enough."""
    garden = garden_of(store, tmp_path, mode="unlinked", min_group=1)
    with store.writing() as tx:
        assert len(shared_combinations(tx, garden.round.id, 1)) == 3
        tx.exec_driver_sql("update invitations set created_at = ? where id = 3", (_later(),))
        kept = shared_combinations(tx, garden.round.id, 1)
    assert len(kept) == 2, "the combination of whoever came late is not said"


def _later():
    return str((OPENED + timedelta(days=1)).astimezone(UTC).replace(tzinfo=None))


def test_a_reader_does_not_keep_the_log_for_ever(store):
    with store.reading() as tx:
        tx.exec_driver_sql("select count(*) from rounds").all()
        with store.writing() as other:
            other.exec_driver_sql("update alembic_version set version_num = version_num")
        assert store.empty_log(busy_seconds=0.1) is False
    assert store.empty_log() is True


def test_marks_of_what_was_redacted_do_not_join_a_cut_return_to_its_person(store, tmp_path):
    garden = garden_of(store, tmp_path)
    garden.person("t1").finish()
    [(response,)] = garden.rows("select id from responses")
    at = garden.clock.now
    with store.writing() as tx:
        kept = KeptReturn(round_id=garden.round.id, response_id=response)
        note(tx, kept, ["soil", "plant"], whole=False, reason="a child", actor="organiser:3", channel="command", now=at)
        carry_over(tx, {response: "ab" * 16}, at + timedelta(days=400))
    rows = garden.rows("select item, at, actor, channel, reason, response_id, unlinked_id from redactions order by id")
    assert [row[0] for row in rows] == ["plant", "soil"], "not in the order in which they were made"
    assert {row[2:] for row in rows} == {("", "", "", None, "ab" * 16)}
    assert str(at)[:16] not in str(rows)
