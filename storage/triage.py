"""What could not be placed, kept whole until a person has looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert

from storage.engine import Tx
from storage.tables.answers import triage


def keep(
    tx: Tx,
    *,
    channel: str,
    sender: str,
    reason: str,
    text: str,
    fields: Mapping[str, str | list[str]],
    now: datetime,
    kind: str = "human",
    round_id: int | None = None,
    participant_id: int | None = None,
    invitation_id: int | None = None,
) -> int:
    """Put one message aside; gives its row's id. `fields`: its words by question, where it came in fields."""
    made = tx.execute(
        insert(triage)
        .values(
            received_at=now,
            channel=channel,
            sender=sender,
            kind=kind,
            reason=reason,
            round_id=round_id,
            participant_id=participant_id,
            invitation_id=invitation_id,
            text=text,
            fields=dict(fields),
        )
        .returning(triage.c.id)
    )
    return int(made.scalar_one())
