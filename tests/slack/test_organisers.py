"""Organisers run a round from Slack; everyone else is refused, politely and in private."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.post_office import PostOffice
from tests.fakes.slack.member import Member
from tests.fakes.slack.workspace import View
from tests.slack.season import RATINGS, SlackSeason, a_season, first_prompt, until


@pytest.fixture
def season(tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url) as made:
        yield made


def _organiser(season: SlackSeason, role: str = "organiser") -> Member:
    user = season.workspace.add_user("ada@example.org", "Ada")
    season.installation.run(
        "organiser", "add", "ada@example.org", "--role", role, "--programme", "valley", "--slack", user.id
    )
    return Member(workspace=season.workspace, user=user, door=season.door)


def _said(ack: Any) -> str:
    return " ".join(block["text"]["text"] for block in (ack.body or {}).get("blocks", ()))


def _modal_words(member: Member) -> str:
    return str(_opened(member).payload["blocks"])


def _opened(member: Member) -> View:
    """The modal on top; it comes a moment after the click was acknowledged."""
    until(lambda: [view for view in member.workspace.views.values() if view.user == member.user.id])
    return member.modal


def test_a_round_is_run_from_slack(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    ada, avery = _organiser(season), season.members["avery"]
    with season.installation.serving():
        first_prompt(avery)
        until(lambda: len(season.members["blake"].messages))
        said = _said(ada.command("status valley/asked"))
        assert "valley/asked is open" in said
        assert "2 invited, 2 pending" in said
        assert "Avery Doe" in _said(ada.command("who"))
        assert "response rate" in _said(ada.command("report"))

        assert ada.command("extend").ok
        ada.fill(_opened(ada), "New close", "the day after")
        ada.submit()
        assert ada.modal.payload["callback_id"] == "organise", "what can't be read is said beneath the field"
        ada.fill(ada.modal, "New close", "2031-12-20 17:00")
        ada.submit()
        assert "2 people are told" in _modal_words(ada)
        before = season.installation.status("valley/asked")["closes"]
        assert not before.startswith("2031"), "nothing has happened yet"
        ada.submit()
        assert "closes on" in _modal_words(ada)
        assert season.installation.status("valley/asked")["closes"].startswith("2031-12-20T17:00")
        until(lambda: any("more time" in text for text in season.workspace.texts(avery.user)))

        ada.close()
        assert ada.command("close valley/asked").ok
        assert "takes no answers" in _modal_words(ada)
        ada.submit()
    assert season.installation.status("valley/asked")["state"] == "closed"
    assert season.installation.run("audit", "--json").json
    assert any(
        line["channel"] == "slack" and line["actor"].startswith("organiser:")
        for line in season.installation.run("audit", "--json").json
    )


def test_a_viewer_sees_figures_alone_and_a_stranger_nothing(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    viewer, avery = _organiser(season, "viewer"), season.members["avery"]
    with season.installation.serving():
        first_prompt(avery)
        assert "2 invited" in _said(viewer.command("status valley/asked"))
        for refused in ("who valley/asked", "remind valley/asked", "close valley/asked", "extend valley/asked"):
            assert "you may not" in _said(viewer.command(refused))
        for words in ("status valley/asked", "close valley/asked", ""):
            assert "Only organisers" in _said(avery.command(words))
    assert season.installation.status("valley/asked")["state"] == "open"


def test_home_shows_what_waits_and_leads_on(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    avery = season.members["avery"]
    stranger = Member(workspace=season.workspace, user=season.workspace.add_user("x@example.org"), door=season.door)
    with season.installation.serving():
        first_prompt(avery)
        avery.open_home()
        home = until(lambda: season.workspace.homes.get(avery.user.id))
        assert "After the module" in str(home.payload)
        many = len(avery.messages)
        avery.click(home, "Answer here")
        asked = until(lambda: avery.messages[many:] and avery.messages[-1])
        avery.fill(asked, "knowledge", "4")
        avery.click(asked, "Save and continue")
        until(lambda: any("Thank you" in text for text in season.workspace.texts(avery.user)))
        avery.open_home()
        until(lambda: "Your answers are in" in str(season.workspace.homes[avery.user.id].payload))
        stranger.open_home()
        until(lambda: "Nothing is waiting" in str(season.workspace.homes.get(stranger.user.id)))


def test_the_reasons_not_to_answer_are_two_taps(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery", "blake", "casey")))
    avery, blake, casey = (season.members[name] for name in ("avery", "blake", "casey"))
    with season.installation.serving():
        for each in (avery, blake, casey):
            first_prompt(each)
        avery.choose(avery.messages[0], "ways", "No thank you")
        avery.submit(_opened(avery))
        blake.choose(blake.messages[0], "ways", "Someone else should answer")
        blake.fill(_opened(blake), "_user", season.workspace.add_user("dana@example.org", "Dana Reed").id)
        blake.submit()
        casey.choose(casey.messages[0], "ways", "Stop these messages")
        casey.submit(_opened(casey))
    status = season.installation.status("valley/asked")
    # Who stops a round's messages has declined it; whoever was named is newly invited.
    assert (status["invited"], status["declined"], status["delegated"]) == (4, 2, 1)


def test_all_in_one_form(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS, mode="unlinked"))
    avery = season.members["avery"]
    with season.installation.serving():
        asked = first_prompt(avery)
        assert avery.say("The marked words of Avery").ok
        until(lambda: any("was not kept" in text for text in season.workspace.texts(avery.user)))
        avery.click(asked, "Answer here")
        for item in ("knowledge", "level", "ideas", "structure", "facilitation"):
            avery.fill(_opened(avery), item, "5")
        assert avery.submit().ok
        assert "Thank you" in _modal_words(avery)
    assert b"marked words" not in b"".join(each.read_bytes() for each in season.installation.home.glob("soundings.db*"))
    exported = season.installation.export("valley/asked")
    assert [each["answers"]["knowledge"] for each in exported["responses"]] == [5]
    assert exported["responses"][0]["participant"] is None
