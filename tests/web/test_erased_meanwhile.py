"""A person is erased while their form is open: nothing they send after it is stored, and they have their words back."""

import threading
import time

import pytest

from handlers.erasing import Erased, erase
from storage.engine import DatabaseBusyError
from surveys.authority import CONSOLE
from surveys.tokens import Purpose

WORDS = "kestrel-7a55"


def erased(garden, who="t1"):
    while True:
        try:
            outcome = erase(garden.participants[who], garden.store, garden.clock.now, actor=CONSOLE)
        except DatabaseBusyError:
            continue
        assert isinstance(outcome, Erased)
        return


def everything_stored(garden):
    with garden.store.reading() as tx:
        return "\n".join(tx.connection.driver_connection.iterdump())


@pytest.mark.parametrize("purpose", [Purpose.ANSWER, Purpose.ENTRY])
def test_a_page_sent_after_the_erasure_is_shown_back_and_not_stored(garden, purpose):
    visitor = garden.person("t1", purpose)
    visitor.post(visitor.page("came"), ("came", "yes"))
    page = visitor.page("plant_why")
    erased(garden)
    seen = visitor.post(page, ("plant_why", f"{WORDS} <b>"))
    assert seen.status == 410
    assert seen.heading == "There is nothing here any more"
    assert "was not stored" in seen.words
    assert seen.soup.select_one("pre.typed").get_text() == f"{WORDS} <b>"
    assert WORDS not in everything_stored(garden)
    again = visitor.open()
    assert again.status == 410
    assert "not stored" not in again.words


def test_every_other_page_of_theirs_says_so_too(garden):
    visitor = garden.person("t1")
    pages = {way: visitor.open(f"{visitor.link}/{way}") for way in ("pause", "quotes", "erase", "my-answers", "not-me")}
    quoted = [(way, page) for way, page in pages.items() if page.soup.select("form[method=post]")]
    erased(garden)
    for way, page in quoted:
        assert visitor.post(page, ("_day", "2025-05-06")).status == 410, way
    for way in ("choices", "pause", "quotes", "erase", "my-answers", "stop"):
        assert visitor.open(f"{visitor.link}/{way}").status == 410, way
    assert garden.rows("select count(*) from person_requests") == [(0,)]


def test_links_that_never_were_say_nothing_of_the_kind(garden):
    visitor = garden.person("t1")
    erased(garden)
    token = visitor.link.rpartition("/")[2]
    for made_up in (token[:-1] + ("a" if token[-1] != "a" else "b"), "zzz-" + token.partition("-")[2], "nothing"):
        assert visitor.open(f"/f/{made_up}").status == 404


@pytest.mark.parametrize("after", [0.0, 0.01, 0.02, 0.04, 0.06, 0.09])
def test_in_a_race_nothing_is_left_and_nobody_sees_a_fault(garden, after):
    """Pages are sent by one hand while another erases: whatever came first, not a word is left."""
    visitor = garden.person("t1")
    visitor.post(visitor.page("came"), ("came", "yes"))
    page = visitor.page("plant_why")
    seen, over = [], threading.Event()

    def typing():
        number = 0
        while not over.is_set():
            number += 1
            words = f"{WORDS}-{number}"
            seen.append((words, visitor.post(page, ("plant_why", words), follow=number % 2 == 0)))

    hand = threading.Thread(target=typing)
    hand.start()
    time.sleep(after)
    erased(garden)
    done = len(seen)
    until = time.monotonic() + 30
    while len(seen) < done + 3 and time.monotonic() < until:
        time.sleep(0.01)
    over.set()
    hand.join(20)
    assert not hand.is_alive()
    assert WORDS not in everything_stored(garden)
    assert {each.status for _, each in seen} <= {200, 303, 410, 503}
    for words, each in seen[done + 1 :]:
        assert each.status == 410
        assert words in each.words, "they have their words back"
    assert seen[done + 1 :]
