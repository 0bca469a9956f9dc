"""An open round posted in a channel of Teams: answered in private, by whoever is there, counted as its mode allows."""

from __future__ import annotations

import json

from tests.fakes.teams.member import Member, text_of
from tests.fakes.teams.tenant import Post
from tests.slack.test_open_rounds import SURVEY
from tests.teams.season import TeamsSeason, answer_all, titles, until

CHANNEL = "19:abc0123456789@thread.tacv2"


def opened(season: TeamsSeason, mode: str = "unlinked") -> None:
    """An open round for the channel, loaded; somebody has spoken to the bot before, so that it knows where Teams is."""
    more = f"    post_in: teams:{CHANNEL}\n    min_group: 3\n"
    path = season.write(SURVEY, people=("avery",), mode=mode, more=more)
    told = path.read_text(encoding="utf-8").replace("kind: mid_cycle", "kind: open")
    path.write_text(told.replace("    audience: {perspectives: [lead]}\n", ""), encoding="utf-8")
    season.installation.run("load", path)


def passer_by(season: TeamsSeason, name: str) -> Member:
    like = season.members["avery"]
    user = season.tenant.add(name.title())
    return Member(tenant=season.tenant, user=user, bot_url=like.bot_url, service_url=like.service_url)


def post_in(season: TeamsSeason) -> Post:
    return until(lambda: next((each for each in season.tenant.posts if each.conversation == CHANNEL), None))


def test_everyone_in_the_channel_answers_and_nobody_is_known(season: TeamsSeason) -> None:
    opened(season)
    people = [passer_by(season, name) for name in ("blake", "casey", "dana")]
    with season.installation.serving():
        season.members["avery"].install()
        post = post_in(season)
        assert "nobody in this channel sees them" in text_of(post)
        assert "Fewer than 3 people have answered" in text_of(post)
        for number, each in enumerate(people):
            reply = each.press(post, "Share your view")
            assert "your own chat" in reply.said
            form = until(lambda who=each: next(iter(who.posts), None))
            each.fill(form, "welcome", "3")
            each.fill(form, "change", f"Words {number}")
            each.press(form, "Send")
            until(lambda at=form: "Thank you" in text_of(at))
        until(lambda: "At least 3 people have answered" in text_of(post), within=90)
        again = people[0].press(post, "Share your view")
        assert again.said
        until(lambda: len(people[0].posts) == 2)
        assert "Send" not in titles(people[0].posts[1]), "one return an account"
        assert len([each for each in season.tenant.posts if each.conversation == CHANNEL]) == 1
        season.installation.run("round", "close", "valley/asked")
        until(lambda: "Thank you to everyone who answered" in text_of(post), within=90)
        assert "Share your view" not in titles(post)
    export = season.installation.export("valley/asked")
    assert sorted(each["answers"]["change"] for each in export["responses"]) == [f"Words {n}" for n in range(3)]
    assert "Blake" not in json.dumps(export)


def test_somebody_without_the_app_is_told_what_to_do_and_others_go_page_by_page(season: TeamsSeason) -> None:
    opened(season, "confidential")
    avery, blake = season.members["avery"], passer_by(season, "blake")
    with season.installation.serving():
        avery.install()
        post = post_in(season)
        blake.user.installed = False
        assert "add the app" in blake.press(post, "Share your view").said
        assert "own chat" in avery.press(post, "Share your view").said
        answer_all(avery, {"Is everyone welcome here?": "4", "change": "Less"})
        blake.install()
        assert "own chat" in blake.press(post, "Share your view").said
        until(lambda: blake.posts)
        assert len(season.tenant.posts) > 2
    (response,) = [each for each in season.installation.export("valley/asked")["responses"] if each["answers"]]
    assert response["answers"] == {"welcome": 4, "change": "Less"}
