"""What organisers hear in a chat, and that an unlinked round tells nothing of few people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from surveys.digest import Move, RoundStanding
from surveys.dispositions import Disposition
from surveys.figures import CoverageState, Dispositions
from surveys.news import may_be_news, news_of, next_missing
from surveys.programme import Mode, Perspective
from surveys.rounds import RoundState
from surveys.text import Text
from tests.surveys.test_digest import CALENDAR, NOW, OPEN, PROGRAMME

ROUND = replace(OPEN, mode=Mode.CONFIDENTIAL, opened_at=NOW - timedelta(hours=1))
TOWN = replace(
    PROGRAMME,
    perspectives=(
        Perspective(key="parent", label=Text.plain("Parents"), required=True),
        Perspective(key="guest", label=Text.plain("Guests")),
    ),
)


def standing(round_=ROUND, **how):
    counts = Dispositions({Disposition.COMPLETE: 3, Disposition.PENDING: 7})
    return RoundStanding(**{"round": round_, "title": "Spring", "min_group": 5, "counts": counts} | how)


def told(found, goal=None, now=NOW):
    return {each.what: " / ".join(each.lines) for each in news_of(TOWN, found, goal, now, CALENDAR)}


def test_a_round_that_has_opened():
    assert told(standing())["opened"].startswith("Spring (town/spring) has opened: 10 people are asked.")
    late = replace(ROUND, opened_at=NOW - timedelta(days=3))
    assert told(standing(late)) == {}
    assert told(standing(replace(ROUND, state=RoundState.CLOSED))) == {}


def test_each_move_of_the_close_by_itself():
    move = Move(before=ROUND.closes_at - timedelta(days=7), after=ROUND.closes_at, reason="Snow.", at=NOW)
    found = told(standing(replace(ROUND, extensions=2), moves=(move,)))
    assert "now closes on" in found["moved-2"]
    assert found["moved-2"].endswith("The reason: Snow.")
    old = replace(move, at=NOW - timedelta(days=2))
    assert "moved-2" not in told(standing(replace(ROUND, extensions=2), moves=(old,)))


@pytest.mark.parametrize(("goal", "reached"), [(None, False), (30, True), (30.1, False), (100, False)])
def test_a_goal(goal, reached):
    assert ("goal" in told(standing(), goal)) is reached


@given(some.integers(0, 12), some.integers(1, 12), some.floats(1, 100))
def test_an_unlinked_round_reaches_no_goal_by_few(complete, least, goal):
    counts = Dispositions({Disposition.COMPLETE: complete, Disposition.PENDING: 12 - complete})
    found = standing(replace(ROUND, mode=Mode.UNLINKED), counts=counts, min_group=least)
    if "goal" in told(found, goal):
        assert complete >= least
        assert complete / 12 * 100 >= goal


def test_voices_that_are_missing_two_days_before_the_close():
    cells = {
        ("", "parent"): CoverageState.INVITED,
        ("", "guest"): CoverageState.INVITED,
    }
    asked = {("", "parent"): 6, ("", "guest"): 6}
    near = replace(ROUND, opened_at=NOW - timedelta(days=9), closes_at=NOW + timedelta(days=2))
    found = told(standing(near, cells=cells, asked=asked))["missing"]
    assert "Parents" in found
    assert "Guests" not in found, "nobody said that they are needed"
    far = replace(near, closes_at=NOW + timedelta(days=2, minutes=1))
    assert "missing" not in told(standing(far, cells=cells, asked=asked))
    heard = {("", "parent"): CoverageState.HEARD}
    assert "missing" not in told(standing(near, cells=heard, asked=asked))
    few = standing(replace(near, mode=Mode.UNLINKED), cells=cells, asked={("", "parent"): 4, ("", "guest"): 6})
    assert "missing" not in told(few)


def test_when_to_look_again():
    assert next_missing([ROUND], NOW) == ROUND.closes_at - timedelta(days=2)
    assert next_missing([replace(ROUND, closes_at=NOW)], NOW) is None
    assert may_be_news(replace(ROUND, state=RoundState.PLANNED), 50, NOW) == frozenset()
