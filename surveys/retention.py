"""How long what is kept of people stays, and when it goes (design: Tokens, people's rights, audit)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from surveys.text import Text


class Holding(StrEnum):
    """What is kept, each with a period of its own; the words are the keys of `retention` in a programme's file."""

    RAW_MAILS = "raw_mails"
    MESSAGES = "messages"
    TRIAGE = "triage"
    ANSWERS = "answers"
    ADDRESSES = "addresses"
    AUDIT = "audit"


# What a round may have a period of its own for: the rest belongs to people and to the whole programme.
OF_A_ROUND = (Holding.ANSWERS, Holding.RAW_MAILS, Holding.MESSAGES, Holding.TRIAGE)
# Where answers are repeated: receipts, mails, what waits to be sorted. They go with the answers at the latest.
COPIES_OF_ANSWERS = (Holding.RAW_MAILS, Holding.MESSAGES, Holding.TRIAGE)


class Ending(StrEnum):
    """What happens at the end: nothing is left, or answers are cut from whoever gave them and stay for the report."""

    DELETE = "delete"
    ANONYMISE = "anonymise"


class PeriodUnit(StrEnum):
    """Months and years are those of the calendar; days and weeks too, by the clock of the programme's zone."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """So many days, weeks, months or years."""

    amount: int
    unit: PeriodUnit

    def after(self, event: datetime, zone: tzinfo) -> datetime:
        """When it has passed since `event` (aware), in UTC: the same time of day in `zone`.

        A month that has no such day ends it on its last: 31 January and a month is 28 or 29 February.
        """
        local = event.astimezone(zone)
        match self.unit:
            case PeriodUnit.DAY:
                moved = local.replace(tzinfo=None) + timedelta(days=self.amount)
            case PeriodUnit.WEEK:
                moved = local.replace(tzinfo=None) + timedelta(weeks=self.amount)
            case PeriodUnit.MONTH:
                moved = _months_later(local, self.amount)
            case PeriodUnit.YEAR:
                moved = _months_later(local, 12 * self.amount)
        return moved.replace(tzinfo=zone, fold=local.fold).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.value}{'' if self.amount == 1 else 's'}"


def _months_later(local: datetime, months: int) -> datetime:
    first = _first_of_month(local.year * 12 + local.month - 1 + months, local)
    last = _first_of_month(first.year * 12 + first.month, local) - timedelta(days=1)
    return first.replace(day=min(local.day, last.day))


def _first_of_month(number: int, local: datetime) -> datetime:
    """The first day of the month so many months after January of the year 0, at `local`'s time of day."""
    year, month = divmod(number, 12)
    return local.replace(year=year, month=month + 1, day=1, tzinfo=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptFor:
    """One rule: how long, and what then."""

    period: Period
    ending: Ending = Ending.DELETE


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """What a programme or a round says: rules that are acted on, or mere words for people."""

    rules: Mapping[Holding, KeptFor] = field(default_factory=dict)
    words: Text | None = None

    def within(self, programme: Retention) -> Retention:
        """A round's rules where it has them, else the programme's."""
        return Retention(rules={**programme.rules, **self.rules}, words=self.words or programme.words)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """When one kind of thing of a round goes, and by which rule; `at` None: its time does not run yet."""

    holding: Holding
    rule: KeptFor
    at: datetime | None


def due_of_round(rules: Mapping[Holding, KeptFor], ended_at: datetime | None, zone: tzinfo) -> tuple[Due, ...]:
    """What is to go of a round that closed at `ended_at` (None: it has not), answers first.

    Receipts, mails and what waits to be sorted repeat answers, so they go with them where they would stay for longer.
    """
    found: list[Due] = []
    answers = rules.get(Holding.ANSWERS)
    for holding in OF_A_ROUND:
        rule = rules.get(holding)
        if answers is not None and holding in COPIES_OF_ANSWERS:
            rule = _sooner(rule, answers, ended_at, zone)
        if rule is not None:
            at = None if ended_at is None else rule.period.after(ended_at, zone)
            found.append(Due(holding=holding, rule=rule, at=at))
    return tuple(found)


def outlasting(rules: Mapping[Holding, KeptFor]) -> tuple[Holding, ...]:
    """The copies of answers whose own period would be longer than that of the answers."""
    answers = rules.get(Holding.ANSWERS)
    if answers is None:
        return ()
    return tuple(each for each in COPIES_OF_ANSWERS if each in rules and _sooner(rules[each], answers) != rules[each])


def _sooner(own: KeptFor | None, answers: KeptFor, ended_at: datetime | None = None, zone: tzinfo = UTC) -> KeptFor:
    with_answers = KeptFor(period=answers.period)
    if own is None:
        return with_answers
    since = ended_at or datetime(2000, 1, 1, tzinfo=UTC)
    return min(own, with_answers, key=lambda rule: rule.period.after(since, zone))
