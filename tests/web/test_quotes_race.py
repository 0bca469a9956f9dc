"""A consent withdrawn while an export is made: whoever exports after the withdrawal never has the quote."""

import threading
import time

import pytest

from handlers.choices import QuotesKept, agree_to_quotes
from reports.export import export_of
from storage.engine import DatabaseBusyError
from storage.rounds import round_by_id
from surveys.replies import QuoteLevel
from tests.web.conftest import OPENED

ITEM = "plant_why"


@pytest.fixture
def quoted(garden):
    visitor = garden.person("t1")
    visitor.post(visitor.page("came"), ("came", "yes"))
    visitor.post(visitor.page("plant"), ("plant", "Leeks"))
    visitor.post(visitor.page(ITEM), (ITEM, "They keep"), (f"_quote.{ITEM}", "name"))
    return garden


def say(garden, level):
    while True:
        try:
            kept = agree_to_quotes(garden.invitations["t1"], {ITEM: level}, garden.store, OPENED, channel="web")
        except DatabaseBusyError:
            continue
        assert isinstance(kept, QuotesKept)
        return


def export_quotes(tx, garden):
    found = export_of(tx, round_by_id(tx, garden.round.id))
    return [quote for response in found.responses for quote in response.quotes]


def test_an_export_that_began_before_has_it_and_one_that_begins_after_has_not(quoted):
    """Both orders, each forced: the withdrawal commits while the export is half-way."""
    with quoted.store.reading() as tx:
        assert round_by_id(tx, quoted.round.id) is not None
        withdrawn = threading.Thread(target=say, args=(quoted, QuoteLevel.NONE))
        withdrawn.start()
        withdrawn.join(10)
        assert not withdrawn.is_alive(), "an export keeps nobody from withdrawing"
        assert export_quotes(tx, quoted) == [(ITEM, "name")], "as it was when the export began"
    with quoted.store.reading() as tx:
        assert export_quotes(tx, quoted) == []


def test_under_a_storm_of_both_no_export_tells_what_was_withdrawn_before_it_began(quoted):
    """Times are taken on both sides; an export may lag behind what it overlaps, never behind what was done before."""
    moves, exports, over = [(0.0, 0.0, "name")], [], threading.Event()

    def exporting():
        while not over.is_set():
            began = time.monotonic()
            with quoted.store.reading() as tx:
                found = dict(export_quotes(tx, quoted))
            exports.append((began, time.monotonic(), found.get(ITEM, "none")))

    threads = [threading.Thread(target=exporting) for _ in range(3)]
    for each in threads:
        each.start()
    for turn in range(60):
        level = QuoteLevel.NONE if turn % 2 == 0 else QuoteLevel.NAME
        began = time.monotonic()
        say(quoted, level)
        moves.append((began, time.monotonic(), level.value))
        time.sleep(0.005)
    over.set()
    for each in threads:
        each.join(10)
    assert len(exports) >= 60
    overlapping = 0
    for began, ended, found in exports:
        done = [level for _, committed, level in moves if committed <= began]
        possible = {done[-1], *(level for at, committed, level in moves if committed > began and at < ended)}
        overlapping += len(possible) > 1
        assert found in possible
    assert overlapping, "some exports ran while the consent changed"
