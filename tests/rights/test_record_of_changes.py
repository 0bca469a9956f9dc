"""A round in which everybody does something: each change has its line, and no line names anybody or says what they said."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from tests.rights.village import MARKS

ZEB_AT, WIL_AT = "zeb.canary@quill.test", "wil.canary@brack.test"
AWAY = """\
From: Zebulon Quillcanary <zeb.canary@quill.test>
To: replies@example.org
Subject: Automatic reply: A word from five
Auto-Submitted: auto-replied
In-Reply-To: {about}
Message-ID: <away-1@quill.test>

I am away and back on {back}. Quillcanary Hall.
"""
BOUNCE = """\
From: MAILER-DAEMON@guests.test
To: soundings@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
In-Reply-To: {about}
Message-ID: <bounce-1@guests.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

No such user.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; guests.test

Final-Recipient: rfc822; dov@guests.test
Action: failed
Status: 5.1.1
--b--
"""


def received(village, name, text):
    path = village.home / name
    path.write_text(text, encoding="utf-8")
    village.soundings.run("mail", "receive", path)
    path.unlink()


def message_id(village, to):
    return village.post.wait_for(to=to)[0].mail["Message-ID"]


@pytest.mark.timeout(300)
def test_every_change_has_a_line_and_no_line_names_anybody(village):
    run = village.soundings.run
    with village.soundings.serving():
        village.answer(ZEB_AT, "kestrel-7a55 flew")
        village.change(ZEB_AT, "kestrel-7a55 flew again")
        village.client.answer(village.link(WIL_AT), {"story": "magpie-9c21"}, stop_before="well")
        village.tap(WIL_AT, "someone-else", {"text": "Zeb Canary", "email": "new.canary@quill.test"})
        village.tap("ben@guests.test", "no-thank-you", {})
        village.tap("cleo@guests.test", "stop", {"choice": "programme"})
        links = run("round", "who", "five", "--links", "--json").json
        entry = next(each["link"] for each in links if each["name"] == "Dov Carew")
        village.client.answer(entry, {"story": "heron-4d10", "well": "yes"})
    with closing(sqlite3.connect(village.home / "soundings.db")) as database:
        waiting = database.execute("SELECT count(*) FROM audit_lines WHERE seal = ''").fetchone()[0]
        assert waiting == 0, "serve seals what is left before it ends"
    received(village, "stray.eml", f"From: <{ZEB_AT}>\nSubject: heron-4d10\nMessage-ID: <s@quill.test>\n\nheron-4d10\n")
    back = village.opens + timedelta(days=4)
    received(village, "away.eml", AWAY.format(about=message_id(village, ZEB_AT), back=f"{back:%d %B %Y}"))
    received(village, "bounce.eml", BOUNCE.format(about=message_id(village, "dov@guests.test")))
    run("organiser", "add", "kim.canary@example.org", "--programme", "rights")
    kim = ("--as", "kim.canary@example.org")
    close = village.closes + timedelta(days=3)
    run(*kim, "round", "extend", "five", f"{close:%Y-%m-%d %H:%M}", "--reason", "Zebcanary kestrel-7a55")
    stray = run("triage", "list", "--json").json[0]["id"]
    run(*kim, "triage", "discard", stray, "--reason", "Wilcanary magpie-9c21")
    run(*kim, "person", "pause", WIL_AT, "--until", f"{back:%Y-%m-%dT%H:%M}")
    run("person", "export", ZEB_AT, "-o", "copy.json")
    village.write_panel("new-9,Nina Canary,,nina.canary@quill.test,,,,,north,guest,")
    run("load", village.programme, "--remove-missing")
    run("round", "close", "five")
    run("person", "erase", WIL_AT, "--yes")
    run("organiser", "remove", "kim.canary@example.org")
    with closing(sqlite3.connect(village.home / "soundings.db")) as database:
        rows = database.execute("SELECT * FROM audit_lines").fetchall()
        acts = {
            (what, actor.partition(":")[0]) for what, actor in database.execute("SELECT what, actor FROM audit_lines")
        }
    for row in rows:
        words = " ".join(str(value) for value in row).lower()
        assert not [mark for mark in MARKS if mark in words], row
    assert acts >= {
        ("programme loaded", "cli"),
        ("panel: added", "cli"),
        ("panel: removed", "cli"),
        ("round opened", "schedule"),
        ("delegate named", "participant"),
        ("said: no thank you", "participant"),
        ("person opted out", "participant"),
        ("links given to enter returns", "cli"),
        ("return entered for a person", "entry link"),
        ("person paused by an automatic reply", "schedule"),
        ("address marked as not working", "schedule"),
        ("organiser added", "cli"),
        ("deadline moved", "organiser"),
        ("triage entry discarded", "organiser"),
        ("person paused", "organiser"),
        ("copy of everything written", "cli"),
        ("round closed", "cli"),
        ("person erased", "cli"),
        ("organiser removed", "cli"),
    }
    assert "Zebcanary kestrel-7a55" in {line["reason"] for line in run("audit", "--json", "--limit", "200").json}
    assert "Wilcanary magpie-9c21" not in run("audit", "--json", "--limit", "200").out
    assert run("audit", "--verify").code == 0
    mine = run("audit", "--person", "participant:1", "--json").json
    assert {line["programme"] for line in mine} == {"rights"}
    assert all("participant" in f"{line['subject']}{line['actor']}{line['after']}" for line in mine)
