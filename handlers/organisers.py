"""Who may steer rounds changes; each act is one transaction with its audit line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from storage import audit
from storage.engine import Store, Tx
from storage.organisers import Organiser, all_organisers, find_organiser, remove_roles, set_organiser, was_known
from surveys.authority import SETTINGS, Actor, Deed
from surveys.organisers import OrganiserEntry, OrganiserRole, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointed:
    """The roles are as asked for; `changed`: they were not before."""

    changed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NotAppointed:
    """Nothing was changed, and why."""

    reason: str


def actor_of(tx: Tx, *, email: str = "", slack: str = "", teams: str = "", channel: str) -> Actor | None:
    """Who acts when an organiser speaks through `channel`; None where that address or id is no organiser's."""
    found = find_organiser(tx, email=email, slack=slack, teams=teams)
    return None if found is None else Actor(name=f"organiser:{found.id}", channel=channel, roles=found.roles)


def add_organiser(
    entry: OrganiserEntry, role: Role, store: Store, now: datetime, *, actor: Actor
) -> Appointed | NotAppointed:
    """Give someone a role in one programme, or in every one.

    Nobody gives what they may not give away: the right to appoint is needed where the role is to hold, and, to change
    the ids by which someone is known in a chat, wherever that person has a role.

    Raises:
        NotAllowed: the actor has not the right.
    """
    actor.must(Deed.APPOINT, entry.programme)
    with store.writing() as tx:
        standing = find_organiser(tx, email=entry.email)
        refused = _id_taken(tx, entry)
        if standing is not None:
            if _new_ids(standing, entry):
                _must_appoint(actor, standing.roles)
            if role is not Role.ADMIN and not entry.programme and not actor.whole:
                refused = refused or _last_admin(tx, standing)
        if refused:
            return refused
        before = standing.roles if standing is not None else ()
        organiser_id, changed = set_organiser(tx, entry, role, now)
        if changed:
            after = find_organiser(tx, email=entry.email)
            _note(tx, organiser_id, "organiser added", now, actor, before, after.roles if after is not None else ())
    return Appointed(changed=changed)


def drop_organiser(
    email: str, store: Store, now: datetime, *, actor: Actor, programme: str = ""
) -> Appointed | NotAppointed:
    """Take someone's rights away, in one programme or, left out, all; the last admin stays unless the console says so.

    Raises:
        NotAllowed: the actor has not the right.
    """
    if not actor.may_somewhere(Deed.APPOINT):
        actor.must(Deed.APPOINT, programme)
    with store.writing() as tx:
        standing = find_organiser(tx, email=email)
        lost = tuple(
            each for each in (standing.roles if standing else ()) if not programme or each.programme == programme
        )
        if standing is None or not lost:
            return NotAppointed(reason=f"{email} is not an organiser" + (f" of {programme}" if programme else ""))
        _must_appoint(actor, lost)
        if OrganiserRole(role=Role.ADMIN, programme="") in lost and not actor.whole:
            refused = _last_admin(tx, standing)
            if refused:
                return refused
        remove_roles(tx, standing, lost, now)
        kept = tuple(each for each in standing.roles if each not in lost)
        _note(tx, standing.id, "organiser removed", now, actor, standing.roles, kept)
    return Appointed(changed=True)


def first_organisers(entries: Iterable[OrganiserEntry], store: Store, now: datetime) -> int:
    """Make the organisers named in the settings who were never here; how many. One removed later stays removed."""
    entries = tuple(entries)
    with store.reading() as tx:
        # Asked once, before the first is made: one person may be named for several programmes.
        fresh = [entry for entry in entries if not was_known(tx, entry.email)]
    made = [add_organiser(entry, entry.role, store, now, actor=SETTINGS) for entry in fresh]
    return sum(isinstance(each, Appointed) and each.changed for each in made)


def _must_appoint(actor: Actor, roles: Iterable[OrganiserRole]) -> None:
    for each in roles:
        actor.must(Deed.APPOINT, each.programme)


def _new_ids(standing: Organiser, entry: OrganiserEntry) -> bool:
    return entry.slack not in ("", standing.slack) or entry.teams not in ("", standing.teams)


def _id_taken(tx: Tx, entry: OrganiserEntry) -> NotAppointed | None:
    """Whoever speaks in a chat must be one person."""
    owners = (find_organiser(tx, slack=entry.slack), find_organiser(tx, teams=entry.teams))
    for owner, given in zip(owners, (entry.slack, entry.teams), strict=True):
        if owner is not None and owner.email != entry.email.lower():
            return NotAppointed(reason=f"{given} is the id of {owner.email} already")
    return None


def _last_admin(tx: Tx, standing: Organiser) -> NotAppointed | None:
    whole = OrganiserRole(role=Role.ADMIN, programme="")
    admins = [each.id for each in all_organisers(tx) if whole in each.roles]
    if admins != [standing.id]:
        return None
    return NotAppointed(reason=f"{standing.email} is the last admin; make someone else one first")


def _note(
    tx: Tx,
    organiser_id: int,
    what: str,
    now: datetime,
    actor: Actor,
    before: tuple[OrganiserRole, ...],
    after: tuple[OrganiserRole, ...],
) -> None:
    audit.append(
        tx,
        at=now,
        actor=actor.name,
        channel=actor.channel,
        programme_id=None,
        what=what,
        subject=f"organiser:{organiser_id}",
        before=_plain(before),
        after=_plain(after),
    )


def _plain(roles: tuple[OrganiserRole, ...]) -> list[dict[str, str]]:
    return [{"role": each.role.value, "programme": each.programme} for each in roles]
