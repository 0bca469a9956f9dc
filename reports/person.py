"""All that is known about one person, for them to be told on the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage import dossier
from storage.engine import Tx
from storage.people import participant
from storage.person_requests import requests_of
from surveys.person_requests import PersonRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonSheet:
    """One person of one programme; `rounds` and `messages` in order of time.

    `requests` are what they have asked for and wait for.
    """

    participant_id: int
    programme: str
    key: str
    name: str
    organisation: str
    area: str
    perspectives: tuple[str, ...]
    addresses: tuple[str, ...]
    phone: str
    language: str
    timezone: str
    paused_until: datetime | None
    opted_out: bool
    removed: bool
    requests: tuple[PersonRequest, ...]
    rounds: tuple[dossier.RoundOfPerson, ...]
    messages: tuple[dossier.MessageOfPerson, ...]


def person_sheets(tx: Tx, who: str) -> tuple[PersonSheet, ...]:
    """Everyone whose panel id or address is `who`, in whichever programme."""
    sheets: list[PersonSheet] = []
    for participant_id, programme in dossier.find_people(tx, who):
        person = participant(tx, participant_id)
        if person is None:
            continue
        spoken = {*person.perspectives, *(each.perspective for each in person.attendances)}
        sheets.append(
            PersonSheet(
                participant_id=person.id,
                programme=programme,
                key=person.key,
                name=person.name,
                organisation=person.organisation,
                area=person.area,
                perspectives=tuple(sorted(spoken)),
                addresses=tuple(f"{each.value} ({each.bad})" if each.bad else each.value for each in person.addresses),
                phone=person.phone,
                language=person.language,
                timezone=person.timezone,
                paused_until=max(
                    (each for each in (person.paused_until, person.away_until) if each is not None), default=None
                ),
                opted_out=person.opted_out,
                removed=person.removed,
                requests=requests_of(tx, person.id),
                rounds=dossier.rounds_of(tx, person.id),
                messages=dossier.messages_of(tx, person.id),
            )
        )
    return tuple(sheets)
