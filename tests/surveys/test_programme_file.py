from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.files.yaml_file import parse_yaml
from surveys.programme import Mode, Offset, QuietHours, RoundKind
from surveys.programme_file import read_programme
from surveys.source import Node, Problems

LEAST = "programme: hall\ntitle: The hall\ntimezone: Europe/London\n"
ROUND = """\
rounds:
  - id: one
    survey: one.yaml
    kind: mid_cycle
    opens: 2025-04-01 09:00
    closes: 2025-04-14 close of play
"""


def read(text: str, calendars=None):
    problems = Problems()
    node = parse_yaml(text, "p.yaml", problems)
    programme = read_programme(node, problems, known_calendars=calendars)
    return programme, [str(problem) for problem in problems.found]


def test_little_is_needed_and_the_rest_has_sensible_values():
    programme, problems = read(LEAST + ROUND)
    assert problems == []
    assert programme.close_of_play == time(17)
    assert programme.min_group == 10
    assert programme.channels == ("mail",)
    (entry,) = programme.rounds
    assert (entry.kind, entry.mode, entry.per_session, entry.hold) == (
        RoundKind.MID_CYCLE,
        Mode.CONFIDENTIAL,
        False,
        False,
    )
    assert not entry.audience.held_only
    assert entry.reminders.before_close == (Offset(days=7), Offset(days=2))


def test_reminders_are_put_in_order_of_time_and_can_be_none():
    programme, _ = read(LEAST + ROUND + "    reminders: {before_close: [4 hours, 2 days, 1 week], cap: 1}\n")
    policy = programme.rounds[0].reminders
    assert policy.before_close == (Offset(days=7), Offset(days=2), Offset(span=timedelta(hours=4)))
    assert policy.cap == 1
    assert read(LEAST + ROUND + "    reminders: none\n")[0].rounds[0].reminders is None


def test_sessions_without_an_offset_are_in_the_programmes_zone():
    programme, problems = read(
        LEAST + "quiet_hours: 18:30-08:00\nsessions:\n"
        "  - {id: a, starts: 2025-06-10 10:00, ends: 2025-06-10T12:00:00Z}\n"
        "  - {id: b, starts: 2025-06-11, ends: 2025-06-11}\n"
    )
    assert problems == []
    zone = ZoneInfo("Europe/London")
    a, b = programme.sessions
    assert (a.starts, a.ends) == (datetime(2025, 6, 10, 10, tzinfo=zone), datetime(2025, 6, 10, 13, tzinfo=zone))
    assert (b.starts.time(), b.ends.time()) == (time(9), time(17))
    assert programme.quiet_hours == QuietHours(begins=time(18, 30), ends=time(8))


def test_a_time_that_the_clocks_skip_is_a_warning():
    programme, problems = read(LEAST + "sessions: [{id: a, starts: 2025-03-30 01:30, ends: 2025-03-30 04:00}]\n")
    assert programme.sessions[0].starts.hour == 2
    assert problems == [
        "p.yaml:4: sessions[0].starts: 01:30 does not exist on that day: the clocks go forward; an hour later is meant"
    ]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("colour: red", "p.yaml:4: colour: unknown key"),
        ("calendar: GB-EN", "p.yaml:4: calendar: 'GB-EN' is not a calendar of public holidays"),
        ("closed_days: [2025-12-32]", "p.yaml:4: closed_days[0]: '2025-12-32' names a day that no calendar has"),
        ("close_of_play: 5pm", "p.yaml:4: close_of_play: '5pm' is not a time of day"),
        ("quiet_hours: late", "p.yaml:4: quiet_hours: 'late' is not two times"),
        ("sender: {name: A, email: a}", "p.yaml:4: sender.email: 'a' is not an e-mail address"),
        ("sender: {email: a@example.org}", "p.yaml:4: sender.name: is needed, and is missing"),
        ('sender: {name: "A\\nBcc: x@example.org", email: a@example.org}', "p.yaml:4: sender.name: the sender's name holds a line break"),
        ("notify: [a]", "p.yaml:4: notify[0]: 'a' is not an e-mail address"),
        ("privacy: {url: ftp}", "p.yaml:4: privacy.url: 'ftp' is not a web address"),
        ("budget: {per_weak: 3}", "p.yaml:4: budget.per_weak: unknown key; did you mean 'per_week'?"),
        ("min_group: few", "p.yaml:4: min_group: a number is needed here, not 'few'"),
        ("channels: []", "p.yaml:4: channels: nobody could be asked; name a channel, or leave it out for mail"),
        ("channels: [mail, fax]", "p.yaml:4: channels[1]: 'fax' is not one of mail, slack, teams, web"),
        ("perspectives: [{id: a, calendar: school}]", "p.yaml:4: perspectives[0].calendar: 'school' is not a calendar"),
        ("perspectives:\n  - {id: a}\n  - {id: a}", "p.yaml:6: perspectives[1].id: the perspective 'a' stands here twice"),
        ("areas: [{id: A}]", "p.yaml:4: areas[0].id: 'A' is not an id"),
        ("areas: north", "p.yaml:4: areas: a list is needed here, not 'north'"),
        ("areas: [{id: a, status: asleep}]", "p.yaml:4: areas[0].status: 'asleep' is not one of active, interested"),
        ("sessions: [{id: a, area: x, starts: 2025-01-01 10:00, ends: 2025-01-01 11:00}]", "sessions[0].area: 'x' is not an area"),
        ("sessions: [{id: a, starts: 2025-01-02 10:00, ends: 2025-01-01 11:00}]", "sessions[0].ends: the session ends before it starts"),
        ("sessions: [{id: a, starts: 1 hour after session, ends: 2025-01-01}]", "sessions[0].starts: a session needs a day and a time"),
        (ROUND + "    colour: red", "p.yaml:10: rounds[0].colour: unknown key"),
        (ROUND + "    per: area", "p.yaml:10: rounds[0].per: 'area' is not one of person, session"),
        (ROUND + "    mode: secret", "p.yaml:10: rounds[0].mode: 'secret' is not one of identified, confidential, unlinked"),
        (ROUND + "    hold: yes", "p.yaml:10: rounds[0].hold: true or false is needed here, not 'yes'"),
        (ROUND + "    audience: {sessions: [x]}", "p.yaml:10: rounds[0].audience.sessions[0]: 'x' is not a session"),
        (ROUND + "    audience: {perspectives: [x]}", "rounds[0].audience.perspectives[0]: 'x' is not a perspective"),
        (ROUND + "    audience: {areas: x}", "rounds[0].audience.areas: 'x' is not an area"),
        (ROUND + "    reminders: {before_close: [soon]}", "rounds[0].reminders.before_close[0]: 'soon' is not a length"),
        (ROUND + "    reminders: {cap: many}", "rounds[0].reminders.cap: a number is needed here, not 'many'"),
        (ROUND + "    reminders: {gap: 0}", "rounds[0].reminders.gap: '0' is not a length of time"),
        (ROUND + "    reminders: often", "rounds[0].reminders: a mapping such as"),
        (ROUND + "    compare_with: two", "p.yaml:10: rounds[0].compare_with: 'two' is not a round"),
        (ROUND + "    informs_about: one", "p.yaml:10: rounds[0].informs_about: names its own round"),
        (ROUND + "    goal: 120", "p.yaml:10: rounds[0].goal: a goal is a share in per cent"),
        (ROUND.replace("2025-04-14 close of play", "2025-03-14"), "p.yaml:9: rounds[0].closes: the round closes before it opens"),
        (ROUND.replace("2025-04-01 09:00", "1 hour after session"), "p.yaml:8: rounds[0].opens: only a round of kind post_session"),
        (ROUND.replace("2025-04-14 close of play", "2 days before opens"), "p.yaml:9: rounds[0].closes: the round closes before it opens"),
        (ROUND.replace("mid_cycle", "weekly"), "p.yaml:7: rounds[0].kind: 'weekly' is not one of post_session, mid_cycle"),
        (ROUND.replace("    survey: one.yaml\n", ""), "p.yaml:5: rounds[0].survey: is needed, and is missing"),
        (ROUND + ROUND.removeprefix("rounds:\n"), "p.yaml:10: rounds[1].id: the round 'one' stands here twice; the first is on line 5"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_place(lines, problem):
    programme, problems = read(LEAST + lines, calendars=frozenset({"GB-ENG"}))
    assert programme is None
    assert len(problems) == 1
    assert problem in problems[0]


def test_one_mistake_hides_no_other():
    text = "programme: Hall\ntimezone: Mars\nareas: [{id: a}, {id: a}]\nrounds:\n  - {id: r, opens: x, mode: y}\n"
    _, problems = read(text)
    assert {problem.split(": ")[1] for problem in problems} == {
        "programme", "title", "timezone", "areas[1].id", "rounds[0].opens", "rounds[0].closes", "rounds[0].mode",
        "rounds[0].survey",
    }  # fmt: skip


def test_what_is_stored_reads_back_the_same():
    problems = Problems()
    node = parse_yaml(LEAST + ROUND, "p.yaml", problems)
    again = Node.from_plain(node.plain())
    assert read_programme(again, problems) == read_programme(node, problems)


KEYS = st.sampled_from(["programme", "title", "timezone", "rounds", "sessions", "areas", "perspectives", "privacy",
                        "calendars", "closed_days", "retention", "budget", "sender", "audience", "reminders", "id"])  # fmt: skip
TREES = st.recursive(
    st.none() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


@given(st.dictionaries(KEYS, TREES, max_size=8))
def test_no_tree_breaks_the_reader(tree):
    problems = Problems()
    programme = read_programme(Node.from_plain(tree), problems)
    assert (programme is None) == bool(problems.errors)
