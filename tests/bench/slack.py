"""Slack: how fast a signed click is stored and acknowledged, and how fast messages go through the ledger.

Clicks: our application beside a bare Bolt app in the same kind of server whose listener commits one INSERT; they take
turns. Messages: 5,000 direct messages through the ledger beside a plain loop of the library's client, to the same fake
of Slack, which runs as a process of its own and keeps no limits.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Flask
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from bot.slack.app import make_slack_app
from bot.slack.desk import SlackDesk
from bot.slack.service import add_route
from bot.web.app import WebSettings, make_app
from bot.web.desk import Desk
from channels.base import Envelope
from channels.chat.prompts import SUBMIT, Place
from channels.slack.channel import SlackChannel
from channels.slack.settings import SlackSettings
from handlers.load import load_programme
from handlers.load_outcomes import Loaded
from schedules.outcomes import TickSettings
from schedules.tick import tick
from storage import invitations, rounds
from storage.engine import Store
from storage.invitations import NewInvitation
from storage.migrate import upgrade
from storage.people import participants_of
from surveys.authority import CONSOLE
from surveys.delivery import Outcome
from surveys.rounds import Round
from tests.bench.saving import served
from tests.fakes.slack.rates import POSTS_A_MINUTE
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.workspace import Workspace
from tests.slack.season import RATINGS, programme

SECRET, SIGNING, TOKEN = "a secret of the bench, long enough", "8f742231b10e8888abcd99yyyzzz85a5", "xoxb-1-soundings"
TURNS, CLICKS, AT_A_SECOND, SECONDS = 8, 40, 100, 5
MESSAGES, SEND_TURNS = 5000, 3
PEOPLE = max(MESSAGES, (TURNS + 1) * CLICKS + AT_A_SECOND * SECONDS)
CLICK_TARGET, SEND_TARGET, PACE_TARGET = 0.35, 0.7, 1.05
PACED = 1_600

_bare_rows = Table("bare", MetaData(), Column("id", Integer, primary_key=True), Column("text", String))


@contextmanager
def workspace() -> Iterator[tuple[str, list[str]]]:
    """The fake of Slack: its address and its people's ids."""
    command = [sys.executable, "-m", "tests.bench.slack_server", str(PEOPLE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        url, *ids = process.stdout.readline().split()
        yield url, ids
        process.stdin.close()


def loaded(folder: Path, ids: Sequence[str]) -> Store:
    """A programme of those people, loaded; its round is open by the time."""
    (folder / "survey.yaml").write_text(RATINGS, encoding="utf-8")
    (folder / "programme.yaml").write_text(programme("survey.yaml", channels="[slack]"), encoding="utf-8")
    rows = ["id,name,slack,perspectives", *(f"p{n},Person {n},{each},lead" for n, each in enumerate(ids))]
    (folder / "panel.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    store = Store(f"sqlite:///{folder}/bench.db")
    store.speak(frozenset({"slack"}))
    upgrade(store)
    found = load_programme(folder / "programme.yaml", store, datetime.now(UTC), dry_run=False, actor=CONSOLE)
    assert isinstance(found, Loaded), found
    return store


def invited(store: Store) -> list[tuple[int, str]]:
    """Everyone's invitation, and their id in Slack."""
    now = datetime.now(UTC)
    with store.writing() as tx:
        found = rounds.find_round(tx, "valley/asked")
        assert isinstance(found, Round), found
        rounds.mark_open(tx, found, now)
        people = participants_of(tx, found.programme_id)
        made = invitations.create(
            tx, [NewInvitation(round_id=found.id, participant_id=each.id) for each in people], now
        )
    return [(each, person.addresses[0].value) for each, person in zip(made, people, strict=True)]


def our_app(store: Store, url: str) -> Flask:
    web = WebSettings(public_url="http://127.0.0.1", secrets=(SECRET,))
    flask = make_app(store, web, lambda: datetime.now(UTC))
    client = WebClient(token=TOKEN, base_url=url, retry_handlers=[])
    desk = SlackDesk(
        web=Desk(store=store, settings=web, clock=lambda: datetime.now(UTC)),
        client=client,
        log=structlog.get_logger(),
    )
    add_route(flask, make_slack_app(desk, signing_secret=SIGNING, token=TOKEN))
    return flask


def bare_app(store: Store) -> Flask:
    """The least that answers a click: one listener, one committed INSERT."""
    with store.writing() as tx:
        _bare_rows.metadata.create_all(tx)
    app = App(
        signing_secret=SIGNING,
        authorize=lambda enterprise_id, team_id: AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=TOKEN
        ),
    )

    @app.action(SUBMIT)
    def pressed(ack: Any, body: dict[str, Any]) -> None:
        with store.writing() as tx:
            tx.execute(insert(_bare_rows).values(text=json.dumps(body["state"])))
        ack()

    flask = Flask("bare")
    add_route(flask, app)
    return flask


def click(invitation: int, user: str) -> tuple[bytes, dict[str, str]]:
    """A signed Submit of the five ratings."""
    values = {
        item: {f"f:{item}": {"type": "radio_buttons", "selected_option": {"value": "=5", "text": {}}}}
        for item in ("knowledge", "level", "ideas", "structure", "facilitation")
    }
    payload = {
        "type": "block_actions",
        "user": {"id": user, "team_id": "T1"},
        "team": {"id": "T1"},
        "api_app_id": "A1",
        "container": {"type": "message", "message_ts": "1.0", "channel_id": f"D{user[1:]}"},
        "channel": {"id": f"D{user[1:]}"},
        "state": {"values": values},
        "actions": [
            {
                "type": "button",
                "action_id": SUBMIT,
                "block_id": "go",
                "action_ts": f"{time.time():.6f}",
                "value": Place(invitation_id=invitation, page="knowledge").value,
            }
        ],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    stamp = str(int(time.time()))
    seal = hmac.new(SIGNING.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={seal}",
    }


def post(connection: http.client.HTTPConnection, made: tuple[bytes, dict[str, str]]) -> None:
    connection.request("POST", "/slack/events", *made)
    reply = connection.getresponse()
    reply.read()
    assert reply.status == 200, reply.status


def rate(port: int, who: Sequence[tuple[int, str]]) -> float:
    """Clicks a second over one kept connection, each waited for."""
    prepared = [click(*each) for each in who]
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    for each in prepared:
        post(connection, each)
    taken = time.perf_counter() - began
    connection.close()
    return len(prepared) / taken


def waits(port: int, who: Sequence[tuple[int, str]]) -> list[float]:
    """How long each click of a steady hundred a second waits for its acknowledgement, in seconds."""
    prepared = [click(*each) for each in who]
    found: list[float] = []
    began = time.perf_counter() + 0.2
    turn = iter(enumerate(prepared))
    lock = threading.Lock()

    def worker() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while True:
            with lock:
                number, each = next(turn, (0, None))
            if each is None:
                return
            due = began + number / AT_A_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))
            post(connection, each)
            found.append(time.perf_counter() - due)

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def clicks(url: str, ids: Sequence[str]) -> bool:
    """Measure clicks; whether the target is met."""
    with ExitStack() as stack:
        folder, other = (Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2))
        store, plain = loaded(folder, ids), Store(f"sqlite:///{other}/bare.db")
        everyone = iter(invited(store))
        bare = stack.enter_context(served(bare_app(plain)))
        ours = stack.enter_context(served(our_app(store, url)))
        first = [next(everyone) for _ in range(CLICKS)]
        rate(bare, first), rate(ours, first)
        bare_rates, our_rates = [], []
        for _ in range(TURNS):
            who = [next(everyone) for _ in range(CLICKS)]
            bare_rates.append(rate(bare, who))
            our_rates.append(rate(ours, who))
        waited = waits(ours, [next(everyone) for _ in range(AT_A_SECOND * SECONDS)])
    ratios = [each / base for each, base in zip(our_rates, bare_rates, strict=True)]
    ratio = statistics.median(ratios)
    print(f"clicks in Slack: {statistics.median(our_rates):.0f}/s, bare Bolt {statistics.median(bare_rates):.0f}/s")
    print(f"  ratio {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), goal {CLICK_TARGET}")
    middle, late = waited[len(waited) // 2], waited[int(len(waited) * 0.99)]
    print(f"  at {AT_A_SECOND} a second: half within {middle * 1000:.0f} ms, 99 in 100 within {late * 1000:.0f} ms")
    return ratio >= CLICK_TARGET


class Watched(SlackChannel):
    """Keeps what it posts, for the loop beside it; keeps no pace, as the fake has no limits."""

    def __init__(self, settings: SlackSettings) -> None:
        super().__init__(settings)
        self.posted: list[bytes] = []

    def free_at(self, now: datetime) -> datetime | None:
        return None

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        self.posted.append(envelope.content)
        return super().send(envelope, now)


def sending(url: str, ids: Sequence[str]) -> bool:
    """Measure messages, a few times; whether the target is met."""
    found = [_sent_once(url, ids) for _ in range(SEND_TURNS)]
    ratios = [ours / bare for ours, bare in found]
    ours, bare = (statistics.median(each) for each in zip(*found, strict=True))
    print(f"messages to Slack: {ours:.0f}/s through the ledger, {bare:.0f}/s by a plain loop")
    ratio = statistics.median(ratios)
    print(f"  ratio {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), goal {SEND_TARGET}")
    return ratio >= SEND_TARGET


def _sent_once(url: str, ids: Sequence[str]) -> tuple[float, float]:
    """Messages a second: through the ledger, and by the plain loop right after it."""
    with tempfile.TemporaryDirectory() as folder:
        store = loaded(Path(folder), ids[:MESSAGES])
        channel = Watched(SlackSettings(token=TOKEN, secret=SECRET, base_url=url))
        settings = TickSettings(public_url="http://127.0.0.1", secret=SECRET, holder="bench")
        began = time.perf_counter()
        report = tick(store, {"slack": channel}, settings, datetime.now(UTC) + timedelta(seconds=1))
        ours = MESSAGES / (time.perf_counter() - began)
        assert report.sent.get("invitation") == MESSAGES, report
        client = WebClient(token=TOKEN, base_url=url, retry_handlers=[])
        posted = [json.loads(each) for each in channel.posted]
        began = time.perf_counter()
        for each in posted:
            client.api_call("chat.postMessage", json=each)
        bare = MESSAGES / (time.perf_counter() - began)
    return ours, bare


def pacing() -> bool:
    """Messages at the pace that Slack allows, in simulated time; whether it is near the least there can be."""
    now = [datetime.now(UTC) + timedelta(seconds=1)]

    def seconds() -> float:
        return now[0].timestamp()

    workspace = Workspace(clock=seconds)
    ids = [workspace.add_user(f"p{number}@example.org").id for number in range(PACED)]
    with tempfile.TemporaryDirectory() as folder, SlackServer(workspace) as server:
        store = loaded(Path(folder), ids)
        channel = SlackChannel(SlackSettings(token=TOKEN, secret=SECRET, base_url=server.url))
        settings = TickSettings(public_url="http://127.0.0.1", secret=SECRET, holder="bench")
        began, sent, refused = now[0], 0, 0
        while sent < PACED:
            report = tick(store, {"slack": channel}, settings, now[0])
            sent, refused = sent + report.sent.get("invitation", 0), refused + report.deferred
            if sent < PACED:
                assert report.next_at is not None, "nobody would go on"
                now[0] = report.next_at
    taken = (now[0] - began).total_seconds()
    least = ((PACED - 1) // POSTS_A_MINUTE) * 60
    print(
        f"{PACED} messages within Slack's limits: {taken:.0f} s of simulated time, at least {least} s; {refused} refused"
    )
    print(f"  ratio {taken / least:.3f}, goal {PACE_TARGET}")
    return taken / least <= PACE_TARGET


def main() -> bool:
    """Print what was measured; whether the targets are met."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # Follow-ups outlive the fake that they are for.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("slack_bolt.App").setLevel(logging.ERROR)
    with workspace() as (url, ids):
        return all([clicks(url, ids), sending(url, ids), pacing()])


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
