"""Words typed into a chat: kept until it is clear what they answer, then recorded as they were written."""

from __future__ import annotations

from datetime import datetime

from handlers.replies import Saved, TooLate, record_reply
from storage import responses, triage, triage_queue
from storage.asked import Asked
from storage.engine import Store
from surveys.answer_values import answer_key
from surveys.programme import Mode
from surveys.replies import IncomingReply


def keep_typed(
    store: Store,
    now: datetime,
    asked: Asked | None,
    text: str,
    *,
    channel: str,
    event_id: str,
    reason: str,
    participant_id: int | None = None,
    sender: str = "",
) -> int | None:
    """Keep the words whole in triage; the entry's row, or None where the event was handled before.

    Raises:
        DatabaseBusyError: nothing was kept.
    """
    with store.writing() as tx:
        if event_id and not responses.first_seen(tx, channel, event_id, now):
            return None
        unlinked = asked is not None and asked.mode is Mode.UNLINKED
        return triage.keep(
            tx,
            channel=channel,
            sender=sender if asked is None else f"participant:{asked.participant_id}",
            reason=reason,
            # Of an unlinked round nothing is ever kept beside a person.
            text="" if unlinked else text,
            fields={},
            now=now,
            round_id=None if asked is None else asked.round_id,
            participant_id=participant_id if asked is None else asked.participant_id,
            invitation_id=None if asked is None else asked.invitation_id,
        )


def place_typed(store: Store, now: datetime, invitation_id: int, entry_id: int, name: str, *, channel: str) -> str:
    """Record a kept entry of that invitation as the answer to `item` or `item.row`; what is wrong, "" if all is well.

    Raises:
        DatabaseBusyError: nothing was recorded.
    """
    with store.reading() as tx:
        entry = triage_queue.entry(tx, entry_id)
    if entry is None or entry.settled_how or entry.invitation_id != invitation_id:
        return ""
    reply = IncomingReply(
        channel=channel, invitation_id=invitation_id, given={answer_key(name): entry.text}, typed_by=""
    )
    outcome = record_reply(reply, store, now)
    if isinstance(outcome, Saved) and outcome.problems:
        return next(iter(outcome.problems.values())).what
    if isinstance(outcome, (Saved, TooLate)):
        with store.writing() as tx:
            triage_queue.settle(tx, entry_id, f"placed by its writer: {name}", now)
    return ""
