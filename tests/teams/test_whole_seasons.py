"""The seed's mid-cycle survey answered wholly in Teams; one response that goes from Teams to mail."""

from __future__ import annotations

from pathlib import Path

from tests.clients.post_office import PostOffice
from tests.fakes.teams.member import text_of
from tests.scenarios.test_by_mail import reply_to
from tests.teams.season import DONE, OPEN_QUESTIONS, TeamsSeason, answer_all, first_card, until

MID_CYCLE = Path(__file__).resolve().parents[2] / "examples" / "courageous-conversations" / "mid-cycle.yaml"


def test_the_mid_cycle_survey_wholly_in_teams(season: TeamsSeason) -> None:
    season.installation.run("load", season.write(MID_CYCLE.read_text(encoding="utf-8"), people=("avery",)))
    avery = season.members["avery"]
    said = {
        "name": "Avery Doe",
        "organisation": "The county",
        "role": "Lead & <deputy>",
        "organised": "Well.\n\nMore talk next time.",
        "Was everyone there who should have been": "Nearly everyone",
        "reach": "Health, *sooner*",
        "impact.children": "They are heard",
        "impact.partnership": "Monthly, not yearly",
        "next_steps": "A joint plan",
        "reflections": "I listen longer",
        "SEND partnership board": "Not yet, but it is planned",
        "follow_on": "Two workshops",
        "message": "Begin with the forum <at>everyone</at>",
        "Would you like another": "Yes",
        "topic": "Transition at 16",
    }
    with season.installation.serving():
        first_card(avery)
        answer_all(avery, said)
        until(lambda: any("Your answers: What the" in text for text in avery.texts))
        receipt = next(post for post in avery.posts if "Your answers: What the" in text_of(post))
        assert r"Begin with the forum \<at>everyone\</at>" in text_of(receipt)
    assert season.installation.run("triage", "list", "--json").json == []
    (response,) = season.installation.export("valley/asked")["responses"]
    assert response["state"] == "complete"
    answers = response["answers"]
    assert answers["organised"] == "Well.\n\nMore talk next time."
    assert (answers["right_people"], answers["board"], answers["again"]) == ("nearly", "planned", "yes")
    assert answers["impact"] == {"children": "They are heard", "partnership": "Monthly, not yearly"}
    assert answers["message"] == "Begin with the forum <at>everyone</at>"
    assert "name" not in answers, "a confidential round exports no name"
    assert "Lead & <deputy>" in season.installation.run("person", "export", "avery").out


def test_begun_in_teams_taken_away_there_and_finished_by_mail(season: TeamsSeason, post: PostOffice) -> None:
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        first_card(avery)
        answer_all(avery, {"How well was the day": "3", "changed": "A little"}, stop_before="impact.children")
        avery.uninstall()
    season.installation.run("round", "remind", "valley/asked", "--anyway")
    season.installation.run("tick")
    season.installation.run("tick")
    letter = next(letter for letter in post.letters() if letter.kind == "reminder")
    path = season.installation.home / "reply.eml"
    path.write_bytes(reply_to(letter, "Q3 They are heard\nQ5 No\nQ7 Time"))
    season.installation.run("mail", "receive", path)
    responses = season.installation.export("valley/asked")["responses"]
    assert len(responses) == 1
    answers = responses[0]["answers"]
    assert (answers["organised"], answers["changed"], answers["again"]) == (3, "A little", "no")
    assert answers["impact"]["children"] == "They are heard"
    assert not any(DONE in text for text in avery.texts), "nothing more is said where the app was taken away"
