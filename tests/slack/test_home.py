"""What people decide on the Home tab holds, shows at once, and stands through another load of the panel."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clients.post_office import PostOffice
from tests.fakes.slack.member import Member
from tests.fakes.slack.workspace import View
from tests.slack.season import RATINGS, SlackSeason, a_season, first_prompt, until


@pytest.fixture
def season(tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url) as made:
        yield made


def home(season: SlackSeason, member: Member) -> View:
    """The tab as it is after it was opened."""
    member.open_home()
    return until(lambda: season.workspace.homes.get(member.user.id))


def pressed(season: SlackSeason, member: Member, button: str) -> View:
    """The form that a button on the tab opens."""
    known = set(season.workspace.views)
    assert member.click(home(season, member), button).ok
    return until(lambda: next((v for v in season.workspace.views.values() if v.id not in known), None))


def words(view: View) -> str:
    return json.dumps(view.payload, ensure_ascii=False)


def sheet(season: SlackSeason, who: str) -> dict[str, object]:
    (found,) = json.loads(season.installation.run("person", "show", who, "--json").out)
    return found


def test_channel_and_zone_are_chosen_there(season: SlackSeason) -> None:
    path = season.write(RATINGS)
    season.installation.run("load", path)
    avery = season.members["avery"]
    with season.installation.serving():
        first_prompt(avery)
        assert "They come by Slack, at the hours of UTC." in words(home(season, avery))
        form = pressed(season, avery, "Choose the channel and the time zone")
        avery.fill(form, "Write to me by", "email")
        avery.fill(form, "My time zone", "Auckland")
        assert avery.submit(form).ok
        assert "you are written to by email, at the hours of Auckland" in words(avery.modal)
        until(lambda: "They come by email, at the hours of Auckland." in words(season.workspace.homes[avery.user.id]))
    season.installation.run("load", path)
    assert sheet(season, "avery")["timezone"] == "Pacific/Auckland"
    audit = season.installation.run("audit", "--json").out
    assert "person chose how they are reached" in audit
    assert "Avery" not in audit


def test_a_pause_is_set_and_ended(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    avery = season.members["avery"]
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    with season.installation.serving():
        first_prompt(avery)
        form = pressed(season, avery, "Pause messages until a day")
        avery.fill(form, "Write to me again on or after", (day - timedelta(days=9)).isoformat())
        avery.submit(form)
        assert avery.modal.id == form.id, "a day that has gone: the form stays open"
        avery.fill(form, "Write to me again on or after", day.isoformat())
        avery.submit(form)
        assert "You get no messages before" in words(avery.modal)
        until(lambda: "hear nothing before" in words(season.workspace.homes[avery.user.id]))
        assert str(sheet(season, "avery")["paused_until"]).startswith(day.isoformat())
        form = pressed(season, avery, "Change or end the pause")
        avery.fill(form, "End the pause now", ["end"])
        avery.submit(form)
        assert "You get messages again" in words(avery.modal)
    assert sheet(season, "avery")["paused_until"] is None


def test_all_messages_are_stopped_there(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    avery = season.members["avery"]
    with season.installation.serving():
        first_prompt(avery)
        form = pressed(season, avery, "Stop these messages")
        avery.fill(form, "_scope", "programme")
        avery.submit(form)
        until(lambda: "You get no more messages from Valley learning" in words(home(season, avery)))
    assert sheet(season, "avery")["opted_out"] is True


def test_nobody_chooses_for_another(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    avery, blake = season.members["avery"], season.members["blake"]
    with season.installation.serving():
        for each in (avery, blake):
            first_prompt(each)
        form = pressed(season, avery, "Choose the channel and the time zone")
        theirs = pressed(season, blake, "Choose the channel and the time zone")
        theirs.payload["private_metadata"] = form.payload["private_metadata"]
        blake.fill(theirs, "My time zone", "Auckland")
        blake.submit(theirs)
        assert "not yours to answer" in words(blake.modal)
    assert sheet(season, "avery")["timezone"] == ""
