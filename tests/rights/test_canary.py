"""Two people ask to be erased in the middle of a round: not one byte of them is left, and nothing brings them back."""

import sqlite3

import pytest

from tests.rights.village import MARKS, WIL, ZEB, traces

OWN_FILES = ("panel.csv", "before.db", "copy.json")
ZEB_AT, WIL_AT = "zeb.canary@quill.test", "wil.canary@brack.test"
BOUNCE = """\
From: MAILER-DAEMON@brack.test
To: soundings@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce-1@brack.test>

The mail to wil.canary@brack.test (magpie-9c21) is late.
"""


def letter(sender, words, subject="A word", number=1):
    return (
        f"From: Somebody <{sender}>\nTo: replies@example.org\nSubject: {subject}\n"
        f"Message-ID: <{number}.canary@quill.test>\n\n{words}\n"
    )


def received(village, *mails):
    for number, mail in enumerate(mails):
        path = village.home / f"mail-{number}.eml"
        path.write_text(mail, encoding="utf-8")
        village.soundings.run("mail", "receive", path)
        path.unlink()


def tables(home):
    with sqlite3.connect(home / "soundings.db") as opened:
        names = [row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = []
        for name in names:
            for row in opened.execute(f'SELECT * FROM "{name}"'):
                words = " ".join(str(value) for value in row).lower()
                found += [(name, mark) for mark in MARKS if mark in words]
    opened.close()
    return names, found


def half_way(village):
    """Zebulon answers, is thanked and writes mails; Wilhelmina begins, and then names somebody else."""
    village.answer(ZEB_AT, "kestrel-7a55 flew")
    village.change(ZEB_AT, "kestrel-7a55 flew again")
    village.post.wait_for(to=ZEB_AT, kind="receipt")
    village.client.answer(village.link(WIL_AT), {"story": "magpie-9c21"}, stop_before="well")
    village.tap(WIL_AT, "someone-else", {"text": "Nia Gale", "email": "nia@elsewhere.test"})
    told = village.post.wait_for(to="nia@elsewhere.test")[0]
    assert "Brackcanary" in told.text
    received(
        village,
        letter(ZEB_AT, "One more thing: heron-4d10", number=1),
        letter("ZEB2canary@quill.test", "And another: heron-4d10", number=2),
        BOUNCE,
    )


@pytest.mark.timeout(300)
def test_not_a_byte_is_left_and_nothing_brings_them_back(village):
    run = village.soundings.run
    with village.soundings.serving():
        half_way(village)
        run("backup", "before.db")
        assert {mark for marks in traces(village.home)[0].values() for mark in marks} == set(MARKS)
        in_use = village.client.open(f"{village.link(ZEB_AT)}?back=1&page=story")
        for who in ("q-canary-7", WIL_AT):
            told = run("person", "erase", who, "--yes", "--json")
            assert told.json["swept"] is True, told
        # The program still runs, with its write-ahead log.
        left, searched = traces(village.home, but=OWN_FILES)
        assert left == {}
        print(f"{searched} files searched while it runs")
        # A form that was open meanwhile.
        assert village.client.send(in_use, [("story", "kestrel-7a55 once more")]).kind == "problem"
        assert village.client.open(village.link(ZEB_AT)).kind == "problem"
    left, searched = traces(village.home, but=OWN_FILES)
    names, stored = tables(village.home)
    assert (left, stored) == ({}, [])
    assert len(names) >= 30
    print(f"{searched} files and {len(names)} tables searched after it has ended")
    assert run("audit", "--verify").code == 0
    assert village.soundings.status("five")["invited"] == 4

    # 1. The same file again, 2. other ids, 3. one of the addresses under another name.
    assert run("load", village.programme).out.strip() == "no changes"
    village.write_panel(ZEB.replace("q-canary-7", "new-1"), WIL.replace("w-canary-8", "new-2"))
    again = run("load", village.programme)
    assert again.out.strip() == "no changes"
    assert again.err.count("left out") == 2
    village.write_panel("new-3,Somebody New,,zeb2canary@quill.test,,,,,north,guest,", WIL.replace("wil.canary@", "x@"))
    assert run("load", village.programme, "--skip-bad").out.strip() == "no changes"

    # 4. An older backup.
    assert "2 people erased since are out again" in run("restore", "before.db").out
    left, _ = traces(village.home, but=OWN_FILES)
    assert left == {}
    run("person", "show", "q-canary-7", code=1)
    assert run("audit", "--verify").code == 0

    # 5. An invitee names them.
    with village.soundings.serving():
        named = village.tap("cleo@guests.test", "someone-else", {"text": "Zeb Q", "email": ZEB_AT})
        assert named.kind != "done", named.words
    reached = village.play_to_the_close()
    assert reached
    assert not [to for to in reached if "canary" in to]
    for letter_ in village.post.letters()[-len(reached) :]:
        assert "canary" not in letter_.mail.as_string().lower()
    names, stored = tables(village.home)
    assert stored == []


def test_nobody_is_erased_without_being_asked(village):
    asked = village.soundings.run("person", "erase", "q-canary-7", code=1)
    assert "--yes" in asked.err
    assert len(asked.err.strip().splitlines()) == 1
    village.soundings.run("person", "show", "q-canary-7")
    assert "nobody" in village.soundings.run("person", "erase", "stranger", "--yes", code=1).err


def test_a_person_gets_all_that_is_stored_and_nothing_of_others(village):
    with village.soundings.serving():
        half_way(village)
    done = village.soundings.run("person", "export", ZEB_AT, "-o", "copy.json")
    assert "copy.json" in done.out
    copy = village.home / "copy.json"
    assert copy.stat().st_mode & 0o777 == 0o600
    found = village.soundings.run("person", "export", "q-canary-7", "--json").json["stored"]
    invitation = found["invitations"][0]
    stories = [each["raw"] for each in invitation["answers"] if each["item"] == "story"]
    # The third came by mail.
    assert stories[:2] == ["kestrel-7a55 flew", "kestrel-7a55 flew again"]
    assert "heron-4d10" in stories[2]
    assert {each["kind"] for each in found["messages"]} >= {"invitation", "receipt"}
    assert [each["value"] for each in found["addresses"]] == ["Zeb.Canary@quill.test", "zeb2canary@quill.test"]
    assert any("heron-4d10" in each["content"] for each in found["mails"])
    assert "Brackcanary" not in copy.read_text(encoding="utf-8")
    assert village.soundings.run("person", "export", "stranger", code=1).out == ""


def test_a_copy_is_told_of_where_it_still_holds_them(village):
    village.soundings.run("backup", "before.db")
    village.soundings.run("restore", "before.db")
    told = village.soundings.run("person", "erase", "q-canary-7", "--yes")
    assert "soundings.db.replaced-" in told.err
    assert "still holds them" in told.err
