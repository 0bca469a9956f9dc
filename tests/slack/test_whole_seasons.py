"""The seed's mid-cycle survey answered wholly in Slack, and one response that goes from Slack to mail to the web."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.form_client import FormClient
from tests.clients.post_office import PostOffice
from tests.scenarios.test_by_mail import reply_to
from tests.slack.season import OPEN_QUESTIONS, SlackSeason, a_season, first_prompt, until
from tests.slack.walking import answer_all

MID_CYCLE = Path(__file__).resolve().parents[2] / "examples" / "courageous-conversations" / "mid-cycle.yaml"


@pytest.fixture
def season(tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url) as made:
        yield made


def test_the_mid_cycle_survey_wholly_in_slack(season: SlackSeason) -> None:
    season.installation.run("load", season.write(MID_CYCLE.read_text(encoding="utf-8"), people=("avery",)))
    avery = season.members["avery"]
    said = {
        "name": "Avery Doe",
        "organisation": "The county",
        "role": "Lead & <deputy>",
        "organised": "Well.\n\nMore talk next time.",
        "right_people": "Nearly everyone",
        "reach": "Health, *sooner*",
        "impact.children": "They are heard",
        "impact.partnership": "Monthly, not yearly",
        "next_steps": "A joint plan",
        "reflections": "I listen longer",
        "board": "Not yet, but it is planned",
        "follow_on": "Two workshops",
        "message": "Begin with the forum <!here>",
        "again": "Yes",
        "topic": "Transition at 16",
    }
    with season.installation.serving():
        first_prompt(avery)
        asked = answer_all(avery, said)
        until(lambda: any("Your answers: What the" in text for text in season.workspace.texts(avery.user)))
    assert {"reach", "topic", "impact.settings"} <= set(asked)
    assert "board_then" not in asked
    assert not any(entry for entry in season.installation.run("triage", "list", "--json").json)
    (response,) = season.installation.export("valley/asked")["responses"]
    assert response["state"] == "complete"
    answers = response["answers"]
    assert answers["organised"] == "Well.\n\nMore talk next time."
    assert (answers["right_people"], answers["board"], answers["again"]) == ("nearly", "planned", "yes")
    assert answers["impact"] == {"children": "They are heard", "partnership": "Monthly, not yearly"}
    assert answers["message"] == "Begin with the forum <!here>"
    assert "name" not in answers, "a confidential round exports no name"
    person = season.installation.run("person", "export", "avery").out
    assert "Lead & <deputy>" in person


def test_begun_in_slack_finished_by_mail_corrected_on_the_web(season: SlackSeason, post: PostOffice) -> None:
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        first_prompt(avery)
        answer_all(avery, {"organised": "3", "changed": "A little"}, stop_before="impact.children")
        # From now on by mail.
        avery.open_home()
        home = until(lambda: season.workspace.homes.get(avery.user.id))
        known = set(season.workspace.views)
        avery.click(home, "Choose the channel and the time zone")
        form = until(lambda: next((v for v in season.workspace.views.values() if v.id not in known), None))
        avery.fill(form, "Write to me by", "email")
        avery.submit(form)
    season.installation.run("round", "remind", "valley/asked", "--anyway")
    season.installation.run("tick")
    letter = next(letter for letter in post.letters() if letter.kind == "reminder")
    raw = reply_to(letter, "Q2 Much more than a little\nQ3 They are heard\nQ5 No\nQ7 Time")
    path = season.installation.home / "reply.eml"
    path.write_bytes(raw)
    season.installation.run("mail", "receive", path)
    with season.installation.serving() as url:
        link = letter.link(url)
        FormClient().answer(f"{link}?page=organised", {"organised": "4"}, otherwise=lambda field: list(field.preset))
        # Messages are brought up to date by the clock's ticks.
        until(lambda: "Answered on the web form" in str(avery.messages[0].blocks), within=90)
    responses = season.installation.export("valley/asked")["responses"]
    assert len(responses) == 1
    answers = responses[0]["answers"]
    assert answers["organised"] == 4
    assert answers["changed"] == "Much more than a little"
    assert answers["impact"]["children"] == "They are heard"
    assert answers["again"] == "no"
    kept = season.installation.run("person", "export", "avery").out
    assert "A little" in kept
