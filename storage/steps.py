"""The named points at which a crash matters.

Code calls `reached(Step.…)` there; nothing happens, unless a test has asked the process to end at that very
point. The registry is complete: a test kills a real process at each, and fails if one was not reached.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum


class Step(StrEnum):
    """One for each point between two things that a crash could part."""

    ROUND_OPENED = "round-opened"
    INVITATIONS_MADE = "invitations-made"
    LINES_QUEUED = "lines-queued"
    SENDER_TAKEN = "sender-taken"
    LINE_CLAIMED = "line-claimed"
    ATTEMPT_WRITTEN = "attempt-written"
    DRAFT_MADE = "draft-made"
    DRAFT_NOTED = "draft-noted"
    MESSAGE_SENT = "message-sent"
    LINE_SETTLED = "line-settled"
    LINE_DEFERRED = "line-deferred"
    LINE_REFUSED = "line-refused"
    DOUBT_SETTLED = "doubt-settled"
    DOUBT_LOOKED_UP = "doubt-looked-up"
    REPLY_WRITTEN = "reply-written"
    REPLY_COMMITTED = "reply-committed"
    ROUND_CLOSED = "round-closed"
    MAIL_STORED = "mail-stored"
    MAIL_SETTLED = "mail-settled"
    MAIL_MARKED = "mail-marked"
    RETENTION_CUT = "retention-cut"
    RETENTION_SWEPT = "retention-swept"


CRASH_SETTING = "SOUNDINGS_CRASH_AT"


def reached(step: Step) -> None:
    """Go on; or, in a crash test, end at once as a power cut would: no clean-up, no flush.

    `SOUNDINGS_CRASH_AT` is `step` or `step:N` for the N-th time it is reached.
    """
    wanted = os.environ.get(CRASH_SETTING)
    if not wanted:
        return
    name, _, times = wanted.partition(":")
    if name == step:
        _seen[step] = _seen.get(step, 0) + 1
        if _seen[step] == int(times or 1):
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


_seen: dict[Step, int] = {}
