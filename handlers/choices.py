"""What a person decides from their own link: a pause, a channel, quotes. One function, one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.replies import Admits, NotAdmitted, everyone
from storage import audit, consents
from storage.engine import Store, Tx
from storage.forms import Form, form_of
from storage.looks import look_again_at
from storage.people import participant
from storage.rights import set_pause, set_reach
from surveys.addressing import addresses_in_order
from surveys.clock_times import local_to_utc, zone_named, zone_of
from surveys.panel import Participant
from surveys.programme import Mode, Programme
from surveys.replies import QuoteLevel

# A pause is for a while: whoever wants to hear nothing for longer stops the messages.
LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True, kw_only=True, slots=True)
class Paused:
    """Nothing of the programme goes to the person before the beginning of that `day`."""

    form: Form
    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PauseOver:
    """There is no pause any more, if there was one."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class DayUnfit:
    """That day can't end a pause. `fault`: gone (it has come already) or far (it is more than a year away)."""

    form: Form
    fault: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """The person is written to as they said from now on."""

    form: Form


@dataclass(frozen=True, kw_only=True, slots=True)
class ReachUnfit:
    """Nothing was changed. `fault`: channel (they have no address there that can be used) or zone (there is none)."""

    form: Form
    fault: str


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotesKept:
    """What the person agrees to holds as they said; `changed` are the items for which it is something else now."""

    form: Form
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotesStand:
    """The round's quotes were frozen before: nothing was changed."""

    form: Form


def pause(
    invitation_id: int, day: date | None, store: Store, now: datetime, *, channel: str, admits: Admits = everyone
) -> Paused | PauseOver | DayUnfit | NotAdmitted:
    """Send the person nothing for the programme before `day` (of their calendar); None ends the pause."""
    with store.writing() as tx:
        form = form_of(tx, invitation_id)
        person = None if form is None else participant(tx, form.asked.participant_id)
        if form is None or person is None or not admits(form.asked):
            return NotAdmitted(asked=None if form is None else form.asked)
        zone = zone_of(form.programme, person)
        today = now.astimezone(zone).date()
        if day is not None and day <= today:
            return DayUnfit(form=form, fault="gone")
        if day is not None and day - today > LONGEST_PAUSE:
            return DayUnfit(form=form, fault="far")
        until = None if day is None else local_to_utc(day, time(0), zone)
        if (person.paused_until, person.away_until if until is None else None) != (until, None):
            set_pause(tx, person.id, until)
            look_again_at(tx, person.id)
            before = None if person.paused_until is None else person.paused_until.isoformat()
            after = None if until is None else until.isoformat()
            note_own_act(
                tx,
                form,
                "person paused" if until else "pause ended",
                channel=channel,
                now=now,
                before=before,
                after=after,
            )
        return PauseOver(form=form) if day is None else Paused(form=form, day=day)


def choose_reach(
    invitation_id: int,
    store: Store,
    now: datetime,
    *,
    timezone: str,
    preferred: str | None,
    channel: str,
    admits: Admits = everyone,
) -> Reached | ReachUnfit | NotAdmitted:
    """Write to the person by the channel they prefer, at the hours of their own zone ("" for what the panel says).

    `preferred` None leaves the channel as it is. Both stand whatever a panel file says later. A message
    that waits already goes by the channel that it waits for.
    """
    with store.writing() as tx:
        form = form_of(tx, invitation_id)
        person = None if form is None else participant(tx, form.asked.participant_id)
        if form is None or person is None or not admits(form.asked):
            return NotAdmitted(asked=None if form is None else form.asked)
        preferred = person.preferred if preferred is None else preferred
        if preferred != person.preferred and preferred not in channels_of(form.programme, person):
            return ReachUnfit(form=form, fault="channel")
        if timezone and not _is_zone(timezone):
            return ReachUnfit(form=form, fault="zone")
        own = "" if person.timezone == person.panel_timezone else person.timezone
        if (own, person.preferred) != (timezone, preferred):
            set_reach(tx, person.id, timezone=timezone, preferred=preferred)
            look_again_at(tx, person.id)
            before = {"channel": person.preferred, "timezone": own}
            after = {"channel": preferred, "timezone": timezone}
            note_own_act(
                tx, form, "person chose how they are reached", channel=channel, now=now, before=before, after=after
            )
        return Reached(form=form)


def channels_of(programme: Programme, person: Participant) -> tuple[str, ...]:
    """The channels by which the person can be reached as things stand, the one that is tried first before others."""
    return tuple(dict.fromkeys(each.channel for each in addresses_in_order(programme, person)))


def _is_zone(name: str) -> bool:
    try:
        zone_named(name)
    except ValueError:
        return False
    return True


def agree_to_quotes(
    invitation_id: int,
    wanted: Mapping[str, QuoteLevel],
    store: Store,
    now: datetime,
    *,
    channel: str,
    admits: Admits = everyone,
) -> QuotesKept | QuotesStand | NotAdmitted:
    """Have the answers to these items quoted as far as the person says; until the freeze, also after the close.

    An item that asks for no consent, or of a return that has not begun, is passed over.
    """
    with store.writing() as tx:
        form = form_of(tx, invitation_id)
        if form is None or not admits(form.asked):
            return NotAdmitted(asked=None if form is None else form.asked)
        if form.asked.frozen_at is not None:
            return QuotesStand(form=form)
        response = form.asked.response
        if response is None or form.asked.mode is Mode.UNLINKED:
            return QuotesKept(form=form, changed=())
        asking = {item.key for item in form.instrument.items() if item.quote}
        agreed = {item: level for item, level in wanted.items() if item in asking}
        changed = consents.set_consents(tx, response.id, agreed, channel=channel, now=now)
        if changed:
            after = {item: agreed[item].value for item in changed}
            note_own_act(tx, form, "consent to quote changed", channel=channel, now=now, after=after)
        return QuotesKept(form=form, changed=changed)


def note_own_act(
    tx: Tx,
    form: Form,
    what: str,
    *,
    channel: str,
    now: datetime,
    before: object = None,
    after: object = None,
) -> None:
    """A line in the audit of what a person has done with their rights."""
    person = f"participant:{form.asked.participant_id}"
    audit.append(
        tx,
        at=now,
        actor=person,
        channel=channel,
        programme_id=form.asked.programme_id,
        what=what,
        subject=person,
        before=before,
        after=after,
    )
