"""What no client of Teams' own would send, and what Teams sends twice: one effect, nothing lost, no traceback."""

from __future__ import annotations

import json
import sqlite3
import time
import urllib.error
import urllib.request

from tests.fakes.teams.member import INVOKE_SECONDS, Member
from tests.fakes.teams.tenant import Post
from tests.teams.season import OPEN_QUESTIONS, RATINGS, TeamsSeason, asking, first_card, until


def raw(member: Member, body: bytes, kind: str = "application/json") -> int:
    request = urllib.request.Request(member.bot_url, body, {"Content-Type": kind}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def execute(member: Member, post: Post, data: object, *, verb: str = "page:submit", event: str = "") -> int:
    value = {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}
    activity = member.activity("invoke", name="adaptiveCard/action", value=value, replyToId=post.id)
    return member.send(activity | ({"id": event} if event else {})).status


def test_shapes_that_are_none(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        post = first_card(avery)
        assert raw(avery, b"") == 400
        assert raw(avery, b"[]") == 400
        assert raw(avery, b'{"type": ') == 400
        assert raw(avery, b"{}", "text/plain") in {400, 415}
        assert raw(avery, json.dumps({"text": "x" * 2_000_000}).encode()) == 413
        for kind in ("typing", "messageReaction", "event", "handoff", "endOfConversation", "", "no such kind"):
            assert avery.send(avery.activity(kind)).status == 200
        for changed in ({"from": None}, {"conversation": "a"}, {"value": [1]}, {"text": 7}, {"membersAdded": {"a": 1}}):
            for kind in ("message", "invoke", "conversationUpdate", "installationUpdate"):
                assert avery.send(avery.activity(kind, **changed)).status == 200
        wrong = (
            None,
            [],
            7,
            "x",
            {"soundings": 7},
            {"soundings": {"action": 7}},
            {"soundings": {"action": "page:submit"}},
        )
        for data in wrong:
            assert execute(avery, post, data) == 200
        for value in (
            "",
            "|",
            "0|0|",
            "999|0|knowledge",
            "1|0|no-such-page",
            "1|99|knowledge",
            "-1|0|knowledge",
            "1" * 60,
        ):
            assert execute(avery, post, {"soundings": {"action": "page:submit", "value": value}}) == 200
    assert "Traceback" not in season.installation.said()
    assert not any(each for each in season.answers.values())


def test_a_forged_service_is_refused_and_never_written_to(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        first_card(avery)
        for service in ("http://127.0.0.1:9/", "https://smba.trafficmanager.net.example.org/"):
            assert avery.send(avery.activity("message", text="hello", serviceUrl=service)).status == 403
        # A real address without a token is not a test host's.
        real = "https://smba.trafficmanager.net/emea/"
        assert avery.send(avery.activity("message", text="hello", serviceUrl=real)).status == 401
    with sqlite3.connect(season.installation.home / "soundings.db") as database:
        known = {row[0] for row in database.execute("select service_url from chat_conversations")}
    assert all(season.connector.host in each for each in known)


def test_foreign_inputs_huge_words_and_numbers_as_words(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        avery.press(first_card(avery), "4")
        until(lambda: asking(avery) is not avery.posts[0] and asking(avery))
        post = asking(avery)
        assert post is not None
        avery.fill(post, "changed", "x" * 60_000)
        reply = avery.press(
            post, "Save and continue", **{"f:no.such": "kept words", "other": "not ours", "f:changed ": "y"}
        )
        assert reply.status == 200
        until(lambda: post.changed)
    (response,) = season.installation.export("valley/asked")["responses"]
    assert response["answers"]["organised"] == 4
    assert len(season.installation.run("triage", "list", "--json").json) >= 1
    said = season.installation.run("person", "export", "avery").out
    assert "x" * 1000 in said
    assert "kept words" in said


def test_what_is_delivered_again_counts_once(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        post = first_card(avery)
        data = next(each["actions"][2]["data"] for each in post.card["body"] if each["type"] == "ActionSet")
        for _ in range(3):
            assert execute(avery, post, data, event="one-and-the-same") == 200
        until(lambda: len(avery.posts) > 1)
        time.sleep(1)
        assert len(avery.posts) == 2
        typed = avery.activity("message", text="Much", textFormat="plain")
        for _ in range(3):
            assert avery.send(typed).status == 200
        until(lambda: len(avery.posts) > 2)
        time.sleep(1)
        assert len(avery.posts) == 3
    (answers,) = season.answers.values()
    assert answers == {"organised": 3, "changed": "Much"}
    assert season.installation.run("triage", "list", "--json").json == []


def test_a_database_that_is_busy_is_said_so_in_time(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        asked = first_card(avery)
        other = sqlite3.connect(season.installation.home / "soundings.db", isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            reply = avery.press(asked, "3")
            assert reply.took < INVOKE_SECONDS
            assert "was not saved" in reply.said
        finally:
            other.execute("ROLLBACK")
            other.close()
        assert season.answers == {}
        avery.press(asked, "3")
        until(lambda: asked.changed)
    (answers,) = season.answers.values()
    assert answers["organised"] == 3
