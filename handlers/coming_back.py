"""What follows from a first answer: the invitation is partial, and its reminders are worked out anew."""

from __future__ import annotations

from datetime import datetime

from handlers.dispositions import note_act
from storage.asked import Asked
from storage.engine import Tx
from storage.looks import look_again_at
from surveys.dispositions import Act, Disposition


def note_begun(tx: Tx, asked: Asked, *, channel: str, now: datetime, entered: bool = False) -> None:
    """Answers were saved: pending, or whatever reason was given for not answering, becomes partial.

    A reason stands while an organiser (`entered`) types in a return that is not complete yet.
    """
    before, act = asked.disposition, Act.ENTERED if entered else Act.ANSWERED
    after = note_act(tx, asked.invitation_id, before, act, reason="answers were saved", channel=channel, now=now)
    # Someone who answers after all is asked again, and reminded again.
    if after is not before and before is not Disposition.PENDING:
        look_again_at(tx, asked.participant_id)
