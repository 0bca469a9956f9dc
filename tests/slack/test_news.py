"""Organisers hear in Slack what has just happened: each thing once, and nobody who has no right to it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clients.post_office import PostOffice
from tests.fakes.slack.workspace import User
from tests.slack.season import RATINGS, SlackSeason, a_season, first_prompt, until


@pytest.fixture
def season(tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url) as made:
        yield made


def organiser(season: SlackSeason, name: str) -> User:
    user = season.workspace.add_user(f"{name}@example.org", name.title())
    scope = ["--programme", "valley"]
    season.installation.run("organiser", "add", f"{name}@example.org", "--role", "viewer", *scope, "--slack", user.id)
    return user


def heard(season: SlackSeason, user: User) -> list[str]:
    return [str(message.blocks) for message in season.workspace.dm(user)]


def test_a_round_opens_and_its_close_is_moved(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    ada = organiser(season, "ada")
    for _ in range(3):
        season.tick()
    (opened,) = heard(season, ada)
    assert "After the module (valley/asked) has opened: 2 people are asked." in opened
    season.installation.run(
        "round", "extend", "valley/asked", "2031-12-20 17:00", "--reason", "Snow on *Monday* <!here>."
    )
    for _ in range(2):
        season.tick()
    _, moved = heard(season, ada)
    assert "now closes on Saturday 20 December" in moved
    assert "Snow on *Monday* <!here>." in moved
    assert "mrkdwn" not in moved, "what somebody typed calls nobody"


def test_a_goal_that_is_reached(season: SlackSeason) -> None:
    path = season.write(RATINGS, more="    goal: 50\n")
    season.installation.run("load", path)
    ada = organiser(season, "ada")
    with season.installation.serving():
        avery = season.members["avery"]
        asked = first_prompt(avery)
        avery.fill(asked, "knowledge", "5")
        avery.click(asked, "Save and continue")
        until(lambda: any("reached its goal: 50 % have answered" in each for each in heard(season, ada)), within=90)
    season.tick()
    assert len([each for each in heard(season, ada) if "goal" in each]) == 1


def test_a_voice_that_is_missing_near_the_close(season: SlackSeason) -> None:
    path = season.write(RATINGS)
    told = path.read_text(encoding="utf-8").replace(
        "{id: lead, label: Lead}", "{id: lead, label: Lead, required: true}"
    )
    closes = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d %H:%M}"
    assert closes[:10] in told
    near = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d %H:%M}"
    at = told.index("closes: ") + len("closes: ")
    path.write_text(told[:at] + near + told[at + len(near) :], encoding="utf-8")
    season.installation.run("load", path)
    ada = organiser(season, "ada")
    for _ in range(2):
        season.tick()
    missing = [each for each in heard(season, ada) if "have not been heard" in each]
    assert len(missing) == 1
    assert "Lead" in missing[0]


def test_who_may_not_see_a_programme_hears_nothing_of_it(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    other = season.workspace.add_user("otto@example.org", "Otto")
    gone = organiser(season, "gail")
    season.installation.run("organiser", "remove", "gail@example.org")
    season.tick()
    assert heard(season, other) == heard(season, gone) == []


def test_a_lost_answer_is_looked_up_and_nobody_hears_twice(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery",)))
    season.tick()
    ada = organiser(season, "ada")
    season.workspace.cut_next["chat.postMessage"] = 1
    season.tick()
    assert len(heard(season, ada)) == 1
    for minutes in (3, 6, 30):
        season.installation.tick(datetime.now(UTC) + timedelta(minutes=minutes))
    assert len(heard(season, ada)) == 1
    assert any(method == "conversations.history" for method, _ in season.workspace.calls)
