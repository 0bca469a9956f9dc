import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from storage.engine import DatabaseBusyError, Store
from storage.tables.answers import received_events

AT = datetime(2024, 11, 25, 9, tzinfo=UTC)


def test_an_exception_rolls_the_whole_transaction_back(store: Store) -> None:
    def write_and_fail() -> None:
        with store.writing() as tx:
            tx.execute(insert(received_events).values(channel="mail", event_id="1", at=AT))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with store.reading() as tx:
        assert tx.execute(select(received_events)).all() == []


@pytest.mark.sqlite
def test_a_second_writer_waits_and_is_then_told_that_nothing_was_stored(store: Store) -> None:
    begun, done = threading.Event(), threading.Event()

    def hold() -> None:
        with store.writing():
            begun.set()
            done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait(5)
    started = time.monotonic()
    with pytest.raises(DatabaseBusyError), store.writing():
        pytest.fail("two writers at once")
    waited = time.monotonic() - started
    done.set()
    holder.join()
    assert waited < 3, "longer than any platform waits"


def test_times_come_back_aware_in_utc_and_naive_ones_are_refused(store: Store) -> None:
    paris = timezone(timedelta(hours=1))
    with store.writing() as tx:
        tx.execute(insert(received_events).values(channel="mail", event_id="1", at=AT.astimezone(paris)))
    with store.reading() as tx:
        assert tx.execute(select(received_events.c.at)).scalar_one() == AT
    with pytest.raises(StatementError), store.writing() as tx:
        tx.execute(insert(received_events).values(channel="mail", event_id="2", at=datetime(2024, 1, 1)))
