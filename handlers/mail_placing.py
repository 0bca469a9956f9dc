"""Which invitation a mail belongs to, in the order in which its signs can be trusted (platform facts: Mail)."""

from __future__ import annotations

from dataclasses import dataclass

from channels.mail.reading.keys import Keys
from storage.engine import Tx
from storage.invitations import invitation, invitation_by_mail_token, invitation_by_reference
from storage.mail_threads import addresses_of, answers_digest, invitation_of_message, open_invitations_of, people_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """The invitation a mail belongs to. `own`: it comes from an address of the invited person.

    `doubt` says why it is not taken as theirs, though it names their address; "" if nothing does.
    """

    invitation_id: int
    participant_id: int
    round_id: int
    own: bool
    doubt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unplaced:
    """No invitation, and why; `participant_id` where the sender at least is known."""

    why: str
    participant_id: int | None = None


def place(tx: Tx, keys: Keys) -> Placed | Unplaced:
    """Token in an address, then what it answers, then our reference in its text, then whoever wrote it."""
    found = _by_token(tx, keys) or invitation_of_message(tx, keys.message_ids) or _by_reference(tx, keys)
    if found is not None:
        return _placed(tx, found, keys)
    if answers_digest(tx, keys.message_ids):
        # An organiser may have been asked, too: what they say of a digest is no answer of theirs.
        return Unplaced(why="it answers the organisers' digest, and nothing acts on that by itself")
    candidates = open_invitations_of(tx, keys.sender)
    if len(candidates) == 1:
        return _placed(tx, candidates[0].id, keys)
    known = people_of(tx, keys.sender)
    person = known[0] if len(known) == 1 else None
    if candidates:
        return Unplaced(why="it does not say which of several invitations it answers", participant_id=person)
    if known:
        return Unplaced(why="nothing is open that this person could be answering", participant_id=person)
    return Unplaced(why="it belongs to nothing that was sent, and its sender is not known")


def _by_token(tx: Tx, keys: Keys) -> int | None:
    for token in keys.tokens:
        found = invitation_by_mail_token(tx, token)
        if found is not None:
            return found.id
    return None


def _by_reference(tx: Tx, keys: Keys) -> int | None:
    found = {each.id for name in keys.references if (each := invitation_by_reference(tx, name)) is not None}
    return found.pop() if len(found) == 1 else None


def _placed(tx: Tx, invitation_id: int, keys: Keys) -> Placed | Unplaced:
    standing = invitation(tx, invitation_id)
    if standing is None:
        return Unplaced(why="the invitation it answers is gone")
    return Placed(
        invitation_id=standing.id,
        participant_id=standing.participant_id,
        round_id=standing.round_id,
        own=not keys.doubt and keys.sender in addresses_of(tx, standing.participant_id),
        doubt=keys.doubt,
    )
