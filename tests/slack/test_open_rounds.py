"""An open round posted in a channel: answered in private, by whoever is there, counted as its mode allows."""

import json
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clients.post_office import PostOffice
from tests.fakes.slack.member import Member
from tests.fakes.slack.workspace import Channel, Message, View
from tests.slack.season import SlackSeason, a_season, until

SURVEY = """
survey: workforce
version: 1
title: Five areas of practice
language: en-GB
intro: "Two questions for everyone who works with us, until {close}. <!channel> & *friends*"
sections:
  - title: Practice
    items:
      - {id: welcome, ask: "Is everyone welcome here?", type: scale, points: 4, labels: {1: Hardly, 4: Fully}}
      - {id: change, ask: "What should change?", type: long_text}
"""


@pytest.fixture
def season(tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url) as made:
        yield made


def opened(season: SlackSeason, mode: str = "unlinked", *, bot: bool = True, people: tuple[str, ...] = ()) -> Channel:
    """An open round for a channel, loaded; the people of the panel have accounts."""
    channel = season.workspace.add_channel(bot=bot)
    more = f"    post_in: slack:{channel.id}\n    min_group: 3\n"
    path = season.write(SURVEY, people=people or ("avery",), mode=mode, more=more)
    told = path.read_text(encoding="utf-8").replace("kind: mid_cycle", "kind: open")
    told = told.replace("    audience: {perspectives: [lead]}\n", "")
    path.write_text(told, encoding="utf-8")
    season.installation.run("load", path)
    return channel


def passer_by(season: SlackSeason, name: str) -> Member:
    return Member(
        workspace=season.workspace,
        user=season.workspace.add_user(f"{name}@elsewhere.test", name.title()),
        door=season.door,
    )


def post_in(channel: Channel) -> Message:
    return until(lambda: next(iter(channel.messages), None))


def pressed(season: SlackSeason, member: Member, message: Message) -> View:
    known = set(season.workspace.views)
    assert member.click(message, "Share your view").ok
    return until(lambda: next((v for v in season.workspace.views.values() if v.id not in known), None))


def words(of: Message | View) -> str:
    return json.dumps(of.payload if isinstance(of, View) else of.blocks, ensure_ascii=False)


def share(season: SlackSeason, member: Member, message: Message, said: str) -> None:
    form = pressed(season, member, message)
    member.fill(form, "welcome", "3")
    member.fill(form, "change", said)
    assert member.submit(form).ok


def test_everyone_in_the_channel_answers_and_nobody_is_known(season: SlackSeason) -> None:
    channel = opened(season)
    people = [passer_by(season, name) for name in ("blake", "casey", "dana", "ellis")]
    with season.installation.serving():
        message = post_in(channel)
        assert "nobody in this channel sees them" in words(message)
        assert "Fewer than 3 people have answered" in words(message)
        assert "mrkdwn" not in words(message), "the questionnaire's words call nobody"
        for number, each in enumerate(people[:2]):
            share(season, each, message, f"Words {number}")
            assert "thank" in words(each.modal).lower()
        share(season, people[2], message, "Words 2")
        until(lambda: "At least 3 people have answered" in words(message), within=90)
        share(season, people[3], message, "Words 3")
        again = pressed(season, people[0], message)
        assert not again.payload.get("submit"), "one return an account"
        assert len(channel.messages) == 1
        for each in people:
            assert each.messages == [], "nothing was sent to whoever came by themselves"
        season.installation.run("round", "close", "valley/asked")
        until(lambda: "Thank you to everyone who answered" in words(message), within=90)
        assert "Share your view" not in words(message)
        assert "At least 3 people have answered" in words(message), "in whole steps of the smallest group"
    status = season.installation.status("valley/asked")
    assert (status["complete"], status["invited"], status["response_rate"]) == (4, 4, None)
    export = season.installation.export("valley/asked")
    assert sorted(each["answers"]["change"] for each in export["responses"]) == [f"Words {n}" for n in range(4)]
    assert "Blake" not in str(export)
    season.installation.tick(datetime.now(UTC) + timedelta(days=5))
    assert all(each.messages == [] for each in people)


def test_somebody_of_the_panel_comes_as_who_they_are(season: SlackSeason) -> None:
    channel = opened(season, "identified", people=("avery",))
    avery, casey = season.members["avery"], passer_by(season, "casey")
    with season.installation.serving():
        message = post_in(channel)
        for member, said in ((avery, "More time"), (casey, "Less noise")):
            form = pressed(season, member, message)
            member.fill(form, "welcome", "4")
            member.submit(form)
            member.fill(member.modal, "change", said)
            member.submit()
            member.submit()
            assert "Thank you, your answers are in" in words(member.modal)
        until(lambda: any("Your answers: Five areas" in text for text in season.workspace.texts(casey.user)))
    names = {
        each["name"]: each["answers"]["change"] for each in season.installation.export("valley/asked")["responses"]
    }
    assert names == {"Avery Doe": "More time", "Casey": "Less noise"}


def test_it_is_posted_once_however_often_the_clock_ticks(season: SlackSeason) -> None:
    channel = opened(season)
    season.workspace.cut_next["chat.postMessage"] = 1
    season.tick()
    for minutes in (3, 6, 30):
        season.installation.tick(datetime.now(UTC) + timedelta(minutes=minutes))
    assert len(channel.messages) == 1


@pytest.mark.parametrize("posted", [True, False], ids=["posted", "not posted"])
def test_a_process_killed_while_it_posts(season: SlackSeason, *, posted: bool) -> None:
    channel = opened(season)
    season.workspace.slow_next["chat.postMessage"] = (1, 30.0)
    if not posted:
        season.workspace.lose_next["chat.postMessage"] = 1
    with season.installation.started("tick") as ticking:
        until(lambda: any(method == "chat.postMessage" for method, _ in season.workspace.calls))
        time.sleep(0.2)
        ticking.send_signal(signal.SIGKILL)
        ticking.wait(timeout=5)
    assert len(channel.messages) == int(posted)
    for minutes in (3, 6, 30):
        season.installation.tick(datetime.now(UTC) + timedelta(minutes=minutes))
    assert len(channel.messages) == 1


def test_a_channel_that_the_bot_is_not_in_is_told_of(season: SlackSeason) -> None:
    channel = opened(season, bot=False)
    season.tick()
    assert channel.messages == []
    status = season.installation.status("valley/asked")
    assert "not in that channel" in str(status["troubles"])


def test_a_click_after_the_close_is_answered_politely(season: SlackSeason) -> None:
    channel = opened(season)
    blake = passer_by(season, "blake")
    with season.installation.serving():
        message = post_in(channel)
        form = pressed(season, blake, message)
        blake.fill(form, "welcome", "3")
        season.installation.run("round", "close", "valley/asked")
        blake.submit(form)
        assert "closed" in words(blake.modal).lower()
        stale = Message(channel=message.channel, ts=message.ts, user=message.user, text="", blocks=message.blocks)
        if "Share your view" in words(stale):
            assert "closed" in words(pressed(season, blake, stale)).lower()
    assert season.installation.status("valley/asked")["complete"] == 0


def test_no_channel_is_named_by_its_name_and_no_other_round_is_posted(season: SlackSeason) -> None:
    path = season.write(SURVEY, more="    post_in: general\n")
    said = season.installation.run("load", path, code=None)
    assert "a channel is named by its id" in said.err + said.out
    path = season.write(SURVEY, more="    post_in: C0123456789\n")
    said = season.installation.run("load", path, code=None)
    assert "only a round of kind open is posted" in said.err + said.out
