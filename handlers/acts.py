"""The one-tap reasons: each one function, one transaction, with its disposition and what is no longer sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.choices import note_own_act
from handlers.dispositions import note_act, note_opted_out
from handlers.replies import Admits, NotAdmitted, everyone
from storage import audit, invitations, ledger
from storage.bank_holidays import calendar_book
from storage.engine import Store, Tx
from storage.forms import Form, form_of
from storage.looks import look_again_at
from storage.people import participant
from storage.rights import live_invitations, note_opt_out
from storage.silence import one_person
from surveys.clock_times import local_to_utc, zone_of
from surveys.delivery import LineKind
from surveys.dispositions import Act, Disposition
from surveys.rounds import RoundState

# Everything that asks; receipts and thanks speak of answers that are there.
ASKING = (LineKind.INVITATION, LineKind.DELEGATE, LineKind.REMINDER, LineKind.NOTICE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """The act holds; `form` is as it was before."""

    form: Form
    disposition: Disposition


@dataclass(frozen=True, kw_only=True, slots=True)
class AlreadyAnswered:
    """The answers have been sent: complete beats every reason not to answer."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class Over:
    """The round is not open, so there is nothing to stop or to change."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class Snoozed:
    """One reminder goes on that `day`: the one asked for, or the first after it on which the person works."""

    form: Form
    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PastClose:
    """That day is after the last one a reminder can go on; `last_day` None: there is none left."""

    form: Form
    last_day: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TooSoon:
    """That day has come already."""

    form: Form


ActOutcome = Noted | AlreadyAnswered | Over | NotAdmitted


def not_me(invitation_id: int, store: Store, now: datetime, *, channel: str, admits: Admits = everyone) -> ActOutcome:
    """The round does not concern this person: they leave its denominator."""
    return _act(invitation_id, store, now, Act.NOT_ME, "not me", channel=channel, admits=admits)


def joint_return(
    invitation_id: int, store: Store, now: datetime, *, channel: str, admits: Admits = everyone
) -> ActOutcome:
    """Someone of the area answers for this person; back to pending at the close if no return has come from there."""
    return _act(invitation_id, store, now, Act.IN_JOINT_RETURN, "joint return", channel=channel, admits=admits)


def decline(invitation_id: int, store: Store, now: datetime, *, channel: str, admits: Admits = everyone) -> ActOutcome:
    """No thank you: counted as declined, nothing more is asked in this round."""
    return _act(invitation_id, store, now, Act.DECLINED, "no thank you", channel=channel, admits=admits)


def opt_out(
    invitation_id: int,
    store: Store,
    now: datetime,
    *,
    channel: str,
    whole_programme: bool,
    admits: Admits = everyone,
) -> Noted | NotAdmitted:
    """No more messages, of this round or of the whole programme. Holds at any time; what was answered stays."""
    with store.writing() as tx:
        form = form_of(tx, invitation_id)
        if form is None or not admits(form.asked):
            return NotAdmitted(asked=None if form is None else form.asked)
        stop_messages(tx, form, whole_programme=whole_programme, channel=channel, now=now)
        return Noted(form=form, disposition=form.asked.disposition)


def stop_messages(tx: Tx, form: Form, *, whole_programme: bool, channel: str, now: datetime) -> None:
    """Silence for the form's person, of its round or of the whole programme, with its line in the audit."""
    asked = form.asked
    wanted = None if whole_programme else asked.round_id
    people = one_person(tx, asked.participant_id)
    fresh = [each for each in people if note_opt_out(tx, each, round_id=wanted, channel=channel, now=now)]
    ended = [
        invitation
        for each in people
        for invitation, round_id in live_invitations(tx, each)
        if whole_programme or round_id == asked.round_id
    ]
    if asked.state is RoundState.OPEN:
        ended.append(asked.invitation_id)
    else:
        ledger.cancel_queued(tx, reason="opted out", now=now, invitation_id=asked.invitation_id)
    note_opted_out(tx, dict.fromkeys(ended), channel=channel, now=now)
    for each in fresh:
        audit.append(
            tx,
            at=now,
            actor=f"participant:{asked.participant_id}",
            channel=channel,
            programme_id=asked.programme_id,
            what="person opted out",
            subject=f"participant:{each}",
            after="programme" if whole_programme else f"round:{asked.round_id}",
        )


def snooze(
    invitation_id: int,
    day: date,
    store: Store,
    now: datetime,
    *,
    channel: str,
    admits: Admits = everyone,
) -> Snoozed | PastClose | TooSoon | AlreadyAnswered | Over | NotAdmitted:
    """No reminder before `day` (of the person's calendar), and one then."""
    with store.writing() as tx:
        form = open_form(tx, invitation_id, now, admits)
        if not isinstance(form, Form):
            return form
        person = participant(tx, form.asked.participant_id)
        zone = zone_of(form.programme, person)
        if day <= now.astimezone(zone).date():
            return TooSoon(form=form)
        last = last_reminder_day(tx, form, now)
        if last is None or day > last:
            return PastClose(form=form, last_day=last)
        _note(tx, form, Act.PUT_OFF, "asked to be reminded", channel=channel, now=now)
        note_own_act(tx, form, "asked to be reminded later", channel=channel, now=now, after=day.isoformat())
        invitations.snooze(tx, invitation_id, local_to_utc(day, time(0), zone))
        ledger.cancel_queued(tx, reason="snoozed", now=now, invitation_id=invitation_id, kinds=[LineKind.REMINDER])
        look_again_at(tx, form.asked.participant_id)
        working = calendar_book(form.programme, now=now).for_person(person, form.asked.perspectives) if person else None
        return Snoozed(form=form, day=(working.at_or_after(day) if working else None) or day)


def last_reminder_day(tx: Tx, form: Form, now: datetime) -> date | None:
    """The last day on which a reminder can still reach this person before the close; None if there is none left."""
    person = participant(tx, form.asked.participant_id)
    if person is None:
        return None
    zone = zone_of(form.programme, person)
    day = form.asked.closes_at.astimezone(zone).date()
    entry = form.entry
    at = entry.reminders.at if entry is not None and entry.reminders is not None else time(9, 30)
    if local_to_utc(day, at, zone) >= form.asked.closes_at:
        day -= timedelta(days=1)
    working = calendar_book(form.programme, now=now).for_person(person, form.asked.perspectives).at_or_before(day)
    return working if working is not None and working > now.astimezone(zone).date() else None


def open_for_acts(form: Form, now: datetime) -> bool:
    """Whether a reason not to answer, or not yet, still changes anything."""
    return form.asked.state is RoundState.OPEN and now < form.asked.closes_at


def open_form(tx: Tx, invitation_id: int, now: datetime, admits: Admits) -> Form | AlreadyAnswered | Over | NotAdmitted:
    """The invitation's form where a reason not to answer still changes anything; else why it does not."""
    form = form_of(tx, invitation_id)
    if form is None or not admits(form.asked):
        return NotAdmitted(asked=None if form is None else form.asked)
    if form.asked.disposition is Disposition.COMPLETE:
        return AlreadyAnswered(form=form)
    return form if open_for_acts(form, now) else Over(form=form)


def _act(
    invitation_id: int,
    store: Store,
    now: datetime,
    act: Act,
    reason: str,
    *,
    channel: str,
    admits: Admits,
) -> ActOutcome:
    with store.writing() as tx:
        form = open_form(tx, invitation_id, now, admits)
        if not isinstance(form, Form):
            return form
        after = _note(tx, form, act, reason, channel=channel, now=now)
        note_own_act(tx, form, f"said: {reason}", channel=channel, now=now, after=after.value)
        ledger.cancel_queued(tx, reason=reason, now=now, invitation_id=invitation_id, kinds=ASKING)
        return Noted(form=form, disposition=after)


def _note(tx: Tx, form: Form, act: Act, reason: str, *, channel: str, now: datetime) -> Disposition:
    asked = form.asked
    begun = asked.response is not None
    return note_act(
        tx, asked.invitation_id, asked.disposition, act, reason=reason, channel=channel, now=now, begun=begun
    )
