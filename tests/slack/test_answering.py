"""People answer wholly in Slack, through the installed `serve`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.post_office import PostOffice
from tests.slack.season import OPEN_QUESTIONS, RATINGS, SlackSeason, a_season, first_prompt, until


@pytest.fixture(params=[False, True], ids=["http", "socket"])
def season(request: pytest.FixtureRequest, tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url, socket=request.param) as made:
        yield made


@pytest.fixture
def by_http(tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url) as made:
        yield made


def _connected(season: SlackSeason) -> None:
    connected = getattr(season.door, "connected", None)
    if connected is not None:
        assert connected.wait(15)


def test_five_ratings_take_six_taps(season: SlackSeason) -> None:
    path = season.write(RATINGS)
    season.installation.run("load", path)
    avery = season.members["avery"]
    with season.installation.serving():
        _connected(season)
        asked = first_prompt(avery)
        assert "Dear Avery" in str(asked.blocks)
        for item, points in zip(("knowledge", "level", "ideas", "structure", "facilitation"), "65432", strict=True):
            avery.fill(asked, item, points)
        taps = 5
        assert avery.click(asked, "Save and continue").ok
        taps += 1
        until(lambda: any("Thank you" in text for text in season.workspace.texts(avery.user)))
        assert taps <= 6
        until(lambda: any("Your answers: After the module" in text for text in season.workspace.texts(avery.user)))
    (answers,) = season.answers.values()
    assert answers == {"knowledge": 6, "level": 5, "ideas": 4, "structure": 3, "facilitation": 2}
    status = season.installation.status("valley/asked")
    assert (status["complete"], status["pending"]) == (1, 1)


def test_an_open_questionnaire_answered_by_taps_and_typing(by_http: SlackSeason) -> None:
    season = by_http
    season.installation.run("load", season.write(OPEN_QUESTIONS))
    avery = season.members["avery"]
    with season.installation.serving():
        asked = first_prompt(avery)
        assert avery.click(asked, "3").ok
        changed = until(lambda: next((m for m in avery.messages if "What has changed" in str(m.blocks)), None))
        assert "Recorded" in str(asked.blocks)
        assert avery.say("More <b>trust</b> & fewer forms").ok
        grid = until(lambda: next((m for m in avery.messages if "For children" in str(m.blocks)), None))
        assert "Recorded" in str(changed.blocks)
        avery.fill(grid, "For children", "They are heard")
        avery.fill(grid, "For families", "<!channel> all know")
        assert avery.click(grid, "Save and continue").ok
        again = until(lambda: next((m for m in avery.messages if "take part again" in str(m.blocks)), None))
        assert avery.click(again, "No").ok
        until(lambda: next((m for m in avery.messages if "What kept you" in str(m.blocks)), None))
        assert avery.say("Time").ok
        until(lambda: any("Thank you" in text for text in season.workspace.texts(avery.user)))
    (answers,) = season.answers.values()
    assert answers == {
        "organised": 3,
        "changed": "More <b>trust</b> & fewer forms",
        "impact": {"children": "They are heard", "families": "<!channel> all know"},
        "again": "no",
        "why": "Time",
    }


def test_nobody_answers_for_another(by_http: SlackSeason) -> None:
    season = by_http
    season.installation.run("load", season.write(RATINGS))
    avery, blake = season.members["avery"], season.members["blake"]
    with season.installation.serving():
        asked = first_prompt(avery)
        blake.fill(asked, "knowledge", "1")
        assert blake.click(asked, "Save and continue").ok
    assert season.answers == {}
