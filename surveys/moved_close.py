"""Which close a person was last told, where it has been moved."""

from __future__ import annotations

from datetime import datetime

from surveys.invitation_facts import InvitationFacts
from surveys.rounds import Round


def close_known(round: Round, facts: InvitationFacts) -> datetime:  # noqa: A002 - the field's word
    """The close that the person's last message named: every message that asks names it as it stood at that time.

    The present one where nothing has been sent yet, or it was never moved. A move that was taken back is none.
    """
    contacts = [at for at in (facts.invited_at, facts.last_contact_at) if at is not None]
    if not contacts:
        return round.closes_at
    seen = sum(1 for move in round.moves if move.at <= max(contacts))
    seen = max(seen, facts.told_moves)
    return round.moves[seen].before if seen < len(round.moves) else round.closes_at
