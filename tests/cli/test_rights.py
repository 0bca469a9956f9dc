"""Every command is tried as every role; what comes of it is what the table of rights says."""

import io
import re
import shlex
import shutil
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest

from bot.cli import run
from bot.settings import NAMES
from surveys.authority import ALLOWED, Deed
from surveys.organisers import OrganiserRole, Role
from tests.cli.every_command import CASES, EVERYWHERE, SOMEWHERE

PROGRAMME = """\
programme: {name}
title: A programme
timezone: Europe/London
perspectives: [{{id: host, label: Host}}]
areas: [{{id: north, name: North}}]
privacy: {{controller: The village hall, contact: hall@example.org}}
panel: panel.csv
rounds:
  - {{id: mid, survey: ../short.yaml, kind: mid_cycle, opens: 2025-01-06 09:00, closes: 2190-01-31 17:00}}
  - {{id: later, survey: ../short.yaml, kind: mid_cycle, opens: 2189-01-06 09:00, closes: 2190-01-31 17:00}}
  - {{id: over, survey: ../short.yaml, kind: mid_cycle, opens: 2025-01-06 09:00, closes: 2190-01-31 17:00}}
"""
SURVEY = """\
survey: short
version: 1
title: Two questions
sections:
  - title: The day
    items:
      - {id: well, ask: How well did it go?, type: scale, points: 6, labels: {1: Poorly, 6: Very well}}
      - {id: why, ask: Why?, type: long_text}
"""
PANEL = (
    "id,name,email,area,perspectives\n{name}-ann,Ann Mortlake,ann@{at},north,host\n{name}-bo,Bo,bo@{at},north,host\n"
)
MAIL = (
    "From: ann@example.org\r\nTo: s@example.org\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\n\r\nIt was fine\r\n"
)

PEOPLE = {
    "admin": (OrganiserRole(role=Role.ADMIN, programme=""),),
    "organiser": (OrganiserRole(role=Role.ORGANISER, programme="kent"),),
    "neighbour": (OrganiserRole(role=Role.ORGANISER, programme="hants"),),
    "viewer": (OrganiserRole(role=Role.VIEWER, programme="kent"),),
    "removed": (),
    "nobody": (),
}
# What changes where nothing does: the record itself, when retention looks again, rows written anew as they were.
BOOKS = re.compile(r'INSERT INTO "(audit_\w+|retention_looks|perspectives)"')


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with two programmes, their files and a database in which every command has something to do."""
    folder = tmp_path_factory.mktemp("rights")
    with pytest.MonkeyPatch.context() as patch:
        for name in NAMES:
            patch.delenv(name, raising=False)
        patch.setenv("SECRET_KEY", "a key of these tests alone, and long enough")
        patch.chdir(folder)
        (folder / "short.yaml").write_text(SURVEY)
        for name, at in (("kent", "example.org"), ("hants", "hants.test")):
            (folder / name).mkdir()
            (folder / name / "programme.yaml").write_text(PROGRAMME.format(name=name))
            (folder / name / "panel.csv").write_text(PANEL.format(name=name, at=at))
            done("load", f"{name}/programme.yaml")
        # Nothing is open yet, so this waits for a person.
        (folder / "hello.eml").write_bytes(MAIL.encode())
        done("mail", "receive", "hello.eml")
        done("tick")
        done("round", "close", "kent/over")
        for name, roles in PEOPLE.items():
            for each in roles:
                done("organiser", "add", f"{name}@example.org", "--role", each.role, "--programme", each.programme)
        done("organiser", "add", "second@example.org")
        done("organiser", "add", "removed@example.org")
        done("organiser", "remove", "removed@example.org")
        done("backup", "before.db")
        shutil.copyfile("var/soundings.db", "var/prepared.db")
        yield folder


def done(*words):
    assert run([str(word) for word in words]) == 0, words


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_a_command_does_what_the_role_may(home, capsys, monkeypatch, case, who):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(case.given), isatty=lambda: False))
    for left in (home / "var").glob("soundings.db*"):
        left.unlink(missing_ok=True)
    (home / "copy.db").unlink(missing_ok=True)
    shutil.copyfile(home / "var" / "prepared.db", home / "var" / "soundings.db")
    before = stored(home)
    capsys.readouterr()
    code = run(["--as", f"{who}@example.org", *shlex.split(case.words)])
    heard = capsys.readouterr()
    if allowed(who, case):
        assert "you may not" not in heard.err
        assert code == 0 or (case.ends and re.search(case.ends, heard.err)), heard.err
        # The clock and the mailbox act for nobody; whatever else changed has a line under the name of whoever did it.
        changed = {row for row in set(stored(home)) - set(before) if not BOOKS.match(row)}
        if changed and case.deed is not Deed.KEEP:
            assert acted(home) == ("organiser", "command"), changed
    else:
        assert code == 1
        expected = "you may not" if PEOPLE[who] else f"{who}@example.org is not an organiser here"
        assert expected in heard.err, heard.err
        assert heard.out == ""
        assert stored(home) == before
    if who in {"neighbour", "viewer"} and case.deed is not None:
        assert not re.search(r"kent-ann|Ann Mortlake|ann@example.org", heard.out)


def allowed(who, case):
    """The table's own word, worked out without the code under test."""
    if case.deed is None:
        return True
    places = {"": ("",), SOMEWHERE: ("", "kent", "hants")}.get(case.where, ("", case.where))
    return any(case.deed in ALLOWED[each.role] and each.programme in places for each in PEOPLE[who])


def stored(home):
    with closing(sqlite3.connect(home / "var" / "soundings.db")) as database:
        return list(database.iterdump())


def acted(home):
    """Who wrote the newest line, and through what."""
    with closing(sqlite3.connect(home / "var" / "soundings.db")) as database:
        actor, channel = database.execute("SELECT actor, channel FROM audit_lines ORDER BY id DESC").fetchone()
    return actor.partition(":")[0], channel


def test_each_case_names_a_place_that_is_tried():
    assert {case.where for case in CASES} == {"kent", EVERYWHERE, SOMEWHERE}
