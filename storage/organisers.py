"""Organisers and their roles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from storage.engine import Tx
from storage.tables.oversight import organiser_roles, organisers
from surveys.organisers import OrganiserEntry, OrganiserRole, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Organiser:
    """Someone who may steer rounds."""

    id: int
    email: str
    slack: str
    teams: str
    roles: tuple[OrganiserRole, ...]


def all_organisers(tx: Tx) -> tuple[Organiser, ...]:
    """Everyone who has not been removed, by e-mail address."""
    query = select(organisers).where(organisers.c.removed_at.is_(None)).order_by(organisers.c.email)
    people = tx.execute(query).all()
    roles: dict[int, list[OrganiserRole]] = {person.id: [] for person in people}
    for row in tx.execute(select(organiser_roles).order_by(organiser_roles.c.programme)):
        if row.organiser_id in roles:
            roles[row.organiser_id].append(OrganiserRole(role=Role(row.role), programme=row.programme))
    return tuple(
        Organiser(
            id=person.id, email=person.email, slack=person.slack, teams=person.teams, roles=tuple(roles[person.id])
        )
        for person in people
    )


def find_organiser(tx: Tx, *, email: str = "", slack: str = "", teams: str = "") -> Organiser | None:
    """Who has that e-mail address, Slack id or Teams id, and has not been removed; the first of them that is given."""
    given = [(name, value) for name, value in (("email", email.lower()), ("slack", slack), ("teams", teams)) if value]
    if not given:
        return None
    name, value = given[0]
    return next((each for each in all_organisers(tx) if getattr(each, name) == value), None)


def was_known(tx: Tx, email: str) -> bool:
    """Whether the address is or was an organiser's, removed ones too."""
    return tx.execute(select(organisers.c.id).where(organisers.c.email == email.lower())).first() is not None


def set_organiser(tx: Tx, entry: OrganiserEntry, role: Role, now: datetime) -> tuple[int, bool]:
    """Add someone, bring them back, or change their role there; their id and whether anything changed."""
    email = entry.email.lower()
    known = tx.execute(select(organisers).where(organisers.c.email == email)).one_or_none()
    changed = False
    if known is None:
        made = tx.execute(
            insert(organisers).values(email=email, slack=entry.slack, teams=entry.teams, created_at=now)
        ).inserted_primary_key
        organiser_id, changed = int(made[0]) if made else 0, True
    else:
        organiser_id = known.id
        names = {"slack": entry.slack or known.slack, "teams": entry.teams or known.teams, "removed_at": None}
        if any(getattr(known, name) != value for name, value in names.items()):
            tx.execute(update(organisers).where(organisers.c.id == organiser_id).values(**names))
            changed = True
    here = (organiser_roles.c.organiser_id == organiser_id) & (organiser_roles.c.programme == entry.programme)
    standing = tx.execute(select(organiser_roles.c.role).where(here)).scalar_one_or_none()
    if standing is None:
        tx.execute(
            insert(organiser_roles).values(organiser_id=organiser_id, role=role.value, programme=entry.programme)
        )
        changed = True
    elif standing != role:
        tx.execute(update(organiser_roles).where(here).values(role=role.value))
        changed = True
    return organiser_id, changed


def remove_roles(tx: Tx, organiser: Organiser, lost: Collection[OrganiserRole], now: datetime) -> None:
    """Take these rights away; whoever has none left is an organiser no longer."""
    for each in lost:
        here = (organiser_roles.c.organiser_id == organiser.id) & (organiser_roles.c.programme == each.programme)
        tx.execute(organiser_roles.delete().where(here))
    if set(lost) >= set(organiser.roles):
        tx.execute(update(organisers).where(organisers.c.id == organiser.id).values(removed_at=now))
