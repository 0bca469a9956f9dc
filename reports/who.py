"""The telephone list of a round: who was asked, how it stands with them, and when they last heard from us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.engine import Tx
from storage.figures import Invited, invited, last_channels
from storage.programmes import programme_by_id
from surveys.invitation_facts import STILL_TO_ANSWER
from surveys.programme import Programme
from surveys.rounds import Round
from surveys.tokens import Purpose, seal


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One line of the list. `perspective`, `area`, `about`: words; `link` opens the form for an organiser's entry."""

    participant: str
    name: str
    perspective: str
    area: str
    session: str
    about: str
    phone: str
    state: str
    last_contact: datetime | None
    last_channel: str
    reminders: int
    snoozed_until: datetime | None
    opted_out: bool
    link: str


def who_was_asked(tx: Tx, round_: Round, *, entry_links: tuple[str, str] | None = None) -> tuple[Asked, ...]:
    """Everyone invited, those still to answer first, then by name. `entry_links`: (public URL, secret) of the links."""
    stored = programme_by_id(tx, round_.programme_id)
    if stored is None:
        raise LookupError(f"round {round_.name} has lost its programme")
    channels = last_channels(tx, round_.id)
    everyone = sorted(invited(tx, round_.id), key=lambda each: (each.disposition not in STILL_TO_ANSWER, each.name))
    return tuple(_asked(each, stored.programme, channels.get(each.invitation_id, ""), entry_links) for each in everyone)


def _asked(each: Invited, programme: Programme, channel: str, entry_links: tuple[str, str] | None) -> Asked:
    return Asked(
        participant=each.key,
        name=each.name,
        perspective=", ".join(dict.fromkeys(_perspective(programme, key) for _, key in sorted(each.voices) if key)),
        area=", ".join(dict.fromkeys(_area(programme, key) for key, _ in sorted(each.voices) if key)),
        session=each.session,
        about="" if each.about is None else each.about.name,
        phone=each.phone,
        state=each.disposition.value,
        last_contact=each.last_contact_at,
        last_channel=channel,
        reminders=each.reminders_sent,
        snoozed_until=each.snoozed_until,
        opted_out=each.opted_out,
        link=_link(each, *entry_links) if entry_links else "",
    )


def _link(each: Invited, public_url: str, secret: str) -> str:
    return f"{public_url}/e/{seal(secret, Purpose.ENTRY, each.invitation_id, each.entry_generation)}"


def _perspective(programme: Programme, key: str) -> str:
    found = programme.perspective(key)
    return found.label.within("en-GB") if found else key


def _area(programme: Programme, key: str) -> str:
    found = programme.area(key)
    return found.name.within("en-GB") if found else key
