"""What goes along in another round's message: settled once that has gone, by itself where that never goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schedules.together import settle_riders
from storage import ledger
from storage.contacts import along_with, contacts_since, riders_of
from storage.engine import Store
from storage.ledger import NewLine
from storage.measures import measures
from storage.tables.delivery import deliveries
from surveys.delivery import LineKind, LineState
from tests.schedules.town import OPENS, Town


@pytest.fixture
def opened(town: Town) -> Town:
    town.load()
    town.tick(OPENS)
    return town


def queued(town: Town) -> tuple[str, str]:
    """Two lines to one person, one along with the other: their keys."""
    person = town.invitation("ana").participant_id
    keys = ("town/first/ana/invitation", "town/second/ana/invitation")
    with town.store.writing() as tx:
        programme = town.round().programme_id
        for key, channel in zip(keys, ("mail", along_with(keys[0])), strict=True):
            line = NewLine(
                key=key,
                kind=LineKind.INVITATION,
                programme_id=programme,
                participant_id=person,
                due_at=OPENS,
                detail={"channel": "mail"},
                channel=channel,
            )
            ledger.queue(tx, [line], OPENS)
    return keys


def state_of(store: Store, key: str) -> tuple[str, str]:
    with store.reading() as tx:
        row = tx.execute(deliveries.select().where(deliveries.c.key == key)).one()
        return row.state, row.channel


def test_it_goes_with_its_lead_and_counts_as_one_message(opened: Town) -> None:
    lead, rider = queued(opened)
    settle_riders(opened.store, OPENS)
    assert state_of(opened.store, rider) == (LineState.QUEUED, along_with(lead))
    with opened.store.writing() as tx:
        claimed = ledger.claim(tx, channel="mail", holder="x", now=OPENS, limit=9)
    assert [each.line.key for each in claimed] == [lead]
    with opened.store.writing() as tx:
        line = ledger.line_by_key(tx, lead)
        assert line is not None
        ledger.settle(tx, line.id, LineState.SENT, now=OPENS, message_id=None)
    settle_riders(opened.store, OPENS + timedelta(minutes=1))
    assert state_of(opened.store, rider)[0] == LineState.SENT
    with opened.store.reading() as tx:
        assert riders_of(tx, lead) == ()


def test_it_goes_by_itself_where_its_lead_never_goes(opened: Town) -> None:
    lead, rider = queued(opened)
    with opened.store.writing() as tx:
        line = ledger.line_by_key(tx, lead)
        assert line is not None
        ledger.settle(tx, line.id, LineState.CANCELLED, now=OPENS, reason="answered")
    later = OPENS + timedelta(minutes=1)
    settle_riders(opened.store, later)
    assert state_of(opened.store, rider) == (LineState.QUEUED, "mail")


def test_what_waits_along_is_counted_once_and_named_nowhere(opened: Town) -> None:
    queued(opened)
    person = opened.invitation("ana").participant_id
    with opened.store.reading() as tx:
        assert not any("ana" in channel for channel in measures(tx, OPENS).due)
        waiting = contacts_since(tx, opened.round().programme_id, OPENS - timedelta(days=7))[person]
    assert len(waiting) == 2  # the invitation of the round itself, and the lead; not the rider


def test_how_long_messages_waited_is_measured(opened: Town) -> None:
    with opened.store.reading() as tx:
        assert measures(tx, OPENS).delays == (0.0,) * 4
