"""Contact data at the end of its period: addresses on every channel, telephone numbers, and who gets copies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, Table, case, cast, delete, exists, func, or_, select, update

from storage import tombstones
from storage.chat_conversations import forget_conversations
from storage.engine import Tx
from storage.erasing import MASK
from storage.tables.answers import triage
from storage.tables.base import UtcTime
from storage.tables.chat import chat_prompts
from storage.tables.delivery import attempts, deliveries, messages
from storage.tables.people import addresses, participant_addresses, participants
from storage.tables.rounds import dispositions, invitations, rounds
from surveys.rounds import RoundState

_OVER = (RoundState.CLOSED, RoundState.CANCELLED)


def last_activity(tx: Tx, programme_id: int, now: datetime) -> Mapping[int, datetime | None]:
    """Since when the contact data of each person who has any is not needed: the last close that concerned them.

    That is the last of the programme's rounds, or, for whoever was taken off the panel, of those they were asked in.
    None while such a round is still to come, or open. Never before the person was known; what lies after `now` does
    not count, as a past season may be being played that was loaded only today.
    """
    ended = func.max(func.coalesce(rounds.c.closed_at, rounds.c.closes_at, type_=UtcTime()))
    running = func.sum(case((rounds.c.state.in_(_OVER), 0), else_=1))
    whole = tx.execute(select(ended, running).where(rounds.c.programme_id == programme_id)).one()
    own = {
        row[0]: (row[1], row[2])
        for row in tx.execute(
            select(invitations.c.participant_id, ended, running)
            .join(rounds, rounds.c.id == invitations.c.round_id)
            .join(participants, participants.c.id == invitations.c.participant_id)
            .where(rounds.c.programme_id == programme_id, participants.c.removed_at.is_not(None))
            .group_by(invitations.c.participant_id)
        )
    }
    linked = exists().where(participant_addresses.c.participant_id == participants.c.id)
    query = select(participants.c.id, participants.c.created_at, participants.c.removed_at).where(
        participants.c.programme_id == programme_id,
        or_(linked, participants.c.phone != "", cast(participants.c.cc, String) != "[]"),
    )
    found: dict[int, datetime | None] = {}
    for person in tx.execute(query).all():
        closed, open_ones = (whole[0], whole[1]) if person.removed_at is None else own.get(person.id, (None, 0))
        known = [each for each in (person.created_at, person.removed_at) if each is not None and each <= now]
        events = known if closed is None else [*known, closed]
        found[person.id] = None if open_ones or not events else max(events)
    return found


def cut_contacts(tx: Tx, ids: Sequence[Any], now: datetime) -> None:
    """Take the contact data of these people out, and their addresses out of what servers said of them.

    Who was asked, when and how often stays, so nobody is reminded twice. An address that someone else has stays theirs.
    Whoever has asked for silence is still known by a keyed hash, so that nobody names them again.
    """
    linked = tx.execute(
        select(participant_addresses.c.participant_id, addresses.c.id, addresses.c.channel, addresses.c.value)
        .join(addresses, addresses.c.id == participant_addresses.c.address_id)
        .where(participant_addresses.c.participant_id.in_(ids))
    ).all()
    tx.execute(delete(participant_addresses).where(participant_addresses.c.participant_id.in_(ids)))
    tx.execute(update(participants).where(participants.c.id.in_(ids)).values(phone="", cc=[]))
    kept = exists().where(participant_addresses.c.address_id == addresses.c.id)
    gone = select(addresses.c.id).where(addresses.c.id.in_([each.id for each in linked]), ~kept)
    alone = set(tx.execute(gone).scalars())
    of_nobody = [each for each in linked if each.id in alone]
    _keep_silence(tx, of_nobody, now)
    for table in (attempts, messages):
        tx.execute(update(table).where(table.c.address_id.in_(alone)).values(address_id=None))
    tx.execute(delete(addresses).where(addresses.c.id.in_(alone)))
    forget_conversations(tx, ((each.channel, each.value) for each in of_nobody))
    # Where a chat with them is. Its messages stand in the chat itself, and show that their rounds are over.
    invited = select(invitations.c.id).where(invitations.c.participant_id.in_(ids))
    tx.execute(delete(chat_prompts).where(chat_prompts.c.invitation_id.in_(invited)))
    _mask_words(tx, ids, [each.value for each in of_nobody])


def _keep_silence(tx: Tx, of_nobody: Sequence[Any], now: datetime) -> None:
    """Keyed hashes of the addresses of those among them who have opted out."""
    ids = {each.participant_id for each in of_nobody}
    query = select(participants.c.id, participants.c.programme_id).where(
        participants.c.id.in_(ids), participants.c.opted_out_at.is_not(None)
    )
    for person in tx.execute(query).all():
        secret = tombstones.standing(tx, person.programme_id).secret
        places = [(each.channel, each.value) for each in of_nobody if each.participant_id == person.id]
        tombstones.put_up(tx, [tombstones.address_mark(secret, place) for place in places], now)


def _mask_words(tx: Tx, ids: Sequence[Any], values: Sequence[str]) -> None:
    """What servers said, and what was sent to these people, may repeat an address."""
    if not values:
        return
    anywhere = re.compile("|".join(re.escape(each) for each in sorted(values, key=len, reverse=True)), re.IGNORECASE)
    own = deliveries.c.participant_id.in_(ids)
    settled = select(deliveries.c.message_id).where(own)
    invited = select(invitations.c.id).where(invitations.c.participant_id.in_(ids))
    theirs = or_(triage.c.participant_id.in_(ids), triage.c.invitation_id.in_(invited))
    for column, which in (
        (deliveries.c.reason, own),
        (attempts.c.reason, attempts.c.delivery_id.in_(select(deliveries.c.id).where(own))),
        (dispositions.c.reason, dispositions.c.invitation_id.in_(invited)),
        (messages.c.subject, messages.c.id.in_(settled)),
        (messages.c.body, messages.c.id.in_(settled)),
        (triage.c.sender, theirs),
        (triage.c.text, theirs),
    ):
        table: Table = column.table
        for row_id, said in tx.execute(select(table.c.id, column).where(which, column != "")).all():
            masked = anywhere.sub(MASK, said)
            if masked != said:
                tx.execute(update(table).where(table.c.id == row_id).values({column: masked}))
