"""Who named whom to answer in their place."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import func, insert, or_, select

from storage.engine import Tx
from storage.invitations import Invitation, invitation
from storage.people import DELEGATE
from storage.tables.people import addresses, opt_outs, participant_addresses, participants
from storage.tables.rounds import delegations, invitation_voices, invitations
from surveys.addresses import folded


def delegate_of(tx: Tx, invitation_id: int) -> int | None:
    """The invitation of the person named for this one; None if nobody was."""
    query = select(delegations.c.delegate_invitation_id).where(delegations.c.invitation_id == invitation_id)
    found = tx.execute(query).scalar_one_or_none()
    return None if found is None else int(found)


def invitation_of(tx: Tx, round_id: int, participant_id: int, ref: int) -> Invitation:
    """The person's invitation to the round; `ref` tells it from their others, as `Invitation.ref`.

    Raises:
        LookupError: there is none.
    """
    query = select(invitations.c.id).where(
        invitations.c.round_id == round_id,
        invitations.c.participant_id == participant_id,
        invitations.c.session_ref == ref,
    )
    found = invitation(tx, tx.execute(query).scalar_one_or_none() or 0)
    if found is None:
        raise LookupError(f"participant {participant_id} has no invitation to round {round_id}")
    return found


def giver_of(tx: Tx, invitation_id: int) -> str | None:
    """The name of whoever gave the address of the invitation's person; "" if they were erased since.

    None: the person is one whom the panel has named.
    """
    query = (
        select(participants.c.source, invitations.c.delegated_from_id)
        .join(invitations, invitations.c.participant_id == participants.c.id)
        .where(invitations.c.id == invitation_id)
    )
    row = tx.execute(query).one_or_none()
    if row is None or (row.source != DELEGATE and row.delegated_from_id is None):
        return None
    named = (
        select(participants.c.name)
        .join(invitations, invitations.c.participant_id == participants.c.id)
        .join(delegations, delegations.c.invitation_id == invitations.c.id)
        .where(delegations.c.delegate_invitation_id == invitation_id)
        .order_by(delegations.c.id)
    )
    return tx.execute(named.limit(1)).scalar_one_or_none() or ""


def named_since(tx: Tx, round_id: int, since: datetime) -> int:
    """How many people have been named in the round since then."""
    query = (
        select(func.count())
        .select_from(delegations.join(invitations, invitations.c.id == delegations.c.invitation_id))
        .where(invitations.c.round_id == round_id, delegations.c.at >= since)
    )
    return int(tx.execute(query).scalar_one())


def may_be_written_to(tx: Tx, programme_id: int, round_id: int, email: str) -> bool:
    """False if the address is known not to work, or someone it belongs to has asked for silence."""
    same = (addresses.c.channel == "mail") & (addresses.c.folded == folded("mail", email))
    silenced = (
        select(addresses.c.id)
        .join(participant_addresses, participant_addresses.c.address_id == addresses.c.id)
        .join(participants, participants.c.id == participant_addresses.c.participant_id)
        .outerjoin(opt_outs, opt_outs.c.participant_id == participants.c.id)
        .where(
            same,
            participants.c.programme_id == programme_id,
            or_(
                participants.c.opted_out_at.is_not(None),
                opt_outs.c.round_id == round_id,
                (opt_outs.c.id.is_not(None)) & (opt_outs.c.round_id.is_(None)),
            ),
        )
    )
    bad = select(addresses.c.id).where(same, addresses.c.bad_at.is_not(None))
    return tx.execute(silenced).first() is None and tx.execute(bad).first() is None


def take_on_voices(tx: Tx, invitation_id: int, pairs: AbstractSet[tuple[str, str]]) -> None:
    """Have the invitation speak for those (area, perspective) pairs as well."""
    own = select(invitation_voices).where(invitation_voices.c.invitation_id == invitation_id)
    standing = {(row.area, row.perspective) for row in tx.execute(own)}
    fresh = [
        {"invitation_id": invitation_id, "area": area, "perspective": perspective}
        for area, perspective in sorted(pairs - standing)
    ]
    if fresh:
        tx.execute(insert(invitation_voices), fresh)


def note_delegation(
    tx: Tx, invitation_id: int, delegate_invitation_id: int, *, given_by: str, channel: str, now: datetime
) -> None:
    """Keep who gave the address; one for each invitation."""
    tx.execute(
        insert(delegations).values(
            invitation_id=invitation_id,
            delegate_invitation_id=delegate_invitation_id,
            given_by=given_by,
            channel=channel,
            at=now,
        )
    )
