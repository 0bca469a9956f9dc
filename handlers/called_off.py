"""A session is cancelled: nobody is asked about it any more, and whoever was asked is told once by the next tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.load_outcomes import Change
from storage import audit, invitations, ledger
from storage.engine import Tx
from storage.round_rows import RoundRow, change_round
from storage.sessions import invitations_about
from surveys.authority import Actor
from surveys.delivery import LineKind
from surveys.dispositions import Disposition
from surveys.invitation_facts import STILL_TO_ANSWER
from surveys.programme import Programme, Session, SessionStatus
from surveys.rounds import RoundState

_ASKING = (LineKind.INVITATION, LineKind.DELEGATE, LineKind.REMINDER, LineKind.NOTICE)
REASON = "the session was cancelled"


def session_is_off(programme: Programme, row: RoundRow) -> bool:
    """Whether the round was made for a session that is cancelled, or not in the file any more."""
    entry, dashes, session = row.key.partition("--")
    if row.session_id is None or not dashes or entry != row.entry:
        return False
    found = programme.session(session)
    return found is None or found.status is SessionStatus.CANCELLED


def call_off_round(tx: Tx, row: RoundRow, now: datetime) -> None:
    """The open round ends without a close: what waits is cancelled, and nobody can answer any more."""
    change_round(tx, row.id, {"state": RoundState.CANCELLED.value})
    ledger.cancel_queued(tx, reason=REASON, now=now, round_id=row.id, kinds=_ASKING)


def follow_sessions(
    tx: Tx,
    programme_id: int,
    session_ids: Mapping[str, int],
    sessions: Sequence[Session],
    now: datetime,
    actor: Actor,
    changes: list[Change],
) -> None:
    """In rounds that ask for each session: whoever was to answer about a cancelled one is not eligible any more.

    If the session is planned again they are still to answer, as before.
    """
    for session in sessions:
        off = session.status is SessionStatus.CANCELLED
        found = invitations_about(
            tx, session_ids[session.key], STILL_TO_ANSWER if off else {Disposition.NOT_ELIGIBLE}, "" if off else REASON
        )
        if not found:
            continue
        after = Disposition.NOT_ELIGIBLE if off else Disposition.PENDING
        reason = REASON if off else "the session is planned again"
        invitations.set_disposition(tx, found, after, reason=reason, channel=actor.channel, now=now)
        if off:
            for each in found:
                ledger.cancel_queued(tx, reason=REASON, now=now, invitation_id=each, kinds=_ASKING)
        what = f"{len(found)} people {'need not answer any more' if off else 'are asked again'}"
        changes.append(Change(subject=f"session {session.key}", what=what))
        audit.append(
            tx,
            at=now,
            actor=actor.name,
            channel=actor.channel,
            programme_id=programme_id,
            what=f"session {'called off' if off else 'planned again'}",
            subject=f"session:{session_ids[session.key]}",
            after={"invitations": len(found)},
        )
