"""A mail arrived: stored whole first, then read, then recorded or put before a person; nothing is ever dropped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from channels.mail.reading.keys import keys_of
from channels.mail.reading.kinds import Kind, MailKind, kind_of
from channels.mail.reading.opened import Opened, mailboxes, open_mail
from handlers import mail_answers, mail_automatic
from handlers.mail_attachments import references_in_files
from handlers.mail_placing import Placed, Unplaced, place
from storage import raw_mail, triage
from storage.engine import DatabaseBusyError, Store, Tx
from storage.invitations import invitation_by_mail_token
from storage.mail_threads import answers_own_letter
from storage.rounds import round_by_id
from storage.steps import Step, reached
from surveys.programme import Mode

_LONGEST_KEPT = 20_000
_HEAD = 65_536
_TOKEN = re.compile(rb"\+([A-Za-z2-7]{16})@")
_FROM = re.compile(rb"^from:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """What became of one mail. `outcome`: mapped, triage, unlinked, known (seen before), or the kind."""

    kind: MailKind
    outcome: str
    answers: int = 0


def receive(content: bytes, store: Store, now: datetime, *, left_out: int = 0) -> Received:
    """Take one raw message as a mailbox or a pipe delivers it. When this returns it is stored, whatever it holds.

    `left_out` is how many bytes at its end were too many to be fetched; a note in triage says so.

    Raises:
        DatabaseBusyError: it could not be stored in time; nothing was, and it must be delivered again.
    """
    try:
        with store.writing() as tx:
            kept = raw_mail.keep(tx, content, _digest(content), now)
            if kept.new and left_out:
                _note_the_cut(tx, content, left_out, now)
    except raw_mail.AlreadyHandled:
        return Received(kind=MailKind.OTHER, outcome="known")
    reached(Step.MAIL_STORED)
    if kept.handled:
        return Received(kind=MailKind.OTHER, outcome="known")
    return handle(kept.id, store, now)


def handle_waiting(store: Store, now: datetime) -> int:
    """Handle what was stored before a crash; how many that were."""
    with store.reading() as tx:
        ids = raw_mail.waiting(tx)
    for each in ids:
        handle(each, store, now)
    return len(ids)


def handle(message_id: int, store: Store, now: datetime) -> Received:
    """Read and record a stored message. One that can't be handled goes to triage whole.

    Raises:
        DatabaseBusyError: what it says could not be recorded in time; it waits, stored.
    """
    with store.reading() as tx:
        kept = raw_mail.message(tx, message_id)
    if kept is None or kept.handled:
        return Received(kind=MailKind.OTHER, outcome="known")
    try:
        mail = open_mail(kept.content)
        handled = _handled(message_id, mail, store, now)
        reached(Step.MAIL_SETTLED)
        return handled
    except DatabaseBusyError:
        raise
    except raw_mail.AlreadyHandled:
        return Received(kind=MailKind.OTHER, outcome="known")
    except Exception as error:  # noqa: BLE001 - whatever a mail holds, it is kept, and the next one is read
        with store.writing() as tx:
            _keep_unread(tx, message_id, kept.content, error, now)
        return Received(kind=MailKind.HUMAN, outcome="triage")


def _handled(message_id: int, mail: Opened, store: Store, now: datetime) -> Received:
    kind, keys = kind_of(mail), keys_of(mail)
    with store.reading() as tx:
        placed = place(tx, keys)
        if isinstance(placed, Unplaced) and (found := references_in_files(mail)):
            placed = place(tx, replace(keys, references=(*keys.references, *found)))
        own_letter = isinstance(placed, Placed) and answers_own_letter(tx, keys.message_ids)
    if own_letter and isinstance(placed, Placed) and kind.kind is MailKind.HUMAN:
        # Neither "thank you" for a copy nor "yes" to being erased is an answer to any question of a round.
        why = "it answers a mail about what is stored of the person"
        placed = Unplaced(why=why, participant_id=placed.participant_id if placed.own else None)
        return _unplaced(message_id, mail, placed, store, now)
    if kind.kind is MailKind.HUMAN or not kind.sure:
        read = mail_answers.read(mail, placed, store, now)
        # In doubt only what stands within our own questions shows that a person wrote.
        if kind.kind is MailKind.HUMAN or (read is not None and read.understood.inline):
            if not isinstance(placed, Placed) or read is None:
                return _unplaced(message_id, mail, placed, store, now)
            return Received(
                kind=MailKind.HUMAN,
                outcome=mail_answers.record(message_id, mail, placed, read, store, now),
                answers=len(read.understood.answers),
            )
    return _automatic(message_id, mail, kind, placed, store, now, keys.message_ids)


def _unplaced(message_id: int, mail: Opened, placed: Placed | Unplaced, store: Store, now: datetime) -> Received:
    why = placed.why if isinstance(placed, Unplaced) else "the invitation it answers is gone"
    with store.writing() as tx:
        triage.keep(
            tx,
            channel="mail",
            sender=mail.sender[1],
            reason=why,
            text=mail_answers.whole_text(mail),
            fields={},
            now=now,
            participant_id=placed.participant_id,
        )
        raw_mail.settle(tx, message_id, "triage", now, participant_id=placed.participant_id)
    return Received(kind=MailKind.HUMAN, outcome="triage")


def _automatic(
    message_id: int,
    mail: Opened,
    kind: Kind,
    placed: Placed | Unplaced,
    store: Store,
    now: datetime,
    message_ids: Sequence[str],
) -> Received:
    known = placed if isinstance(placed, Placed) else None
    with store.writing() as tx:
        done = kind.reason
        if known is not None and kind.kind is MailKind.AUTO_REPLY:
            done = mail_automatic.pause(tx, mail, known, now)
        elif known is not None and kind.kind is MailKind.BOUNCE:
            done = mail_automatic.bounce(tx, kind, known, now, message_ids)
        # A person may have written what looks automatic: to an unlinked round nothing is kept of it, as of their words.
        silent = known is not None and kind.kind is not MailKind.BOUNCE and _is_unlinked(tx, known)
        triage.keep(
            tx,
            channel="mail",
            sender=mail.sender[1],
            reason=done or "an automatic message",
            text="" if silent else mail_answers.whole_text(mail),
            fields={},
            now=now,
            kind=kind.kind,
            round_id=known.round_id if known else None,
            participant_id=placed.participant_id,
            invitation_id=known.invitation_id if known else None,
        )
        raw_mail.settle(
            tx,
            message_id,
            str(kind.kind),
            now,
            participant_id=placed.participant_id,
            invitation_id=known.invitation_id if known else None,
            forget=silent,
        )
    return Received(kind=kind.kind, outcome=str(kind.kind))


def _is_unlinked(tx: Tx, placed: Placed) -> bool:
    found = round_by_id(tx, placed.round_id)
    return found is not None and found.mode is Mode.UNLINKED


def _keep_unread(tx: Tx, message_id: int, content: bytes, error: Exception, now: datetime) -> None:
    """Put a mail that defies reading before a person: it may be one's answer for all we know.

    Whose it is stands in an address, if anywhere; an erasure then finds it, and an unlinked round keeps no word of it.
    """
    addressed = (invitation_by_mail_token(tx, each.decode()) for each in _TOKEN.findall(content[:_HEAD]))
    found = next(filter(None, addressed), None)
    round_ = None if found is None else round_by_id(tx, found.round_id)
    unlinked = round_ is not None and round_.mode is Mode.UNLINKED
    triage.keep(
        tx,
        channel="mail",
        sender=_sender_of(content),
        reason=f"it could not be read ({type(error).__name__})",
        text="" if unlinked else content.decode("utf-8", "replace").replace("\x00", "")[:_LONGEST_KEPT],
        fields={},
        now=now,
        kind=MailKind.HUMAN,
        round_id=found.round_id if found else None,
        participant_id=found.participant_id if found else None,
        invitation_id=found.id if found else None,
    )
    raw_mail.settle(
        tx,
        message_id,
        "triage",
        now,
        participant_id=found.participant_id if found else None,
        invitation_id=found.id if found else None,
        forget=unlinked,
    )


def _sender_of(content: bytes) -> str:
    found = _FROM.search(content[:_HEAD])
    named = mailboxes([found[1].decode("utf-8", "replace")]) if found else []
    return _storable(named[0][1]) if named else ""


def _note_the_cut(tx: Tx, content: bytes, left_out: int, now: datetime) -> None:
    kept, whole = (f"{many / 1_000_000:.1f} MB" for many in (len(content), len(content) + left_out))
    triage.keep(
        tx,
        channel="mail",
        sender=_sender_of(content),
        reason="a mail was too large to be kept whole; what its beginning says was read, the rest is in the mailbox",
        text=f"{whole}, of which {kept} were read",
        fields={},
        now=now,
        kind=MailKind.OTHER,
    )


def _storable(words: str) -> str:
    """As a database takes it: no half characters, no zero bytes."""
    return words.encode("utf-8", "replace").decode().replace("\x00", "")


def _digest(content: bytes) -> str:
    """The same for one message however it came: its Message-ID and what follows the headers."""
    head, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    own = next((line for line in head.split(b"\n") if line.lower().startswith(b"message-id:")), b"")
    return hashlib.sha256((own.strip().lower() + b"\n" + body.rstrip()) if own else content).hexdigest()
