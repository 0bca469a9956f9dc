"""What has been kept long enough goes by itself: a slice at a time, so that replies never wait for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from schedules.outcomes import Tally
from storage import audit, retaining, retention_looks
from storage.engine import Store, Tx
from storage.erasing import sweep
from storage.programmes import all_programmes
from storage.retaining import Task
from storage.steps import Step, reached
from surveys.authority import Actor, Deed
from surveys.retention import Holding

# A period is at least a day, and a round that closes after a look is looked at again before its first day is over.
LOOK_EVERY = timedelta(days=1)
SWEEP_AGAIN = timedelta(minutes=10)
SCHEDULE = Actor(name="schedule", channel="schedule", whole=True)


def keep_to_retention(
    store: Store,
    tally: Tally,
    now: datetime,
    *,
    actor: Actor = SCHEDULE,
    programme: str = "",
    at_once: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> tuple[Task, ...]:
    """Delete and anonymise what is due at `now`; what was done, with the rows that went.

    1. Nothing, at the cost of a small query, unless a look is due (`at_once`: look whether it is or not).
    2. Each task in slices, each a transaction with its line in the audit.
    3. The file is swept, so that no byte is left. If that can't be done now, it is owed and tried again.

    A crash at any point leaves what is still to be cut to the next look. `programme`: only that one's.

    Raises:
        NotAllowed: the actor has not the right.
        DatabaseBusyError: another writer held the database for too long; the next look goes on from here.
    """
    actor.must(Deed.RETAIN, programme)
    with store.reading() as tx:
        looks = retention_looks.due(tx, now)
        if not (looks or at_once):
            return ()
        everyone = all_programmes(tx)
    done: list[Task] = []
    following: dict[int, datetime] = {}
    for stored in everyone:
        if programme in ("", stored.key) and (at_once or stored.id in looks):
            with store.reading() as tx:
                tasks = retaining.tasks_of(tx, stored, now)
            done += [cut for task in tasks if task.due(now) for cut in _cut(store, task, now, actor, stopping)]
            later = [task.at for task in tasks if task.at is not None and task.at > now]
            following[stored.id] = min([*later, now + LOOK_EVERY])
    if not programme:
        with store.reading() as tx:
            loose = retaining.tasks_of_nobody(tx, everyone, now)
        done += [cut for task in loose if task.due(now) for cut in _cut(store, task, now, actor, stopping)]
    for each in done:
        tally.removed[each.holding.value] += each.rows
    if not stopping():
        _end_look(store, following, now)
    return tuple(done)


def _cut(store: Store, task: Task, now: datetime, actor: Actor, stopping: Callable[[], bool]) -> list[Task]:
    rows = 0
    while not stopping():
        with store.writing() as tx:
            many = retaining.cut(tx, task, now, actor=actor, begin=rows)
            if many:
                retention_looks.owe_sweep(tx, task.programme_id)
            if many and task.holding is not Holding.AUDIT:
                _note(tx, task, many, now, actor)
        if not many:
            break
        reached(Step.RETENTION_CUT)
        rows += many
    return [retaining.counted(task, rows)] if rows else []


def _note(tx: Tx, task: Task, many: int, now: datetime, actor: Actor) -> None:
    audit.append(
        tx,
        at=now,
        actor=actor.name,
        channel=actor.channel,
        programme_id=task.programme_id,
        what="kept long enough",
        subject=f"round:{task.round_id}" if task.round_id is not None else "",
        after={"what": task.holding.value, "done": task.rule.ending.value, "rows": many},
        reason=f"{task.holding.value}: {task.rule.period}",
    )


def _end_look(store: Store, following: Mapping[int, datetime], now: datetime) -> None:
    """Sweep, and only then say when to look again: a crash in between has it all done once more."""
    with store.reading() as tx:
        owed = retention_looks.sweep_owed(tx)
    # A server's own VACUUM does this.
    swept = owed and (not store.is_sqlite or sweep(store))
    reached(Step.RETENTION_SWEPT)
    with store.writing() as tx:
        for programme_id, at in following.items():
            retention_looks.look_at(tx, programme_id, at)
        if swept:
            retention_looks.swept(tx)
        elif owed:
            retention_looks.sweep_again(tx, now + SWEEP_AGAIN)
