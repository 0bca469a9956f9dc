"""Whom a chat platform has been asked about by their mail address, and what it said."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select

from storage.dialects import insert_into
from storage.engine import Tx
from storage.tables.chat import chat_lookups
from storage.tables.people import addresses, participant_addresses, participants


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A mail address whose owners have none in the chat."""

    address_id: int
    value: str


def to_look_up(
    tx: Tx, channel: str, programmes: Collection[int], *, asked_before: datetime, limit: int
) -> tuple[Wanted, ...]:
    """Mail addresses of people of these programmes who have no address in the channel; not those asked about since."""
    other = addresses.alias("other")
    theirs = participant_addresses.alias("theirs")
    has_one = exists().where(
        theirs.c.participant_id == participants.c.id, theirs.c.address_id == other.c.id, other.c.channel == channel
    )
    query = (
        select(addresses.c.id, addresses.c.value)
        .join(participant_addresses, participant_addresses.c.address_id == addresses.c.id)
        .join(participants, participants.c.id == participant_addresses.c.participant_id)
        .outerjoin(chat_lookups, (chat_lookups.c.address_id == addresses.c.id) & (chat_lookups.c.channel == channel))
        .where(
            addresses.c.channel == "mail",
            participants.c.programme_id.in_(list(programmes)),
            participants.c.removed_at.is_(None),
            participants.c.opted_out_at.is_(None),
            ~has_one,
            or_(chat_lookups.c.at.is_(None), chat_lookups.c.at < asked_before),
        )
        .distinct()
        .order_by(addresses.c.id)
        .limit(limit)
    )
    return tuple(Wanted(address_id=row.id, value=row.value) for row in tx.execute(query))


def owners_to_tell(tx: Tx, address_id: int, programmes: Collection[int]) -> tuple[int, ...]:
    """The people of these programmes who have that mail address."""
    query = (
        select(participants.c.id)
        .join(participant_addresses, participant_addresses.c.participant_id == participants.c.id)
        .where(
            participant_addresses.c.address_id == address_id,
            participants.c.programme_id.in_(list(programmes)),
            participants.c.removed_at.is_(None),
        )
        .order_by(participants.c.id)
    )
    return tuple(tx.execute(query).scalars())


def note_lookup(tx: Tx, address_id: int, channel: str, *, found: bool, now: datetime) -> None:
    """What the platform said, so that it is not asked again soon."""
    values = {"found": found, "at": now}
    statement = insert_into(tx, chat_lookups).values(address_id=address_id, channel=channel, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["address_id", "channel"], set_=values))
