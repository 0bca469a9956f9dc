"""Organisers run a round from Teams; everyone else is refused, politely."""

from __future__ import annotations

from tests.fakes.teams.member import Member, text_of
from tests.fakes.teams.tenant import Post
from tests.teams.season import OPEN_QUESTIONS, RATINGS, TeamsSeason, first_card, until


def _organiser(season: TeamsSeason, role: str = "organiser") -> Member:
    user = season.tenant.add("Ada")
    who = ("ada@example.org", "--role", role, "--programme", "valley", "--teams", user.aad)
    season.installation.run("organiser", "add", *who)
    like = season.members["avery"]
    return Member(tenant=season.tenant, user=user, bot_url=like.bot_url, service_url=like.service_url)


def _asks(member: Member, words: str, expected: str) -> Post:
    """The card in which the bot answers a line; news of what has happened may come between."""
    before = len(member.posts)
    assert member.say(words).status == 200
    return until(lambda: next((each for each in member.posts[before:] if expected in text_of(each)), None))


def test_a_round_is_run_from_teams(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    ada, avery = _organiser(season), season.members["avery"]
    with season.installation.serving():
        first_card(avery)
        first_card(season.members["blake"])
        said = _asks(ada, "<at>Soundings</at> status valley/asked", "valley/asked is open")
        assert "2 invited, 2 pending" in text_of(said)
        _asks(ada, "who", "Avery Doe")
        _asks(ada, "report", "response rate")
        _asks(ada, "help", "Say what, and of which round")

        card = _asks(ada, "extend valley/asked", "valley/asked closes on")
        ada.fill(card, "New close", "the day after")
        ada.press(card, "Go on")
        until(lambda: card.changed == 1)
        assert "New close" in str(card.card), "the field stays, with what is wrong above it"
        ada.fill(card, "New close", "2031-12-20 17:00")
        ada.press(card, "Go on")
        until(lambda: "2 people are told" in text_of(card))
        assert not season.installation.status("valley/asked")["closes"].startswith("2031"), "nothing has happened yet"
        ada.fill(card, "Reason (kept in the record of changes)", "A holiday")
        ada.press(card, "Move the close")
        until(lambda: season.installation.status("valley/asked")["closes"].startswith("2031-12-20T17:00"))
        until(lambda: any("more time" in text for text in avery.texts))

        card = _asks(ada, "close valley/asked", "takes no answers")
        ada.press(card, next(each for each in _buttons(card)))
        until(lambda: season.installation.status("valley/asked")["state"] == "closed")
    lines = season.installation.run("audit", "--json").json
    assert any(each["channel"] == "teams" and each["actor"].startswith("organiser:") for each in lines)
    assert any(each["reason"] == "A holiday" for each in lines)


def test_nobody_else_steers(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    viewer, avery = _organiser(season, "viewer"), season.members["avery"]
    with season.installation.serving():
        first_card(avery)
        _asks(avery, "close valley/asked", "Only organisers can do that")
        _asks(viewer, "status valley/asked", "valley/asked is open")
        _asks(viewer, "close valley/asked", "Sorry")
        # A card of an organiser's, pressed by somebody else.
        ada = _organiser(season)
        card = _asks(ada, "close valley/asked", "takes no answers")
        reply = avery.press(card, _buttons(card)[0])
        assert reply.status == 200
        until(lambda: "Only organisers" in str(reply.body) or "Only organisers" in avery.texts[-1])
    assert season.installation.status("valley/asked")["state"] == "open"


def _buttons(post) -> list[str]:
    return [each["title"] for part in post.card["body"] if part["type"] == "ActionSet" for each in part["actions"]]


def test_an_organiser_who_is_asked_answers_and_is_told_nothing_in_a_channel(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    who = ("avery@example.org", "--role", "organiser", "--programme", "valley", "--teams", avery.user.aad)
    season.installation.run("organiser", "add", *who)
    with season.installation.serving():
        avery.press(first_card(avery), "3")
        until(lambda: "What has changed since?" in str(avery.posts[-1].card))
        avery.say("Open")
        until(lambda: "For children" in str(avery.posts[-1].card))
        _asks(avery, "status valley/asked", "valley/asked is open")
        before = len(season.tenant.posts)
        channel = {"conversationType": "channel", "isGroup": True, "id": "19:team@thread.tacv2;messageid=1"}
        avery.say("<at>Soundings</at> who valley/asked", conversation=channel)
        until(lambda: len(season.tenant.posts) > before)
        said = season.tenant.posts[-1]
        assert said.conversation.startswith("19:")
        assert "in their own chat" in text_of(said)
        assert "Avery" not in text_of(said)
        avery.say("What is said to everyone", conversation=channel)
    (answers,) = season.answers.values()
    assert answers["changed"] == "Open"
    assert season.installation.run("triage", "list", "--json").json == []
