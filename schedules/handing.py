"""One open attempt handed to its channel, outside any transaction: composed, drafted where that is the way, sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from channels.base import CannotBeSaid, Channel, Doubt, Drafted, Drafting, Envelope, InDoubt, LookingUp, NotReady
from schedules.patience import LONGEST_PAUSE
from schedules.settling import Handed
from storage import attempts
from storage.engine import DatabaseBusyError, Store
from storage.steps import Step, reached
from surveys.delivery import Deferred, Outcome, Refused, Unknown

# A draft that lies with the platform must be noted: another writer's long transaction is waited for, again and again.
_PATIENCE = 20


class Handing:
    """One channel's way out."""

    def __init__(self, store: Store, channel: Channel, clock: Callable[[], datetime]) -> None:
        self._store, self._channel, self._clock = store, channel, clock

    def send(self, handed: Handed) -> Handed:
        """The attempt with how it went."""
        now = self._clock()
        try:
            envelope = self._channel.compose(handed.letter)
        except CannotBeSaid as error:
            return replace(handed, outcome=Refused(reason=f"it can't be written: {error}", address_is_bad=False))
        except NotReady as error:
            # It may be this programme alone that lacks a sender: the others' messages go on.
            return replace(handed, outcome=Deferred(until=now + LONGEST_PAUSE, reason=str(error)))
        outcome: Outcome | Unknown
        drafted: Envelope | Outcome | Unknown = envelope
        try:
            drafted = self._drafted(handed, envelope, now)
            outcome = self._channel.send(drafted, now) if isinstance(drafted, Envelope) else drafted
        except InDoubt as error:
            outcome = Unknown(reason=str(error))
        later = isinstance(self._channel, LookingUp)
        sent = drafted if isinstance(drafted, Envelope) else envelope
        return replace(handed, envelope=sent, outcome=outcome, looked_up_later=later)

    def discard(self, settled: Handed) -> None:
        """Take back the draft of an attempt that was settled as not sent: only now does nobody look for it any more."""
        if settled.envelope is None or not isinstance(self._channel, LookingUp):
            return
        if settled.envelope.draft and isinstance(settled.outcome, Deferred | Refused):
            line = settled.known.line
            self._channel.discard(
                Doubt(
                    key=line.key,
                    kind=line.kind,
                    ref=settled.envelope.ref,
                    draft=settled.envelope.draft,
                    address=settled.address.value if settled.address else "",
                    started_at=settled.letter.written_at,
                )
            )

    def _drafted(self, handed: Handed, envelope: Envelope, now: datetime) -> Envelope | Outcome | Unknown:
        """The envelope as it is to be sent: where the platform drafts first, with the draft's name, which is stored."""
        if not isinstance(self._channel, Drafting):
            return envelope
        drafted = self._channel.draft(envelope, now)
        if not isinstance(drafted, Drafted):
            return drafted
        reached(Step.DRAFT_MADE)
        if not self._noted(handed.attempt_id, drafted.draft):
            return Unknown(reason="the attempt was settled by another sender meanwhile")
        reached(Step.DRAFT_NOTED)
        return replace(envelope, draft=drafted.draft)

    def _noted(self, attempt_id: int, draft: str) -> bool:
        for tried in range(_PATIENCE):
            try:
                with self._store.writing() as tx:
                    return attempts.note_draft(tx, attempt_id, draft)
            except DatabaseBusyError:
                if tried == _PATIENCE - 1:
                    raise
        return False
