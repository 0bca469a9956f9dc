"""Rounds that come again, and rounds that follow another."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.files.yaml_file import parse_yaml
from surveys.moments import AbsoluteMoment
from surveys.programme import Repeats, RoundEntry, RoundKind
from surveys.programme_file import read_programme
from surveys.repeats import turns, with_repeated
from surveys.source import Problems

PROGRAMME = """\
programme: hall
title: The hall
timezone: Europe/London
rounds:
  - id: one
    survey: one.yaml
    kind: mid_cycle
    opens: 2025-01-31 09:00
    closes: 2025-02-07 close of play
"""
BY_ITSELF = "; one that comes again by itself says {every: 6 months, times: 3}"
LENGTHS = "such as '2 weeks', '6 months' or '1 year'"
TWO = """\
  - id: two
    opens: 2025-06-02 09:00
    closes: 2025-06-13 close of play
"""


def read(text):
    problems = Problems()
    node = with_repeated(parse_yaml(text, "p.yaml", problems), problems)
    return read_programme(node, problems), [str(each) for each in problems.found]


def days(entry):
    return [(each.key, str(each.opens.day), str(each.closes.day)) for each in turns(entry)]


def test_months_keep_the_day_or_take_the_last_one():
    programme, problems = read(PROGRAMME + "    repeats: {every: 1 month, times: 4}\n")
    assert problems == []
    assert days(programme.rounds[0]) == [
        ("one", "2025-01-31", "2025-02-07"),
        ("one--2", "2025-02-28", "2025-03-07"),
        ("one--3", "2025-03-31", "2025-04-07"),
        ("one--4", "2025-04-30", "2025-05-07"),
    ]


def test_until_is_the_last_day_on_which_one_may_open():
    programme, problems = read(PROGRAMME + "    repeats: {every: 2 weeks, until: 2025-02-28}\n")
    assert problems == []
    assert [key for key, _, _ in days(programme.rounds[0])] == ["one", "one--2", "one--3"]


def test_a_close_that_counts_from_the_opening_does_so_each_time():
    text = PROGRAMME.replace("2025-02-07 close of play", "5 working days after opens")
    programme, problems = read(text + "    repeats: {every: 1 year, times: 2}\n")
    assert problems == []
    first, second = turns(programme.rounds[0])
    assert first.closes == second.closes
    assert second.opens.day == date(2026, 1, 31)


def test_the_rounds_it_makes_can_be_named():
    told = "    repeats: {every: 1 year, times: 2}\n"
    assert read(PROGRAMME + told + TWO + "    survey: one.yaml\n    compare_with: one--2\n")[1] == []
    assert read(PROGRAMME + told + TWO + "    survey: one.yaml\n    compare_with: one--3\n")[1] == [
        "p.yaml:15: rounds[1].compare_with: 'one--3' is not a round of this programme; did you mean 'one--2'?"
    ]


def test_a_round_that_follows_another_takes_over_all_but_its_times():
    audience = "    audience: {sessions: held}\n    reminders: none\n    title: The first\n"
    programme, problems = read(PROGRAMME + audience + TWO + "    repeats: one\n    kind: end\n")
    assert problems == []
    first, second = programme.rounds
    assert (second.survey, second.audience, second.reminders) == (first.survey, first.audience, None)
    assert (second.kind, second.compare_with, second.title) == (RoundKind.END, "one", None)
    assert second.opens.day == date(2025, 6, 2)


def test_it_may_follow_one_that_follows():
    three = TWO.replace("two", "three").replace("2025", "2026") + "    repeats: two\n    mode: identified\n"
    programme, problems = read(PROGRAMME + TWO + "    repeats: one\n    mode: unlinked\n" + three)
    assert problems == []
    assert [(each.survey, each.mode.value, each.compare_with) for each in programme.rounds] == [
        ("one.yaml", "confidential", ""),
        ("one.yaml", "unlinked", "one"),
        ("one.yaml", "identified", "two"),
    ]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            "    repeats: yearly\n",
            f"p.yaml:10: rounds[0].repeats: 'yearly' is not a round of this programme{BY_ITSELF}",
        ),
        ("    repeats: one\n", "p.yaml:10: rounds[0].repeats: names its own round"),
        ("    repeats: [one]\n", "p.yaml:10: rounds[0].repeats: a mapping of keys is needed here, not a list"),
        ("    repeats: {times: 3}\n", "p.yaml:10: rounds[0].repeats.every: say how often, like every: 6 months"),
        (
            "    repeats: {every: 1 week}\n",
            "p.yaml:10: rounds[0].repeats: say how often in all (times: 3), or until when (until: 2026-06-30)",
        ),
        (
            "    repeats: {every: now and then, times: 3}\n",
            f"p.yaml:10: rounds[0].repeats.every: 'now and then' is not a length of time {LENGTHS}",
        ),
        (
            "    repeats: {every: 0 days, times: 3}\n",
            "p.yaml:10: rounds[0].repeats.every: '0 days' is nothing, or longer than ten years",
        ),
        (
            "    repeats: {every: 1 week, times: 1}\n",
            "p.yaml:10: rounds[0].repeats.times: a whole number from 2 to 100 is needed, not '1'",
        ),
        (
            "    repeats: {every: 1 week, until: soon}\n",
            "p.yaml:10: rounds[0].repeats.until: 'soon' is not a day such as 2024-12-23",
        ),
        (
            "    repeats: {every: 1 week, until: 2024-12-31}\n",
            "p.yaml:10: rounds[0].repeats.until: it ends before the round opens first (2025-01-31)",
        ),
        (
            "    repeats: {every: 1 day, until: 2025-12-31}\n",
            "p.yaml:10: rounds[0].repeats.until: that makes more than 100 rounds",
        ),
        (
            "    repeats: {every: 1 year, times: 2, on: Monday}\n",
            "p.yaml:10: rounds[0].repeats.on: unknown key",
        ),
        (
            "    repeats: {every: 1 year, times: 2}\n" + TWO.replace("two", "one--2") + "    survey: one.yaml\n",
            "p.yaml:5: rounds[0]: makes a round called 'one--2', and another entry is called that too",
        ),
    ],
)
def test_each_mistake_is_told_with_its_place(lines, problem):
    assert read(PROGRAMME + lines)[1] == [problem]


def test_a_round_for_each_session_repeats_with_them_alone():
    text = PROGRAMME.replace("mid_cycle", "post_session") + "    repeats: {every: 1 year, times: 2}\n"
    assert read(text)[1] == [
        "p.yaml:10: rounds[0].repeats: a round for each session repeats with them, and not by itself"
    ]


def test_rounds_in_a_circle_are_told_once_each():
    circle = PROGRAMME + "    repeats: two\n" + TWO + "    survey: one.yaml\n    repeats: one\n"
    assert read(circle)[1] == [
        "p.yaml:10: rounds[0].repeats: the rounds repeat each other in a circle",
        "p.yaml:15: rounds[1].repeats: the rounds repeat each other in a circle",
    ]


@given(
    day=st.dates(date(1971, 1, 1), date(2199, 12, 1)),
    months=st.integers(0, 24),
    length=st.integers(0, 60),
    times=st.integers(2, 100),
)
def test_turns_come_in_order_and_last_as_long_as_the_first(day, months, length, times):
    closes = AbsoluteMoment(day=day + timedelta(days=min(length, (date.max - day).days)), at=None)
    entry = RoundEntry(
        key="one",
        survey="one.yaml",
        kind=RoundKind.MID_CYCLE,
        opens=AbsoluteMoment(day=day, at=time(9)),
        closes=closes,
        repeats=Repeats(months=months, days=0 if months else 7, times=times),
    )
    made = list(turns(entry))
    opens = [each.opens.day for each in made]
    assert opens == sorted(set(opens))
    assert {each.closes.day - each.opens.day for each in made} == {closes.day - day}
    assert [each.number for each in made] == list(range(1, len(made) + 1))
    assert made[0].key == "one"
    assert len(made) == times or opens[-1].year >= 2197
