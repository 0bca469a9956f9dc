"""People answer in Teams: cards, taps, typed words, reasons, receipts; begun here and finished elsewhere."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.clients.form_client import FormClient
from tests.clients.post_office import PostOffice
from tests.fakes.teams.member import text_of
from tests.teams.season import OPEN_QUESTIONS, RATINGS, TeamsSeason, answer_all, first_card, titles, until

ROWS = ", ".join(f"{{id: r{number}, label: Row {number}}}" for number in range(1, 9))
MANY = f"""
survey: many
version: 1
title: Many
language: en-GB
sections:
  - title: All at once
    items:
      - {{id: g, ask: "What of these", type: grid, rows: [{ROWS}], cell: {{type: text}}}}
"""
RATED = {
    "knowledge": "6",
    "level": "5",
    "ideas": "4",
    "structure": "3",
    "facilitation": "1",
}


@pytest.mark.parametrize("old", [False, True], ids=["execute", "submit"])
def test_five_ratings_in_one_card(season: TeamsSeason, old: bool) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery",)))
    avery = season.members["avery"]
    avery.old = old
    with season.installation.serving():
        post = first_card(avery)
        answer_all(avery, RATED)
        until(lambda: "Edit" in titles(post))
        assert "How much did you learn?" in text_of(post)
    (answers,) = season.answers.values()
    assert answers == {"knowledge": 6, "level": 5, "ideas": 4, "structure": 3, "facilitation": 1}


def test_pages_taps_and_typed_words(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        asked = first_card(avery)
        reply = avery.press(asked, "3")
        # The card's place is taken at once, and for good.
        assert reply.card is not None
        assert "3 of 4" in str(reply.card)
        until(lambda: asked.changed)
        until(lambda: "What has changed since?" in str(avery.posts[-1].card))
        assert avery.say("Much, at *last*").status == 200
        until(lambda: "For children" in str(avery.posts[-1].card))
        assert r"Much, at \*last\*" in text_of(avery.posts[-2])
        answer_all(avery, {"impact.children": "They are heard", "Would you take part": "No", "What kept": ""})
    (answers,) = season.answers.values()
    assert answers["organised"] == 3
    assert answers["changed"] == "Much, at *last*"
    assert answers["impact"] == {"children": "They are heard"}
    assert answers["again"] == "no"


def test_begun_in_teams_finished_on_the_web_and_shown_there(season: TeamsSeason, post: PostOffice) -> None:
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        asked = first_card(avery)
        link = next(each["url"] for each in _actions(asked) if each["type"] == "Action.OpenUrl")
        avery.press(asked, "3")
        until(lambda: "What has changed since?" in str(avery.posts[-1].card))
        standing = avery.posts[-1]
        FormClient().answer(
            f"{link}?page=changed", {"changed": "On the web"}, otherwise=lambda field: list(field.preset)
        )
        until(lambda: "Answered on the web form" in text_of(standing), within=90)
    (response,) = season.installation.export("valley/asked")["responses"]
    assert response["answers"]["organised"] == 3
    assert response["answers"]["changed"] == "On the web"


def test_a_reason_is_given_in_the_card(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery", "blake")))
    avery, blake = season.members["avery"], season.members["blake"]
    with season.installation.serving():
        asked = first_card(avery)
        assert "Not for you, or not now?" in titles(asked)
        shown = avery.press(asked, "No thank you")
        assert shown.card is not None
        until(lambda: asked.changed)
        button = next(title for title in titles(asked) if title not in {"Back", "On the web"})
        done = avery.press(asked, button)
        assert done.card is not None
        other = first_card(blake)
        blake.press(other, "Someone else should answer")
        until(lambda: other.changed)
        button = next(title for title in titles(other) if title not in {"Back", "On the web"})
        blake.fill(other, "w:_name", "Casey Moor")
        blake.fill(other, "w:_email", "casey@example.org")
        blake.press(other, button)
        until(lambda: season.installation.status("valley/asked")["delegated"] == 1)
    status = season.installation.status("valley/asked")
    assert (status["declined"], status["delegated"]) == (1, 1)


def test_an_unlinked_round_is_one_card(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(RATINGS, people=("avery",), mode="unlinked"))
    avery = season.members["avery"]
    with season.installation.serving():
        asked = first_card(avery)
        avery.press(asked, "Answer here")
        until(lambda: "Send" in titles(asked))
        for name, value in RATED.items():
            avery.fill(asked, name, value)
        assert avery.press(asked, "Send").card is not None
        until(lambda: "Thank you" in text_of(asked))
        avery.say("And this is more")
        until(lambda: any("carries no names" in text or "nothing open" in text for text in avery.texts))
    (answers,) = [each["answers"] for each in season.installation.export("valley/asked")["responses"]]
    assert answers["knowledge"] == 6


def test_what_was_done_stays_said_in_the_card(season: TeamsSeason) -> None:
    """A card that has become an answer to a reason is not brought up to date as the question that it was."""
    season.installation.run("load", season.write(RATINGS, people=("avery", "blake")))
    avery, blake = season.members["avery"], season.members["blake"]
    with season.installation.serving():
        asked, other = first_card(avery), first_card(blake)
        avery.press(asked, "No thank you")
        until(lambda: asked.changed)
        avery.press(asked, next(title for title in titles(asked) if title not in {"Back", "On the web"}))
        until(lambda: asked.changed == 2)
        said = text_of(asked)
        # Another's card, answered elsewhere, shows that messages were brought up to date since.
        link = next(each["url"] for each in _actions(other) if each["type"] == "Action.OpenUrl")
        FormClient().answer(f"{link}?page=knowledge", {"knowledge": "4"}, otherwise=lambda field: list(field.preset))
        until(lambda: "Answered on the web form" in text_of(other), within=90)
        assert text_of(asked) == said


def test_words_that_fit_several_questions_are_kept_and_asked_about(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(MANY, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        first_card(avery)
        # A card is seen a moment before it is noted that it asks: nobody types as fast.
        with closing(sqlite3.connect(season.installation.home / "soundings.db")) as database:
            until(lambda: database.execute("select count(*) from chat_prompts").fetchone()[0])
        avery.say("Words without a place")
        asked = until(lambda: next((each for each in avery.posts if "Which question" in text_of(each)), None))
        assert len([title for title in titles(asked) if title[0].isdigit()]) == 8
        reply = avery.press(asked, next(title for title in titles(asked) if title.startswith("7.")))
        assert reply.card is not None
        until(lambda: asked.changed)
    (answers,) = season.answers.values()
    assert answers == {"g": {"r7": "Words without a place"}}


def _actions(post):
    from tests.fakes.teams.cards import elements

    return [each for each in elements(post.card) if each["type"].startswith("Action.")]
