"""A return to an unlinked round: whether and what are stored apart, with nothing that could join them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.acts import ASKING
from handlers.replies import Admits, NotAdmitted, Read, TooLate, everyone
from storage import invitations, ledger, unlinked
from storage.engine import Store, Tx
from storage.forms import Form, form_of
from storage.steps import Step, reached
from storage.unlinked import NewReturn
from surveys.answer_values import AnswerKey, answer_name
from surveys.dispositions import Disposition
from surveys.pages import Page
from surveys.programme import Mode
from surveys.replies import IncomingReply
from surveys.responses import AnswerChange, Problem, Rejected, accept, without_hidden
from surveys.rounds import RoundState
from surveys.unlinked import Combination, answers_as, unlinked_page


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """It is in; nobody can look it up any more."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class NotYet:
    """Nothing was stored: `problems` say what to put right; without any, nothing was answered."""

    form: Form
    page: Page
    problems: Mapping[AnswerKey, Problem]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlreadyReturned:
    """The invitation has been answered; what was sent now was not stored."""

    form: Form


UnlinkedOutcome = Returned | NotYet | AlreadyReturned | TooLate | NotAdmitted


def record_unlinked(
    invitation_id: int, read: Read, store: Store, now: datetime, *, admits: Admits = everyone
) -> UnlinkedOutcome:
    """Store a whole return in one piece, read beside its one page. Its words go nowhere else.

    Raises:
        DatabaseBusyError: it could not be stored in time; nothing was.
    """
    with store.writing() as tx:
        form = form_of(tx, invitation_id)
        if form is None or form.asked.mode is not Mode.UNLINKED or not admits(form.asked):
            return NotAdmitted(asked=None if form is None else form.asked)
        if form.asked.disposition is Disposition.COMPLETE:
            return AlreadyReturned(form=form)
        if form.asked.state is not RoundState.OPEN or now >= form.asked.closes_at:
            return TooLate(form=form, kept=False)
        kept = unlinked.shared_combinations(tx, form.asked.round_id, form.min_group)
        page = unlinked_page(form.instrument, answers_as(form.asked.pairs, kept))
        outcome = _take(tx, read(form, page), form, page, kept, now)
        reached(Step.REPLY_WRITTEN)
    reached(Step.REPLY_COMMITTED)
    if isinstance(outcome, Returned):
        unlinked.forget_log(store)
    return outcome


def _take(
    tx: Tx, reply: IncomingReply, form: Form, page: Page, kept: frozenset[Combination], now: datetime
) -> Returned | NotYet:
    asked = form.asked
    perspectives = answers_as(asked.pairs, kept)
    judged = accept(
        form.instrument,
        perspectives,
        {},
        reply.given,
        page=page,
        language=form.language,
        voices={each.key: each.label for each in form.programme.perspectives},
        today=now.date(),
    )
    changes = without_hidden(form.instrument, perspectives, {}, judged.changes)
    if isinstance(judged, Rejected) or not changes:
        return NotYet(form=form, page=page, problems=judged.problems if isinstance(judged, Rejected) else {})
    unlinked.keep(
        tx,
        NewReturn(
            id=secrets.token_hex(16),
            round_id=asked.round_id,
            answers={_name(change): change.value for change in changes},
            raw={_name(change): change.raw for change in changes},
            shared=unlinked.said_of(asked.pairs) if asked.pairs in kept else unlinked.NOT_SAID,
        ),
        still_shared={unlinked.said_of(each) for each in kept},
    )
    # The time of its disposition is the round's opening: the true one would join the two.
    invitations.set_disposition(
        tx,
        [asked.invitation_id],
        Disposition.COMPLETE,
        reason="answered",
        channel=reply.channel,
        now=asked.opens_at,
    )
    ledger.cancel_queued(tx, reason="answered", now=asked.opens_at, invitation_id=asked.invitation_id, kinds=ASKING)
    return Returned(form=form)


def _name(change: AnswerChange) -> str:
    return answer_name(change.key)
