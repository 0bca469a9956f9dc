"""What automatic mail tells: somebody is away until a day, or an address does not work. It is never an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from channels.mail.reading.kinds import BounceKind, Kind
from channels.mail.reading.opened import Opened
from channels.mail.reading.returning import own_words, return_date
from handlers.mail_placing import Placed
from storage import audit, mail_threads, people
from storage.bank_holidays import calendar_book
from storage.engine import Tx
from storage.forms import form_of
from storage.invitations import invitation, set_disposition
from storage.looks import look_again_at
from storage.rights import programme_id_of, set_absence
from surveys.authority import SCHEDULE
from surveys.bounces import SoftBounces, is_given_up, next_try
from surveys.clock_times import local_to_utc, zone_of
from surveys.dispositions import Act, after_act
from surveys.rounds import RoundState

# A pause ends that many working days before the close, however long somebody is away.
_DAYS_LEFT = 2


def pause(tx: Tx, mail: Opened, placed: Placed, now: datetime) -> str:
    """Send nothing until the day of return, or until two working days before the close; says what was done."""
    form, person = form_of(tx, placed.invitation_id), people.participant(tx, placed.participant_id)
    if form is None or person is None:
        return "an automatic reply"
    zone = zone_of(form.programme, person)
    today = (mail.written_at or now).astimezone(zone).date()
    sent = mail_threads.sent_subjects(tx, placed.invitation_id), mail_threads.sent_texts(tx, placed.invitation_id)
    back = return_date(own_words(mail, *sent), today)
    if back is None:
        return "an automatic reply that names no day of return"
    until = local_to_utc(back, time(0), zone)
    if form.asked.state is RoundState.OPEN:
        calendar = calendar_book(form.programme, now=now).for_person(person, form.asked.perspectives)
        last = calendar.add_working_days(form.asked.closes_at.astimezone(zone).date(), -_DAYS_LEFT)
        if last is not None:
            until = min(until, local_to_utc(last, time(0), zone))
    if until <= now:
        return f"an automatic reply: away until {back.isoformat()}, too near the close for a pause"
    if any(each is not None and each >= until for each in (person.paused_until, person.away_until)):
        return f"an automatic reply: away until {back.isoformat()}; paused already"
    set_absence(tx, person.id, until)
    look_again_at(tx, person.id)
    audit.append(
        tx,
        at=now,
        actor=SCHEDULE.name,
        channel="mail",
        programme_id=form.asked.programme_id,
        what="person paused by an automatic reply",
        subject=f"participant:{person.id}",
        after=until.isoformat(),
    )
    return f"an automatic reply: away until {back.isoformat()}; nothing is sent before {until:%Y-%m-%d}"


def bounce(tx: Tx, kind: Kind, placed: Placed, now: datetime, refs: Sequence[str] = ()) -> str:
    """Mark an address that does not exist; the next tick invites by the person's next one. Says what was done.

    One that could not take an invitation for now is tried again, and given up after days. `refs` are the Message-IDs
    that the bounce names.
    """
    known = mail_threads.addresses_of(tx, placed.participant_id)
    if kind.bounce is BounceKind.DELAYED:
        return f"the server is still trying: {kind.reason}"
    address_id = known.get(kind.bounced) or (
        next(iter(known.values())) if len(known) == 1 and not kind.bounced else None
    )
    if address_id is None:
        return f"it bounced for an address that is not this person's: {kind.reason}"
    if kind.bounce is BounceKind.SOFT:
        counted = people.note_soft_bounce(tx, address_id, now)
        if not is_given_up(counted, now):
            return _tried_again(tx, kind, counted, placed, now, refs)
    people.mark_address_bad(tx, address_id, kind.reason or "mail to it bounced", now)
    audit.append(
        tx,
        at=now,
        actor=SCHEDULE.name,
        channel="mail",
        programme_id=programme_id_of(tx, placed.participant_id),
        what="address marked as not working",
        subject=f"participant:{placed.participant_id}",
        after=f"address:{address_id}",
    )
    standing = invitation(tx, placed.invitation_id)
    if standing is not None:
        after = after_act(standing.disposition, Act.UNREACHABLE)
        if after is not standing.disposition:
            reason = f"bounced: {kind.reason}"
            mail_threads.undo_sent_invitation(tx, standing.id, reason)
            set_disposition(tx, [standing.id], after, reason=reason, channel="mail", now=now)
        look_again_at(tx, placed.participant_id)
    return f"the address does not work: {kind.reason}"


def _tried_again(tx: Tx, kind: Kind, counted: SoftBounces, placed: Placed, now: datetime, refs: Sequence[str]) -> str:
    """An invitation that came back goes once more, under its own Message-ID; a reminder missed is missed."""
    again = next_try(counted, now)
    if again is not None and mail_threads.send_again(tx, placed.invitation_id, refs, again, f"bounced: {kind.reason}"):
        return f"it could not be delivered this time, and is sent again: {kind.reason}"
    return f"it could not be delivered this time ({counted.count} in a row): {kind.reason}"
