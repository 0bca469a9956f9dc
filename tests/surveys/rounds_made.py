"""Rounds, people and programmes for the tests of the time core."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from surveys.calendars import CalendarBook
from surveys.delivery import LineKind
from surveys.dispositions import Disposition
from surveys.moments import AbsoluteMoment
from surveys.panel import Address, Participant
from surveys.planning import InvitationFacts, PlannedLine, plan_round
from surveys.programme import (
    Area,
    Audience,
    DateSpan,
    Mode,
    Offset,
    Perspective,
    Programme,
    QuietHours,
    ReminderPolicy,
    RoundEntry,
    RoundKind,
)
from surveys.rounds import Round, RoundState
from surveys.text import Text


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


OPENS = utc(2024, 11, 25, 9)
CLOSES = utc(2024, 12, 16, 17)
POLICY = ReminderPolicy(
    before_close=(Offset(days=7), Offset(days=2), Offset(span=timedelta(hours=4))),
    at=time(9, 30),
    cap=2,
    gap=timedelta(hours=24),
)
ENTRY = RoundEntry(
    key="mid",
    survey="mid.yaml",
    kind=RoundKind.MID_CYCLE,
    opens=AbsoluteMoment(day=OPENS.date(), at=time(9)),
    closes=AbsoluteMoment(day=CLOSES.date(), at=None),
    thanks=Text.plain("What happens next"),
)
PROGRAMME = Programme(
    key="cc",
    title=Text.plain("Conversations"),
    timezone="Europe/London",
    quiet_hours=QuietHours(begins=time(18, 30), ends=time(8)),
    calendars={"school": (DateSpan(first=utc(2024, 12, 9).date(), last=utc(2024, 12, 13).date()),)},
    perspectives=(
        Perspective(key="host_lead", label=Text.plain("Host lead"), required=True),
        Perspective(key="pcf", label=Text.plain("Parent carer forum"), required=True),
        Perspective(key="school", label=Text.plain("School"), calendar="school"),
    ),
    areas=(Area(key="kent", name=Text.plain("Kent")), Area(key="reading", name=Text.plain("Reading"))),
    rounds=(ENTRY,),
)
ROUND = Round(
    id=1,
    programme_id=1,
    programme="cc",
    key="mid",
    entry="mid",
    session="",
    instrument_id=1,
    kind=RoundKind.MID_CYCLE,
    mode=Mode.CONFIDENTIAL,
    per_session=False,
    audience=Audience(held_only=True),
    reminders=POLICY,
    state=RoundState.OPEN,
    opens_at=OPENS,
    closes_at=CLOSES,
    opened_at=OPENS,
)
EVERYTHING_MISSING = frozenset({("kent", "pcf"), ("kent", "host_lead"), ("reading", "pcf"), ("reading", "host_lead")})


def person(number: int = 1, **changes) -> Participant:
    made = Participant(
        id=number,
        key=f"p{number}",
        name=f"Person {number}",
        addresses=(Address(id=number, channel="mail", value=f"p{number}@example.org"),),
    )
    return replace(made, **changes)


def invited(**changes) -> InvitationFacts:
    """Someone from the forum in Kent who was invited when the round opened and has not answered."""
    facts = InvitationFacts(
        invitation_id=1,
        participant=person(),
        session="",
        voices=frozenset({("kent", "pcf")}),
        disposition=Disposition.PENDING,
        created_at=OPENS,
        invited_at=OPENS,
        last_contact_at=OPENS,
    )
    return replace(facts, **changes)


def plan(*facts, round=ROUND, programme=PROGRAMME, missing=EVERYTHING_MISSING, now=OPENS, book=None):  # noqa: A002
    book = book or CalendarBook(programme=programme)
    return plan_round(round, facts, programme=programme, book=book, missing=missing, now=now)


def told(lines) -> list[tuple[str, datetime]]:
    return [(line.key_suffix, line.due_at) for line in lines]


def as_sent(facts: InvitationFacts, line: PlannedLine) -> InvitationFacts:
    """What is known of the invitation once that line has gone at its time."""
    facts = replace(facts, last_contact_at=line.due_at)
    match line.kind:
        case LineKind.INVITATION | LineKind.DELEGATE:
            return replace(facts, invitation_id=facts.invitation_id or 1, invited_at=line.due_at)
        case LineKind.REMINDER:
            return replace(facts, reminders_sent=facts.reminders_sent + 1, last_reminder_at=line.due_at)
        case LineKind.NOTICE:
            return replace(facts, told_moves=line.number, last_notice_number=line.number)
        case LineKind.THANKS:
            return replace(facts, thanked=True)
    raise AssertionError(line.kind)
