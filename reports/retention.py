"""What will be deleted or anonymised, and when: the very tasks that the schedule does when their time has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.engine import Tx
from storage.programmes import all_programmes
from storage.retaining import Task, tasks_of, tasks_of_nobody


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptLine:
    """So many rows of one kind. `then` is delete or anonymise; `at` (UTC) when, None while its round is not over.

    `programme`, `round`: "" for what belongs to none. `unsorted`: of texts, how many nobody has sorted yet.
    """

    programme: str
    round: str
    what: str
    kept_for: str
    then: str
    at: datetime | None
    due: bool
    rows: int
    unsorted: int


def kept_lines(tx: Tx, now: datetime, *, programme: str = "") -> tuple[KeptLine, ...]:
    """Everything kept under a rule, what goes first standing first; of one programme if given."""
    everyone = all_programmes(tx)
    tasks = [task for each in everyone if programme in ("", each.key) for task in tasks_of(tx, each, now)]
    if not programme:
        tasks += tasks_of_nobody(tx, everyone, now)
    # What is due is done in this order.
    return tuple(as_line(task, now) for task in sorted(tasks, key=lambda task: (task.at is None, task.at or now)))


def as_line(task: Task, now: datetime) -> KeptLine:
    """A task as it is shown."""
    return KeptLine(
        programme=task.programme,
        round=task.round,
        what=task.holding.value,
        kept_for=str(task.rule.period),
        then=task.rule.ending.value,
        at=task.at,
        due=task.due(now),
        rows=task.rows,
        unsorted=task.unsorted,
    )


def without_rules(tx: Tx) -> tuple[str, ...]:
    """The programmes that state no period: nothing of theirs goes by itself."""
    return tuple(
        each.key
        for each in all_programmes(tx)
        if not each.programme.retention.rules and not any(entry.retention.rules for entry in each.programme.rounds)
    )
