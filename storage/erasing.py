"""Taking one person out of every table, and their traces out of the file (design: Tokens, people's rights, audit)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, exists, func, or_, select, update

from storage import audit, raw_mail, tombstones
from storage.chat_conversations import forget_conversations
from storage.engine import Store, Tx
from storage.tables.answers import answers, consents, redactions, responses, triage, voices
from storage.tables.delivery import attempts, deliveries, messages
from storage.tables.mail import raw_messages
from storage.tables.people import addresses, participant_addresses, participants
from storage.tables.programme import programmes
from storage.tables.rounds import deadline_changes, delegations, dispositions, invitations
from surveys.addresses import folded
from surveys.delivery import LineState

BUSY_SECONDS = 10
MASK = "[erased]"
# Shorter parts of a name, such as titles, tell nobody apart.
_SHORTEST_NAME = 3
# Headers that say who wrote a mail, with their folded lines.
_WRITER = re.compile(rb"^(?:from|sender|reply-to|return-path):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_PLACED = ("mapped", "triage")
_AUTOMATIC = ("auto_reply", "bounce")
# Words of servers and of our own messages that may repeat an address of somebody else.
_OUR_WORDS = (
    messages.c.subject,
    messages.c.body,
    triage.c.text,
    deliveries.c.reason,
    attempts.c.reason,
    dispositions.c.reason,
    addresses.c.bad_reason,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """What was taken out, in rows; `shared` addresses stay, as other people have them too."""

    programme_id: int
    invitations: int
    answers: int
    voices: int
    consents: int
    messages: int
    mails: int
    triage: int
    addresses: int
    shared: int
    tombstones: int
    keyed_hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mailbox:
    id: int
    channel: str
    value: str
    # Someone else of the programme has it too; someone else of any programme has.
    shared: bool
    kept: bool


def on_its_way(tx: Tx, participant_id: int, now: datetime) -> bool:
    """Whether a sender has a message to the person in hand at this moment."""
    claimed = (deliveries.c.state == LineState.CLAIMED) & (deliveries.c.lease_until > now)
    return (
        tx.execute(select(deliveries.c.id).where(deliveries.c.participant_id == participant_id, claimed)).first()
        is not None
    )


def erase_person(tx: Tx, participant_id: int, now: datetime) -> Removed | None:
    """Take the person out of every table and leave tombstones; None if there is no such person.

    Their invitations go as well, so the figures count one person fewer, and so does what informants were asked and
    said about them. What an unlinked round was told can't be
    found by anyone, and stays.
    """
    person = tx.execute(select(participants).where(participants.c.id == participant_id)).one_or_none()
    if person is None:
        return None
    invited = tuple(
        tx.execute(
            select(invitations.c.id).where(
                or_(invitations.c.participant_id == participant_id, invitations.c.about_id == participant_id)
            )
        ).scalars()
    )
    mailboxes = _mailboxes(tx, person.id, person.programme_id)
    own = [each for each in mailboxes if not each.kept]
    marks = _marks(tx, person.programme_id, person.key, person.name, mailboxes)
    of_theirs = select(responses.c.id).where(responses.c.invitation_id.in_(invited))
    counted = {
        table.name: _count(tx, table, table.c.response_id.in_(of_theirs)) for table in (answers, voices, consents)
    }
    _mask_delegates(tx, invited, person.name)
    sent = _remove_messages(tx, person.id, invited, [each.id for each in own])
    asked = _remove_triage(tx, person.id, invited, [folded(each.channel, each.value) for each in own])
    mails = _remove_mails(tx, person.id, invited, [each.value.lower() for each in own if each.channel == "mail"])
    tx.execute(update(invitations).where(invitations.c.delegated_from_id.in_(invited)).values(delegated_from_id=None))
    tx.execute(delete(invitations).where(invitations.c.id.in_(invited)))
    _remove_mentions(tx, person.programme_id, person.key, {folded(each.channel, each.value) for each in own})
    tx.execute(delete(participants).where(participants.c.id == person.id))
    _remove_addresses(tx, [each.id for each in own])
    forget_conversations(tx, ((each.channel, each.value) for each in own))
    _mask(tx, _OUR_WORDS, [each.value for each in own])
    _remove_reasons(tx, f"{person.name} {person.greeting}", [each.value for each in own])
    return Removed(
        programme_id=person.programme_id,
        invitations=len(invited),
        answers=counted["answers"],
        voices=counted["voices"],
        consents=counted["consents"],
        messages=sent,
        mails=mails,
        triage=asked,
        addresses=len(own),
        shared=len(mailboxes) - len(own),
        tombstones=tombstones.put_up(tx, marks, now),
        keyed_hash=marks[0],
    )


def erase_again(tx: Tx, now: datetime) -> int:
    """Take out everyone for whom a tombstone stands: an older backup has brought them back. How many."""
    found: list[int] = []
    for programme_id in tx.execute(select(programmes.c.id)).scalars().all():
        stones = tombstones.standing(tx, programme_id)
        if not stones.hashes:
            return 0
        for row in tx.execute(select(participants).where(participants.c.programme_id == programme_id)).all():
            places = [(each.channel, each.value) for each in _linked(tx, row.id)]
            if stones.bars(row.name, places, key=row.key):
                found.append(row.id)
    for each in found:
        erase_person(tx, each, now)
    return len(found)


def sweep(store: Store, *, busy_seconds: float = BUSY_SECONDS) -> bool:
    """Write the file anew without free pages and empty the write-ahead log; False if another held it too long.

    `secure_delete` has overwritten what was deleted; what is left then are older pages in the log, and what pages
    that were split still hold. On a server its own VACUUM does this.
    """
    if store.path is None:
        return False
    try:
        with closing(sqlite3.connect(store.path, timeout=busy_seconds, isolation_level=None)) as connection:
            # The copy that VACUUM makes must not pass through a file of its own.
            for pragma in ("secure_delete=ON", "temp_store=MEMORY"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("VACUUM")
            return int(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]) == 0
    except sqlite3.OperationalError:
        return False


def _linked(tx: Tx, participant_id: int) -> Sequence[_Mailbox]:
    query = (
        select(addresses.c.id, addresses.c.channel, addresses.c.value)
        .join(participant_addresses, participant_addresses.c.address_id == addresses.c.id)
        .where(participant_addresses.c.participant_id == participant_id)
        .order_by(participant_addresses.c.position)
    )
    return [
        _Mailbox(id=row.id, channel=row.channel, value=row.value, shared=False, kept=False) for row in tx.execute(query)
    ]


def _mailboxes(tx: Tx, participant_id: int, programme_id: int) -> tuple[_Mailbox, ...]:
    """The person's addresses, and those they were written to under that are nobody's now."""
    owners = participant_addresses
    used = (
        select(attempts.c.address_id)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(deliveries.c.participant_id == participant_id)
    )
    nobodys = ~exists().where(owners.c.address_id == addresses.c.id)
    mine = exists().where(owners.c.address_id == addresses.c.id, owners.c.participant_id == participant_id)
    query = select(addresses).where(or_(mine, nobodys & addresses.c.id.in_(used)))
    found = []
    for row in tx.execute(query.order_by(addresses.c.id)).all():
        others = tx.execute(
            select(participants.c.programme_id)
            .join(owners, owners.c.participant_id == participants.c.id)
            .where(owners.c.address_id == row.id, participants.c.id != participant_id)
        ).scalars()
        elsewhere = set(others)
        found.append(
            _Mailbox(
                id=row.id,
                channel=row.channel,
                value=row.value,
                shared=programme_id in elsewhere,
                kept=bool(elsewhere),
            )
        )
    return tuple(found)


def _marks(tx: Tx, programme_id: int, key: str, name: str, mailboxes: Iterable[_Mailbox]) -> list[str]:
    """The panel id, then each address with the name, and alone where it was theirs alone."""
    secret = tombstones.standing(tx, programme_id).secret
    marks = [tombstones.id_mark(secret, key)]
    for each in mailboxes:
        place = (each.channel, each.value)
        marks.append(tombstones.person_mark(secret, name, place))
        if not each.shared:
            marks.append(tombstones.address_mark(secret, place))
    return marks


def _count(tx: Tx, table: Table, which: ColumnElement[bool]) -> int:
    return tx.execute(select(func.count()).select_from(table).where(which)).scalar_one()


def _remove_messages(tx: Tx, participant_id: int, invited: Sequence[int], own: Sequence[int]) -> int:
    lines = or_(deliveries.c.participant_id == participant_id, deliveries.c.invitation_id.in_(invited))
    settled = set(tx.execute(select(deliveries.c.message_id).where(lines)).scalars()) - {None}
    tx.execute(delete(deliveries).where(lines))
    tx.execute(update(attempts).where(attempts.c.address_id.in_(own)).values(address_id=None))
    tx.execute(update(deliveries).where(deliveries.c.message_id.in_(settled)).values(message_id=None))
    nobodys = ~exists().where(deliveries.c.message_id == messages.c.id)
    gone = tx.execute(
        delete(messages).where(nobodys, or_(messages.c.id.in_(settled), messages.c.address_id.in_(own)))
    ).rowcount
    tx.execute(update(messages).where(messages.c.address_id.in_(own)).values(address_id=None))
    return gone


def _remove_triage(tx: Tx, participant_id: int, invited: Sequence[int], own: Sequence[str]) -> int:
    theirs = [triage.c.participant_id == participant_id, triage.c.invitation_id.in_(invited)]
    nobodys = triage.c.participant_id.is_(None)
    for each in own:
        told = triage.c.kind.in_(_AUTOMATIC) & func.lower(triage.c.text).contains(each.lower(), autoescape=True)
        theirs.append(nobodys & ((func.lower(triage.c.sender) == each.lower()) | told))
    return tx.execute(delete(triage).where(or_(*theirs))).rowcount


def _remove_mails(tx: Tx, participant_id: int, invited: Sequence[int], own: Sequence[str]) -> int:
    theirs = or_(raw_messages.c.participant_id == participant_id, raw_messages.c.invitation_id.in_(invited))
    gone = raw_mail.remove(tx, theirs)
    places = [each.encode() for each in own]
    nobodys = select(raw_messages.c.id, raw_messages.c.content, raw_messages.c.outcome).where(
        raw_messages.c.participant_id.is_(None)
    )
    found = [row.id for row in tx.execute(nobodys) if _about(row.content, places, placed=row.outcome in _PLACED)]
    for each in found:
        raw_mail.remove(tx, raw_messages.c.id == each)
    return gone + len(found)


def _about(content: bytes, places: Sequence[bytes], *, placed: bool) -> bool:
    """Whether the person wrote a mail that belongs to nobody, or a machine wrote it about them."""
    text = content.replace(b"\r\n", b"\n").lower()
    if not placed:
        return any(place in text for place in places)
    writers = _WRITER.findall(text.partition(b"\n\n")[0])
    return any(place in writer for place in places for writer in writers)


def _mask_delegates(tx: Tx, invited: Sequence[int], name: str) -> None:
    """What told others who gave their address no longer says the name."""
    named = (
        select(deliveries.c.message_id)
        .join(delegations, delegations.c.delegate_invitation_id == deliveries.c.invitation_id)
        .where(delegations.c.invitation_id.in_(invited), deliveries.c.message_id.is_not(None))
    )
    told = tuple(tx.execute(named).scalars())
    _mask(tx, (messages.c.subject, messages.c.body), [name], only=messages.c.id.in_(told))


def _mask(
    tx: Tx, columns: Iterable[ColumnElement[str]], words: Iterable[str], only: ColumnElement[bool] | None = None
) -> None:
    for word in words:
        anywhere = re.compile(re.escape(word), re.IGNORECASE)
        for column in columns:
            table: Table = column.table
            query = select(table.c.id, column).where(func.lower(column).contains(word.lower(), autoescape=True))
            for row_id, said in tx.execute(query if only is None else query.where(only)).all():
                tx.execute(update(table).where(table.c.id == row_id).values({column: anywhere.sub(MASK, said)}))


def _remove_reasons(tx: Tx, name: str, places: Iterable[str]) -> None:
    """Whatever an organiser typed as a reason goes if it names the person, by any part of their name or an address."""
    parts = [
        *(part for part in re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", name) if len(part) >= _SHORTEST_NAME),
        *places,
    ]
    if not parts:
        return
    names = re.compile("|".join(rf"(?<!\w){re.escape(part)}(?!\w)" for part in parts), re.IGNORECASE)
    audit.forget_reasons(tx, [line_id for line_id, words in audit.typed_reasons(tx) if names.search(words)])
    for column in (deadline_changes.c.reason, triage.c.settled_how, redactions.c.reason):
        table: Table = column.table
        for row_id, said in tx.execute(select(table.c.id, column).where(column != "")).all():
            if names.search(said):
                tx.execute(update(table).where(table.c.id == row_id).values({column: MASK}))


def _remove_mentions(tx: Tx, programme_id: int, key: str, own: set[str]) -> None:
    """Nobody manages the person any more, and nobody's mail is copied to them."""
    query = select(participants.c.id, participants.c.manager_of, participants.c.cc)
    for row in tx.execute(query.where(participants.c.programme_id == programme_id)).all():
        managed = [each for each in row.manager_of if each != key]
        copied = [each for each in row.cc if each.lower() not in own]
        if managed != row.manager_of or copied != row.cc:
            tx.execute(update(participants).where(participants.c.id == row.id).values(manager_of=managed, cc=copied))


def _remove_addresses(tx: Tx, own: Sequence[int]) -> None:
    """Theirs, and those that nobody has and nothing was sent to: a change of address left them behind."""
    used = or_(
        exists().where(participant_addresses.c.address_id == addresses.c.id),
        exists().where(attempts.c.address_id == addresses.c.id),
        exists().where(messages.c.address_id == addresses.c.id),
    )
    tx.execute(delete(addresses).where(or_(addresses.c.id.in_(own), ~used)))
