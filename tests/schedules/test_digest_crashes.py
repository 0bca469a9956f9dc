"""After a crash at any point no organiser gets the same digest twice, and the next morning's is right.

A real process is ended with SIGKILL at each named step, started again, and plays on.
"""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from storage.steps import Step
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.crash_play import play
from tests.schedules.digests import READER, digests

HERE = Path(__file__).resolve().parents[2]
# Four invitations go before the first digest. One that was certainly not sent goes later; in doubt it counts as sent.
# A claim and its attempt are one transaction.
CRASHES = {
    f"{Step.SENDER_TAKEN}:2": 2,
    f"{Step.LINE_CLAIMED}:2": 1,
    f"{Step.ATTEMPT_WRITTEN}:5": 1,
    f"{Step.MESSAGE_SENT}:5": 2,
    f"{Step.LINE_SETTLED}:5": 2,
}


@pytest.mark.parametrize(("crash", "arrive"), CRASHES.items(), ids=CRASHES)
def test_a_crash_sends_no_digest_twice(
    crash: str,
    arrive: int,
    server: SmtpServer,
    tmp_path: Path,
    _migrated: Path,  # noqa: PT019 - the path is used
) -> None:
    shutil.copyfile(_migrated, tmp_path / "season.db")
    code, done = play("digest_driver", tmp_path, server.url, 0, crash)
    assert code == -signal.SIGKILL, f"the morning never came to {crash}"
    code, _ = play("digest_driver", tmp_path, server.url, done + 1, "")
    assert code == 0
    came = digests(server)
    assert len(came) == arrive
    assert max(Counter(mail.message["Message-ID"] for mail in came).values()) == 1
    # What Wednesday's says is what came since Tuesday's, sent or in doubt.
    last = came[-1].text
    assert "1 new return." in last
    assert "- Bo Example" in last
    assert "- Ana Example" not in last
    assert "2 of 4 complete" in last
    assert READER in came[-1].recipients
