"""Every message of a round that is still to come: to whom, when and why. The tick queues from the very same plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from storage.bank_holidays import calendar_book
from storage.contacts import contacts_since
from storage.engine import Tx
from storage.figures import collated, time_in_round
from storage.invitation_facts import facts_of_round
from storage.ledger import lines_of_round
from storage.people import participants_of
from storage.programmes import StoredProgramme, programme_by_id
from storage.rounds import all_rounds
from surveys.audience import invited_people
from surveys.budget import WEEK, place_all
from surveys.clock_times import zone_of
from surveys.delivery import Line, LineState
from surveys.dispositions import Disposition
from surveys.figures import missing_voices
from surveys.invitation_facts import InvitationFacts
from surveys.panel import Participant
from surveys.planning import PlannedLine, plan_round
from surveys.rounds import Round, RoundState

# A held round asks nobody until somebody opens it.
_TO_COME = frozenset({RoundState.PLANNED, RoundState.OPEN})
_NOT_BEGUN = frozenset({RoundState.PLANNED, RoundState.HELD})


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedMessage:
    """One message to come. `due` is in UTC, `local` the same in the person's zone.

    `participant` is the panel id, and so is `about`, whom an informant is asked about ("" for none).
    `queued`: it stands in the ledger already and waits, perhaps for another try.
    """

    participant: str
    name: str
    kind: str
    number: int
    due: datetime
    local: datetime
    why: str
    channel: str
    address: str
    session: str
    about: str
    coverage: bool
    queued: bool


def plan_time(tx: Tx, round_: Round, now: datetime) -> datetime:
    """From when a round's messages are to be told: one that was over when it was loaded is told from its opening."""
    never_played = round_.state is RoundState.CLOSED and round_.opened_at is None
    return min(now, round_.opens_at) if never_played else time_in_round(tx, round_, now)


def planned_messages(tx: Tx, round_: Round, now: datetime) -> tuple[PlannedMessage, ...]:
    """What the round will send from `now` on if nobody answers, in order of time; a held one as if it were opened."""
    stored = programme_by_id(tx, round_.programme_id)
    if stored is None:
        raise LookupError(f"round {round_.name} has lost its programme")
    people = {each.id: each for each in participants_of(tx, stored.id, delegates=True)}
    plan = _placed(tx, round_, stored, people, now)
    waiting = lines_of_round(tx, round_.id, (LineState.QUEUED, LineState.CLAIMED))
    messages = [_planned(line, stored, people) for line in plan]
    messages += [_queued(line, stored, people) for line in waiting if line.participant_id in people]
    return tuple(sorted(messages, key=lambda message: (message.due, message.participant, message.kind)))


def _placed(
    tx: Tx, round_: Round, stored: StoredProgramme, people: Mapping[int, Participant], now: datetime
) -> tuple[PlannedLine, ...]:
    """The round's messages as the programme's budget lets them go, beside those of its other rounds."""
    plan = _plan(tx, round_, stored, people, now)
    if stored.programme.budget_per_week is None:
        return plan
    others = [each for each in all_rounds(tx, stored.id) if each.state in _TO_COME and each.id != round_.id]
    plans = [(round_, plan), *((each, _plan(tx, each, stored, people, now)) for each in others)]
    contacts = contacts_since(tx, stored.id, now - WEEK)
    book = calendar_book(stored.programme, now=now)
    placed = place_all(stored.programme, plans, contacts, now, people=people, book=book)
    return tuple(each.line for each in placed[round_.id])


def _plan(
    tx: Tx, round_: Round, stored: StoredProgramme, people: Mapping[int, Participant], now: datetime
) -> tuple[PlannedLine, ...]:
    facts = facts_of_round(tx, round_.id, people)
    if round_.state is RoundState.CLOSED and round_.opened_at is None and now < round_.closes_at:
        # Loaded after its close and never opened: a tick at this time would open it.
        round_ = replace(round_, state=RoundState.PLANNED)
    if round_.state in _NOT_BEGUN or round_.state is RoundState.OPEN:
        facts += _to_be_invited(round_, stored, tx, facts, now)
    if round_.state is RoundState.HELD:
        round_ = replace(round_, state=RoundState.PLANNED)
    heard = [(each.voices, each.disposition) for each in facts]
    return plan_round(
        round_,
        facts,
        programme=stored.programme,
        book=calendar_book(stored.programme, now=now),
        missing=missing_voices(stored.programme, heard, collated(tx, round_.id)),
        now=now,
    )


def _to_be_invited(
    round_: Round, stored: StoredProgramme, tx: Tx, have: tuple[InvitationFacts, ...], now: datetime
) -> tuple[InvitationFacts, ...]:
    """Those of the audience who have no invitation yet: at the opening, or at once where it has opened."""
    known = {(each.participant.id, each.part) for each in have}
    at = max(now, round_.opens_at)
    found = []
    for invitee in invited_people(round_, stored.programme, participants_of(tx, stored.id), at):
        session = invitee.session if round_.per_session and not round_.session else ""
        part = session or ("" if invitee.about is None else invitee.about.key)
        if (invitee.participant.id, part) not in known:
            found.append(
                InvitationFacts(
                    invitation_id=None,
                    participant=invitee.participant,
                    session=session,
                    voices=invitee.voices,
                    disposition=Disposition.PENDING,
                    created_at=at,
                    about=invitee.about,
                )
            )
    return tuple(found)


def _planned(line: PlannedLine, stored: StoredProgramme, people: Mapping[int, Participant]) -> PlannedMessage:
    person = people[line.participant_id]
    return PlannedMessage(
        participant=person.key,
        name=person.name,
        kind=line.kind.value,
        number=line.number,
        due=line.due_at,
        local=line.due_at.astimezone(zone_of(stored.programme, person)),
        why=line.why,
        channel=line.channel,
        address=line.address,
        session=line.session,
        about=line.about,
        coverage=line.coverage,
        queued=False,
    )


def _queued(line: Line, stored: StoredProgramme, people: Mapping[int, Participant]) -> PlannedMessage:
    person = people[line.participant_id or 0]
    addresses = person.usable_addresses
    return PlannedMessage(
        participant=person.key,
        name=person.name,
        kind=line.kind.value,
        number=line.number,
        due=line.due_at,
        local=line.due_at.astimezone(zone_of(stored.programme, person)),
        why=f"waits for another try: {line.reason}" if line.reason else "is about to go",
        channel=addresses[0].channel if addresses else "",
        address=addresses[0].value if addresses else "",
        session="",
        about="",
        coverage=False,
        queued=True,
    )
