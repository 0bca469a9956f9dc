"""What is kept too long: found, counted, and cut a slice at a time (`surveys.retention` says when).

What is found here is what `soundings retention --dry-run` lists and what the schedule cuts: the same tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, func, or_, select, update

from storage import audit_cut, raw_mail
from storage.answers_cut import anonymise_returns, delete_returns, delete_unlinked
from storage.audit_chain import cut_up_to
from storage.contact_cut import cut_contacts, last_activity
from storage.engine import Tx
from storage.programmes import StoredProgramme
from storage.rounds import all_rounds
from storage.tables.answers import responses, triage, unlinked_returns
from storage.tables.base import UtcTime
from storage.tables.delivery import deliveries, messages
from storage.tables.mail import raw_messages
from storage.tables.people import participants
from storage.tables.rounds import invitations
from surveys.authority import Actor
from surveys.programme import Programme
from surveys.retention import Ending, Holding, KeptFor, Retention, due_of_round
from surveys.rounds import Round, RoundState

# A mail may be many megabytes; a return has its answers with all their revisions.
_SLICES = {Holding.RAW_MAILS: 25, Holding.ANSWERS: 100, Holding.ADDRESSES: 50, Holding.AUDIT: 1000}
_SLICE = 250
_LOOSE = (Holding.RAW_MAILS, Holding.MESSAGES, Holding.TRIAGE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """So many rows of one kind that go at `at` (UTC; None: their round has not closed yet), or at first then.

    `programme` and `round` are "" for what belongs to none. `ids` names the rows where they are found one by one.
    `unsorted`: how many of them still wait for a person to sort them.
    """

    holding: Holding
    rule: KeptFor
    programme_id: int | None
    programme: str
    round_id: int | None
    round: str
    at: datetime | None
    rows: int
    ids: tuple[int, ...] = ()
    unsorted: int = 0

    def due(self, now: datetime) -> bool:
        return self.at is not None and self.at <= now


def ended_at(round_: Round) -> datetime | None:
    """When the round closed or was cancelled; None while it may still be answered."""
    match round_.state:
        case RoundState.CLOSED:
            return round_.closed_at or round_.closes_at
        case RoundState.CANCELLED:
            return round_.closes_at
        case _:
            return None


def tasks_of(tx: Tx, stored: StoredProgramme, now: datetime) -> tuple[Task, ...]:
    """What is kept in the programme's rounds, and of its people, under a rule."""
    programme = stored.programme
    zone = ZoneInfo(programme.timezone)
    rounds = all_rounds(tx, stored.id)
    found: list[Task] = []
    for each in rounds:
        for due in due_of_round(rules_of(programme, each.entry).rules, ended_at(each), zone):
            rows = sum(_count(tx, query) for query, _ in _parts(due.holding, due.rule.ending, each.id))
            if not rows:
                continue
            found.append(
                Task(
                    holding=due.holding,
                    rule=due.rule,
                    programme_id=stored.id,
                    programme=stored.key,
                    round_id=each.id,
                    round=each.name,
                    at=due.at,
                    rows=rows,
                    unsorted=_unsorted(tx, each.id) if due.holding is Holding.TRIAGE else 0,
                )
            )
    rule = programme.retention.rules.get(Holding.ADDRESSES)
    if rule is not None:
        times = {
            person: None if event is None else rule.period.after(event, zone)
            for person, event in last_activity(tx, stored.id, now).items()
        }
        found += _one_by_one(Holding.ADDRESSES, rule, times, stored, now)
    return tuple(found)


def tasks_of_nobody(tx: Tx, programmes: Sequence[StoredProgramme], now: datetime) -> tuple[Task, ...]:
    """What belongs to no round: mails of nobody, messages to organisers, and the record of changes.

    What is known to be a programme's goes by its rule; what belongs to none by the longest that any programme states.
    """
    found: list[Task] = []
    by_id = {each.id: each for each in programmes}
    for holding in _LOOSE:
        rows: dict[int | None, dict[int, datetime]] = {}
        for row_id, at, programme_id in tx.execute(_loose(holding)):
            rows.setdefault(programme_id if programme_id in by_id else None, {})[row_id] = at
        for programme_id, events in rows.items():
            stored = None if programme_id is None else by_id[programme_id]
            rule, zone = _rule_for(holding, stored, programmes)
            if rule is None:
                continue
            times = {row_id: rule.period.after(at, zone) for row_id, at in events.items()}
            found += _one_by_one(holding, rule, times, stored, now)
    return (*found, *_audit_tasks(tx, programmes, now))


def _audit_tasks(tx: Tx, programmes: Sequence[StoredProgramme], now: datetime) -> list[Task]:
    """The oldest lines of the record, as far as each of them has had its time: the chain is cut in one place."""
    longest, zone = _rule_for(Holding.AUDIT, None, programmes)
    if longest is None:
        return []
    own = {each.id: _rule_for(Holding.AUDIT, each, programmes) for each in programmes}

    def goes_at(programme_id: int | None, at: datetime) -> datetime | None:
        rule, where = (longest, zone) if programme_id is None else own.get(programme_id, (longest, zone))
        return None if rule is None else rule.period.after(at, where)

    return _one_by_one(Holding.AUDIT, longest, audit_cut.oldest(tx, goes_at, now), None, now)


def rules_of(programme: Programme, entry: str) -> Retention:
    """The rules for a round made by that entry."""
    own = next((each.retention for each in programme.rounds if each.key == entry), Retention())
    return own.within(programme.retention)


def cut(tx: Tx, task: Task, now: datetime, *, actor: Actor, begin: int = 0) -> int:
    """Cut the next slice of a task; how many rows went, 0 when none is left. Doing a slice twice does no harm.

    `begin`: where the slice begins among the rows that the task names, if it names any.
    """
    size = _SLICES.get(task.holding, _SLICE)
    if task.round_id is None:
        ids = task.ids[begin : begin + size]
        if ids and task.holding is Holding.AUDIT:
            return cut_up_to(tx, ids[-1], now, actor=actor.name, channel=actor.channel, most=size)
        if ids:
            _CUTTERS[task.holding](tx, ids, now)
        return len(ids)
    for query, cutter in _parts(task.holding, task.rule.ending, task.round_id):
        found = tuple(tx.execute(query.limit(size)).scalars())
        if found:
            cutter(tx, found, now)
            return len(found)
    return 0


def counted(task: Task, rows: int) -> Task:
    """The task with how many rows really went."""
    return replace(task, rows=rows)


def anything_cut(tx: Tx, round_id: int) -> bool:
    """Whether answers of the round have been deleted, or cut from whoever gave them."""
    gone = select(responses.c.id).where(responses.c.round_id == round_id, responses.c.cut_at.is_not(None))
    return tx.execute(gone.limit(1)).first() is not None


def _cut_mails(tx: Tx, ids: Sequence[Any], _now: datetime) -> None:
    raw_mail.remove(tx, raw_messages.c.id.in_(ids))


def _cut_messages(tx: Tx, ids: Sequence[Any], _now: datetime) -> None:
    """Their words go; that they were sent, by what and when stays: it is what keeps a second one from going."""
    tx.execute(update(messages).where(messages.c.id.in_(ids)).values(subject="", body=""))


def _cut_triage(tx: Tx, ids: Sequence[Any], _now: datetime) -> None:
    tx.execute(delete(triage).where(triage.c.id.in_(ids)))


_Cutter = Callable[[Tx, Sequence[Any], datetime], None]
_CUTTERS: Mapping[Holding, _Cutter] = {
    Holding.RAW_MAILS: _cut_mails,
    Holding.MESSAGES: _cut_messages,
    Holding.TRIAGE: _cut_triage,
    Holding.ADDRESSES: cut_contacts,
}


def _parts(holding: Holding, ending: Ending, round_id: int) -> tuple[tuple[Select[Any], _Cutter], ...]:
    """Where the rows of a round are found, and how they go."""
    here = select(invitations.c.id).where(invitations.c.round_id == round_id)
    if holding is Holding.ANSWERS:
        linked = select(responses.c.id).where(responses.c.round_id == round_id, responses.c.cut_at.is_(None))
        if ending is Ending.ANONYMISE:
            return ((linked.order_by(func.random()), anonymise_returns),)
        apart = select(unlinked_returns.c.id).where(unlinked_returns.c.round_id == round_id)
        return ((linked, delete_returns), (apart, delete_unlinked))
    query = {
        Holding.RAW_MAILS: select(raw_messages.c.id).where(raw_messages.c.invitation_id.in_(here)),
        Holding.TRIAGE: select(triage.c.id).where(or_(triage.c.round_id == round_id, triage.c.invitation_id.in_(here))),
        Holding.MESSAGES: select(messages.c.id).where(
            messages.c.id.in_(select(deliveries.c.message_id).where(deliveries.c.round_id == round_id)), _SAYS_SOMETHING
        ),
    }[holding]
    return ((query, _CUTTERS[holding]),)


_SAYS_SOMETHING = or_(messages.c.subject != "", messages.c.body != "")


def _loose(holding: Holding) -> Select[Any]:
    """(row, since, programme or None) of what belongs to no round."""
    match holding:
        case Holding.RAW_MAILS:
            query = select(raw_messages.c.id, raw_messages.c.received_at, participants.c.programme_id)
            # What was not handled yet may turn out to belong to a round.
            handled = raw_messages.c.handled_at.is_not(None) & raw_messages.c.invitation_id.is_(None)
            return query.outerjoin(participants, participants.c.id == raw_messages.c.participant_id).where(handled)
        case Holding.TRIAGE:
            query = select(triage.c.id, triage.c.received_at, participants.c.programme_id)
            alone = triage.c.round_id.is_(None) & triage.c.invitation_id.is_(None)
            return query.outerjoin(participants, participants.c.id == triage.c.participant_id).where(alone)
        case _:
            since = func.coalesce(messages.c.sent_at, messages.c.created_at, type_=UtcTime())
            query = select(messages.c.id, since, func.max(deliveries.c.programme_id))
            grouped = query.outerjoin(deliveries, deliveries.c.message_id == messages.c.id).group_by(messages.c.id)
            return grouped.where(_SAYS_SOMETHING).having(func.max(deliveries.c.round_id).is_(None))


def _rule_for(
    holding: Holding, stored: StoredProgramme | None, programmes: Sequence[StoredProgramme]
) -> tuple[KeptFor | None, ZoneInfo]:
    """The programme's rule, or the longest that any of them states."""
    stated = [
        (each.programme.retention.rules.get(holding), ZoneInfo(each.programme.timezone))
        for each in (programmes if stored is None else [stored])
    ]
    rules = [(rule, zone) for rule, zone in stated if rule is not None]
    since = datetime(2000, 1, 1, tzinfo=UTC)
    return max(rules, key=lambda each: each[0].period.after(since, UTC), default=(None, ZoneInfo("UTC")))


def _one_by_one(
    holding: Holding, rule: KeptFor, times: Mapping[int, datetime | None], stored: StoredProgramme | None, now: datetime
) -> list[Task]:
    """What is due now, what falls due later (at the first of its times), and what does not run yet."""
    due = {each: at for each, at in times.items() if at is not None and at <= now}
    later = {each: at for each, at in times.items() if at is not None and at > now}
    still = {each: None for each, at in times.items() if at is None}
    return [
        Task(
            holding=holding,
            rule=rule,
            programme_id=None if stored is None else stored.id,
            programme="" if stored is None else stored.key,
            round_id=None,
            round="",
            at=min((at for at in part.values() if at is not None), default=None),
            rows=len(part),
            ids=tuple(sorted(part)),
        )
        for part in (due, later, still)
        if part
    ]


def _count(tx: Tx, query: Select[Any]) -> int:
    return int(tx.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one())


def _unsorted(tx: Tx, round_id: int) -> int:
    ((query, _),) = _parts(Holding.TRIAGE, Ending.DELETE, round_id)
    return _count(tx, query.where(triage.c.settled_at.is_(None)))
