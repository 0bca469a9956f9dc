"""How many messages a person gets in a week, over all rounds of a programme: `budget: {per_week: 3}`.

Two laws: no more than so many in any seven days, and nothing waits past its close. What would be too much goes along in
one message that carries links only, or waits until there is room; what can do neither is dropped, and the plan says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from surveys.delivery import LineKind
from surveys.planning import PlannedLine, ledger_key
from surveys.programme import Programme
from surveys.rounds import Round

WEEK = timedelta(days=7)
# Answers to what a person did themselves, thanks among them, do not count. What corrects something said, or tells a
# delegate who gave their address, counts but neither waits nor goes along with anything.
COUNTED = frozenset({LineKind.INVITATION, LineKind.DELEGATE, LineKind.REMINDER, LineKind.NOTICE, LineKind.CANCELLATION})
_NEVER_WAITS = frozenset({LineKind.NOTICE, LineKind.CANCELLATION, LineKind.DELEGATE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One message to come: `key` is its ledger key, `closes_at` its round's close."""

    key: str
    line: PlannedLine
    closes_at: datetime


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
    went in the meantime among the contacts, it says the same of what is left.
    """
    return tuple(_Week(sorted(contacts), per_week).place(list(asks), now))


def place_all(
    programme: Programme,
    plans: Iterable[tuple[Round, Sequence[PlannedLine]]],
    contacts: Mapping[int, Sequence[datetime]],
    now: datetime,
) -> Mapping[int, tuple[Placed, ...]]:
    """The plans of a programme's rounds with its budget kept, by round; `contacts` by participant.

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
                by_person.setdefault(line.participant_id, []).append(Ask(key=key, line=line, closes_at=each.closes_at))
    for person, asks in by_person.items():
        for placed in within_budget(asks, contacts.get(person, ()), programme.budget_per_week or 1, now):
            found[of_round[placed.key]].append(placed)
    return {
        round_id: tuple(sorted(each, key=lambda one: (one.line.due_at, one.key))) for round_id, each in found.items()
    }


class _Week:
    def __init__(self, contacts: list[datetime], per_week: int) -> None:
        self.contacts = contacts
        self.per_week = per_week
        self.placed: list[Placed] = []

    def place(self, asks: list[Ask], now: datetime) -> list[Placed]:
        coming = sorted(asks, key=lambda each: (each.line.due_at, each.key))
        waiting: list[Ask] = []
        at = now
        while coming or waiting:
            waiting += [each for each in coming if each.line.due_at <= at]
            coming = [each for each in coming if each.line.due_at > at]
            waiting = self._drop_late(waiting, at)
            waiting = self._send(waiting, coming, at)
            following = [each.line.due_at for each in coming[:1]]
            if waiting:
                following += [self._room_from(at)]
                following += [each.closes_at for each in waiting]
            later = [each for each in following if each > at]
            if not later:
                break
            at = min(later)
        return sorted(self.placed, key=lambda each: (each.line.due_at, each.key))

    def _drop_late(self, waiting: list[Ask], at: datetime) -> list[Ask]:
        for each in waiting:
            if each.closes_at <= at:
                why = f"not sent: {self.per_week} messages a week are the most, and there was no room before the close"
                self.placed.append(Placed(key=each.key, line=replace(each.line, why=why), dropped=True))
        return [each for each in waiting if each.closes_at > at]

    def _send(self, waiting: list[Ask], coming: Sequence[Ask], at: datetime) -> list[Ask]:
        """What goes now; what is left waits on."""
        for each in waiting:
            if each.line.kind in _NEVER_WAITS:
                self._go(each, at)
        waiting = [each for each in waiting if each.line.kind not in _NEVER_WAITS]
        room = self.per_week - self._in_week(at)
        if not waiting or room < 1 or self._is_kept(waiting, coming, room, at):
            return waiting
        if room >= len(waiting):
            for each in waiting:
                self._go(each, at)
            return []
        # A reminder leads: it says by itself how far the person has come.
        lead, *others = sorted(waiting, key=lambda each: (each.line.kind is not LineKind.REMINDER, each.line.due_at))
        self._go(lead, at)
        for each in others:
            why = f"{each.line.why}; goes along in one message, as {self.per_week} a week are the most"
            line = replace(each.line, due_at=at, why=why, channel=lead.line.channel, address=lead.line.address)
            self.placed.append(Placed(key=each.key, line=line, along=lead.key))
        return []

    def _go(self, ask: Ask, at: datetime) -> None:
        line = ask.line
        if line.due_at < at:
            line = replace(line, due_at=at, why=f"{line.why}; waited, as {self.per_week} messages a week are the most")
        self.contacts = sorted([*self.contacts, at])
        self.placed.append(Placed(key=ask.key, line=line))

    def _is_kept(self, waiting: Sequence[Ask], coming: Sequence[Ask], room: int, at: datetime) -> bool:
        """Whether the last place is kept for a reminder that comes before there is another: they go along with it."""
        if room > 1 or any(each.line.kind is LineKind.REMINDER for each in waiting):
            return False
        closes = min(each.closes_at for each in waiting)
        free = self._room_from(at, after_one_more=True)
        return any(
            each.line.kind is LineKind.REMINDER
            and each.line.due_at < free
            and each.line.due_at < closes
            and each.key.rpartition("/reminder/")[0] not in {one.key.rpartition("/")[0] for one in waiting}
            for each in coming
        )

    def _in_week(self, at: datetime) -> int:
        return sum(1 for each in self.contacts if at - WEEK < each <= at)

    def _room_from(self, at: datetime, *, after_one_more: bool = False) -> datetime:
        """When the next message may go, if none is sent until then; `after_one_more`: if one is sent at `at`."""
        last = sorted(each for each in [*self.contacts, *([at] if after_one_more else [])] if each > at - WEEK)
        if len(last) < self.per_week:
            return at
        return last[-self.per_week] + WEEK
