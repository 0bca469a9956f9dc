"""What `round plan` says before is what the mailboxes get, tick by tick through the season."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.scenarios.season import S1, Season, due, steps


def said(plan, *, until):
    """(due time, person, kind) of everything planned up to then."""
    return Counter((due(line), line["participant"], line["kind"]) for line in plan if due(line) <= until)


@pytest.mark.timeout(300)
def test_what_the_plan_says_is_what_happens_when_nobody_answers(tmp_path, post):
    season = Season(S1, tmp_path, post, weeks_ahead=1)
    season.load()
    plan = season.plan()
    close = season.local("2024-12-16", "17:00")
    assert said(plan, until=close), "the plan is empty"
    came = Counter()
    for at in steps(plan, close):
        # A minute before each time nothing goes: the times are right, not only the order.
        assert season.tick(at - timedelta(minutes=1)) == []
        for message in season.tick(at):
            came[at, message.person, message.kind] += 1
    assert came == said(plan, until=close)
    season.tick(close)
    assert season.soundings.status(season.round)["complete"] == 0


@pytest.mark.timeout(300)
def test_a_new_plan_after_answers_and_a_moved_deadline_is_kept_too(tmp_path, post):
    season = Season(S1, tmp_path, post)
    season.load()
    season.tick(season.local("2024-11-25", "09:00"))
    with season.serving():
        for person in ("p01", "p10", "p22"):
            season.answer(person)
        post.wait_for(kind="receipt", count=3)
    close = season.local("2024-12-18", "17:00")
    moved = season.soundings.run("round", "extend", season.round, close, "--reason", "Two areas asked for it")
    assert moved.code == 0
    plan = season.plan()
    assert not {line["participant"] for line in plan if line["kind"] in {"reminder", "notice"}} & {"p01", "p10", "p22"}
    told = [line["participant"] for line in plan if line["kind"] == "notice"]
    assert len(told) == len(set(told)) == 23
    came = Counter()
    for at in steps(plan, close):
        for message in season.tick(at):
            came[at, message.person, message.kind] += 1
    assert came == said(plan, until=close)
    season.tick(close)
    assert season.soundings.status(season.round)["state"] == "closed"
    assert all(
        count <= 4 for count in Counter(season.person_of(letter) for letter in post.letters(kind="reminder")).values()
    )
