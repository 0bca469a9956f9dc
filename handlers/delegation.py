"""Someone else should answer: the person named is invited in the other's place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.acts import ASKING, AlreadyAnswered, Over, open_form
from handlers.dispositions import note_act
from handlers.replies import Admits, NotAdmitted, everyone
from storage import audit, delegations, invitations, ledger, tombstones
from storage.engine import Store, Tx
from storage.forms import Form
from storage.invitations import NewInvitation
from storage.looks import look_again_at
from storage.people import add_delegate, participant
from surveys.addresses import control_fault, folded, is_mail_address
from surveys.dispositions import Act, Disposition
from surveys.panel import Participant, is_called

# A link may be forwarded or guessed at: nobody can make us write to many strangers through it.
MOST_AN_HOUR = 30
LONGEST_NAME = 200
_CAN_ANSWER = frozenset({Disposition.PENDING, Disposition.PARTIAL, Disposition.COMPLETE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Delegated:
    """`already`: the person named has been asked in this round anyhow, and gets no further message for it."""

    form: Form
    name: str
    already: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OnceOnly:
    """Someone has been named for this invitation before."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class CannotBeNamed:
    """`fault`: name, email, self, refused (they can't be written to or won't answer) or many (too many just now)."""

    form: Form
    fault: str


DelegateOutcome = Delegated | OnceOnly | CannotBeNamed | AlreadyAnswered | Over | NotAdmitted


def delegate(
    invitation_id: int,
    name: str,
    email: str,
    store: Store,
    now: datetime,
    *,
    channel: str,
    admits: Admits = everyone,
) -> DelegateOutcome:
    """Invite the person named in place of the invitee, with the invitee's voices; the next tick writes to them.

    Someone who has been invited already gets no second invitation: theirs speaks for the invitee too from now on.

    The address is refused before anything is stored if it can't be used or its owner has asked for silence.
    """
    name, email = " ".join(name.split()), email.strip()
    with store.writing() as tx:
        form = open_form(tx, invitation_id, now, admits)
        if not isinstance(form, Form):
            return form
        if delegations.delegate_of(tx, invitation_id) is not None:
            return OnceOnly(form=form)
        giver = participant(tx, form.asked.participant_id)
        if giver is None:
            return NotAdmitted(asked=None)
        fault = _fault(tx, form, giver, name, email, now)
        return CannotBeNamed(form=form, fault=fault) if fault else _invite(tx, form, giver, name, email, channel, now)


def _fault(tx: Tx, form: Form, giver: Participant, name: str, email: str, now: datetime) -> str:
    if not name or len(name) > LONGEST_NAME or control_fault(name):
        return "name"
    if not is_mail_address(email):
        return "email"
    own = {folded("mail", address.value) for address in giver.addresses if address.channel == "mail"}
    # A mailbox may be shared by two people: only someone of the same name at it is the same person.
    if folded("mail", email) in own and is_called(giver.name, name):
        return "self"
    if not delegations.may_be_written_to(tx, form.asked.programme_id, form.asked.round_id, email):
        return "refused"
    if tombstones.standing(tx, form.asked.programme_id).bars(name, [("mail", email)]):
        return "refused"
    if delegations.named_since(tx, form.asked.round_id, now - timedelta(hours=1)) >= MOST_AN_HOUR:
        return "many"
    return ""


def _invite(
    tx: Tx, form: Form, giver: Participant, name: str, email: str, channel: str, now: datetime
) -> Delegated | CannotBeNamed:
    asked = form.asked
    person = add_delegate(tx, asked.programme_id, name, email, giver, now)
    own = invitations.invitation(tx, asked.invitation_id)
    session_id, about_id = (None, None) if own is None else (own.session_id, own.about_id)
    wanted = NewInvitation(
        round_id=asked.round_id,
        participant_id=person.id,
        session_id=session_id,
        voices=asked.pairs,
        delegated_from_id=asked.invitation_id,
        about_id=about_id,
    )
    made = invitations.create(tx, [wanted], now)
    standing = delegations.invitation_of(tx, asked.round_id, person.id, invitations.ref_of(session_id, about_id))
    if not made and standing.disposition not in _CAN_ANSWER:
        return CannotBeNamed(form=form, fault="refused")
    delegations.take_on_voices(tx, standing.id, asked.pairs)
    delegations.note_delegation(
        tx,
        asked.invitation_id,
        standing.id,
        given_by=f"participant:{asked.participant_id}",
        channel=channel,
        now=now,
    )
    reason = "someone else answers"
    note_act(tx, asked.invitation_id, asked.disposition, Act.DELEGATED, reason=reason, channel=channel, now=now)
    ledger.cancel_queued(tx, reason=reason, now=now, invitation_id=asked.invitation_id, kinds=ASKING)
    look_again_at(tx, asked.participant_id, person.id)
    audit.append(
        tx,
        at=now,
        actor=f"participant:{asked.participant_id}",
        channel=channel,
        programme_id=asked.programme_id,
        what="delegate named",
        subject=f"invitation:{asked.invitation_id}",
        after=f"invitation:{standing.id}",
    )
    # The name as it was given: whose mailbox it is may be no business of whoever named it.
    return Delegated(form=form, name=name, already=not made)
