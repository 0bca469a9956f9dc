"""What was acknowledged is stored, once; what could not be stored is said to be, and nothing of it is half done."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.clients.post_office import PostOffice
from tests.fakes.slack.delivering import ACK_SECONDS, Ack, Door
from tests.slack.season import OPEN_QUESTIONS, RATINGS, SlackSeason, a_season, first_prompt, until


@pytest.fixture(params=[False, True], ids=["http", "socket"])
def season(request: pytest.FixtureRequest, tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url, socket=request.param) as made:
        yield made


@pytest.fixture
def by_http(tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url) as made:
        yield made


@dataclass
class Again:
    """Slack did not get the acknowledgement: everything is delivered a second time, and more if asked."""

    inner: Door
    times: int = 2
    acks: list[Ack] = field(default_factory=list)

    def knock(self, kind: str, payload: dict[str, Any], *, retry: int = 0, reason: str = "") -> Ack:
        self.acks += [
            self.inner.knock(kind, payload, retry=at and 1, reason=(at and "http_timeout") or "")
            for at in range(self.times)
        ]
        return self.acks[-self.times]


def connected(season: SlackSeason) -> None:
    ready = getattr(season.door, "connected", None)
    if ready is not None:
        assert ready.wait(15)


def test_what_is_delivered_again_counts_once(season: SlackSeason) -> None:
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        connected(season)
        asked = first_prompt(avery)
        avery.door = Again(season.door)
        assert avery.click(asked, "3").ok
        until(lambda: [m for m in avery.messages if "What has changed" in str(m.blocks)])
        assert avery.say("Much").ok
        until(lambda: [m for m in avery.messages if "For children" in str(m.blocks)])
        time.sleep(1)
        assert len([m for m in avery.messages if "For children" in str(m.blocks)]) == 1
        assert len([m for m in avery.messages if "What has changed" in str(m.blocks)]) == 1
    assert season.installation.run("triage", "list", "--json").json == []
    (answers,) = season.answers.values()
    assert answers == {"organised": 3, "changed": "Much"}


def test_two_people_and_two_hands_click_at_once(by_http: SlackSeason) -> None:
    season = by_http
    people = ("avery", "blake", "casey", "dana")
    season.installation.run("load", season.write(RATINGS, people=people))
    with season.installation.serving():
        members = [season.members[name] for name in people]
        prompts = [first_prompt(each) for each in members]
        for number, (member, asked) in enumerate(zip(members, prompts, strict=True), start=1):
            member.fill(asked, "knowledge", str(number))
        acks: list[Ack] = []
        go = threading.Barrier(2 * len(members))

        def click(at: int) -> None:
            go.wait()
            acks.append(members[at].click(prompts[at], "Save and continue"))

        threads = [threading.Thread(target=click, args=(at,)) for at in range(len(members)) for _ in range(2)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert all(ack.ok for ack in acks)
        for member in members:
            until(lambda who=member: [t for t in season.workspace.texts(who.user) if "Thank you, your" in t])
        time.sleep(1)
        for member in members:
            assert len([t for t in season.workspace.texts(member.user) if "Thank you, your" in t]) == 1
    assert sorted(each["knowledge"] for each in season.answers.values()) == [1, 2, 3, 4]


def test_a_database_that_is_busy_is_said_so_in_time(by_http: SlackSeason) -> None:
    season = by_http
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        asked = first_prompt(avery)
        other = sqlite3.connect(season.installation.home / "soundings.db", isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            ack = avery.click(asked, "3")
            assert time.monotonic() - began < ACK_SECONDS
            assert ack.ok
            until(lambda: [m for m in avery.messages if "was not saved" in m.text])
            assert "Recorded" not in str(asked.blocks), "nothing says that it was"
            began = time.monotonic()
            assert avery.say("Words in vain").ok
            assert time.monotonic() - began < ACK_SECONDS
        finally:
            other.execute("ROLLBACK")
            other.close()
        assert season.answers == {}
        assert avery.click(asked, "3").ok
        until(lambda: "Recorded" in str(asked.blocks))
    (answers,) = season.answers.values()
    assert answers["organised"] == 3
