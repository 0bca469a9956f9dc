"""The freeze: from then on nobody's consent to be quoted changes, so that a report can rely on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.round_commands import Declined
from storage import audit
from storage.consents import quotable
from storage.engine import Store
from storage.programmes import programme_by_id
from storage.rounds import mark_frozen, round_by_id
from surveys.authority import Actor, Deed
from surveys.round_life import Command, NotAllowed, may
from surveys.rounds import Round


@dataclass(frozen=True, kw_only=True, slots=True)
class Frozen:
    """Done, or what would be done in a dry run; `quotes` is how many answers may be quoted."""

    round: Round
    quotes: int


def freeze_round(
    round_id: int, store: Store, now: datetime, *, actor: Actor, dry_run: bool = False
) -> Frozen | Declined:
    """Have the consents of a closed round stand as they are; it can't be undone, and the round not be reopened.

    Raises:
        authority.NotAllowed: the actor may not freeze.
    """
    with store.writing() as tx:
        standing = round_by_id(tx, round_id)
        stored = None if standing is None else programme_by_id(tx, standing.programme_id)
        if standing is None or stored is None:
            raise LookupError(f"there is no round {round_id}")
        actor.must(Deed.FREEZE, standing.programme)
        verdict = may(standing, Command.FREEZE, now, zone=ZoneInfo(stored.programme.timezone))
        if isinstance(verdict, NotAllowed):
            return Declined(reason=verdict.reason)
        quotes = quotable(tx, round_id)
        if dry_run:
            return Frozen(round=standing, quotes=quotes)
        mark_frozen(tx, round_id, now)
        audit.append(
            tx,
            at=now,
            actor=actor.name,
            channel=actor.channel,
            programme_id=standing.programme_id,
            what="quotes frozen",
            subject=f"round:{round_id}",
            after={"quotes": quotes},
        )
        return Frozen(round=round_by_id(tx, round_id) or standing, quotes=quotes)
