"""A running season whose processes are killed again and again, over both databases: every promise still holds."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.clients.form_client import FormClient
from tests.clients.post_office import PostOffice
from tests.scenarios.replicas import Season, address, running, wait_until

PEOPLE = 60


def killed(season: Season, post: PostOffice, *, replicas: int, kills: int, chance: random.Random) -> None:
    """Run the season to its last reminder; at so many moments of sending one of its processes is killed."""
    with running(season, replicas) as living:
        for phase in ("invitation", "reminder"):
            for _ in range(kills // 2):
                gone = len(post.letters(kind=phase))
                patience = 60 + max(0, (season.reminded_from() - datetime.now(UTC)).total_seconds())
                wait_until(lambda: len(post.letters(kind=phase)) > gone, within=patience, what=living[-1].said)  # noqa: B023
                time.sleep(chance.uniform(0, 0.3))
                victim = chance.choice(living)
                victim.kill()
                living.remove(victim)
                living.append(season.replica())
        wait_until(lambda: not season.to_come(), within=60, what=living[-1].said)
        time.sleep(2)
        answered = post.letters(to=address(0), kind="invitation")[0].link(season.soundings.public_url)
        assert FormClient().open(answered.replace(season.soundings.public_url, living[-1].url)).kind == "done"


def play(season: Season, post: PostOffice, *, replicas: int, kills: int, seed: int) -> None:
    post.seconds_a_letter = 0.3
    with running(season, 1) as only:
        link = post.wait_for(to=address(0), kind="invitation")[0].link(season.soundings.public_url)
        link = link.replace(season.soundings.public_url, only[0].url)
        assert FormClient().answer(link, {"well": "yes", "more": "Nothing"}).last.kind == "done"
    post.seconds_a_letter = 0.1
    killed(season, post, replicas=replicas, kills=kills, chance=random.Random(seed))
    season.check_invited()
    season.check_reminded(left_alone=frozenset({address(0)}))
    asked = season.asked_in_time() - {address(0)}
    assert len(asked) >= PEOPLE / 2, "so slow that most were invited when reminders were due already"
    # A reminder that was in doubt counts as sent: each kill may have cost one person theirs, and no more.
    assert len(asked - {letter.to for letter in post.letters(kind="reminder")}) <= kills
    exported = season.soundings.export("quick")["responses"]
    assert [each["answers"] for each in exported] == [{"well": "yes", "more": "Nothing"}]


@pytest.mark.timeout(240)
@pytest.mark.sqlite
def test_ten_kills_over_sqlite(tmp_path: Path, post: PostOffice) -> None:
    season = Season(home=tmp_path, post=post, people=PEOPLE, settings={}, opens_in=1, reminds_in=30)
    play(season, post, replicas=1, kills=10, seed=7)


@pytest.mark.timeout(240)
@pytest.mark.postgresql
def test_ten_kills_over_postgresql_with_two_replicas(
    tmp_path: Path, post: PostOffice, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgresql")
    url = server.fresh()
    settings = {"DATABASE_URL": url}
    season = Season(home=tmp_path, post=post, people=PEOPLE, settings=settings, opens_in=1, reminds_in=80)
    play(season, post, replicas=2, kills=10, seed=11)
    server.drop(url)


SEASONS = range(100, 120)


@pytest.mark.soak
@pytest.mark.timeout(240)
@pytest.mark.sqlite
@pytest.mark.parametrize("seed", SEASONS)
def test_two_hundred_kills_over_sqlite(tmp_path: Path, post: PostOffice, seed: int) -> None:
    season = Season(home=tmp_path, post=post, people=PEOPLE, settings={}, opens_in=1, reminds_in=30)
    play(season, post, replicas=1, kills=10, seed=seed)


@pytest.mark.soak
@pytest.mark.timeout(240)
@pytest.mark.postgresql
@pytest.mark.parametrize("seed", SEASONS)
def test_two_hundred_kills_over_postgresql_with_two_replicas(
    tmp_path: Path, post: PostOffice, request: pytest.FixtureRequest, seed: int
) -> None:
    server = request.getfixturevalue("postgresql")
    url = server.fresh()
    season = Season(home=tmp_path, post=post, people=PEOPLE, settings={"DATABASE_URL": url}, opens_in=1, reminds_in=80)
    play(season, post, replicas=2, kills=10, seed=seed)
    server.drop(url)
