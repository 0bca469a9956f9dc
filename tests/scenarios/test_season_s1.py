"""The season of the seed's mid-cycle survey (S1): four areas and two visiting reviewers answer, half of them about Hampshire.

Days are given as the example's own file has them; the harness moves them all by the same number of weeks.
"""

import pytest

from tests.scenarios.season import S1, Season, how_many, people_and_kinds

# Reading and West Sussex, Kent, Hampshire; then the two who visited Hampshire: one of them hosts in Kent too.
RETURNS = ("p11", "p17", "p06", "p21", "p05", "p26")
BEGUN = "p02"
EVERYONE = [f"p{number:02}" for number in range(1, 27)]
SILENT = [person for person in EVERYONE if person not in RETURNS]


@pytest.mark.timeout(300)
def test_the_season_of_s1(tmp_path, post):
    season = Season(S1, tmp_path, post)
    assert "mid-cycle-2024" in season.soundings.run("load", season.programme, "--dry-run").out
    season.load()
    assert season.soundings.run("load", season.programme).out.strip() == "no changes"
    assert season.soundings.status(season.round)["state"] == "planned"

    opening = season.local("2024-11-25", "09:00")
    invited = season.tick(opening)
    assert people_and_kinds(invited) == {"invitation": EVERYONE}
    assert season.tick(opening) == []

    with season.serving():
        season.answer("p11", {"voices.pcf": "A call with their chair", "voices.school": ""})
        for person in RETURNS[1:]:
            season.answer(person)
        begun = season.answer(BEGUN, stop_before="right_people")
        assert begun.last.kind == "question"
        receipts = post.wait_for(kind="receipt", count=len(RETURNS))
    assert sorted(season.person_of(letter) for letter in receipts) == sorted(RETURNS)

    # A week before the close, at half past nine; Carys works Tuesday to Thursday, so hers is on the Thursday before.
    # Half past nine in Athens is half past seven in London.
    assert people_and_kinds(season.tick(season.local("2024-12-05", "09:30"))) == {"reminder": ["p25"]}
    assert people_and_kinds(season.tick(season.local("2024-12-09", "07:30"))) == {"reminder": ["p20"]}
    first = season.tick(season.local("2024-12-09", "09:30"))
    assert people_and_kinds(first) == {"reminder": [person for person in SILENT if person not in {"p20", "p25"}]}
    told = next(letter for letter in post.letters(kind="reminder") if season.person_of(letter) == BEGUN)
    assert "questions to go" in told.text

    # Two days before is a Saturday, so it goes on the Friday; Idris works Monday to Wednesday, Carys not on Fridays.
    assert people_and_kinds(season.tick(season.local("2024-12-11", "09:30"))) == {"reminder": ["p09"]}
    assert people_and_kinds(season.tick(season.local("2024-12-12", "09:30"))) == {"reminder": ["p25"]}
    season.tick(season.local("2024-12-13", "07:30"))
    second = season.tick(season.local("2024-12-13", "09:30"))
    assert people_and_kinds(second) == {"reminder": [p for p in SILENT if p not in {"p09", "p20", "p25"}]}

    # The third time is for places only where a voice that is needed has not been heard:
    # Buckinghamshire: host lead, forum. Kent: forum, health (its host lead answered as a visitor to Hampshire, and
    # speaks for both). Reading: health (the forum was heard through Ottilie). West Sussex: host lead, forum, health.
    # Hampshire: forum, health.
    third = season.tick(season.local("2024-12-16", "13:00"))
    assert people_and_kinds(third) == {
        "reminder": ["p01", "p03", "p08", "p10", "p15", "p16", "p18", "p20", "p23", "p25"]
    }

    assert how_many(season.tick(season.local("2024-12-16", "16:59"))) == {}
    assert season.soundings.status(season.round)["state"] == "open"
    closing = season.tick(season.local("2024-12-16", "17:00"))
    assert people_and_kinds(closing) == {"thanks": sorted(RETURNS)}

    status = season.soundings.status(season.round)
    assert status["state"] == "closed"
    assert (status["invited"], status["complete"], status["partial"], status["pending"]) == (26, 6, 1, 19)
    assert status["response_rate"] == pytest.approx(6 / 26, abs=0.001)
    assert {area: figures["complete"] for area, figures in status["by_area"].items() if figures["complete"]} == {
        "hampshire": 3,
        "kent": 2,
        "reading": 1,
        "west-sussex": 1,
    }
    assert {who: figures["complete"] for who, figures in status["by_perspective"].items() if figures["complete"]} == {
        "host_lead": 3,
        "director": 1,
        "assistant_director": 1,
        "reviewer": 2,
    }
    assert how_many([season.message_of(letter) for letter in post.letters()])["invitation"] == 26

    exported = season.soundings.export(season.round)
    assert len(exported["responses"]) == 7
    assert sorted(each["state"] for each in exported["responses"]) == ["complete"] * 6 + ["partial"]
    collated = [each for each in exported["responses"] if each["voices"]]
    assert [each["area"] for each in collated] == ["reading"]
    assert not {"name", "organisation", "role"} & set(exported["responses"][0]["answers"])
    assert "p11" not in {each["participant"] for each in exported["responses"]}
    assert how_many(season.tick(season.local("2025-01-06", "09:30"))).get("reminder", 0) == 0

    # The organisers heard of the returns on the next day that was ticked, and on Friday, three days before the close,
    # of the voices in each place that nobody had given.
    for organiser in ("maya.lindqvist@example.org", "tobias.achebe@example.org"):
        digests = [letter.subject for letter in post.letters(to=organiser, kind="digest")]
        assert len(digests) == 2, digests
        assert digests[0].startswith("6 returns:")
        assert "voices missing:" in digests[1]
