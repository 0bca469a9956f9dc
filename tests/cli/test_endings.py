"""How commands end: exit codes, one line of reason, every problem, JSON alone."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from tests.cli.conftest import S1

SOUNDINGS = Path(sys.executable).with_name("soundings")


def test_help_names_every_command_and_is_quick():
    took = []
    for _ in range(3):
        began = time.monotonic()
        done = subprocess.run([SOUNDINGS, "--help"], capture_output=True, text=True, check=True)
        took.append(time.monotonic() - began)
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert min(took) < 0.4


def test_what_is_not_there_is_refused_in_one_line(shell):
    for words in (
        ("round", "status", "nowhere"),
        ("export", "nowhere"),
        ("coverage", "nowhere"),
        ("person", "show", "nobody@example.org"),
        ("organiser", "remove", "nobody@example.org"),
        ("organiser", "add", "ann@example.org", "--programme", "nowhere"),
        ("panel", "import", S1.with_name("panel.csv"), "--programme", "nowhere"),
        ("restore", "nothing.db"),
        ("audit", "--programme", "nowhere"),
    ):
        ended = shell(*words, code=1)
        assert ended.out == "", words
        assert len(ended.err.strip().splitlines()) == 1, words


def test_what_the_database_itself_refuses_is_told_in_one_line(shell):
    shell("round", "list")
    with closing(sqlite3.connect("var/soundings.db")) as spoiled:
        spoiled.execute("DROP TABLE organiser_roles")
    ended = shell("organiser", "list", "--json", code=1)
    assert ended.out == ""
    assert ended.err.startswith("The database can't be used: no such table: organiser_roles.")
    assert len(ended.err.strip().splitlines()) == 1


def test_a_name_that_is_nearly_right_is_offered(shell):
    shell("load", S1)
    assert "did you mean 'mid-cycle-2024'" in shell("round", "status", "mid-cycle-2025", code=1).err
    assert "did you mean 'courageous-conversations'" in shell("coverage", "courageous-conversation", code=1).err


def test_wrong_input_is_two_with_every_problem(shell):
    bad = shell.home / "bad.yaml"
    bad.write_text("survey: Bad\nversion: none\nsections: []\nnonsense: 1\n", encoding="utf-8")
    ended = shell("survey", "check", bad, code=2)
    lines = ended.err.strip().splitlines()
    assert len(lines) >= 4
    assert all(":" in line and "bad.yaml:" in line for line in lines)
    assert shell("survey", "check", bad, "--json", code=2).json
    assert shell("load", "missing.yaml", code=2).err.startswith("missing.yaml:1:")
    assert shell("round", "nonsense", code=2).err
    assert shell("tick", "--at", "yesterday", code=2).err


def test_settings_that_can_not_be_used_stop_every_command(shell):
    (shell.home / ".env").write_text("SMTP_URL=nonsense\nPUBLIC_URL=nonsense\n", encoding="utf-8")
    lines = shell("round", "list", code=2).err.strip().splitlines()
    assert [line.split(":")[1] for line in lines] == ["2", "1"] or [line.split(":")[1] for line in lines] == ["1", "2"]


@pytest.mark.parametrize(
    ("url", "word"),
    [("sqlite:///folder", "folder"), ("sqlite:///words.db", "not a database"), ("sqlite:////proc/none/x.db", "made")],
)
def test_a_database_that_can_not_be_opened_is_told(shell, url, word):
    (shell.home / "folder").mkdir()
    (shell.home / "words.db").write_text("these are words, and no database at all", encoding="utf-8")
    (shell.home / ".env").write_text(f"DATABASE_URL={url}\n", encoding="utf-8")
    ended = shell("round", "list", code=1)
    assert word in ended.err
    assert len(ended.err.strip().splitlines()) == 1


def test_json_is_json_alone(shell):
    shell("load", S1)
    name = "courageous-conversations/mid-cycle-2024"
    for words in (
        ("load", S1),
        ("round", "list"),
        ("round", "show", name),
        ("round", "plan", name),
        ("round", "status", name),
        ("round", "who", name, "--links"),
        ("coverage", "courageous-conversations"),
        ("person", "show", "p05"),
        ("organiser", "list"),
        ("audit",),
        ("audit", "--verify"),
        ("tick", "--at", "2024-11-01T09:00"),
    ):
        json.loads(shell(*words, "--json").out)
    assert json.loads(shell("doctor", "--json").out)


def test_links_and_ticks_need_a_key(shell, monkeypatch):
    shell("load", S1)
    monkeypatch.delenv("SECRET_KEY")
    for words in (("tick",), ("serve",), ("round", "who", "mid-cycle-2024", "--links")):
        assert "SECRET_KEY" in shell(*words, code=1).err
    assert "BROKEN" in shell("doctor", code=1).out
    shell("round", "who", "mid-cycle-2024")


def test_an_error_that_should_not_be_shows_no_traceback(shell):
    shell("round", "list")
    done = subprocess.run(
        [SOUNDINGS, "export", "x", "-o", "y"],
        cwd=shell.home,
        env=os.environ | {"DATABASE_URL": "postgresql://127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_gone_is_an_ordinary_end(shell):
    shell("load", S1)
    done = subprocess.run(
        f"{SOUNDINGS} round plan mid-cycle-2024 --json | head -c 10",
        shell=True,
        cwd=shell.home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.count("Traceback") == 0
    assert "BrokenPipe" not in done.stderr


def test_a_mail_that_can_not_be_stored_now_is_to_be_delivered_again(shell):
    raw = shell.home / "mail.eml"
    raw.write_bytes(b"From: ana@example.test\r\nMessage-ID: <a@example.test>\r\n\r\nGood day.\r\n")
    shell("round", "list")
    with closing(sqlite3.connect("var/soundings.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "deliver the mail again" in shell("mail", "receive", raw, code=75).err
        other.execute("ROLLBACK")
    assert shell("triage", "list", "--json").json == []
    shell("mail", "receive", raw)
    assert [each["text"] for each in shell("triage", "list", "--json").json] == ["Good day."]
