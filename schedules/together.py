"""Messages that go together: what a week has no room for is said in one message of several (`surveys.budget`)."""

from __future__ import annotations

from datetime import datetime

from storage import invitations, ledger
from storage.contacts import leads_that_ended, let_go, riders_by_keys, riders_of
from storage.engine import Store, Tx
from storage.ledger import Claimed
from storage.letter_facts import LetterFacts, letter_facts
from surveys.delivery import LineState
from surveys.still_wanted import Wanted, still_wanted

# In a line's detail: the keys of those that go along with it.
ALONG = "along"


def riders_still_wanted(tx: Tx, known: LetterFacts, now: datetime) -> tuple[LetterFacts, ...]:
    """What goes along in the message of this line; what is no longer wanted of it is cancelled."""
    found = []
    keys = known.detail.get(ALONG)
    for rider in riders_by_keys(tx, known.line.key, keys) if isinstance(keys, list) and keys else ():
        line = ledger.line_by_id(tx, rider.line_id)
        facts = None if line is None else letter_facts(tx, [Claimed(line=line, detail={})]).get(rider.line_id)
        verdict = (
            None if facts is None else still_wanted(rider.kind, facts.round, facts.facts, now, due_at=facts.line.due_at)
        )
        if facts is not None and isinstance(verdict, Wanted):
            found.append(facts)
        elif line is not None:
            reason = "what it was about is gone" if verdict is None or isinstance(verdict, Wanted) else verdict.reason
            ledger.settle(tx, line.id, LineState.CANCELLED, now=now, reason=reason)
    return tuple(found)


def settle_riders(store: Store, now: datetime) -> None:
    """Whatever went along with a message that has gone has gone too; where that one never goes, it goes by itself.

    A crash in between changes nothing: no sender touches these lines, and the next tick settles them.
    """
    with store.reading() as tx:
        if not leads_that_ended(tx):
            return
    with store.writing() as tx:
        for lead in leads_that_ended(tx):
            for rider in riders_of(tx, lead.key):
                if lead.state is not LineState.SENT or lead.settled_at is None:
                    let_go(tx, rider, now)
                    continue
                ledger.settle(
                    tx,
                    rider.line_id,
                    LineState.SENT,
                    now=lead.settled_at,
                    message_id=lead.message_id,
                    reason="said in one message with another round",
                )
                if rider.invitation_id is not None:
                    invitations.note_contact(tx, rider.invitation_id, rider.kind, lead.settled_at)
