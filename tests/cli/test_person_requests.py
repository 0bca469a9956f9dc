"""What people have asked for by their link, as organisers see it at the command line."""

from datetime import UTC, datetime

import pytest

from handlers.own_requests import ErasureAsked, ask_for_copy, ask_for_erasure, confirm_erasure
from storage.engine import Store
from tests.cli.conftest import S1

ROUND = "courageous-conversations/mid-cycle-2024"
ASKED = datetime(2024, 12, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def opened(shell, post):
    shell("load", S1)
    shell("tick", "--at", "2024-11-25T09:00")
    return shell


@pytest.fixture
def store(opened):
    made = Store("sqlite:///var/soundings.db")
    yield made
    made.close()


def test_requests_are_listed_with_who_when_and_until_when(opened, store):
    assert "Nobody is waiting" in opened("person", "requests").out
    assert opened("person", "requests", "--json").json == []
    asked = ask_for_erasure(1, store, ASKED, channel="web")
    assert isinstance(asked, ErasureAsked)
    [row] = opened("person", "requests", "--json").json
    who = row["participant"]
    assert (row["kind"], row["confirmed"], row["answer_by"]) == ("erasure", None, "2025-01-31")
    assert row["overdue"] is True
    listed = opened("person", "requests")
    assert "not yet" in listed.out
    assert "2025-01-31 (overdue)" in listed.out
    assert "person erase ID" in listed.err
    assert opened("round", "status", ROUND, "--json").json["requests"] == 1
    assert "1 request waits for an answer: soundings person requests" in opened("round", "status", ROUND).out
    confirm_erasure(1, asked.request.id, store, ASKED, channel="mail")
    assert opened("person", "requests", "--json").json[0]["confirmed"].startswith("2024-12-31T23:30")
    assert opened("person", "export", who, "--json").json["stored"]["requests"][0]["kind"] == "erasure"
    opened("person", "erase", who, "--yes")
    assert opened("person", "requests", "--json").json == []


def test_a_request_that_is_answered_comes_off_the_list(opened, store):
    with store.writing() as tx:
        tx.exec_driver_sql("update addresses set bad_at = '2024-11-26 00:00:00.000000', bad_reason = 'gone'")
    ask_for_copy(1, store, ASKED, channel="web")
    who = opened("person", "requests", "--json").json[0]["participant"]
    assert "has not asked for erasure" in opened("person", "answered", who, "--kind", "erasure", code=1).err
    assert "off the list" in opened("person", "answered", who, "--reason", "Sent on paper").out
    assert opened("person", "requests", "--json").json == []
    assert "has not asked for a copy" in opened("person", "answered", who, code=1).err
    lines = opened("audit", "--json").json
    assert any(each["what"] == "request answered: copy" and each["reason"] == "Sent on paper" for each in lines)
    assert "no programme 'nowhere'" in opened("person", "requests", "--programme", "nowhere", code=1).err
