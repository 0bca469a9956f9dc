from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.panel import Attendance
from surveys.panel_file import COLUMNS, read_panel
from surveys.programme import Area, Perspective, Programme, Session
from surveys.source import Problems
from surveys.table import Row, Table
from surveys.text import Text

WHEN = datetime(2025, 1, 1, tzinfo=UTC)
PROGRAMME = Programme(
    key="hall",
    title=Text.plain("Hall"),
    timezone="Europe/London",
    channels=("mail", "slack"),
    perspectives=tuple(Perspective(key=key, label=Text.plain(key)) for key in ("host", "guest")),
    areas=(Area(key="north", name=Text.plain("North")),),
    sessions=tuple(Session(key=key, area="north", starts=WHEN, ends=WHEN) for key in ("one", "two")),
)


def panel_of(header: str, *lines: str, **options):
    rows = tuple(Row(number=number, cells=tuple(line.split("|"))) for number, line in enumerate(lines, start=2))
    table = Table(file="panel.csv", header=Row(number=1, cells=tuple(header.split("|"))), rows=rows)
    problems = Problems()
    panel = read_panel(table, problems, PROGRAMME, **options)
    return panel, [str(problem) for problem in problems.found]


def test_titles_are_read_whatever_their_case_and_spaces():
    panel, problems = panel_of(" ID |NAME|E-mail| Working Days |Manager-of", "a|Ann|ann@example.org|mon-wed;FRIDAY|")
    assert problems == []
    assert panel.rows[0].working_days == {0, 1, 2, 4}


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("id|email", "panel.csv:1: there is no column 'name'"),
        ("id|name", "panel.csv:1: there is no column for an address"),
    ],
)
def test_a_wrong_header_is_told_once(header, problem):
    panel, problems = panel_of(header, "x|y|z")
    assert panel.rows == ()
    assert len(problems) == 1
    assert problem in problems[0]


def test_a_title_that_is_not_known_hides_no_bad_row():
    _, problems = panel_of(
        "id|name|email|bogus", "ann|Ann|ann@example.org|x", "bob||bob@example.org|x", "cat|Cat|cat at example.org|"
    )
    assert problems == [
        "panel.csv:1: bogus: unknown column",
        "panel.csv:3: name: is needed, and is missing",
        "panel.csv:4: email: 'cat at example.org' is not an address",
    ]


def test_a_title_twice_is_told_once():
    _, problems = panel_of("id|name|email|Name", "ann|Ann|ann@example.org|Anna")
    assert problems == ["panel.csv:1: Name: the column 'name' stands here twice"]


def test_a_misspelt_title_is_not_told_again_in_every_row():
    _, problems = panel_of("idd|name|emial|slack|manager_of", "a|Ann|ann@example.org||b", "b|Bob|||", "c|Cat||U012345|")
    assert problems == [
        "panel.csv:1: idd: unknown column; did you mean 'id'?",
        "panel.csv:1: emial: unknown column; did you mean 'email'?",
    ]


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("email", "ann@", "email: 'ann@' is not an address"),
        ("email", "Ann <ann@example.org>", "email: 'Ann <ann@example.org>' is not an address: give the bare address"),
        ("email", "a@example.org,b@example.org", "is not an address"),
        ("email2", "a b@example.org", "email2: 'a b@example.org' is not an address"),
        ("email", "ann@example.org\nBcc:x@example.org", "holds a line break"),
        ("slack", "@ann", "slack: '@ann' is not a Slack member id"),
        ("teams", "ann", "teams: 'ann' is not a Teams user id"),
        ("cc", "boss", "cc: 'boss' is not an address"),
        ("name", "Ann\r\nBcc: x@example.org", "name: holds a line break"),
        ("name", "Ann\x00", "name: holds a control character (U+0000)"),
        ("greeting", "\x1b[31m", "greeting: holds a control character (U+001B)"),
        ("name", "x" * 301, "name: is longer than 300 characters"),
        ("area", "nroth", "area: 'nroth' is not an area of the programme; did you mean 'north'?"),
        ("perspectives", "host;gest", "perspectives: 'gest' is not a perspective of the programme; did you mean 'guest'?"),
        ("sessions", "three", "sessions: 'three' is not a session of the programme"),
        ("sessions", "one:gost", "sessions: 'gost' is not a perspective of the programme; did you mean 'host'?"),
        ("sessions", "three;one:gost", "'three' is not a session of the programme; 'gost' is not a perspective of"),
        ("email", "ann@example.org\nBcc:x@example.org", "email: 'ann@example.org\\x0aBcc:x@example.org' holds"),
        ("timezone", "London", "timezone: 'London' is not a time zone"),
        ("working_days", "mon;someday", "working_days: 'someday' is not a day of the week"),
        ("language", "English please", "language: 'English please' is not a language tag"),
        ("preferred", "pigeon", "preferred: 'pigeon' is not one of mail, slack, teams, web"),
        ("manager_of", "zed", "manager_of: 'zed' is not the id of anyone in the panel"),
        ("manager_of", "ann", "manager_of: 'ann' is this person's own id"),
        ("id", "a/b", "id: 'a/b' is not an id"),
    ],
)  # fmt: skip
def test_each_bad_cell_is_told_with_its_row(column, cell, problem):
    said = {"id": "ann", "name": "Ann", "email": "ann@example.org"} | {column: cell}
    panel, problems = panel_of(
        "|".join(said),
        "|".join(said.values()),
    )
    assert len(problems) == 1
    assert problems[0].startswith(f"panel.csv:2: {column}: ")
    assert problem in problems[0]
    assert panel.rows == ()
    assert panel.bad_rows == {2}


def test_a_name_and_one_address_are_enough_and_both_are_needed():
    panel, problems = panel_of(
        "name|email|slack",
        "Ann|ann@example.org|",
        "Bob||U012AB3CD",
        "|cy@example.org|",
        "Dee||",
        "Eve|e@example.org||x",
    )
    assert [row.key for row in panel.rows] == ["ann", "bob"]
    assert problems == [
        (
            "panel.csv:6: has more cells than the header has columns ('x'): words that hold the separator need quotes "
            "around them"
        ),
        "panel.csv:4: name: is needed, and is missing",
        "panel.csv:5: email: at least one address is needed: email, slack or teams",
    ]


def test_ids_stand_once_and_those_made_take_none_that_is_given():
    panel, problems = panel_of(
        "id|name|email",
        "|Jo Hale|jo@example.org",
        "jo-hale|Joanna Hale|joanna@example.org",
        "x|Xan|x@example.org",
        "x|Xena|xena@example.org",
        "|Jo Hale|JO@example.org",
    )
    assert problems == [
        "panel.csv:5: id: the id 'x' stands here twice; the first is in row 4",
        "panel.csv:6: id: 'Jo Hale' with this address stands in row 2 already; give each person an id",
    ]
    assert [row.key for row in panel.rows[1:]] == ["jo-hale", "x"]
    assert panel.rows[0].key.startswith("jo-hale-")


def test_hats_and_addresses():
    panel, problems = panel_of(
        "id|name|email|email2|slack|perspectives|sessions|preferred",
        "a|Ann|ann@example.org;ANN@example.org|a@home.test|U012AB3CD|host;guest|one:host;two|slack",
        "b|Bob|bob@example.org||||one|",
    )
    assert problems == []
    ann, bob = panel.rows
    assert ann.addresses == (("slack", "U012AB3CD"), ("mail", "ann@example.org"), ("mail", "a@home.test"))
    assert set(ann.attendances) == {
        Attendance(session="one", perspective="host"),
        Attendance(session="two", perspective="host"),
        Attendance(session="two", perspective="guest"),
    }
    assert bob.attendances == (Attendance(session="one", perspective=""),)


def test_scripts_and_encoded_words_in_names_stay_text():
    panel, problems = panel_of(
        "name|email", "<script>x</script>|a@example.org", "=?utf-8?q?x=0ABcc:_e@x?=|b@example.org"
    )
    assert problems == []
    assert [row.name for row in panel.rows] == ["<script>x</script>", "=?utf-8?q?x=0ABcc:_e@x?="]


@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=25), max_size=8), max_size=6))
def test_no_cell_breaks_the_reader_and_every_row_is_good_or_told(cells):
    rows = tuple(
        Row(number=number, cells=tuple(said.get(column, "") for column in COLUMNS))
        for number, said in enumerate(cells, start=2)
    )
    table = Table(file="panel.csv", header=Row(number=1, cells=COLUMNS), rows=rows)
    problems = Problems()
    panel = read_panel(table, problems, PROGRAMME)
    assert {row.row for row in panel.rows} | panel.bad_rows == {row.number for row in rows}
    assert {problem.line for problem in problems.errors} == panel.bad_rows
    assert len({row.key for row in panel.rows}) == len(panel.rows)
    assert all(row.name and row.addresses for row in panel.rows)
