"""Managers are asked about their people, by name: one link for each person, one manager for several (seed S7)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clients.form_client import FormClient
from tests.clients.installation import Installation
from tests.clients.post_office import PostOffice
from tests.scenarios.replicas import stamp

PROGRAMME = """\
programme: leaders
title: Leaders in practice
timezone: Etc/UTC
sender: {{name: Ada Lund, email: ada.lund@example.org}}
privacy: {{controller: Leaders in practice, contact: ada.lund@example.org}}
perspectives: [{{id: leader, label: Leader}}, {{id: manager, label: Line manager}}]
areas: [{{id: north, name: North}}, {{id: south, name: South}}]
panel: panel.csv
rounds:
  - id: middle
    survey: own.yaml
    kind: baseline
    opens: {opens}
    closes: {closes}
    audience: {{perspectives: [leader], areas: [north]}}
    mode: {mode}
  - id: managers
    survey: about.yaml
    kind: informant
    informs_about: middle
    opens: {opens}
    closes: {closes}
    mode: {mode}
    reminders: {{before_close: [1 hour], cap: 1, gap: 0 hours}}
"""
OWN = """\
survey: own
version: 1
title: Halfway
sections:
  - items: [{id: skills, ask: How do you lead?, type: scale, points: 6}]
"""
ABOUT = """\
survey: about
version: 1
title: Your colleague halfway
intro: "Dear {participant.greeting}, please tell us how {about.name} leads now."
sections:
  - items: [{id: skills, ask: "How does {about.greeting} lead now?", type: scale, points: 6}]
"""
PANEL = """\
id,name,greeting,email,area,perspectives,manager_of
l1,Sam Carter,Sam,sam@leaders.test,north,leader,
l2,Ines Duarte,Ines,ines@leaders.test,north,leader,
l3,Tom Ely,Tom,tom@leaders.test,south,leader,
m1,Vera Quist,Vera,vera@managers.test,,manager,l1;l2;l3
m2,Omar Reed,Omar,omar@managers.test,,manager,l2
"""


@pytest.fixture
def leaders(tmp_path: Path, post: PostOffice) -> Installation:
    (tmp_path / "own.yaml").write_text(OWN)
    (tmp_path / "about.yaml").write_text(ABOUT)
    (tmp_path / "panel.csv").write_text(PANEL)
    return Installation(home=tmp_path, smtp_url=post.url)


def load(soundings: Installation, mode: str = "confidential") -> datetime:
    now = datetime.now(UTC).replace(microsecond=0)
    closes = now + timedelta(hours=3)
    words = PROGRAMME.format(opens=stamp(now - timedelta(minutes=1)), closes=stamp(closes), mode=mode)
    (soundings.home / "programme.yaml").write_text(words)
    soundings.run("load", "programme.yaml")
    return closes


def test_each_manager_is_asked_about_each_of_their_people(leaders: Installation, post: PostOffice) -> None:
    closes = load(leaders)
    plan = leaders.run("round", "plan", "managers", "--json").json
    asked = [(line["participant"], line["about"]) for line in plan if line["kind"] == "invitation"]
    # Of Vera's people one is in the south, where the round that this informs about is not held.
    assert sorted(asked) == [("m1", "l1"), ("m1", "l2"), ("m2", "l2")]
    leaders.run("tick")
    veras = post.letters(to="vera@managers.test", kind="invitation")
    assert sorted(letter.subject.partition(",")[0] for letter in veras) == [
        "Please answer: Your colleague halfway: Ines Duarte",
        "Please answer: Your colleague halfway: Sam Carter",
    ] or all(any(name in letter.subject for name in ("Ines Duarte", "Sam Carter")) for letter in veras)
    links = {}
    for letter in veras:
        (name,) = [each for each in ("Sam Carter", "Ines Duarte") if f"how {each} leads now" in letter.text]
        links[name] = letter.link(leaders.public_url)
    assert len(set(links.values())) == 2
    own = post.letters(to="sam@leaders.test", kind="invitation")[0].link(leaders.public_url)
    with leaders.serving():
        page = FormClient().open(links["Sam Carter"])
        assert "How does Sam lead now?" in page.words
        assert "Your colleague halfway: Sam Carter" in page.words
        assert FormClient().answer(links["Sam Carter"], {"skills": "5"}).last.kind == "done"
        assert FormClient().answer(links["Ines Duarte"], {"skills": "2"}).last.kind == "done"
        assert FormClient().answer(own, {"skills": "4"}).last.kind == "done"
        post.wait_for(to="vera@managers.test", kind="receipt", count=2)
    status = leaders.status("managers")
    assert (status["invited"], status["complete"], status["pending"]) == (3, 2, 1)
    said = leaders.export("managers")["responses"]
    about_sam = leaders.export("middle")["responses"][0]["participant"]
    # The same pseudonym on both sides is what joins them.
    assert {each["about"]: each["answers"]["skills"] for each in said}[about_sam] == 5
    assert sorted(each["answers"]["skills"] for each in said) == [2, 5]
    assert len({each["participant"] for each in said}) == 1
    assert "Sam" not in str(said)
    leaders.run("export", "managers", "--format", "csv", "-o", "out.csv")
    with (leaders.home / "out.csv").open(encoding="utf-8-sig", newline="") as written:
        assert about_sam in {row["about"] for row in csv.DictReader(written)}
    who = leaders.run("round", "who", "managers", "--json").json
    assert {(each["name"], each["about"]) for each in who} == {
        ("Vera Quist", "Sam Carter"),
        ("Vera Quist", "Ines Duarte"),
        ("Omar Reed", "Ines Duarte"),
    }
    # Only the one who has not answered is reminded, and it says about whom.
    leaders.tick(closes - timedelta(hours=1))
    reminders = [each for each in post.letters(kind="reminder") if each.to.endswith("@managers.test")]
    assert [each.to for each in reminders] == ["omar@managers.test"]
    assert "Ines Duarte" in reminders[0].subject


def test_names_stand_in_an_identified_round_and_unlinked_is_refused(leaders: Installation, post: PostOffice) -> None:
    load(leaders, "identified")
    leaders.run("tick")
    letter = post.letters(to="omar@managers.test", kind="invitation")[0]
    with leaders.serving():
        FormClient().answer(letter.link(leaders.public_url), {"skills": "6"})
    assert [(each["participant"], each["about"]) for each in leaders.export("managers")["responses"]] == [("m2", "l2")]
    path = leaders.home / "programme.yaml"
    path.write_text(path.read_text().replace("mode: identified", "mode: unlinked"))
    refused = leaders.run("load", "programme.yaml", code=2)
    assert "what is said about somebody must be kept with whom it is about" in refused.err


def test_who_is_erased_takes_along_what_was_said_about_them(leaders: Installation, post: PostOffice) -> None:
    load(leaders)
    leaders.run("tick")
    with leaders.serving():
        for letter in post.letters(kind="invitation"):
            if letter.to.endswith("@managers.test"):
                FormClient().answer(letter.link(leaders.public_url), {"skills": "3"})
    assert len(leaders.export("managers")["responses"]) == 3
    leaders.run("person", "erase", "l2", "--yes")
    left = leaders.export("managers")["responses"]
    assert len(left) == 1
    leaders.run("load", "programme.yaml")
    leaders.run("tick")
    assert leaders.status("managers")["invited"] == 1


def test_a_delegate_of_a_manager_is_asked_about_the_same_person(leaders: Installation, post: PostOffice) -> None:
    load(leaders)
    leaders.run("tick")
    letter = post.letters(to="omar@managers.test", kind="invitation")[0]
    with leaders.serving():
        given = {"text": "Lea Novak", "email": "lea@managers.test"}
        assert FormClient().tap(letter.link(leaders.public_url), "someone-else", given).status == 200
        named = post.wait_for(to="lea@managers.test", within=20)[0]
    assert "Ines Duarte" in named.text
