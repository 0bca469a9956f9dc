"""Messages through the ledger to Teams: never a reminder twice, no invitation missing, on to the next channel."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.steps import CRASH_SETTING, Step
from tests.clients.post_office import PostOffice
from tests.teams.season import RATINGS, TeamsSeason, answer_all, first_card, until


def test_who_has_not_installed_it_is_asked_by_mail(season: TeamsSeason, post: PostOffice) -> None:
    path = season.write(RATINGS, people=("avery", "blake", "casey"))
    season.members["avery"].user.installed = False
    season.members["blake"].user.blocked = True
    season.installation.run("load", path)
    season.installation.run("tick")
    season.installation.run("tick")
    assert sorted(letter.to for letter in post.letters()) == ["avery@example.org", "blake@example.org"]
    assert len(season.members["casey"].posts) == 1


def test_the_app_taken_away_and_installed_again(season: TeamsSeason, post: PostOffice) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        first_card(avery)
        for _ in range(3):
            assert avery.uninstall().status == 200
    season.installation.run("round", "remind", "valley/asked", "--anyway")
    season.installation.run("tick")
    season.installation.run("tick")
    assert [letter.kind for letter in post.letters()] == ["reminder"]
    with season.installation.serving():
        for _ in range(3):
            assert avery.install().status == 200
    season.installation.run("round", "remind", "valley/asked", "--anyway")
    season.installation.run("tick")
    assert [str(each.activity.get("summary", "")).partition(":")[0] for each in avery.posts][-1] == "Reminder"
    assert len(avery.posts) == 2, "to install it says nothing to anyone"


def test_the_address_of_the_service_is_learnt_anew(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery",)))
    avery = season.members["avery"]
    avery.service_url = season.connector.service_url.replace("/emea/", "/")
    with season.installation.serving():
        first_card(avery)
        avery.say("hello")
        until(lambda: len(avery.posts) > 1)
    assert season.tenant.calls[-1][1].startswith("/v3/conversations/")


@pytest.mark.parametrize("status", [429, 412, 502, 504])
def test_teams_asks_to_wait(season: TeamsSeason, status: int) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery", "blake")))
    headers = {"Retry-After": "2"} if status == 429 else {}
    season.tenant.failures.append((status, "TooManyRequests", headers))
    season.installation.run("tick")
    assert [len(each.posts) for each in season.members.values()] == [0, 0]
    if status == 429:
        time.sleep(2.1)
        season.installation.run("tick")
    else:
        season.installation.run("tick", "--at", datetime.now(UTC) + timedelta(minutes=30))
    assert [len(each.posts) for each in season.members.values()] == [1, 1]


def test_a_lost_answer_counts_a_reminder_as_sent_and_an_invitation_not(season: TeamsSeason) -> None:
    """As the design says of what can't be looked up: the invitation comes again, the reminder never."""
    season.installation.run("load", season.write(RATINGS, people=("avery",)))
    avery, now = season.members["avery"], datetime.now(UTC)
    season.tenant.cut_next = 1
    season.installation.run("tick")
    assert len(avery.posts) == 1
    season.installation.run("tick", "--at", now + timedelta(hours=1))
    assert len(avery.posts) == 2
    season.installation.run("round", "remind", "valley/asked", "--anyway")
    season.tenant.cut_next = 1
    season.installation.run("tick", "--at", now + timedelta(hours=2))
    season.installation.run("tick", "--at", now + timedelta(hours=3))
    season.installation.run("tick", "--at", now + timedelta(hours=4))
    assert len([each for each in avery.posts if "Reminder" in str(each.activity.get("summary"))]) == 1


@pytest.mark.parametrize("step", [Step.ATTEMPT_WRITTEN, Step.MESSAGE_SENT, Step.LINE_SETTLED])
def test_killed_between_post_and_commit(season: TeamsSeason, step: Step) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery", "blake")))
    season.installation.settings[CRASH_SETTING] = str(step)
    assert season.installation.run("tick", code=None).code == -signal.SIGKILL
    del season.installation.settings[CRASH_SETTING]
    for hours in (1, 2):
        season.installation.run("tick", "--at", datetime.now(UTC) + timedelta(hours=hours))
    counts = sorted(len(each.posts) for each in season.members.values())
    # An invitation of which nobody knows whether it went is sent once more; none is missing.
    assert counts == ([1, 2] if step is Step.MESSAGE_SENT else [1, 1])


def test_two_hats_and_two_people_do_not_mix(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery", "blake")))
    avery, blake = season.members["avery"], season.members["blake"]
    with season.installation.serving():
        first_card(blake)
        stolen = replace(first_card(avery), conversation=blake.user.conversation)
        # What stands in somebody else's card names their invitation: it is not this person's to answer.
        blake.filled[stolen.id] = {"f:knowledge": "o0"}
        reply = blake.press(stolen, "Save and continue")
        assert "not yours" in reply.said
        answer_all(avery, {"knowledge": "6"})
        answer_all(blake, {"knowledge": "2"})
    assert sorted(each["knowledge"] for each in season.answers.values()) == [2, 6]


def test_nothing_of_a_person_s_chat_outlives_their_erasure(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery", "blake")))
    avery, blake = season.members["avery"], season.members["blake"]
    with season.installation.serving():
        for each in (avery, blake):
            first_card(each)
            answer_all(each, {"knowledge": "6"})
    said = season.installation.run("person", "export", "avery").out
    assert avery.user.conversation in said
    season.installation.run("person", "erase", "avery", "--yes")
    left = b"".join(each.read_bytes() for each in season.installation.home.glob("soundings.db*"))
    ids = (avery.user.aad, avery.user.conversation, avery.user.bot_id)
    assert not [each for each in ids if each.encode() in left or each.lower().encode() in left]
    assert blake.user.conversation.encode() in left


def test_marked_words_and_ids_are_in_no_log(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        first_card(avery)
        avery.token = "header.marked-token.signature"
        assert avery.say("marked words").status == 401
        avery.token = ""
        avery.say("marked words")
        until(lambda: len(avery.posts) > 1)
        season.tenant.failures.append((500, "marked-nothing", {}))
        answer_all(avery, {"knowledge": "6"})
    log = season.installation.said()
    marks = ("marked-token", "marked words", avery.user.aad, avery.user.conversation, avery.user.bot_id, "Avery")
    assert not [each for each in marks if each.lower() in log.lower()]
