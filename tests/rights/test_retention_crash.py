"""The whole program keeps to its periods, and a crash in the middle of it leaves nothing behind that was to go."""

import signal
import subprocess
from datetime import timedelta

import pytest

from storage.steps import CRASH_SETTING, Step
from tests.clients.installation import COMMAND
from tests.rights.village import traces

RETENTION = "retention: {answers: 1 year, raw_mails: 1 year, messages: 1 year, triage: 1 year, addresses: 1 year}\n"
# Names stay, as who was asked stays; what was said and how to reach people does not.
OWN_FILES = ("panel.csv",)
GOING = {"quill.test", "brack.test", "01632 555777", "01632 555888", "kestrel-7a55", "heron-4d10"}
ZEB_AT = "zeb.canary@quill.test"
MAIL = (
    "From: Zeb <zeb.canary@quill.test>\nTo: replies@example.org\nSubject: A word\n"
    "Message-ID: <1@quill.test>\n\nOne more thing: heron-4d10\n"
)


@pytest.fixture
def over(village):
    """The round has been answered and has closed; the moment at which everything in it has had its time."""
    village.programme.write_text(village.programme.read_text() + RETENTION)
    village.load()
    with village.soundings.serving():
        village.answer(ZEB_AT, "kestrel-7a55 flew")
        village.post.wait_for(to=ZEB_AT, kind="receipt")
    mail = village.home / "mail.eml"
    mail.write_text(MAIL, encoding="utf-8")
    village.soundings.run("mail", "receive", mail)
    mail.unlink()
    village.tick(village.closes + timedelta(minutes=1))
    return village.closes + timedelta(days=366)


def crashed(village, step, at):
    ended = subprocess.run(
        [str(COMMAND), "tick", "--at", at.isoformat()],
        cwd=village.home,
        env=village.soundings.environment | {CRASH_SETTING: step},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, (step, ended)


def left(village):
    found, _ = traces(village.home, but=OWN_FILES)
    return {mark for marks in found.values() for mark in marks} & GOING


def test_what_the_dry_run_lists_is_what_a_tick_does(village, over):
    assert left(village) == GOING
    before = village.soundings.status("five")
    listed = village.soundings.run("retention", "rights", "--dry-run", "--at", over, "--json").json
    assert all(each["due"] for each in listed)
    assert left(village) == GOING
    done = village.soundings.run("tick", "--at", over, "--json").json["removed"]
    summed = {}
    for each in listed:
        summed[each["what"]] = summed.get(each["what"], 0) + each["rows"]
    assert {what: rows for what, rows in done.items() if what in summed} == summed
    assert left(village) == set()
    assert village.soundings.status("five") == before
    assert village.soundings.run("retention", "--json").json == []
    assert "kept long enough" in village.soundings.run("audit").out
    assert village.soundings.run("audit", "--verify").code == 0


@pytest.mark.timeout(300)
def test_a_crash_in_the_middle_is_made_good_by_the_next_tick(village, over):
    before = village.soundings.status("five")
    # Crash upon crash: after the first slices, at the third, and before it is noted that all is done.
    for step in (f"{Step.RETENTION_CUT}:1", f"{Step.RETENTION_CUT}:2", f"{Step.RETENTION_SWEPT}:1"):
        crashed(village, step, over)
    village.soundings.run("tick", "--at", over)
    assert left(village) == set()
    assert village.soundings.status("five") == before
    assert village.soundings.run("audit", "--verify").code == 0


def test_the_command_does_what_is_due_and_lists_it(village, over):
    listed = village.soundings.run("retention", "--dry-run", "--at", over, "--json").json
    told = village.soundings.run("retention", "--at", over, "--json").json
    assert sorted(map(str, told)) == sorted(map(str, listed))
    assert left(village) == set()
    assert "Nothing was due." in village.soundings.run("retention", "--at", over).out
    assert "there is no programme" in village.soundings.run("retention", "nowhere", code=1).err
