"""What follows from a first answer: the invitation is partial, and its reminders are worked out anew."""

from __future__ import annotations

from datetime import datetime

from storage import invitations, rounds
from storage.engine import Tx
from storage.responses import Asked
from surveys.dispositions import Disposition

# Someone who answers after all is asked again, and reminded again.
_BEGUN = frozenset({Disposition.PARTIAL, Disposition.COMPLETE})


def note_begun(tx: Tx, asked: Asked, *, channel: str, now: datetime) -> None:
    """Answers were saved: pending, or whatever reason was given for not answering, becomes partial."""
    if asked.disposition in _BEGUN:
        return
    invitations.set_disposition(
        tx, [asked.invitation_id], Disposition.PARTIAL, reason="answers were saved", channel=channel, now=now
    )
    if asked.disposition is not Disposition.PENDING:
        rounds.look_again(tx, asked.round_id, None)
