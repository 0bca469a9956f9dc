"""What a person has asked for, stored: a pause, a channel, a time zone, an opt-out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from storage.engine import Tx
from storage.tables.people import opt_outs, participants
from storage.tables.programme import programmes
from storage.tables.rounds import invitations, rounds
from surveys.rounds import RoundState


def set_pause(tx: Tx, participant_id: int, until: datetime | None) -> None:
    """The person has asked to hear nothing before `until`; None: they want to hear from us, absent or not."""
    person = update(participants).where(participants.c.id == participant_id)
    tx.execute(person.values(paused_until=until) if until else person.values(paused_until=None, away_until=None))


def set_reach(tx: Tx, participant_id: int, *, timezone: str, preferred: str) -> None:
    """The person's own zone ("" for what the panel says) and the channel they prefer."""
    person = update(participants).where(participants.c.id == participant_id)
    tx.execute(person.values(own_timezone=timezone, preferred=preferred))


def set_absence(tx: Tx, participant_id: int, until: datetime) -> None:
    """An automatic reply says that the person is away until then; a close they would miss is not waited out."""
    tx.execute(update(participants).where(participants.c.id == participant_id).values(away_until=until))


def note_opt_out(tx: Tx, participant_id: int, *, round_id: int | None, channel: str, now: datetime) -> bool:
    """Keep the wish: for one round, or for the whole programme (None). False if it stood already."""
    same = opt_outs.c.round_id.is_(None) if round_id is None else opt_outs.c.round_id == round_id
    standing = select(opt_outs.c.id).where(opt_outs.c.participant_id == participant_id, same)
    if tx.execute(standing).first() is not None:
        return False
    tx.execute(insert(opt_outs).values(participant_id=participant_id, round_id=round_id, at=now, channel=channel))
    if round_id is None:
        still_in = (participants.c.id == participant_id) & participants.c.opted_out_at.is_(None)
        tx.execute(update(participants).where(still_in).values(opted_out_at=now))
    return True


def live_invitations(tx: Tx, participant_id: int) -> tuple[tuple[int, int], ...]:
    """(invitation, round) of the person in rounds that are open."""
    query = (
        select(invitations.c.id, invitations.c.round_id)
        .join(rounds, rounds.c.id == invitations.c.round_id)
        .where(invitations.c.participant_id == participant_id, rounds.c.state == RoundState.OPEN)
    )
    return tuple((row.id, row.round_id) for row in tx.execute(query))


def programme_key_of(tx: Tx, participant_id: int) -> str | None:
    """The id of that programme as people write it; None where there is no such person (any more)."""
    query = (
        select(programmes.c.key)
        .join(participants, participants.c.programme_id == programmes.c.id)
        .where(participants.c.id == participant_id)
    )
    return tx.execute(query).scalar_one_or_none()


def programme_id_of(tx: Tx, participant_id: int) -> int:
    """The programme whose panel the person is in."""
    query = select(participants.c.programme_id).where(participants.c.id == participant_id)
    return int(tx.execute(query).scalar_one())
