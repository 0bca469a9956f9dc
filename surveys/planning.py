"""Every message a round will send from now on: `round plan` prints it, the tick queues what of it is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from surveys.addressing import addresses_in_order, after_silence
from surveys.cadence import ReminderHours, reminder_times
from surveys.calendars import CalendarBook
from surveys.clock_times import out_of_quiet_hours, say_moment, zone_of
from surveys.delivery import LineKind
from surveys.dispositions import Disposition
from surveys.invitation_facts import STILL_TO_ANSWER, InvitationFacts
from surveys.moved_close import close_known
from surveys.next_reminder import Reminding, Standing, next_reminder
from surveys.panel import Participant
from surveys.programme import Programme, ReminderPolicy, RoundKind
from surveys.rounds import Round, RoundState

__all__ = ["InvitationFacts", "PlannedLine", "ledger_key", "plan_round"]

# Whoever was to answer about a session that is cancelled counts as not eligible from then on.
_TO_BE_TOLD = STILL_TO_ANSWER | {Disposition.NOT_ELIGIBLE}
NO_REMINDERS = ReminderPolicy(before_close=(), cap=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedLine:
    """One message to come. `due_at` is in UTC, `why` in plain words.

    `key_suffix` is what follows the person in its ledger key. `channel` and `address` are where it would go as things
    stand ("" where there is no usable address); `coverage`: a reminder only for a voice still missing. `about` is the
    panel id of whom an informant is asked about.
    """

    kind: LineKind
    number: int
    participant_id: int
    participant_key: str
    invitation_id: int | None
    key_suffix: str
    due_at: datetime
    why: str
    channel: str
    address: str
    session: str
    coverage: bool = False
    about: str = ""

    @property
    def part(self) -> str:
        """What tells the invitation from the person's other ones to the round, as `InvitationFacts.part`."""
        return self.session or self.about


def plan_round(
    round: Round,  # noqa: A002 - the field's word
    facts: Iterable[InvitationFacts],
    *,
    programme: Programme,
    book: CalendarBook,
    missing: frozenset[tuple[str, str]],
    now: datetime,
) -> tuple[PlannedLine, ...]:
    """All messages from `now` on if nobody answers and each goes at its time, in order of time; none is due before now.

    `facts` has everyone of the round, those too who are still to be invited; `missing` the (area, perspective) pairs
    that are required and not heard. Lines that stand in the ledger already are left out: see the facts. A held round
    plans nothing; what opening it would send is the plan of the same round as `planned`. Of a cancelled one, or one
    about a cancelled session, those are told once who were asked and still had to answer.
    """
    if round.state is RoundState.HELD:
        return ()
    planner = _Planner(round=round, programme=programme, book=book, missing=missing, now=now)
    lines = [line for each in facts for line in planner.lines(each)]
    lines.sort(key=lambda line: (line.due_at, line.participant_key, line.part, line.key_suffix))
    return tuple(lines)


def ledger_key(round: Round, participant_key: str, part: str, key_suffix: str) -> str:  # noqa: A002
    """The key of a line in the ledger; `part` is the invitation's, named only where the round isn't made for it."""
    person = f"{participant_key}@{part}" if part and not round.session else participant_key
    return f"{round.name}/{person}/{key_suffix}"


@dataclass(slots=True)
class _Planner:
    """The loop over people; what depends on zone and calendar alone is worked out once."""

    round: Round
    programme: Programme
    book: CalendarBook
    missing: frozenset[tuple[str, str]]
    now: datetime
    policy: ReminderPolicy = field(init=False)
    thanks: bool = field(init=False)
    reminding: dict[object, Reminding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.policy = self.round.reminders or NO_REMINDERS
        self.thanks = any(entry.key == self.round.entry and bool(entry.thanks) for entry in self.programme.rounds)

    def lines(self, facts: InvitationFacts) -> list[PlannedLine]:
        """One person's messages, in order of time."""
        if facts.silenced:
            return []
        if self.round.state is RoundState.CANCELLED or facts.called_off:
            return self._called_off(facts)
        if facts.disposition is Disposition.COMPLETE:
            return self._thanks(facts)
        over = self.now >= self.round.closes_at or self.round.state not in {RoundState.PLANNED, RoundState.OPEN}
        if over or facts.disposition not in STILL_TO_ANSWER or self.round.kind is RoundKind.OPEN:
            # Whoever comes to an open round has not been asked, and is not reminded.
            return []
        return self._to_the_close(facts)

    def _to_the_close(self, facts: InvitationFacts) -> list[PlannedLine]:
        course = _Course(self, facts)
        if not course.invite():
            return course.lines
        course.tell_of_move()
        course.remind()
        return course.lines

    def _called_off(self, facts: InvitationFacts) -> list[PlannedLine]:
        """Nobody hears of it who was never asked, or has answered."""
        course = _Course(self, facts)
        asked = facts.invited_at is not None and not facts.invitation_pending and course.reachable
        if asked and not facts.told_called_off and facts.disposition in _TO_BE_TOLD and self.now < self.round.closes_at:
            what = "session" if facts.called_off or self.round.session else "round"
            course.add(
                LineKind.CANCELLATION, 1, "cancellation", course.after_pause(self.now), f"the {what} was cancelled"
            )
        return course.lines

    def _thanks(self, facts: InvitationFacts) -> list[PlannedLine]:
        if not self.thanks or facts.thanked:
            return []
        closed = self.round.closes_at
        if self.round.state is RoundState.CLOSED:
            closed = self.round.closed_at or closed
        course = _Course(self, facts)
        if course.reachable:
            person = facts.participant
            back = [each for each in (person.paused_until, person.away_until) if each is not None]
            due = out_of_quiet_hours(max(self.now, closed, *back), self.programme.quiet_hours, course.zone)
            course.add(LineKind.THANKS, 1, "thanks", due, "the round has closed, and this person answered")
        return course.lines

    def reminding_of(self, person: Participant, voices: frozenset[tuple[str, str]], zone: tzinfo) -> Reminding:
        key = (person.timezone, person.working_days, voices)
        found = self.reminding.get(key)
        if found is None:
            calendar = self.book.for_person(person, {perspective for _, perspective in voices})
            quiet = self.programme.quiet_hours
            closes_at = self.round.closes_at
            found = Reminding(
                ReminderHours(self.policy, zone, calendar, quiet),
                reminder_times(self.policy, closes_at, zone, calendar, quiet),
                self.round.opens_at,
                closes_at,
            )
            self.reminding[key] = found
        return found


class _Course:
    """One person's way to the close, message by message; each counts as sent at its time for those after it."""

    def __init__(self, planner: _Planner, facts: InvitationFacts) -> None:
        self.planner = planner
        self.facts = facts
        self.zone = zone_of(planner.programme, facts.participant)
        addresses = addresses_in_order(planner.programme, facts.participant)
        self.reachable = bool(addresses)
        self.addresses = addresses
        self.channel, self.address = (addresses[0].channel, addresses[0].value) if addresses else ("", "")
        self.lines: list[PlannedLine] = []
        self.invited_at = facts.invited_at
        self.contact = facts.last_contact_at

    def add(self, kind: LineKind, number: int, suffix: str, due: datetime, why: str, *, coverage: bool = False) -> None:
        self.lines.append(
            PlannedLine(
                kind=kind,
                number=number,
                participant_id=self.facts.participant.id,
                participant_key=self.facts.participant.key,
                invitation_id=self.facts.invitation_id,
                key_suffix=suffix,
                due_at=due,
                why=why,
                channel=self.channel,
                address=self.address,
                session=self.facts.session,
                coverage=coverage,
                about="" if self.facts.about is None else self.facts.about.key,
            )
        )
        self.contact = due

    def invite(self) -> bool:
        """Whether anything can follow: the person is invited, or is to be, and can be reached."""
        planner, facts = self.planner, self.facts
        if facts.invitation_pending:
            # It goes now at the earliest, whenever it was due, and nothing goes before it.
            self.invited_at = max(facts.invited_at or planner.now, planner.now)
            self.contact = self.invited_at
        if self.invited_at is not None:
            return self.reachable
        if facts.invitation_refused:
            return False
        is_open = planner.round.state is RoundState.OPEN
        earliest = planner.now if is_open else max(planner.now, planner.round.opens_at)
        due = self.after_pause(earliest)
        if due >= planner.round.closes_at:
            return False
        kind, suffix = (LineKind.DELEGATE, "delegate") if facts.delegate else (LineKind.INVITATION, "invitation")
        self.add(kind, 1, suffix, due, self._why_invited(is_open=is_open))
        self.invited_at = due
        return self.reachable

    def _why_invited(self, *, is_open: bool) -> str:
        if not self.reachable:
            return "there is no usable address: it will count as undeliverable"
        if self.facts.delegate:
            return "named to answer in someone's place"
        opened_at = self.planner.round.opened_at
        if is_open and opened_at is not None and self.facts.created_at > opened_at:
            return "added after the round opened"
        return "the round opens"

    def tell_of_move(self) -> None:
        """One notice of the close as it now stands, to those who were last told another."""
        moved, facts = self.planner.round, self.facts
        number = len(moved.moves)
        if facts.last_notice_number >= number or facts.invited_at is None or facts.invitation_pending:
            return
        known = close_known(moved, facts)
        if known == moved.closes_at:
            return
        due = self.after_pause(self.planner.now)
        if due < moved.closes_at:
            way = "extension" if known < moved.closes_at else "earlier"
            why = f"the close has moved to {say_moment(moved.closes_at, self.zone, year=True)}"
            self.add(LineKind.NOTICE, number, f"notice/{way}-{number}", due, why)

    def after_pause(self, earliest: datetime) -> datetime:
        """The first moment from `earliest` on out of quiet hours, and not before the person is back.

        Asked again at any moment up to its answer it gives the same answer.
        """
        planner = self.planner
        reminding = planner.reminding_of(self.facts.participant, self.facts.voices, self.zone)
        back = self._back(reminding)
        if back is not None:
            # A pause ends at midnight mostly; nobody is written to then.
            earliest = max(earliest, back, reminding.hours.on(back.astimezone(self.zone).date()))
        return out_of_quiet_hours(earliest, planner.programme.quiet_hours, self.zone)

    def _back(self, reminding: Reminding) -> datetime | None:
        """Before when nothing goes: a pause that was asked for binds to the day, an absence gives way to the close."""
        person = self.facts.participant
        away = None if person.away_until is None else reminding.end_of_absence(person.away_until)
        return max((each for each in (person.paused_until, away) if each is not None), default=None)

    def remind(self) -> None:
        """Reminders until the close, each replanned from the one before it."""
        planner, facts = self.planner, self.facts
        if self.invited_at is None or planner.round.reminders is None:
            return
        reminding = planner.reminding_of(facts.participant, facts.voices, self.zone)
        sent, last = facts.reminders_sent, facts.last_reminder_at
        number = facts.next_reminder_number
        allowed = self._allowed(sent, last)
        contact = max(self.contact or self.invited_at, self.invited_at)
        if facts.reminder_outstanding:
            sent, last = sent + 1, planner.now
            number = max(number, sent + 1)
            contact = max(contact, planner.now)
        if facts.notice_outstanding:
            contact = max(contact, planner.now)
        paused_until = self._back(reminding)
        settled = [self.invited_at, facts.asked_again_at, planner.round.extended_at]
        floor = max(at for at in settled if at is not None)
        missing = not facts.voices.isdisjoint(planner.missing)
        now = planner.now
        snoozed = facts.snoozed_until
        while True:
            standing = Standing(
                floor=floor if last is None else max(floor, last),
                contact=contact,
                allowed=allowed - sent,
                paused_until=paused_until,
                asked_for=snoozed if snoozed is not None and (last is None or last < snoozed) else None,
                missing=missing,
            )
            following = next_reminder(reminding, standing, now)
            if following is None:
                return
            self._go_by(sent)
            sent += 1
            last = contact = now = following.at
            why, coverage = following.why, following.coverage
            self.add(LineKind.REMINDER, number, f"reminder/{number}", following.at, why, coverage=coverage)
            number += 1

    def _go_by(self, reminders_before: int) -> None:
        """Whoever has begun is reminded where they are asked first; silence is tried by another way."""
        if self.facts.disposition is Disposition.PENDING:
            way = after_silence(self.addresses, reminders_before)
            if way is not None:
                self.channel, self.address = way.channel, way.value

    def _allowed(self, sent: int, last: datetime | None) -> int:
        """How many reminders everyone may get: the cap, and one more for each extension.

        An extension allows one more whatever went before it, so also after one for coverage or by request.
        """
        moved = self.planner.round
        allowed = self.planner.policy.cap + moved.extensions
        if moved.extensions and moved.extended_at is not None and (last is None or last <= moved.extended_at):
            return max(allowed, sent + 1)
        return allowed
