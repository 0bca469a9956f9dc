"""What a change would do to messages: those added, moved, and no longer sent, in every round of a programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reports.plan import PlannedMessage, plan_time, planned_messages
from storage.engine import Tx
from storage.rounds import all_rounds

MessageKey = tuple[str, str, str, str, int]
"""(round, participant, session or whom it is about, kind, number)"""
Planned = Mapping[MessageKey, PlannedMessage]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedMessage:
    """One message of a round as it would be, and as it was (None: there was none, or there would be none)."""

    round: str
    before: PlannedMessage | None
    after: PlannedMessage | None

    @property
    def what(self) -> str:
        """`added`, `moved` or `cancelled`."""
        if self.before is None:
            return "added"
        return "cancelled" if self.after is None else "moved"

    @property
    def message(self) -> PlannedMessage:
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of no message")
        return found


def planned_of_programme(tx: Tx, programme_id: int, now: datetime) -> Planned:
    """Every message still to come of the programme if nobody answers, as `round plan` has them."""
    found: dict[MessageKey, PlannedMessage] = {}
    for round_ in all_rounds(tx, programme_id):
        for each in planned_messages(tx, round_, plan_time(tx, round_, now)):
            found[round_.key, each.participant, each.session or each.about, each.kind, each.number] = each
    return found


def changes_between(before: Planned, after: Planned) -> tuple[ChangedMessage, ...]:
    """What differs, in order of time; a message that goes by another way at the same time has moved too."""
    found = [
        ChangedMessage(round=key[0], before=before.get(key), after=after.get(key))
        for key in {**before, **after}
        if _way(before.get(key)) != _way(after.get(key))
    ]
    return tuple(sorted(found, key=lambda each: (each.message.due, each.round, each.message.participant)))


def _way(message: PlannedMessage | None) -> tuple[datetime, str, str] | None:
    return None if message is None else (message.due, message.channel, message.address)
