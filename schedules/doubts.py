"""Lines left claimed by a sender that is gone: given back, or settled by kind where an attempt was open."""

from __future__ import annotations

from datetime import datetime

from schedules.outcomes import Tally
from schedules.settling import settle_doubt
from storage import attempts, ledger
from storage.engine import Store
from storage.steps import Step, reached

_AT_ONCE = 200


def settle_doubts(store: Store, tally: Tally, now: datetime, *, alone: bool) -> None:
    """Settle every claimed line whose lease ran out; all that are claimed where no other sender can be `alone`.

    A line without an open attempt has not been sent and waits again. One with an open attempt may or may not have
    gone: its kind decides (design: The life of one reminder, 4).
    """
    while True:
        with store.reading() as tx:
            if not attempts.abandoned(tx, now, everything=alone, limit=1):
                return
        with store.writing() as tx:
            found = attempts.abandoned(tx, now, everything=alone, limit=_AT_ONCE)
            for each in found:
                if each.attempt_id is None:
                    ledger.put_back(tx, each.line.id, due_at=each.line.due_at, reason=each.line.reason)
                else:
                    settle_doubt(
                        tx,
                        each.line,
                        each.attempt_id,
                        each.started_at or now,
                        each.doubts,
                        tally,
                        now,
                        reason="the sender was stopped while sending",
                        again_at=now,
                    )
        if found:
            reached(Step.DOUBT_SETTLED)
