"""How fast one page of the form is saved, beside a bare route that commits one INSERT through the same engine.

Both applications run under waitress in this process, are asked by the same kept connection, and take turns, so that
whatever else the machine does weighs on both alike. A page's POST is measured until its redirect.
"""

from __future__ import annotations

import contextlib
import http.client
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, request
from sqlalchemy import Column, Integer, MetaData, String, Table, insert
from waitress.server import create_server

from bot.web.app import WebSettings, make_app
from bot.web.links import seal_form
from handlers.load import load_programme
from handlers.load_outcomes import Loaded
from storage import invitations, rounds
from storage.engine import Store
from storage.invitations import NewInvitation
from storage.migrate import upgrade
from storage.people import participants_of
from surveys.authority import CONSOLE
from surveys.rounds import Round
from surveys.tokens import Purpose, seal

SECRET = "a secret of the bench, long enough"
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "courageous-conversations" / "programme.yaml"
NOW = datetime(2024, 12, 2, 10, 0, tzinfo=UTC)
ROUNDS, POSTS = 12, 60
TARGET = 0.35

_bare_rows = Table("bare", MetaData(), Column("id", Integer, primary_key=True), Column("text", String))


def bare_app(store: Store) -> Flask:
    """The least that saves something: one route, one committed INSERT."""
    app = Flask("bare")
    with store.writing() as tx:
        _bare_rows.metadata.create_all(tx)

    @app.post("/")
    def save() -> tuple[str, int, dict[str, str]]:
        with store.writing() as tx:
            tx.execute(insert(_bare_rows).values(text=request.form["text"]))
        return "", 303, {"Location": "/"}

    return app


def form_app(store: Store) -> tuple[Flask, list[str]]:
    """The real application on the example round, and its people's tokens."""
    loaded = load_programme(EXAMPLE, store, datetime(2024, 11, 1, tzinfo=UTC), dry_run=False, actor=CONSOLE)
    assert isinstance(loaded, Loaded), loaded
    with store.writing() as tx:
        found = rounds.find_round(tx, "courageous-conversations/mid-cycle-2024")
        assert isinstance(found, Round), found
        rounds.mark_open(tx, found, NOW)
        people = participants_of(tx, found.programme_id)
        wanted = [NewInvitation(round_id=found.id, participant_id=each.id) for each in people]
        made = invitations.create(tx, wanted, NOW)
    settings = WebSettings(public_url="http://127.0.0.1", secrets=(SECRET,))
    return make_app(store, settings, lambda: NOW), [seal(SECRET, Purpose.ANSWER, each, 0) for each in made]


@contextlib.contextmanager
def served(app: Flask) -> Iterator[int]:
    """The application under waitress, on a port of its own."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.task_dispatcher.shutdown(timeout=5)
        server.close()
        thread.join(timeout=5)


def rate(
    connection: http.client.HTTPConnection, post: Callable[[int], tuple[str, str]], first: int, posts: int = POSTS
) -> float:
    """Posts a second, over a kept connection; every one must be answered with a redirect."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    prepared = [post(first + number) for number in range(posts)]
    began = time.perf_counter()
    for path, body in prepared:
        connection.request("POST", path, body, headers)
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 303, (reply.status, path)
    return posts / (time.perf_counter() - began)


def measure() -> tuple[list[float], list[float]]:
    """Rates of the bare route and of the form, round by round."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/bench.db")
        upgrade(store)
        app, tokens = form_app(store)

        def form_post(number: int) -> tuple[str, str]:
            token = tokens[number % len(tokens)]
            fields = {
                "_csrf": seal_form(SECRET, token),
                "_page": "organised",
                "_seen": "0",
                "organised": f"The day was well prepared, version {number} of these words.",
                "go": "next",
            }
            return f"/f/{token}", urlencode(fields)

        def bare_post(number: int) -> tuple[str, str]:
            return "/", urlencode({"text": f"The day was well prepared, version {number} of these words."})

        with served(bare_app(store)) as bare_port, served(app) as form_port:
            bare = http.client.HTTPConnection("127.0.0.1", bare_port)
            form = http.client.HTTPConnection("127.0.0.1", form_port)
            rate(bare, bare_post, 0), rate(form, form_post, 0)
            bare_rates, form_rates = [], []
            for turn in range(1, ROUNDS + 1):
                bare_rates.append(rate(bare, bare_post, turn * POSTS))
                form_rates.append(rate(form, form_post, turn * POSTS))
            bare.close()
            form.close()
        store.close()
    return bare_rates, form_rates


def main() -> bool:
    """Print rates, ratio and spread; whether the target is met."""
    bare, form = measure()
    ratios = [mine / theirs for mine, theirs in zip(form, bare, strict=True)]
    ratio = statistics.median(ratios)
    print("saving one form page, POST until its redirect (SQLite, synchronous=FULL)")
    for name, rates in (("bare route, one committed INSERT", bare), ("form page", form)):
        print(f"  {name:34} {statistics.median(rates):8.0f} /s   from {min(rates):.0f} to {max(rates):.0f}")
    verdict = "met" if ratio >= TARGET else "MISSED"
    print(f"  ratio {ratio:.2f} (from {min(ratios):.2f} to {max(ratios):.2f}; at least {TARGET}: {verdict})")
    return ratio >= TARGET


if __name__ == "__main__":
    main()
