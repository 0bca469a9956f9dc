"""Keys that stand for ever, claims that are counted, and the sender's fence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import attempts, ledger, senders
from storage.engine import Store, Tx
from storage.ledger import NewLine
from storage.programmes import add_programme
from surveys.delivery import LineKind, LineState

NOW = datetime(2024, 12, 9, 9, 30, tzinfo=UTC)


def line(tx: Tx, key: str, due_at: datetime = NOW) -> NewLine:
    found = tx.exec_driver_sql("select id from programmes").scalar()
    programme_id = found or add_programme(tx, "town", {"programme": "town"}, NOW)
    return NewLine(key=key, kind=LineKind.REMINDER, programme_id=programme_id, due_at=due_at)


def test_a_key_is_queued_once_and_again_only_after_it_was_cancelled(store: Store) -> None:
    with store.writing() as tx:
        assert ledger.queue(tx, [line(tx, "a"), line(tx, "b")], NOW) == 2
        assert ledger.queue(tx, [line(tx, "a"), line(tx, "c")], NOW) == 1
        (first, *_) = ledger.claim(tx, channel="mail", holder="me", now=NOW, limit=1)
        assert ledger.queue(tx, [line(tx, "a")], NOW) == 0
        ledger.settle(tx, first.line.id, LineState.CANCELLED, now=NOW, reason="not now")
        later = NOW + timedelta(days=1)
        assert ledger.queue(tx, [line(tx, "a", later)], NOW) == 1
        again = ledger.line_by_key(tx, "a")
        assert again is not None
        assert (again.id, again.state, again.due_at, again.reason) == (first.line.id, LineState.QUEUED, later, "")
        ledger.settle(tx, first.line.id, LineState.SENT, now=NOW, tried=1)
        assert ledger.queue(tx, [line(tx, "a")], NOW) == 0


def test_what_is_due_is_claimed_once_the_longest_waiting_first(store: Store) -> None:
    with store.writing() as tx:
        late, early = line(tx, "late", NOW), line(tx, "early", NOW - timedelta(hours=1))
        ledger.queue(tx, [late, early, line(tx, "not yet", NOW + timedelta(seconds=1))], NOW)
        claimed = ledger.claim(tx, channel="mail", holder="me", now=NOW, limit=10)
        assert [each.line.key for each in claimed] == ["early", "late"]
        assert ledger.claim(tx, channel="mail", holder="you", now=NOW, limit=10) == ()
        assert ledger.claim(tx, channel="slack", holder="you", now=NOW, limit=10) == ()
        ledger.release(tx, [each.line.id for each in claimed], "you")
        assert ledger.claim(tx, channel="mail", holder="you", now=NOW, limit=10) == ()
        ledger.release(tx, [each.line.id for each in claimed], "me")
        assert len(ledger.claim(tx, channel="mail", holder="you", now=NOW, limit=10)) == 2
        assert ledger.next_due_at(tx, NOW) == NOW + timedelta(seconds=1)


def test_an_attempt_is_settled_once(store: Store) -> None:
    with store.writing() as tx:
        ledger.queue(tx, [line(tx, "a")], NOW)
        (claimed,) = ledger.claim(tx, channel="mail", holder="me", now=NOW, limit=1)
        tx.exec_driver_sql(
            "insert into addresses (id, channel, value, folded, bad_reason) values (1, 'mail', 'x', 'x', '')"
        )
        opened = attempts.open_attempt(tx, claimed.line, ref="<x>", fence=1, address_id=1, now=NOW)
        assert attempts.abandoned(tx, NOW, everything=False) == ()
        (left,) = attempts.abandoned(tx, NOW + ledger.LEASE, everything=False)
        assert (left.attempt_id, left.ref, left.doubts) == (opened, "<x>", 0)
        assert attempts.abandoned(tx, NOW, everything=True) == (left,)
        assert attempts.end_attempt(tx, opened, outcome="in_doubt_sent", reason="", now=NOW)
        assert not attempts.end_attempt(tx, opened, outcome="sent", reason="", now=NOW)
        assert attempts.hold(tx, claimed.line, holder="me", now=NOW)
        assert not attempts.hold(tx, claimed.line, holder="you", now=NOW)


def test_one_sender_at_a_time_and_a_fence_that_only_grows(store: Store) -> None:
    with store.writing() as tx:
        first = senders.take(tx, "mail:a", holder="one", now=NOW, alone=False)
        assert first is not None
        assert senders.take(tx, "mail:a", holder="two", now=NOW, alone=False) is None
        assert senders.take(tx, "mail:b", holder="two", now=NOW, alone=False) is not None
        later = NOW + senders.LEASE
        second = senders.take(tx, "mail:a", holder="two", now=later, alone=False)
        assert second is not None
        assert second.fence > first.fence
        assert not senders.renew(tx, first, now=later)
        assert senders.renew(tx, second, now=later)
        senders.give_back(tx, first, now=later)
        assert senders.take(tx, "mail:a", holder="three", now=later, alone=False) is None
        senders.give_back(tx, second, now=later)
        assert senders.take(tx, "mail:a", holder="three", now=later, alone=False) is not None
