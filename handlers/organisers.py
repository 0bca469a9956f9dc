"""Who may steer rounds changes; each act is one transaction with its audit line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from storage import audit
from storage.engine import Store
from storage.organisers import remove_organiser, set_organiser, was_known
from surveys.authority import SETTINGS, Actor, Deed
from surveys.organisers import OrganiserEntry, Role


def add_organiser(entry: OrganiserEntry, role: Role, store: Store, now: datetime, *, actor: Actor) -> bool:
    """Give someone a role; whether that changed anything."""
    actor.must(Deed.APPOINT, entry.programme)
    with store.writing() as tx:
        organiser_id, changed = set_organiser(tx, entry, role, now)
        if changed:
            audit.append(
                tx,
                at=now,
                actor=actor.name,
                channel=actor.channel,
                programme_id=None,
                what="organiser added",
                subject=f"organiser:{organiser_id}",
                after={"role": role.value, "programme": entry.programme},
            )
    return changed


def drop_organiser(email: str, store: Store, now: datetime, *, actor: Actor) -> bool:
    """Take someone's rights away; False where the address has none."""
    actor.must(Deed.APPOINT, "")
    with store.writing() as tx:
        organiser_id = remove_organiser(tx, email, now)
        if organiser_id is None:
            return False
        audit.append(
            tx,
            at=now,
            actor=actor.name,
            channel=actor.channel,
            programme_id=None,
            what="organiser removed",
            subject=f"organiser:{organiser_id}",
        )
    return True


def first_organisers(entries: Iterable[OrganiserEntry], store: Store, now: datetime) -> int:
    """Make the organisers named in the settings who were never here; how many. One removed later stays removed."""
    made = 0
    for entry in entries:
        with store.reading() as tx:
            known = was_known(tx, entry.email)
        if not known:
            made += add_organiser(entry, entry.role, store, now, actor=SETTINGS)
    return made
