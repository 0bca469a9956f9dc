"""The program is killed between storing a mail, handling it and marking it read: nothing is lost, nothing comes twice."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage.steps import CRASH_SETTING, Step
from tests.mail_servers.servers import MailServers
from tests.mail_servers.village import Village

pytestmark = pytest.mark.mail_servers
# Where it is killed, and whether the mail is marked read by then.
CRASHES = {Step.MAIL_STORED: False, Step.MAIL_SETTLED: False, Step.MAIL_MARKED: True, Step.REPLY_WRITTEN: False}


@pytest.fixture
def emptied(servers: MailServers) -> Iterator[MailServers]:
    servers.empty()
    yield servers
    servers.empty()


@pytest.mark.parametrize(("step", "read"), CRASHES.items())
def test_a_crash_while_a_mail_is_taken_in(step: Step, read: bool, emptied: MailServers, tmp_path: Path) -> None:
    village = Village(servers=emptied, home=tmp_path, people=["ana", "bo"])
    village.load()
    village.soundings.run("tick")
    village.replies("ana", ["5", "The beds were full of beans.", "Yes"])
    emptied.wait_for("reply")
    village.replies("bo", ["2"], top="It rained. I have said so before.")
    emptied.wait_for("reply", lambda mail: "bo@" in str(mail["From"]))

    killed = tick_killed_at(village, step)
    assert killed == -signal.SIGKILL, f"it never came to {step}"
    assert (emptied.flags("reply").count("S") == 1) is read
    village.soundings.run("tick")
    village.soundings.run("tick")

    assert emptied.flags("reply") == ["S", "S"]
    assert stored(tmp_path) == {"mails": 2, "unhandled": 0, "answers": 4, "most revisions": 1}
    assert sorted(each["rating"] for each in village.answers()) == [2, 5]
    assert [each["text"] for each in village.triage()] == ["It rained. I have said so before."]
    assert village.kinds("ana") == village.kinds("bo") == ["invitation", "receipt"]


def tick_killed_at(village: Village, step: Step) -> int:
    soundings = village.soundings
    soundings.settings[CRASH_SETTING] = step
    try:
        with soundings.started("tick") as process:
            return process.wait(timeout=60)
    finally:
        del soundings.settings[CRASH_SETTING]


def stored(home: Path) -> dict[str, int]:
    counts = {
        "mails": "select count(*) from raw_messages",
        "unhandled": "select count(*) from raw_messages where handled_at is null",
        "answers": "select count(*) from answers",
        "most revisions": "select max(revision) from answers",
    }
    with closing(sqlite3.connect(home / "soundings.db")) as database:
        return {what: database.execute(query).fetchone()[0] for what, query in counts.items()}
