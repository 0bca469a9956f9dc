"""Who has asked for silence, looked up by address: for copies of other people's mail, and for people under a new id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update

from storage.engine import Tx
from storage.tables.people import addresses, opt_outs, participant_addresses, participants
from surveys.addresses import folded


@dataclass(frozen=True, kw_only=True, slots=True)
class Silenced:
    """Someone of the programme who has opted out, of it or of a round, or has asked for a pause."""

    participant_id: int
    key: str
    name: str


def may_be_copied(tx: Tx, programme_id: int, round_id: int, email: str, now: datetime) -> bool:
    """False if someone whose address it is has opted out of the programme or the round, or paused."""
    query = (
        select(participants.c.id)
        .join(participant_addresses, participant_addresses.c.participant_id == participants.c.id)
        .join(addresses, addresses.c.id == participant_addresses.c.address_id)
        .outerjoin(opt_outs, opt_outs.c.participant_id == participants.c.id)
        .where(
            participants.c.programme_id == programme_id,
            addresses.c.channel == "mail",
            addresses.c.folded == folded("mail", email),
            or_(
                participants.c.opted_out_at.is_not(None),
                participants.c.paused_until > now,
                opt_outs.c.round_id == round_id,
                opt_outs.c.id.is_not(None) & opt_outs.c.round_id.is_(None),
            ),
        )
    )
    return tx.execute(query.limit(1)).first() is None


def silenced_at(tx: Tx, programme_id: int, places: Iterable[tuple[str, str]], *, but: int) -> tuple[Silenced, ...]:
    """Those with one of these (channel, address)es who have asked for silence; `but` leaves one person out."""
    same = [
        (addresses.c.channel == channel) & (addresses.c.folded == folded(channel, value)) for channel, value in places
    ]
    if not same:
        return ()
    query = (
        select(participants.c.id, participants.c.key, participants.c.name)
        .join(participant_addresses, participant_addresses.c.participant_id == participants.c.id)
        .join(addresses, addresses.c.id == participant_addresses.c.address_id)
        .outerjoin(opt_outs, opt_outs.c.participant_id == participants.c.id)
        .where(
            participants.c.programme_id == programme_id,
            participants.c.id != but,
            or_(*same),
            or_(
                participants.c.opted_out_at.is_not(None),
                participants.c.paused_until.is_not(None),
                opt_outs.c.id.is_not(None),
            ),
        )
        .distinct()
        .order_by(participants.c.id)
    )
    return tuple(Silenced(participant_id=row.id, key=row.key, name=row.name) for row in tx.execute(query))


def one_person(tx: Tx, participant_id: int) -> tuple[int, ...]:
    """The rows that are this very person: their own, then others of the programme with their name at their address.

    A panel may have somebody twice, for two roles: who asks for silence asks for it as whoever they are there.
    """
    own = tx.execute(
        select(participants.c.programme_id, participants.c.name).where(participants.c.id == participant_id)
    ).one_or_none()
    if own is None:
        return (participant_id,)
    theirs = select(participant_addresses.c.address_id).where(participant_addresses.c.participant_id == participant_id)
    query = (
        select(participants.c.id, participants.c.name)
        .join(participant_addresses, participant_addresses.c.participant_id == participants.c.id)
        .where(
            participants.c.programme_id == own.programme_id,
            participants.c.id != participant_id,
            participant_addresses.c.address_id.in_(theirs),
        )
        .distinct()
        .order_by(participants.c.id)
    )
    name = own.name.casefold().split()
    return (participant_id, *(row.id for row in tx.execute(query) if row.name.casefold().split() == name))


def silence_like(tx: Tx, participant_id: int, other: int) -> None:
    """Have the first person's opt-outs and pause be those of the other too, who is the same person."""
    held = tx.execute(select(opt_outs).where(opt_outs.c.participant_id == other)).all()
    own = set(tx.execute(select(opt_outs.c.round_id).where(opt_outs.c.participant_id == participant_id)).scalars())
    fresh = [
        {"participant_id": participant_id, "round_id": row.round_id, "at": row.at, "channel": row.channel}
        for row in held
        if row.round_id not in own
    ]
    if fresh:
        tx.execute(insert(opt_outs), fresh)
    row = tx.execute(
        select(participants.c.opted_out_at, participants.c.paused_until).where(participants.c.id == other)
    ).one()
    tx.execute(
        update(participants)
        .where(participants.c.id == participant_id)
        .values(opted_out_at=row.opted_out_at, paused_until=row.paused_until)
    )
