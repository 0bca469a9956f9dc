"""The same harness on a programme of another shape: five modules without areas, six-point ratings, two languages."""

from datetime import timedelta

import pytest

from tests.scenarios.season import MODULES, Season, how_many, people_and_kinds, steps

EVERYONE = [f"m{number:02}" for number in range(1, 13)]
WELSH = {"m01", "m02", "m03", "m06", "m09", "m11"}
RATINGS = {"m01": 6, "m02": 5, "m04": 5, "m05": 3, "m08": 6}
ITEMS = ("knowledge", "level", "ideas", "structure", "facilitation")


@pytest.mark.timeout(300)
def test_a_module_s_round(tmp_path, post):
    season = Season(MODULES, tmp_path, post)
    season.load()
    assert season.soundings.run("load", season.programme).out.strip() == "no changes"
    listed = season.soundings.run("round", "list", "--json").json
    names = [each["round"] for each in listed]
    assert sum("after-module--module-" in name for name in names) == 5

    # The baseline round, two weeks earlier, has closed by now; its invitations were due long ago.
    season.tick(season.local("2025-01-23", "16:29"))
    before = len(post.letters())
    invited = season.tick(season.local("2025-01-23", "16:30"))
    assert people_and_kinds(invited) == {"invitation": EVERYONE}
    letters = {season.person_of(letter): letter for letter in post.since(before)}
    for person, letter in letters.items():
        assert ("Annwyl" in letter.text) == (person in WELSH), person
        assert "[Q6]" in letter.text
    assert "1 = Poorly ... 6 = Very well" in letters["m04"].text
    assert "1 = Yn wael ... 6 = Yn dda iawn" in letters["m01"].text

    planned = season.plan()
    links = {person: letter.link(season.soundings.public_url) for person, letter in letters.items()}
    with season.serving():
        for person, rating in RATINGS.items():
            answers = {item: str(rating) for item in ITEMS} | {"keep_change": f"Words of {person}"}
            walk = season.client.answer(links[person], answers)
            assert walk.last.kind == "done", walk.last.words
            language = walk.screens[0].soup.html["lang"]
            assert language.startswith("cy") == (person in WELSH)
        post.wait_for(kind="receipt", count=len(RATINGS))

    # What the plan said beforehand, less those who have answered, is what comes.
    silent = [person for person in EVERYONE if person not in RATINGS]
    close = season.local("2025-01-30", "16:30")
    came = [message for at in steps(planned, close) for message in season.tick(at)]
    foretold = [line["participant"] for line in planned if line["kind"] == "reminder" and line["participant"] in silent]
    assert people_and_kinds(came).get("reminder") == sorted(foretold)
    assert max(foretold.count(person) for person in silent) <= 2
    season.tick(close + timedelta(minutes=1))

    status = season.soundings.status(season.round)
    assert (status["state"], status["invited"], status["complete"]) == ("closed", 12, 5)
    assert status["response_rate"] == pytest.approx(5 / 12, abs=0.001)
    assert {who: figures["complete"] for who, figures in status["by_perspective"].items()} == {
        "education": 3,
        "social_care": 2,
        "health": 0,
    }

    exported = season.soundings.export(season.round)
    assert [item["type"] for item in exported["items"]] == ["scale"] * 5 + ["long_text"]
    assert sorted(each["answers"]["knowledge"] for each in exported["responses"]) == sorted(RATINGS.values())
    assert {each["session"] for each in exported["responses"]} == {"module-1"}
    assert how_many(season.tick(close + timedelta(days=7))).get("reminder", 0) == 0
