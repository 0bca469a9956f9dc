"""`soundings redact` and `soundings retention` as an organiser types them."""

import io

import pytest

from tests.cli.conftest import S1

ROUND = "courageous-conversations/mid-cycle-2024"
NAME = "Kestrel Quillfeather"
MAIL = f"""\
From: {{sender}}
To: soundings@example.org
Subject: Re: our views
Message-ID: <1@example.org>
Content-Type: text/plain; charset=utf-8

We were glad that {NAME} could be there.
"""


@pytest.fixture
def season(shell, post, monkeypatch):
    """The round is open, and one free text that came by mail has been assigned to a question."""
    shell("load", S1)
    shell("tick", "--at", "2024-11-25T09:00")
    sender = shell("person", "show", "p03", "--json").json[0]["addresses"][0].removeprefix("mail ")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(MAIL.format(sender=sender).encode())))
    shell("mail", "receive", "--at", "2024-11-26T09:00")
    entry = shell("triage", "list", "--json").json[0]
    question = next(
        each["id"] for each in shell("export", ROUND, "-o", "-").json["items"] if each["type"] == "long_text"
    )
    shell("triage", "assign", entry["id"], question, "--round", ROUND, "--person", "p03")
    return shell, question


def stored(shell):
    return b"".join(path.read_bytes() for path in (shell.home / "var").glob("soundings.db*"))


def test_a_name_goes_everywhere_and_the_export_says_so(season, monkeypatch):
    shell, question = season
    assert b"Quillfeather" in stored(shell)
    (found,) = shell("export", ROUND, "-o", "-").json["responses"]
    named = f"{found['id']}:{question}"
    listed = shell("redact", ROUND, named, "--passage", NAME, "--reason", "names a child", "--dry-run", "--json").json
    assert b"Quillfeather" in stored(shell)
    # Read from standard input, so that it stays in no shell's history.
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NAME}\n"))
    told = shell("redact", ROUND, named, "--passage", "-", "--reason", "names a child", "--json").json
    assert told["places"] == listed["places"]
    assert {each["what"] for each in told["places"]} == {"answer", "mail", "triage"}
    assert told["swept"] is True
    assert b"Quillfeather" not in stored(shell)
    (left,) = shell("export", ROUND, "-o", "-").json["responses"]
    assert left["answers"][question] == "We were glad that [redacted] could be there."
    assert left["redacted"] == [question]
    assert f"{question}" in shell("export", ROUND, "--format", "csv", "-o", "-").out.splitlines()[0]
    again = shell("redact", ROUND, named, "--passage", NAME, "--reason", "names a child", code=1).err
    assert "something was redacted there" in again
    assert "Quillfeather" not in again
    assert shell("audit", "--verify").code == 0


def test_what_is_missing_is_told(season):
    shell, _ = season
    assert "--whole" in shell("redact", ROUND, "p03:1", "--reason", "x", code=2).err
    assert "--whole" in shell("redact", ROUND, "p03:1", "--whole", "--passage", "x", "--reason", "x", code=2).err
    assert "--reason" in shell("redact", ROUND, "p03:1", "--passage", "x", code=2).err
    assert "no return" in shell("redact", ROUND, "p04:1", "--passage", "x", "--reason", "why", code=1).err
    assert "there is no round" in shell("redact", "nowhere", "p04:1", "--passage", "x", "--reason", "why", code=1).err


def test_without_periods_retention_says_so(season):
    shell, _ = season
    told = shell("retention", "--dry-run")
    assert told.out.strip() == "Nothing is kept under a period."
    assert "courageous-conversations states no period" in told.err
    assert shell("retention", "courageous-conversations").out.strip() == "Nothing was due."
