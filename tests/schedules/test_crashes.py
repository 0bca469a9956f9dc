"""After a crash at any point nobody gets a reminder twice and nobody misses an invitation (design: contract).

A real process is ended with SIGKILL at each named step, started again, and plays the season to its end.
"""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from storage import ledger
from storage.engine import Store
from storage.steps import Step
from surveys.delivery import LineKind, LineState
from surveys.dispositions import Disposition
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.crash_driver import ANSWERS, PEOPLE
from tests.schedules.crash_play import play
from tests.schedules.town import Town

HERE = Path(__file__).resolve().parents[2]
REACHABLE = [person for person in PEOPLE if person != "ed"]
# tests/mail/test_listener.py and tests/mail_servers/test_crash.py crash at these, with a real mailbox.
MAIL_STEPS = {Step.MAIL_STORED, Step.MAIL_SETTLED, Step.MAIL_MARKED}
# Which steps are passed more than once, and where it matters which time it is: an invitation, a reminder, the last.
TIMES = {
    Step.INVITATIONS_MADE: (1,),
    Step.LINES_QUEUED: (1, 2),
    Step.SENDER_TAKEN: (1, 3),
    Step.LINE_CLAIMED: (1, 4),
    Step.ATTEMPT_WRITTEN: (1, 4, 9),
    Step.MESSAGE_SENT: (1, 4, 9),
    Step.LINE_SETTLED: (1, 3, 8),
}
# Passed only where a platform drafts first and can be asked.
DRAFTING = {Step.DRAFT_MADE, Step.DRAFT_NOTED, Step.DOUBT_LOOKED_UP}
# Passed only where something has been kept for long enough: tests/rights/test_retention_crash.py.
KEEPING = {Step.RETENTION_CUT, Step.RETENTION_SWEPT}
CRASHES = [
    *(
        (f"{step}:{time}",)
        for step in Step
        if step not in {Step.DOUBT_SETTLED, *DRAFTING, *MAIL_STEPS, *KEEPING}
        for time in TIMES.get(step, (1,))
    ),
    # What is in doubt can only be settled after an earlier crash; here once for an invitation, once for a reminder.
    (f"{Step.MESSAGE_SENT}:2", f"{Step.DOUBT_SETTLED}:1"),
    (f"{Step.ATTEMPT_WRITTEN}:8", f"{Step.DOUBT_SETTLED}:1"),
    # And crash upon crash at the very same point.
    (f"{Step.MESSAGE_SENT}:1", f"{Step.MESSAGE_SENT}:1", f"{Step.MESSAGE_SENT}:1"),
]


def test_every_step_is_crashed_at() -> None:
    named = {crash.partition(":")[0] for crashes in CRASHES for crash in crashes}
    assert named == set(Step) - DRAFTING - MAIL_STEPS - KEEPING


@pytest.fixture
def sink() -> Iterator[SmtpServer]:
    server = SmtpServer()
    server.behaviour.rcpt["ed@example.test"] = "550 5.1.1 no such user"
    server.behaviour.rcpt_once["di@example.test"] = "451 4.7.1 not yet"
    with server:
        yield server


@pytest.mark.parametrize("crashes", CRASHES, ids=",".join)
def test_a_crash_is_survived(crashes: Sequence[str], sink: SmtpServer, tmp_path: Path, _migrated: Path) -> None:  # noqa: PT019 - the path is used
    shutil.copyfile(_migrated, tmp_path / "season.db")
    first = 0
    for crash in crashes:
        code, done = play("crash_driver", tmp_path, sink.url, first, crash)
        assert code == -signal.SIGKILL, f"the season never came to {crash}"
        first = max(first, done + 1)
    code, _ = play("crash_driver", tmp_path, sink.url, first, "")
    assert code == 0
    store = Store(f"sqlite:///{tmp_path}/season.db")
    try:
        check(store, tmp_path, sink)
    finally:
        store.close()


def check(store: Store, folder: Path, sink: SmtpServer) -> None:
    town = Town(store=store, folder=folder, smtp_url=sink.url, people=PEOPLE)
    # No reminder twice: its Message-ID names person and number.
    reminders = Counter(mail.message["Message-ID"] for mail in sink.taken if mail.kind == "reminder")
    assert not [key for key, many in reminders.items() if many > 1]
    # No invitation missing; one that was in doubt came again under the same Message-ID.
    for person in REACHABLE:
        invited = [mail for mail in sink.to(f"{person}@example.test") if mail.kind == "invitation"]
        assert invited, person
        assert {mail.message["Message-ID"] for mail in invited} == {
            town.channel().ref(f"town/autumn/{person}/invitation")
        }
        assert len([mail for mail in sink.to(f"{person}@example.test") if mail.kind == "reminder"]) <= 3
    assert sink.to("ed@example.test") == []
    # Who answered was left alone, got at most one receipt, and the answers stand.
    for person in ANSWERS:
        kinds = Counter(mail.kind for mail in sink.to(f"{person}@example.test"))
        assert kinds["reminder"] == 0
        assert kinds["receipt"] <= 1
        assert kinds["thanks"] <= 1
        assert town.invitation(person).disposition is Disposition.COMPLETE
        with store.reading() as tx:
            answers = tx.exec_driver_sql("select item, max(revision), count(*) from answers group by item").all()
        assert {tuple(row) for row in answers} == {("rating", 1, 1), ("more", 1, 1), ("again", 1, 1)}
    # Everything is settled, and what the ledger calls sent was sent or was in doubt.
    with store.reading() as tx:
        lines = ledger.lines_of_round(tx, town.round().id)
        open_attempts = tx.exec_driver_sql("select count(*) from attempts where ended_at is null").scalar_one()
    assert open_attempts == 0
    assert not [line for line in lines if line.state in (LineState.QUEUED, LineState.CLAIMED)]
    came = {mail.message["Message-ID"] for mail in sink.taken}
    for line in lines:
        if line.state is LineState.SENT and not line.reason.startswith("in doubt"):
            assert town.channel().ref(line.key) in came, line.key
    invited = [line for line in lines if line.kind is LineKind.INVITATION and line.state is LineState.SENT]
    assert len(invited) == len(REACHABLE)
    assert town.invitation("ed").disposition is Disposition.UNDELIVERABLE
