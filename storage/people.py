"""The panel, read: rows become participants in a fixed number of queries, however many there are."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, insert, select, update

from storage.engine import Tx
from storage.tables.people import addresses, attendances, opt_outs, participant_addresses, participants
from storage.tables.programme import areas, sessions
from surveys.addresses import folded
from surveys.bounces import SoftBounces, one_more
from surveys.panel import Address, Attendance, Participant, is_called
from surveys.slugs import slug

PANEL, DELEGATE, VISITOR = "panel", "delegate", "visitor"


def participants_of(tx: Tx, programme_id: int, *, delegates: bool = False) -> tuple[Participant, ...]:
    """The programme's panel by id of the file, removed and opted-out people too (marked as such).

    `delegates`: also those whom an invitee named, and visitors of open rounds. They are asked in the invitee's place
    only, or came by themselves, so a round's audience must not be looked for among them.
    """
    of_programme: ColumnElement[bool] = participants.c.programme_id == programme_id
    if not delegates:
        of_programme &= participants.c.source == PANEL
    return _participants(tx, of_programme)


def delegates_of(tx: Tx, programme_id: int) -> frozenset[int]:
    """The rows of those whom no panel file names: an invitee did, or they came to an open round."""
    named = select(participants.c.id).where(participants.c.programme_id == programme_id, participants.c.source != PANEL)
    return frozenset(tx.execute(named).scalars())


def participant(tx: Tx, participant_id: int) -> Participant | None:
    """The person of that row, a delegate too."""
    found = _read(tx, _BY_ID, {"wanted": participant_id})
    return found[0] if found else None


def participants_by_ids(tx: Tx, ids: Iterable[int]) -> dict[int, Participant]:
    """The people of those rows; ask for no more than some hundreds at once."""
    return {each.id: each for each in _participants(tx, participants.c.id.in_(list(ids)))}


def participants_among(tx: Tx, wanted: Select[tuple[int]]) -> tuple[Participant, ...]:
    """The people whose rows a query gives, delegates and visitors too."""
    return _participants(tx, participants.c.id.in_(wanted))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Statements:
    mailboxes: Select[Any]
    attended: Select[Any]
    out: Select[Any]
    people: Select[Any]


def _statements(which: ColumnElement[bool]) -> _Statements:
    return _Statements(
        mailboxes=select(
            participant_addresses.c.participant_id,
            addresses.c.id,
            addresses.c.channel,
            addresses.c.value,
            addresses.c.bad_at,
            addresses.c.bad_reason,
            participant_addresses.c.learnt,
        )
        .join(addresses, addresses.c.id == participant_addresses.c.address_id)
        .join(participants, participants.c.id == participant_addresses.c.participant_id)
        .where(which)
        .order_by(participant_addresses.c.participant_id, participant_addresses.c.position, addresses.c.id),
        attended=select(attendances.c.participant_id, sessions.c.key, attendances.c.perspective)
        .join(sessions, sessions.c.id == attendances.c.session_id)
        .join(participants, participants.c.id == attendances.c.participant_id)
        .where(which)
        .order_by(attendances.c.participant_id, sessions.c.starts_at, sessions.c.key, attendances.c.perspective),
        out=select(opt_outs.c.participant_id)
        .join(participants, participants.c.id == opt_outs.c.participant_id)
        .where(which, opt_outs.c.round_id.is_(None)),
        people=select(participants, areas.c.key.label("area"))
        .outerjoin(areas, areas.c.id == participants.c.area_id)
        .where(which)
        .order_by(participants.c.key),
    )


# Every page of a form reads one person; building the statements would cost more than running them.
_BY_ID = _statements(participants.c.id == bindparam("wanted"))


def _participants(tx: Tx, which: ColumnElement[bool]) -> tuple[Participant, ...]:
    return _read(tx, _statements(which), {})


def _read(tx: Tx, found: _Statements, wanted: Mapping[str, object]) -> tuple[Participant, ...]:
    mailboxes = defaultdict(list)
    for owner, row_id, channel, value, bad_at, reason, learnt in tx.execute(found.mailboxes, wanted):
        bad = (reason or "can't be used") if bad_at else ""
        mailboxes[owner].append(Address(id=row_id, channel=channel, value=value, bad=bad, learnt=learnt))
    hats = defaultdict(list)
    for owner, session, perspective in tx.execute(found.attended, wanted):
        hats[owner].append(Attendance(session=session, perspective=perspective))
    out = set(tx.execute(found.out, wanted).scalars())
    return tuple(
        _participant(row, tuple(mailboxes.get(row.id, ())), tuple(hats.get(row.id, ())), opted_out=row.id in out)
        for row in tx.execute(found.people, wanted)
    )


def _participant(
    row: Row[tuple[object, ...]], mailboxes: tuple[Address, ...], hats: tuple[Attendance, ...], *, opted_out: bool
) -> Participant:
    return Participant(
        id=row.id,
        key=row.key,
        name=row.name,
        greeting=row.greeting,
        organisation=row.organisation,
        area=row.area or "",
        timezone=row.own_timezone or row.timezone,
        panel_timezone=row.timezone,
        working_days=None if row.working_days is None else frozenset(row.working_days),
        language=row.language,
        preferred=row.preferred,
        phone=row.phone,
        cc=tuple(row.cc),
        perspectives=tuple(row.perspectives),
        attendances=hats,
        manager_of=tuple(row.manager_of),
        addresses=mailboxes,
        paused_until=row.paused_until,
        away_until=row.away_until,
        opted_out=opted_out or row.opted_out_at is not None,
        removed=row.removed_at is not None,
    )


def mark_address_bad(tx: Tx, address_id: int, reason: str, now: datetime) -> None:
    """The address can't be used again; why, in words for an organiser. The first reason stays."""
    tx.execute(
        update(addresses)
        .where(addresses.c.id == address_id, addresses.c.bad_at.is_(None))
        .values(bad_at=now, bad_reason=reason)
    )


def note_soft_bounce(tx: Tx, address_id: int, now: datetime) -> SoftBounces:
    """One more mail that a server could not take for now; gives the row of them, this one counted."""
    row = tx.execute(select(addresses.c.soft_bounces, addresses.c.soft_since).where(addresses.c.id == address_id)).one()
    counted = one_more(SoftBounces(count=row.soft_bounces, since=row.soft_since), now)
    tx.execute(
        update(addresses)
        .where(addresses.c.id == address_id)
        .values(soft_bounces=counted.count, soft_since=counted.since)
    )
    return counted


def note_heard_from(tx: Tx, address: str) -> None:
    """Its owner has written from it: the mailbox takes mail, whatever bounced before."""
    tx.execute(
        update(addresses)
        .where(
            addresses.c.channel == "mail", addresses.c.folded == folded("mail", address), addresses.c.soft_bounces > 0
        )
        .values(soft_bounces=0, soft_since=None)
    )


def learn_address(tx: Tx, participant_id: int, channel: str, value: str) -> bool:
    """The person has that address too, as the last of theirs; False if it was theirs before."""
    address_id = address_id_of(tx, channel, value)
    known = select(participant_addresses.c.position, participant_addresses.c.address_id).where(
        participant_addresses.c.participant_id == participant_id
    )
    rows = tx.execute(known).all()
    if any(row.address_id == address_id for row in rows):
        return False
    last = max((row.position for row in rows), default=-1)
    tx.execute(
        insert(participant_addresses).values(
            participant_id=participant_id, address_id=address_id, position=last + 1, learnt=True
        )
    )
    return True


def address_id_of(tx: Tx, channel: str, value: str) -> int:
    """The row of an address, made if there is none."""
    same = folded(channel, value)
    known = tx.execute(
        select(addresses.c.id).where(addresses.c.channel == channel, addresses.c.folded == same)
    ).scalar_one_or_none()
    if known is not None:
        return int(known)
    made = insert(addresses).values(channel=channel, value=value, folded=same, bad_reason="")
    return int(tx.execute(made.returning(addresses.c.id)).scalar_one())


def add_delegate(tx: Tx, programme_id: int, name: str, email: str, like: Participant, now: datetime) -> Participant:
    """The person whom `like` named: whoever of the programme has that mailbox, else a new delegate.

    People are named as one knows them, so a mailbox of one's own is enough; in a shared one the name decides. A new
    person has the area and language of `like`, and no attendance or perspective of their own. `email` must have been
    checked (`surveys.addresses`).
    """
    address_id = address_id_of(tx, "mail", email)
    sharing = (
        select(participants.c.id, participants.c.name)
        .join(participant_addresses, participant_addresses.c.participant_id == participants.c.id)
        .where(
            participants.c.programme_id == programme_id,
            participant_addresses.c.address_id == address_id,
            participants.c.removed_at.is_(None),
        )
        .order_by(participants.c.id)
    )
    readers = tx.execute(sharing).all()
    named = [row.id for row in readers if is_called(row.name, name)]
    others = [row.id for row in readers if row.id != like.id]
    if len(named) == 1:
        return _needed(tx, named[0])
    if len(readers) == len(others) == 1:
        return _needed(tx, others[0])
    area_id = select(areas.c.id).where(areas.c.programme_id == programme_id, areas.c.key == like.area)
    made = insert(participants).values(
        programme_id=programme_id,
        key=_free_key(tx, programme_id, name, email),
        name=name,
        area_id=area_id.scalar_subquery(),
        timezone=like.timezone,
        language=like.language,
        source=DELEGATE,
        created_at=now,
    )
    person_id = int(tx.execute(made.returning(participants.c.id)).scalar_one())
    tx.execute(insert(participant_addresses).values(participant_id=person_id, address_id=address_id, position=0))
    return _needed(tx, person_id)


def owner_in(tx: Tx, programme_id: int, channel: str, value: str) -> int | None:
    """Whose address of a chat that is in the programme; None where nobody of it has it."""
    query = (
        select(participants.c.id)
        .join(participant_addresses, participant_addresses.c.participant_id == participants.c.id)
        .join(addresses, addresses.c.id == participant_addresses.c.address_id)
        .where(
            participants.c.programme_id == programme_id,
            participants.c.removed_at.is_(None),
            addresses.c.channel == channel,
            addresses.c.folded == folded(channel, value),
        )
        .order_by(participants.c.id)
        .limit(1)
    )
    return tx.execute(query).scalar_one_or_none()


def add_visitor(
    tx: Tx, programme_id: int, *, name: str, language: str, address: tuple[str, str] | None, at: datetime
) -> int:
    """Someone who came to an open round: their row. `address` is (channel, value), where one is known."""
    made = insert(participants).values(
        programme_id=programme_id,
        key=f"{VISITOR}-{secrets.token_hex(8)}",
        name=name,
        language=language,
        source=VISITOR,
        created_at=at,
    )
    person_id = int(tx.execute(made.returning(participants.c.id)).scalar_one())
    if address is not None:
        address_id = address_id_of(tx, *address)
        tx.execute(insert(participant_addresses).values(participant_id=person_id, address_id=address_id, position=0))
    return person_id


def _needed(tx: Tx, participant_id: int) -> Participant:
    found = participant(tx, participant_id)
    if found is None:
        raise LookupError(f"there is no participant {participant_id}")
    return found


def _free_key(tx: Tx, programme_id: int, name: str, email: str) -> str:
    """An id that no panel file's own ids look like, and that nobody has."""
    base = f"{DELEGATE}-{slug(name) or 'someone'}"
    mark = hashlib.sha256(email.lower().encode()).hexdigest()
    taken = set(
        tx.execute(
            select(participants.c.key).where(
                participants.c.programme_id == programme_id, participants.c.key.startswith(base, autoescape=True)
            )
        ).scalars()
    )
    return next(key for length in range(6, 65) if (key := f"{base}-{mark[:length]}") not in taken)
