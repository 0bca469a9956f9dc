"""The contract as a stranger's client meets it: a real server, no cookies, hidden fields and answers only."""

import threading

import pytest

from bot.web_server import WebServer
from tests.clients.form_client import FormClient, nothing


@pytest.fixture
def served(garden):
    server, stopping = WebServer(garden.app, "127.0.0.1", 0), threading.Event()
    thread = threading.Thread(target=server.run, args=(stopping,))
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    stopping.set()
    thread.join(10)


def test_a_stranger_fills_it_in(garden, served):
    walk = FormClient().answer(served + garden.link("t2"), {"came": "yes", "parts": ["pond"], "hours": "12"})
    assert walk.last.kind == "done"
    assert [screen.kind for screen in walk.screens[-2:]] == ["review", "done"]
    assert {"lessons", "pond_safety", "key"} <= set(walk.sent)
    assert garden.disposition("t2") == "complete"


def test_a_stranger_answers_only_what_is_needed(garden, served):
    walk = FormClient().answer(served + garden.link("t1"), {"came": "no"}, otherwise=nothing)
    assert walk.last.kind == "done"


def test_a_stranger_taps(garden, served):
    told = FormClient().tap(served + garden.link("t1"), "later", {"date": "2025-05-06"})
    assert "Tuesday 6 May" in told.words
    told = FormClient().tap(
        served + garden.link("t3"), "someone-else", {"text": "Nia Gale", "email": "nia@elsewhere.test"}
    )
    assert "Nia Gale" in told.words
    assert "no more messages" in FormClient().tap(served + garden.link("t1"), "stop").words


def test_too_much_is_a_page_over_http_too(garden, served):
    import requests

    reply = requests.post(served + garden.link("t1"), data={"plant": "x" * (9 << 20)}, timeout=30)
    assert reply.status_code == 413
    assert 'data-page="problem"' in reply.text
