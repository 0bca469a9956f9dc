"""Organisers run a round from Teams; everyone else is refused, politely."""

from __future__ import annotations

from tests.fakes.teams.member import Member, text_of
from tests.teams.season import RATINGS, TeamsSeason, first_card, until


def _organiser(season: TeamsSeason, role: str = "organiser") -> Member:
    user = season.tenant.add("Ada")
    who = ("ada@example.org", "--role", role, "--programme", "valley", "--teams", user.aad)
    season.installation.run("organiser", "add", *who)
    like = season.members["avery"]
    return Member(tenant=season.tenant, user=user, bot_url=like.bot_url, service_url=like.service_url)


def _asks(member: Member, words: str) -> str:
    """What the bot says to a line."""
    before = len(member.posts)
    assert member.say(words).status == 200
    until(lambda: len(member.posts) > before)
    return text_of(member.posts[-1])


def test_a_round_is_run_from_teams(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    ada, avery = _organiser(season), season.members["avery"]
    with season.installation.serving():
        first_card(avery)
        first_card(season.members["blake"])
        said = _asks(ada, "<at>Soundings</at> status valley/asked")
        assert "valley/asked is open" in said
        assert "2 invited, 2 pending" in said
        assert "Avery Doe" in _asks(ada, "who")
        assert "response rate" in _asks(ada, "report")
        assert "Say what, and of which round" in _asks(ada, "help")

        _asks(ada, "extend valley/asked")
        card = ada.posts[-1]
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

        _asks(ada, "close valley/asked")
        # News of what they did comes between.
        card = until(lambda: next((each for each in ada.posts if "takes no answers" in text_of(each)), None))
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
        assert "Only organisers can do that" in _asks(avery, "close valley/asked")
        assert "valley/asked is open" in _asks(viewer, "status valley/asked")
        assert "Sorry" in _asks(viewer, "close valley/asked")
        # A card of an organiser's, pressed by somebody else.
        ada = _organiser(season)
        _asks(ada, "close valley/asked")
        reply = avery.press(ada.posts[-1], _buttons(ada.posts[-1])[0])
        assert reply.status == 200
        until(lambda: "Only organisers" in str(reply.body) or "Only organisers" in avery.texts[-1])
    assert season.installation.status("valley/asked")["state"] == "open"


def _buttons(post) -> list[str]:
    return [each["title"] for part in post.card["body"] if part["type"] == "ActionSet" for each in part["actions"]]
