"""Whose mail it is, and what we sent in its thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from storage.engine import Tx
from storage.tables.answers import triage
from storage.tables.delivery import attempts, deliveries, messages
from storage.tables.people import addresses, participant_addresses, participants
from storage.tables.rounds import invitations, rounds
from surveys.delivery import ASKED_FOR, LineKind, LineState
from surveys.rounds import RoundState

# Oldest first within a thread; a receipt's words are answers, and are not kept as a mail.
_THREAD = (
    LineKind.INVITATION,
    LineKind.DELEGATE,
    LineKind.REMINDER,
    LineKind.NOTICE,
    LineKind.THANKS,
    LineKind.CANCELLATION,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenInvitation:
    """An invitation that whoever writes from an address could be answering."""

    id: int
    round_id: int
    participant_id: int


def invitation_of_message(tx: Tx, refs: Sequence[str]) -> int | None:
    """The invitation of the first of these Message-IDs that is one of ours."""
    for ref in refs:
        query = select(deliveries.c.invitation_id).join(messages, messages.c.id == deliveries.c.message_id)
        found = (
            tx.execute(query.where(messages.c.ref == ref, deliveries.c.invitation_id.is_not(None))).scalars().first()
        )
        if found is None:
            tried = select(deliveries.c.invitation_id).join(attempts, attempts.c.delivery_id == deliveries.c.id)
            found = (
                tx.execute(tried.where(attempts.c.ref == ref, deliveries.c.invitation_id.is_not(None)))
                .scalars()
                .first()
            )
        if found is not None:
            return int(found)
    return None


def answers_own_letter(tx: Tx, refs: Sequence[str]) -> bool:
    """Whether one of these Message-IDs is that of a mail that a person had asked for: about what is stored of them."""
    query = select(messages.c.id).where(messages.c.ref.in_(refs), messages.c.kind.in_([*map(str, ASKED_FOR)]))
    return tx.execute(query.limit(1)).first() is not None


def answers_digest(tx: Tx, refs: Sequence[str]) -> bool:
    """Whether one of these Message-IDs is that of an organisers' digest."""
    query = select(messages.c.id).where(messages.c.ref.in_(refs), messages.c.kind == LineKind.DIGEST)
    return tx.execute(query.limit(1)).first() is not None


def sent_texts(tx: Tx, invitation_id: int) -> tuple[str, ...]:
    """The text parts of what was sent for an invitation, links masked, the newest first."""
    query = (
        select(messages.c.body)
        .join(deliveries, deliveries.c.message_id == messages.c.id)
        .where(
            deliveries.c.invitation_id == invitation_id,
            messages.c.channel == "mail",
            messages.c.kind.in_([str(kind) for kind in _THREAD]),
        )
        .order_by(messages.c.id.desc())
    )
    return tuple(dict.fromkeys(body for body in tx.execute(query).scalars() if body))


def sent_subjects(tx: Tx, invitation_id: int) -> tuple[str, ...]:
    """The subjects of all that was sent for an invitation, each once."""
    query = (
        select(messages.c.subject)
        .join(deliveries, deliveries.c.message_id == messages.c.id)
        .where(deliveries.c.invitation_id == invitation_id, messages.c.channel == "mail")
        .distinct()
    )
    return tuple(tx.execute(query).scalars())


def addresses_of(tx: Tx, participant_id: int) -> dict[str, int]:
    """The mail addresses of a person, lower case, with their rows."""
    query = (
        select(addresses.c.folded, addresses.c.id)
        .join(participant_addresses, participant_addresses.c.address_id == addresses.c.id)
        .where(participant_addresses.c.participant_id == participant_id, addresses.c.channel == "mail")
    )
    return {row.folded: row.id for row in tx.execute(query)}


def open_invitations_of(tx: Tx, address: str) -> tuple[OpenInvitation, ...]:
    """The invitations in open rounds of everyone who has this address; one that a delegate replaced is none."""
    query = (
        select(invitations.c.id, invitations.c.round_id, invitations.c.participant_id)
        .join(rounds, rounds.c.id == invitations.c.round_id)
        .join(participant_addresses, participant_addresses.c.participant_id == invitations.c.participant_id)
        .join(addresses, addresses.c.id == participant_addresses.c.address_id)
        .where(addresses.c.channel == "mail", addresses.c.folded == address.lower(), rounds.c.state == RoundState.OPEN)
        .order_by(invitations.c.id)
    )
    return tuple(
        OpenInvitation(id=row.id, round_id=row.round_id, participant_id=row.participant_id) for row in tx.execute(query)
    )


def people_of(tx: Tx, address: str) -> tuple[int, ...]:
    """Everyone who has this address."""
    query = (
        select(participants.c.id)
        .join(participant_addresses, participant_addresses.c.participant_id == participants.c.id)
        .join(addresses, addresses.c.id == participant_addresses.c.address_id)
        .where(
            addresses.c.channel == "mail", addresses.c.folded == address.lower(), participants.c.removed_at.is_(None)
        )
    )
    return tuple(tx.execute(query).scalars())


def last_receipt(tx: Tx, invitation_id: int) -> int:
    """The highest number of a receipt in the ledger; 1, the return's own, if there is none."""
    mine = (deliveries.c.invitation_id == invitation_id) & (deliveries.c.kind == LineKind.RECEIPT)
    return int(tx.execute(select(func.max(deliveries.c.number)).where(mine)).scalar_one() or 1)


def receipts_to(tx: Tx, address: str, since: datetime) -> int:
    """How many receipts everyone who reads that address has had, or will have, since then."""
    readers = (
        select(participant_addresses.c.participant_id)
        .join(addresses, addresses.c.id == participant_addresses.c.address_id)
        .where(addresses.c.channel == "mail", addresses.c.folded == address.lower())
    )
    query = (
        select(func.count())
        .select_from(deliveries)
        .where(
            deliveries.c.participant_id.in_(readers),
            deliveries.c.kind == LineKind.RECEIPT,
            deliveries.c.created_at >= since,
        )
    )
    return int(tx.execute(query).scalar_one())


def noted_since(tx: Tx, invitation_id: int, reason: str, since: datetime) -> bool:
    """Whether the triage queue has had an entry for that reason since then."""
    query = select(triage.c.id).where(
        triage.c.invitation_id == invitation_id, triage.c.reason == reason, triage.c.received_at >= since
    )
    return tx.execute(query.limit(1)).first() is not None


def undo_sent_invitation(tx: Tx, invitation_id: int, reason: str) -> None:
    """What was sent to an address that does not exist has not been sent: its line counts as refused."""
    tx.execute(
        deliveries.update()
        .where(
            deliveries.c.invitation_id == invitation_id,
            or_(deliveries.c.kind == LineKind.INVITATION, deliveries.c.kind == LineKind.DELEGATE),
            deliveries.c.state == "sent",
        )
        .values(state="refused", reason=reason)
    )
    tx.execute(
        invitations.update().where(invitations.c.id == invitation_id).values(invited_at=None, last_contact_at=None)
    )


def send_again(tx: Tx, invitation_id: int, refs: Sequence[str], due_at: datetime, reason: str) -> bool:
    """Queue an invitation's line once more if the first of these Message-IDs is its own; whether it was."""
    sent = (
        select(deliveries.c.id)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(
            deliveries.c.invitation_id == invitation_id,
            deliveries.c.kind.in_([LineKind.INVITATION, LineKind.DELEGATE]),
            deliveries.c.state == LineState.SENT,
            messages.c.ref.in_(list(refs[:1])),
        )
    )
    changed = tx.execute(
        deliveries.update()
        .where(deliveries.c.id.in_(sent))
        .values(state=LineState.QUEUED, due_at=due_at, reason=reason, settled_at=None, message_id=None)
    )
    return changed.rowcount > 0


def say_also(tx: Tx, key: str, detail: Mapping[str, object]) -> None:
    """Add to what a line that still waits will say."""
    tx.execute(
        deliveries.update().where(deliveries.c.key == key, deliveries.c.state == "queued").values(detail=dict(detail))
    )
