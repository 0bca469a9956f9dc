"""A person sends what they have answered: the response is complete, nothing more is asked, a receipt follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.acts import ASKING
from handlers.dispositions import note_act
from handlers.replies import Admits, NotAdmitted, TooLate, everyone, takes_answers
from storage import audit, invitations, ledger, responses
from storage.asked import Asked
from storage.engine import Store, Tx
from storage.forms import Form, form_of
from storage.steps import Step, reached
from surveys.answer_values import AnswerKey, is_answered
from surveys.authority import ENTRY
from surveys.delivery import LineKind
from surveys.dispositions import Act
from surveys.routing import missing, shown_items

CHATS = frozenset({"slack", "teams"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """The return is in. `first`: it was not before, so that a receipt is on its way."""

    form: Form
    first: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StillMissing:
    """Required questions have no answer yet; with no keys: nothing at all has been answered."""

    form: Form
    keys: tuple[AnswerKey, ...]


SubmitOutcome = Submitted | StillMissing | TooLate | NotAdmitted


def submit(
    invitation_id: int,
    store: Store,
    now: datetime,
    *,
    channel: str,
    admits: Admits = everyone,
    entry: bool = False,
) -> SubmitOutcome:
    """Complete the invitation's response. `entry`: through an organiser's link, which this uses up.

    Raises:
        DatabaseBusyError: it could not be stored in time; nothing was.
    """
    with store.writing(invitation=invitation_id) as tx:
        form = form_of(tx, invitation_id)
        if form is None or not admits(form.asked):
            return NotAdmitted(asked=None if form is None else form.asked)
        if not takes_answers(form.asked, now):
            return TooLate(form=form, kept=False)
        items = shown_items(form.instrument, form.answers, form.asked.perspectives)
        lacking = missing(items, form.answers)
        standing = form.asked.response
        if lacking or standing is None or not _says_anything(form):
            return StillMissing(form=form, keys=lacking)
        first = not standing.complete
        if first:
            responses.complete_response(tx, standing.id, now)
            _end_asking(tx, form.asked, channel=channel, now=now)
        if entry:
            invitations.new_generation(tx, invitation_id, entry=True)
            audit.append(
                tx,
                at=now,
                actor=ENTRY.name,
                channel=channel,
                programme_id=form.asked.programme_id,
                what="return entered for a person",
                subject=f"invitation:{invitation_id}",
            )
        reached(Step.REPLY_WRITTEN)
    reached(Step.REPLY_COMMITTED)
    return Submitted(form=form, first=first)


def _says_anything(form: Form) -> bool:
    return any(is_answered(form.answers, key) for key in form.answers)


def _end_asking(tx: Tx, asked: Asked, *, channel: str, now: datetime) -> None:
    note_act(
        tx,
        asked.invitation_id,
        asked.disposition,
        Act.SUBMITTED,
        reason="answers were sent",
        channel=channel,
        now=now,
    )
    ledger.cancel_queued(tx, reason="answered", now=now, invitation_id=asked.invitation_id, kinds=ASKING)
    ledger.queue(
        tx,
        [
            ledger.NewLine(
                key=asked.ledger_key("receipt/1"),
                kind=LineKind.RECEIPT,
                number=1,
                programme_id=asked.programme_id,
                round_id=asked.round_id,
                invitation_id=asked.invitation_id,
                participant_id=asked.participant_id,
                due_at=now,
                why="the answers were sent",
                # Where it was answered; a return by the form, by mail or by an organiser is confirmed by mail.
                channel=channel if channel in CHATS else ledger.DEFAULT_CHANNEL,
            )
        ],
        now,
    )
