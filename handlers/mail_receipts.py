"""One mail that shows what was recorded of a reply and what was not clear: never many to one address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storage import ledger, mail_threads
from storage.asked import Asked
from storage.engine import Tx
from surveys.delivery import LineKind

# Two programs that answer each other stop here, whatever their headers say.
MOST_A_DAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a receipt says beyond the answers: the questions that were not clear, whose words stand in triage `entry`.

    `besides`: an organiser has more of the mail to read. `completed`: this mail completed the return, whose own
    receipt is on its way already.
    """

    unclear: Sequence[str] = field(default_factory=tuple)
    entry: int = 0
    besides: bool = False
    completed: bool = False


def tell(tx: Tx, asked: Asked, sender: str, told: Told, now: datetime) -> str:
    """Queue the receipt; or why there is none, for an organiser, where the address has had its number for the day.

    That is said once; "" otherwise.
    """
    # Which questions, but no words: those wait in triage.
    detail = {
        **({"unclear": list(told.unclear), "entry": told.entry} if told.unclear else {}),
        **({"besides": True} if told.besides else {}),
    }
    if told.completed:
        if detail:
            mail_threads.say_also(tx, asked.ledger_key("receipt/1"), detail)
        return ""
    lately = mail_threads.receipts_to(tx, sender, now - _DAY)
    if lately >= MOST_A_DAY:
        return _silence(tx, asked, now)
    # The first number belongs to the return's completion, whether that has come or not.
    number = mail_threads.last_receipt(tx, asked.invitation_id) + 1
    line = ledger.NewLine(
        key=asked.ledger_key(f"receipt/{number}"),
        kind=LineKind.RECEIPT,
        number=number,
        programme_id=asked.programme_id,
        round_id=asked.round_id,
        invitation_id=asked.invitation_id,
        participant_id=asked.participant_id,
        due_at=now,
        why="answers came by mail",
        detail=detail,
    )
    ledger.queue(tx, [line], now)
    return ""


def _silence(tx: Tx, asked: Asked, now: datetime) -> str:
    reason = f"no receipt: {MOST_A_DAY} went to this address within a day; look whether a program answers ours"
    return "" if mail_threads.noted_since(tx, asked.invitation_id, reason, now - _DAY) else reason
