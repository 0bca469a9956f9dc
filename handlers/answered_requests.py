"""An organiser has answered what a person asked for, or has found that it was not they who asked."""

from __future__ import annotations

from datetime import datetime

from storage import audit, ledger, person_requests
from storage.engine import Store
from storage.rights import programme_id_of, programme_key_of
from surveys.authority import Actor, Deed
from surveys.delivery import LineKind
from surveys.person_requests import RequestKind

_DEEDS = {RequestKind.COPY: Deed.COPY, RequestKind.ERASURE: Deed.ERASE}


def mark_answered(
    participant_id: int, kind: RequestKind, reason: str, store: Store, now: datetime, *, actor: Actor
) -> bool:
    """Take the person's request off the list; False if there was none. Erasing a person does so by itself.

    Raises:
        NotAllowed: the actor may not do what was asked for, so may not say that it is done either.
    """
    with store.writing() as tx:
        actor.must(_DEEDS[kind], programme_key_of(tx, participant_id) or "")
        if not person_requests.end(tx, participant_id, kind):
            return False
        ledger.cancel_asked_for(tx, participant_id, LineKind.ERASURE, reason="answered", now=now)
        audit.append(
            tx,
            at=now,
            actor=actor.name,
            channel=actor.channel,
            programme_id=programme_id_of(tx, participant_id),
            what=f"request answered: {kind.value}",
            subject=f"participant:{participant_id}",
            typed=reason,
        )
    return True
