"""Several `soundings serve` on one PostgreSQL: replies on all, sending by one at a time, and another goes on."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from tests.clients.form_client import FormClient, Screen
from tests.clients.post_office import PostOffice
from tests.clients.postgresql import Server
from tests.scenarios.replicas import Replica, Season, address, running, wait_until

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(240)]


@pytest.fixture
def post() -> Iterator[PostOffice]:
    with PostOffice() as post:
        yield post


@pytest.fixture
def season(tmp_path: Path, post: PostOffice, postgresql: Server) -> Iterator[Callable[..., Season]]:
    made: list[str] = []

    def new(**given: float) -> Season:
        made.append(postgresql.fresh())
        return Season(home=tmp_path, post=post, settings={"DATABASE_URL": made[-1]}, **given)  # type: ignore[arg-type]

    yield new
    for url in made:
        postgresql.drop(url)


def leader(replicas: list[Replica]) -> Replica:
    found = [each for each in replicas if each.process.poll() is None and each.leads()]
    assert len(found) == 1, [each.said() for each in replicas]
    return found[0]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "asleep"])
def test_another_goes_on_within_15_seconds(
    how: signal.Signals, season: Callable[..., Season], post: PostOffice
) -> None:
    post.seconds_a_letter = 0.15
    town = season(people=40, opens_in=8, reminds_in=45)
    with running(town, 2) as replicas:
        post.wait_for(kind="invitation", count=8)
        first = leader(replicas)
        other = next(each for each in replicas if each is not first)
        first.send(how)
        stopped = len(post.letters(kind="invitation"))
        taken = wait_until(lambda: len(post.letters(kind="invitation")) > stopped + 1, within=15)
        assert taken < 15
        assert other.leads()
        wait_until(lambda: len({each.to for each in post.letters(kind="invitation")}) == 40, within=30)
        town.check_invited()
        if how is signal.SIGSTOP:
            # It wakes up with a message in hand, and no longer has a say.
            first.send(signal.SIGCONT)
            wait_until(lambda: "another replica keeps the clock" in first.said(), within=10, what=first.said)
        link = post.letters(to=address(0), kind="invitation")[0].link(town.soundings.public_url)
        done = FormClient().answer(link.replace(town.soundings.public_url, other.url), {"well": "yes", "more": "No"})
        assert done.last.kind == "done"
        post.wait_for(kind="reminder", count=39, within=60)
        time.sleep(3)
        town.check_reminded(left_alone=frozenset({address(0)}))
        # Nobody was invited more often than once, and once more where it was in doubt.
        assert len(post.letters(kind="invitation")) <= 41


def test_replies_are_taken_on_all_and_two_hands_do_not_meet(season: Callable[..., Season], post: PostOffice) -> None:
    town = season(people=6, opens_in=1, reminds_in=120)
    with running(town, 2) as replicas:
        letters = post.wait_for(kind="invitation", count=6)
        problems: list[str] = []

        def answer(number: int, replica: Replica, says: str) -> None:
            link = letters[number].link(town.soundings.public_url).replace(town.soundings.public_url, replica.url)
            walk = FormClient().answer(link, {"well": says, "more": f"Words of {number} by {replica.port}"})
            if walk.last.kind not in {"done", "review", "question"}:
                problems.append(walk.last.words)

        hands = [
            threading.Thread(target=answer, args=(number, replica, "yes" if replica is replicas[0] else "no"))
            for number in range(6)
            for replica in replicas
        ]
        for each in hands:
            each.start()
        for each in hands:
            each.join()
        assert problems == []
    answered = town.soundings.export("quick")["responses"]
    assert len(answered) == 6
    assert all(each["answers"]["well"] in {"yes", "no"} and each["answers"]["more"] for each in answered)


def test_the_server_restarts_under_load_and_nothing_acknowledged_is_lost(
    season: Callable[..., Season], post: PostOffice, postgresql: Server
) -> None:
    town = season(people=12, opens_in=1, reminds_in=150)
    acknowledged: dict[int, str] = {}
    counted = [0]
    stop = threading.Event()
    with running(town, 1) as replicas:
        letters = {letter.to: letter for letter in post.wait_for(kind="invitation", count=12)}

        def keep_answering(number: int) -> None:
            link = letters[address(number)].link(town.soundings.public_url)
            link = link.replace(town.soundings.public_url, replicas[0].url)
            turn, client, chance = 0, FormClient(timeout=10), random.Random(number)
            while not stop.is_set():
                turn += 1
                said = f"Turn {turn} of {number}"
                try:
                    page = client.open(link)
                    if page.kind == "review":
                        page = client.open(urljoin(link, changing(page)))
                    names = {each.name for each in page.fields()}
                    given = [("well", "yes")] if "well" in names else [("more", said)]
                    after = client.send(page, given)
                    if after.status == 200 and after.kind == "review" and "more" in names:
                        acknowledged[number] = said
                        counted[0] += 1
                except (requests.RequestException, AssertionError):
                    time.sleep(0.2)
                time.sleep(chance.random() * 0.1)

        hands = [threading.Thread(target=keep_answering, args=(number,)) for number in range(12)]
        for each in hands:
            each.start()
        for _ in range(2):
            wait_until(lambda: len(acknowledged) == 12, within=30)
            time.sleep(2)
            postgresql.stop("immediate")
            time.sleep(1)
            acknowledged.clear()
            postgresql.start()
        # Each of them comes through again.
        wait_until(lambda: len(acknowledged) == 12, within=30)
        stop.set()
        for each in hands:
            each.join()
        assert len(acknowledged) == 12, acknowledged
        status = requests.get(f"{replicas[0].url}/readyz", timeout=10)
        assert status.status_code == 200, status.text
        assert "Traceback" not in replicas[0].said()
    stored = {row["raw"].get("2", "") for row in town.soundings.export("quick")["responses"]}
    for number, said in acknowledged.items():
        assert any(words.endswith(f" of {number}") and _turn(words) >= _turn(said) for words in stored), (said, stored)


def changing(review: Screen) -> str:
    """The way back to the last question."""
    found = [
        each for each in review.main.select("a[href]") if "page=" in str(each["href"]) or "p=" in str(each["href"])
    ]
    assert found, review.main
    return str(found[-1]["href"])


def _turn(words: str) -> int:
    return int(words.split()[1])


def test_a_round_is_sent_by_one_of_two_that_start_together(season: Callable[..., Season], post: PostOffice) -> None:
    town = season(people=30, opens_in=6, reminds_in=20)
    with running(town, 2):
        post.wait_for(kind="reminder", count=30, within=60)
        time.sleep(2)
        assert len(post.letters(kind="invitation")) == 30
        assert len(post.letters(kind="reminder")) == 30
