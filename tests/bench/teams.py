"""Teams: how fast a signed activity is checked, its answer stored and its card given out.

Our application beside a bare Flask route in the same kind of server that checks the same token and commits one INSERT;
they take turns. What follows an answer and nobody waits for (the card put into the chat for good, the return sent) is
done between the turns and told apart. The fake of Teams, which gets that, is a process of its own and keeps no limits.
"""

from __future__ import annotations

import http.client
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import requests
import structlog
from flask import Flask, jsonify, request
from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from bot.teams.app import add_route
from bot.teams.desk import TeamsDesk
from bot.teams.tokens import Admission, Keys
from bot.teams.wiring import StoredBook
from bot.web.app import make_app
from bot.web.desk import Desk, WebSettings
from channels.chat.prompts import SUBMIT, Place
from channels.teams.calling import Connector
from channels.teams.pace import Pace
from channels.teams.settings import TeamsSettings
from handlers.load import load_programme
from handlers.load_outcomes import Loaded
from storage import invitations, rounds
from storage.chat_conversations import Conversation, day_of, keep_conversation
from storage.engine import Store
from storage.invitations import NewInvitation
from storage.migrate import upgrade
from storage.people import participants_of
from surveys.authority import CONSOLE
from surveys.rounds import Round
from tests.bench.saving import served
from tests.fakes.teams.identity import Identity
from tests.fakes.teams.tenant import APP, TENANT
from tests.slack.season import RATINGS, programme

SECRET = "a secret of the bench, long enough"
TURNS, ACTIVITIES, TARGET = 8, 40, 0.35

_bare_rows = Table("bare", MetaData(), Column("id", Integer, primary_key=True), Column("text", String))


@dataclass(frozen=True)
class Somebody:
    """One person: ids, conversation, and their invitation."""

    aad: str
    bot_id: str
    conversation: str
    invitation: int


class NoTokens:
    """A test host asks for none."""

    def token(self, *, fresh: bool = False) -> str:
        raise AssertionError("no token is asked for")


class Afterwards(Executor):
    """Keeps what follows until it is asked for."""

    def __init__(self) -> None:
        self._held: SimpleQueue[Callable[[], object]] = SimpleQueue()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._held.put(lambda: fn(*args, **kwargs))
        return Future()

    def do(self) -> float:
        """All of it; how many seconds it took."""
        began = time.perf_counter()
        while not self._held.empty():
            self._held.get()()
        return time.perf_counter() - began


class NoPace(Pace):
    """Each person answers once, and the fake has no limits."""

    def wait_for(self, conversation: str) -> float:
        return 0.0


@contextmanager
def tenant(people: int) -> Iterator[tuple[str, list[list[str]]]]:
    """The fake of Teams: its address, and its people."""
    command = [sys.executable, "-m", "tests.bench.teams_server", str(people)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        url, *found = process.stdout.readline().split()
        yield url, [each.split(",") for each in found]
        process.stdin.close()


def loaded(folder: Path, people: Sequence[Sequence[str]], service: str) -> tuple[Store, list[Somebody]]:
    """A programme of those people, its round open and everyone invited."""
    (folder / "survey.yaml").write_text(RATINGS, encoding="utf-8")
    (folder / "programme.yaml").write_text(programme("survey.yaml", channels="[teams]"), encoding="utf-8")
    rows = ["id,name,teams,perspectives", *(f"p{n},Person {n},{each[0]},lead" for n, each in enumerate(people))]
    (folder / "panel.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    store = Store(f"sqlite:///{folder}/bench.db")
    store.speak(frozenset({"teams"}))
    upgrade(store)
    now = datetime.now(UTC)
    outcome = load_programme(folder / "programme.yaml", store, now, dry_run=False, actor=CONSOLE)
    assert isinstance(outcome, Loaded), outcome
    with store.writing() as tx:
        found = rounds.find_round(tx, "valley/asked")
        assert isinstance(found, Round), found
        rounds.mark_open(tx, found, now)
        panel = participants_of(tx, found.programme_id)
        wanted = [NewInvitation(round_id=found.id, participant_id=each.id) for each in panel]
        made = invitations.create(tx, wanted, now)
        for aad, bot_id, conversation in people:
            # Whoever has a card to answer has been written to.
            where = Conversation(
                channel="teams", user=aad, also=bot_id, conversation=conversation, service_url=service, at=day_of(now)
            )
            keep_conversation(tx, where)
    by_id = {person.addresses[0].value: number for number, person in zip(made, panel, strict=True)}
    return store, [Somebody(aad=a, bot_id=b, conversation=c, invitation=by_id[a]) for a, b, c in people]


def admission(identity: Identity, settings: TeamsSettings) -> Admission:
    url = f"http://{identity.host}/v1/.well-known/openidconfiguration"
    return Admission(settings, Keys(lambda page: requests.get(page, timeout=5).json(), time.monotonic, url))


def our_app(store: Store, settings: TeamsSettings, admits: Admission, after: Executor) -> Flask:
    web = WebSettings(public_url="http://127.0.0.1", secrets=(SECRET,))
    flask = make_app(store, web, lambda: datetime.now(UTC))
    desk = TeamsDesk(
        web=Desk(store=store, settings=web, clock=lambda: datetime.now(UTC)),
        log=structlog.get_logger(),
        connector=Connector(settings, NoTokens(), pace=NoPace()),
        book=StoredBook(store),
        follow_ups=after,
    )
    add_route(flask, desk, admits)
    return flask


def bare_app(store: Store, admits: Admission) -> Flask:
    """The least that answers an activity: the same token checked, one committed INSERT."""
    with store.writing() as tx:
        _bare_rows.metadata.create_all(tx)
    flask = Flask("bare")

    @flask.post("/api/messages")
    def messages() -> object:
        activity = request.get_json()
        admits.check(request.headers.get("Authorization"), activity)
        with store.writing() as tx:
            tx.execute(insert(_bare_rows).values(text=json.dumps(activity["value"])))
        return jsonify({"statusCode": 200})

    return flask


def submitted(who: Somebody, service: str) -> bytes:
    """Save of the card with five ratings."""
    names = ("knowledge", "level", "ideas", "structure", "facilitation")
    value = Place(invitation_id=who.invitation, page="knowledge").value
    data = {"soundings": {"action": SUBMIT, "value": value}, **{f"f:{name}": "o4" for name in names}}
    activity = {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "id": str(uuid.uuid4()),
        "channelId": "msteams",
        "serviceUrl": service,
        "replyToId": "1",
        "from": {"id": who.bot_id, "aadObjectId": who.aad},
        "recipient": {"id": f"28:{APP}"},
        "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": who.conversation},
        "channelData": {"tenant": {"id": TENANT}},
        "value": {"action": {"type": "Action.Execute", "verb": SUBMIT, "data": data}, "trigger": "manual"},
    }
    return json.dumps(activity).encode()


def rate(port: int, people: Sequence[Somebody], service: str, token: str) -> float:
    """Activities a second over one kept connection, each waited for."""
    prepared = [submitted(each, service) for each in people]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    for each in prepared:
        connection.request("POST", "/api/messages", each, headers)
        reply = connection.getresponse()
        said = json.loads(reply.read())
        assert reply.status == said["statusCode"] == 200, (reply.status, said)
    taken = time.perf_counter() - began
    connection.close()
    return len(prepared) / taken


def main() -> bool:
    """Print what was measured; whether the target is met."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # Follow-ups outlive the fake that they are for.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tenant((TURNS + 1) * ACTIVITIES) as (service, found), Identity() as identity, ExitStack() as stack:
        folder, other = (Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2))
        store, everyone = loaded(folder, found, service)
        host = service.split("/")[2]
        settings = TeamsSettings(app_id=APP, tenant=TENANT, test_hosts=(host,))
        admits, after = admission(identity, settings), Afterwards()
        ours = stack.enter_context(served(our_app(store, settings, admits, after)))
        bare = stack.enter_context(served(bare_app(Store(f"sqlite:///{other}/bare.db"), admits)))
        token = identity.token(service)
        rate(bare, everyone[:ACTIVITIES], service, token)
        rate(ours, everyone[:ACTIVITIES], service, token)
        after.do()
        bare_rates, our_rates, whole = [], [], []
        for turn in range(1, TURNS + 1):
            who = everyone[turn * ACTIVITIES : (turn + 1) * ACTIVITIES]
            bare_rates.append(rate(bare, who, service, token))
            our_rates.append(rate(ours, who, service, token))
            whole.append(ACTIVITIES / (ACTIVITIES / our_rates[-1] + after.do()))
        with store.reading() as tx:
            stored = tx.exec_driver_sql("select count(*) from answers").scalar_one()
        assert stored == (TURNS + 1) * ACTIVITIES * 5, stored
    ratios = [each / base for each, base in zip(our_rates, bare_rates, strict=True)]
    ratio = statistics.median(ratios)
    print(f"answers in Teams: {statistics.median(our_rates):.0f}/s, bare route {statistics.median(bare_rates):.0f}/s")
    print(f"  with all that follows each, one after the other: {statistics.median(whole):.0f}/s")
    print(f"  ratio {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), goal {TARGET}")
    return ratio >= TARGET


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
