"""Through Graph a crash at any point costs nobody a message, and nobody gets one twice, an invitation neither.

A real process is ended with SIGKILL, started again, and plays the season to its end.
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
from tests.fakes.graph_server import GraphServer, problem
from tests.graph.graph_town import GraphTown
from tests.schedules.crash_driver import ANSWERS, PEOPLE
from tests.schedules.crash_play import play

CRASHES = [
    (f"{Step.DRAFT_MADE}:4",),
    # An invitation or a reminder, and one of the last messages.
    *((f"{Step.DRAFT_NOTED}:{time}",) for time in (1, 9)),
    *((f"{Step.MESSAGE_SENT}:{time}",) for time in (4, 9)),
    (f"{Step.LINE_DEFERRED}:1",),
    # A crash while what was in doubt is looked up: it had gone, and it had not.
    (f"{Step.MESSAGE_SENT}:2", f"{Step.DOUBT_LOOKED_UP}:1"),
    (f"{Step.DRAFT_NOTED}:2", f"{Step.DOUBT_LOOKED_UP}:1"),
    (f"{Step.DRAFT_NOTED}:7", f"{Step.DOUBT_SETTLED}:1"),
    (f"{Step.DRAFT_MADE}:1", f"{Step.DRAFT_MADE}:1", f"{Step.DRAFT_NOTED}:1", f"{Step.MESSAGE_SENT}:1"),
]


@pytest.fixture
def throttled(graph: GraphServer) -> Iterator[GraphServer]:
    """Once, in the middle of the invitations, Graph asks to be left alone."""
    graph.next("send", problem(429, "ApplicationThrottled", "Too many requests", Retry_After="20"))
    return graph


@pytest.mark.parametrize("crashes", CRASHES, ids=",".join)
def test_a_crash_is_survived(
    crashes: Sequence[str],
    throttled: GraphServer,
    tmp_path: Path,
    _migrated: Path,  # noqa: PT019 - the path is used
) -> None:
    shutil.copyfile(_migrated, tmp_path / "season.db")
    url = f"graph://{throttled.host}"
    first = 0
    for crash in crashes:
        code, done = play("crash_driver", tmp_path, url, first, crash)
        assert code == -signal.SIGKILL, f"the season never came to {crash}"
        first = max(first, done + 1)
    assert play("crash_driver", tmp_path, url, first, "")[0] == 0
    store = Store(f"sqlite:///{tmp_path}/season.db")
    try:
        check(GraphTown(store=store, folder=tmp_path, smtp_url=url, people=PEOPLE), throttled, crashes)
    finally:
        store.close()


def check(town: GraphTown, graph: GraphServer, crashes: Sequence[str]) -> None:
    sent = Counter(str(item.message["Message-ID"]) for item in graph.mailbox.sent)
    # Nobody twice, whatever it is.
    assert [key for key, many in sent.items() if many > 1] == []
    # Nobody missing, and the ledger says what was.
    with town.store.reading() as tx:
        lines = ledger.lines_of_round(tx, town.round().id)
        open_attempts = tx.exec_driver_sql("select count(*) from attempts where ended_at is null").scalar_one()
        kept = tx.exec_driver_sql("select count(*) from messages").scalar_one()
    assert open_attempts == 0
    assert not [line for line in lines if line.state in (LineState.QUEUED, LineState.CLAIMED)]
    went = [line for line in lines if line.state is LineState.SENT and not line.reason.startswith("said in")]
    assert {town.channel().ref(line.key) for line in went} == set(sent)
    assert len(went) == kept
    invited = [line for line in went if line.kind is LineKind.INVITATION]
    assert len(invited) == len(PEOPLE)
    for person in ANSWERS:
        kinds = Counter(item.kind for item in graph.to(f"{person}@example.test"))
        assert kinds == {"invitation": 1, "receipt": 1, "thanks": 1}
    # A draft that nobody looks for any more is all that a crash may leave behind, and nobody sends it.
    assert len(graph.mailbox.drafts) <= len(crashes)
