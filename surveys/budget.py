"""How many messages a person gets in a week, over all rounds of a programme: `budget: {per_week: 3}`.

Two laws: no more than so many in any seven days, and nothing waits past its close. What would be too much goes along in
one message that carries links only, or waits until there is room; what can do neither is dropped, and the plan says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from surveys.cadence import ReminderHours
from surveys.calendars import CalendarBook
from surveys.clock_times import out_of_quiet_hours, zone_of
from surveys.delivery import LineKind
from surveys.panel import Participant
from surveys.planning import PlannedLine, ledger_key
from surveys.programme import Programme
from surveys.rounds import Round

WEEK = timedelta(days=7)
# Answers to what a person did themselves, thanks among them, do not count. What corrects something said, or tells a
# delegate who gave their address, counts but neither waits nor goes along with anything.
COUNTED = frozenset({LineKind.INVITATION, LineKind.DELEGATE, LineKind.REMINDER, LineKind.NOTICE, LineKind.CANCELLATION})
_INVITING = frozenset({LineKind.INVITATION, LineKind.DELEGATE})
_NEVER_WAITS = frozenset({LineKind.NOTICE, LineKind.CANCELLATION, LineKind.DELEGATE})


# The first moment from then on at which a message that has waited may go: in its person's hours.
MayGo = Callable[[datetime], datetime]


def _at_any_time(at: datetime) -> datetime:
    return at


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One message to come: `key` is its ledger key, `closes_at` its round's close."""

    key: str
    line: PlannedLine
    closes_at: datetime
    may_go: MayGo = _at_any_time


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """Where an ask has come to: `line` at its new time, along with the message of the key `along` ("": by itself).

    `dropped`: it does not go at all, as its line says why.
    """

    key: str
    line: PlannedLine
    along: str = ""
    dropped: bool = False


def within_budget(
    asks: Iterable[Ask], contacts: Sequence[datetime], per_week: int, now: datetime
) -> tuple[Placed, ...]:
    """The messages of one person from `now` on, none of which was queued yet.

    `contacts`: when they were written to in the last week, and what is queued already. Asked again later, with what
    went in the meantime among the contacts, it says the same of what is left; where hours differ between messages that
    have waited, the later answer may gather them otherwise, within the same two laws.
    """
    # What was put off for a minute is as good as gone: its place is taken from now on.
    return tuple(_Week(sorted(min(each, now) for each in contacts), per_week).place(list(asks), now))


def place_all(
    programme: Programme,
    plans: Iterable[tuple[Round, Sequence[PlannedLine]]],
    contacts: Mapping[int, Sequence[datetime]],
    now: datetime,
    *,
    people: Mapping[int, Participant],
    book: CalendarBook,
) -> Mapping[int, tuple[Placed, ...]]:
    """The plans of a programme's rounds with its budget kept, by round; `contacts` and `people` by participant.

    Without a budget every line keeps its place.
    """
    by_person: dict[int, list[Ask]] = {}
    of_round: dict[str, int] = {}
    found: dict[int, list[Placed]] = {}
    for each, lines in plans:
        found[each.id] = []
        for line in lines:
            key = ledger_key(each, line.participant_key, line.part, line.key_suffix)
            of_round[key] = each.id
            if programme.budget_per_week is None or line.kind not in COUNTED:
                found[each.id].append(Placed(key=key, line=line))
            else:
                may_go = _hours(programme, people, book, each, line)
                ask = Ask(key=key, line=line, closes_at=each.closes_at, may_go=may_go)
                by_person.setdefault(line.participant_id, []).append(ask)
    for person, asks in by_person.items():
        for placed in within_budget(asks, contacts.get(person, ()), programme.budget_per_week or 1, now):
            found[of_round[placed.key]].append(placed)
    return {
        round_id: tuple(sorted(each, key=lambda one: (one.line.due_at, one.key))) for round_id, each in found.items()
    }


def _hours(
    programme: Programme, people: Mapping[int, Participant], book: CalendarBook, current: Round, line: PlannedLine
) -> MayGo:
    person = people[line.participant_id]
    zone, quiet = zone_of(programme, person), programme.quiet_hours
    if line.kind is not LineKind.REMINDER or current.reminders is None:
        return lambda at: out_of_quiet_hours(at, quiet, zone)
    hours = ReminderHours(current.reminders, zone, book.for_person(person, person.perspectives), quiet)
    return lambda at: hours.first_from(at) or at


def _reminds(ask: Ask) -> bool:
    return ask.line.kind is LineKind.REMINDER


def _of(ask: Ask) -> str:
    """What an invitation and its reminders have alike: the round, the person and what it is about."""
    return ask.key.removesuffix(f"/{ask.line.key_suffix}")


@dataclass(slots=True)
class _Waiting:
    """An ask on its way; it is looked at from `ready` on."""

    ask: Ask
    ready: datetime


class _Week:
    def __init__(self, contacts: list[datetime], per_week: int) -> None:
        self.contacts = contacts
        self.per_week = per_week
        self.placed: list[Placed] = []

    def place(self, asks: list[Ask], now: datetime) -> list[Placed]:
        waiting = [_Waiting(each, each.line.due_at if each.line.due_at >= now else each.may_go(now)) for each in asks]
        waiting.sort(key=lambda each: (each.ready, each.ask.key))
        at: datetime | None = now
        while waiting and at is not None:
            waiting = self._drop_late(waiting, at)
            # Nobody is reminded of what they have not been asked.
            uninvited = {_of(each.ask) for each in waiting if each.ask.line.kind in _INVITING}
            ready = [each for each in waiting if not (_reminds(each.ask) and _of(each.ask) in uninvited)]
            sent = self._send([each for each in ready if each.ready <= at], [w for w in ready if w.ready > at], at)
            waiting = [each for each in waiting if each.ask.key not in sent]
            invited = uninvited - {_of(each.ask) for each in waiting if each.ask.line.kind in _INVITING}
            waiting = self._drop_overtaken(waiting, invited, at)
            if self._in_week(at) >= self.per_week:
                # Whatever waits for room comes back in its person's hours, as it would have gone at first.
                room = self._room_from(at)
                for each in waiting:
                    if each.ready <= at:
                        each.ready = each.ask.may_go(room)
            following = [moment for each in waiting for moment in (each.ready, each.ask.closes_at)]
            at = min((moment for moment in following if moment > at), default=None)
        return sorted(self.placed, key=lambda each: (each.line.due_at, each.key))

    def _drop_late(self, waiting: list[_Waiting], at: datetime) -> list[_Waiting]:
        for each in waiting:
            if each.ask.closes_at <= at:
                why = f"not sent: {self._most}, and there was no room before the close"
                self.placed.append(Placed(key=each.ask.key, line=replace(each.ask.line, why=why), dropped=True))
        return [each for each in waiting if each.ask.closes_at > at]

    def _drop_overtaken(self, waiting: list[_Waiting], invited: Collection[str], at: datetime) -> list[_Waiting]:
        """Reminders that were to come before an invitation that waited: it has just said the same."""
        gone = [each for each in waiting if _reminds(each.ask) and each.ready <= at and _of(each.ask) in invited]
        for each in gone:
            why = f"not sent: the invitation itself had to wait, as {self._most}"
            self.placed.append(Placed(key=each.ask.key, line=replace(each.ask.line, why=why), dropped=True))
        return [each for each in waiting if each not in gone]

    @property
    def _most(self) -> str:
        return f"no more than {self.per_week} a week may go"

    def _send(self, due: Sequence[_Waiting], later: Sequence[_Waiting], at: datetime) -> set[str]:
        """What goes now, by key; what is left waits on."""
        asks = [each.ask for each in due if each.ask.line.kind not in _NEVER_WAITS]
        never = [each.ask for each in due if each.ask.line.kind in _NEVER_WAITS]
        for each in never:
            self._go(each, at)
        sent = {each.key for each in never}
        room = self.per_week - self._in_week(at)
        if not asks or room < 1 or self._is_kept(asks, later, room, at):
            return sent
        # A reminder leads: it says by itself how far the person has come.
        asks.sort(key=lambda each: (not _reminds(each), each.line.due_at))
        by_themselves = asks if room >= len(asks) else asks[:1]
        for each in by_themselves:
            self._go(each, at)
        lead = asks[0]
        for each in asks[len(by_themselves) :]:
            why = f"{each.line.why}; goes along in one message, as {self._most}"
            line = replace(each.line, due_at=at, why=why, channel=lead.line.channel, address=lead.line.address)
            self.placed.append(Placed(key=each.key, line=line, along=lead.key))
        return sent | {each.key for each in asks}

    def _go(self, ask: Ask, at: datetime) -> None:
        line = ask.line
        if line.due_at < at:
            line = replace(line, due_at=at, why=f"{line.why}; waited, as {self._most}")
        self.contacts.append(at)
        self.placed.append(Placed(key=ask.key, line=line))

    def _is_kept(self, asks: Sequence[Ask], later: Sequence[_Waiting], room: int, at: datetime) -> bool:
        """Whether the last place is kept for a reminder that comes before there is another: they go along with it."""
        if room > 1 or any(_reminds(each) for each in asks):
            return False
        until = min(self._room_from(at, [*self.contacts, at]), *(each.closes_at for each in asks))
        own = {_of(each) for each in asks}
        return any(_reminds(each.ask) and each.ready < until and _of(each.ask) not in own for each in later)

    def _in_week(self, at: datetime) -> int:
        return sum(1 for each in self.contacts if at - WEEK < each <= at)

    def _room_from(self, at: datetime, contacts: Sequence[datetime] | None = None) -> datetime:
        """When the next message may go, if none but these (what has gone, if not given) goes until then."""
        last = sorted(each for each in (self.contacts if contacts is None else contacts) if each > at - WEEK)
        return at if len(last) < self.per_week else last[-self.per_week] + WEEK
