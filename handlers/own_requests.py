"""What a person asks for from their own link: their answers by mail, or that everything about them be erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.acts import stop_messages
from handlers.choices import note_own_act
from handlers.replies import Admits, NotAdmitted, everyone
from storage import ledger, person_requests
from storage.engine import Store, Tx
from storage.forms import Form, form_of
from storage.ledger import NewLine
from storage.people import participant
from surveys.clock_times import zone_of
from surveys.delivery import LineKind
from surveys.panel import Participant
from surveys.person_requests import PersonRequest, RequestKind


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyOnItsWay:
    """The answers go to the stored mailbox with the next tick."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyOnceADay:
    """A copy went, or is to go, today already."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyByHand:
    """There is no mailbox it could go to: the organisers are asked for it. `request` stands until they have done it."""

    form: Form
    request: PersonRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureAsked:
    """The request stands; `mailed`: a mail that asks whether it was the person goes to the stored mailbox."""

    form: Form
    request: PersonRequest
    mailed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureConfirmed:
    """The stored mailbox has said yes; the person hears no more of the programme, and waits for the organisers."""

    form: Form
    request: PersonRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestTakenBack:
    """Nobody asks for it any more, if anyone had."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureStands:
    """The stored mailbox has said yes, so only it can take that back: the link may be in other hands."""

    form: Form
    request: PersonRequest


def ask_for_copy(
    invitation_id: int, store: Store, now: datetime, *, channel: str, admits: Admits = everyone
) -> CopyOnItsWay | CopyOnceADay | CopyByHand | NotAdmitted:
    """Send the person what is stored of their answers, to the stored mailbox and nowhere else, once a day at most."""
    with store.writing() as tx:
        found = _admitted(tx, invitation_id, admits)
        if isinstance(found, NotAdmitted):
            return found
        form, person = found
        if not _has_mailbox(person):
            request, fresh = person_requests.ask(tx, person.id, RequestKind.COPY, channel=channel, now=now)
            if fresh:
                note_own_act(tx, form, "copy asked for by hand", channel=channel, now=now)
            return CopyByHand(form=form, request=request)
        if not _queue(tx, form, person, LineKind.COPY, "copy", now):
            return CopyOnceADay(form=form)
        note_own_act(tx, form, "copy asked for", channel=channel, now=now)
        return CopyOnItsWay(form=form)


def ask_for_erasure(
    invitation_id: int, store: Store, now: datetime, *, channel: str, admits: Admits = everyone
) -> ErasureAsked | NotAdmitted:
    """Put the wish before the organisers; asking again is the same request.

    A link can be forwarded, so the stored mailbox is asked whether it was the person, once a day at most.
    """
    with store.writing() as tx:
        found = _admitted(tx, invitation_id, admits)
        if isinstance(found, NotAdmitted):
            return found
        form, person = found
        request, fresh = person_requests.ask(tx, person.id, RequestKind.ERASURE, channel=channel, now=now)
        if fresh:
            note_own_act(tx, form, "erasure asked for", channel=channel, now=now)
        mailed = _has_mailbox(person) and request.confirmed_at is None
        if mailed:
            _queue(tx, form, person, LineKind.ERASURE, "erasure", now)
        return ErasureAsked(form=form, request=request, mailed=mailed)


def take_back_erasure(
    invitation_id: int,
    store: Store,
    now: datetime,
    *,
    channel: str,
    request_id: int = 0,
    admits: Admits = everyone,
) -> RequestTakenBack | ErasureStands | NotAdmitted:
    """The person wants to stay; with a `request_id` the stored mailbox says that this was not asked for by them."""
    with store.writing() as tx:
        found = _admitted(tx, invitation_id, admits)
        if isinstance(found, NotAdmitted):
            return found
        form, person = found
        request = person_requests.request_of(tx, person.id, RequestKind.ERASURE)
        if request is not None and request.confirmed_at is not None and not request_id:
            return ErasureStands(form=form, request=request)
        if request is not None and request_id in (0, request.id):
            person_requests.end(tx, person.id, RequestKind.ERASURE)
            ledger.cancel_asked_for(tx, person.id, LineKind.ERASURE, reason="taken back", now=now)
            what = "erasure not asked for by the person" if request_id else "erasure no longer asked for"
            note_own_act(tx, form, what, channel=channel, now=now)
        return RequestTakenBack(form=form)


def confirm_erasure(
    invitation_id: int, request_id: int, store: Store, now: datetime, *, channel: str, admits: Admits = everyone
) -> ErasureConfirmed | NotAdmitted:
    """The stored mailbox confirms that it was the person who asked: nothing more goes to them from now on."""
    with store.writing() as tx:
        found = _admitted(tx, invitation_id, admits)
        if isinstance(found, NotAdmitted):
            return found
        form, person = found
        request = person_requests.request_of(tx, person.id, RequestKind.ERASURE)
        if request is None or request.id != request_id:
            return NotAdmitted(asked=form.asked)
        if person_requests.confirm(tx, request.id, now):
            note_own_act(tx, form, "erasure confirmed", channel=channel, now=now)
            stop_messages(tx, form, whole_programme=True, channel=channel, now=now)
        return ErasureConfirmed(form=form, request=request)


def _admitted(tx: Tx, invitation_id: int, admits: Admits) -> tuple[Form, Participant] | NotAdmitted:
    form = form_of(tx, invitation_id)
    person = None if form is None else participant(tx, form.asked.participant_id)
    if form is None or person is None or not admits(form.asked):
        return NotAdmitted(asked=None if form is None else form.asked)
    return form, person


def _has_mailbox(person: Participant) -> bool:
    return any(each.channel == "mail" for each in person.usable_addresses)


def _queue(tx: Tx, form: Form, person: Participant, kind: LineKind, what: str, now: datetime) -> bool:
    """A line that goes now, unless one like it was queued that day; the key says so, whichever round's link asked."""
    asked = form.asked
    day = now.astimezone(zone_of(form.programme, person)).date().isoformat()
    line = NewLine(
        key=f"{asked.programme_key}/-/{person.key}/{what}/{day}",
        kind=kind,
        programme_id=asked.programme_id,
        round_id=asked.round_id,
        invitation_id=asked.invitation_id,
        participant_id=person.id,
        due_at=now,
        why="the person asked for it",
        channel=ledger.DEFAULT_CHANNEL,
    )
    return ledger.queue(tx, [line], now) > 0
