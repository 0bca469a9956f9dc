"""Returns to unlinked rounds: stored so that not even their places in the file say when they came.

Random ids alone are not enough. A database puts what it is given into free space in the order in which it comes: in
SQLite the cells within a page, in PostgreSQL the rows of a table and the transaction each carries, stand in that
order, and beside the dispositions, whose order is known, it would tell whose return is whose. So with every return
its neighbours are taken out and put in again with it, by id, and then what the file remembers is put out as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from storage.engine import LOG_WAIT_SECONDS, Store, Tx
from storage.erasing import sweep
from storage.tables.answers import unlinked_returns
from storage.tables.rounds import invitation_voices, invitations, rounds
from surveys.instrument import Instrument
from surveys.programme import Mode
from surveys.unlinked import Combination, answers_as, kept_combinations

# On either side, by id and across all rounds. Among so many nobody is found; more would make each return cost more.
NEIGHBOURS = 256
# Written anew within some tenths of a second, while replies wait.
SMALL_FILE = 4 * 1024 * 1024

Shared = tuple[str | None, frozenset[str]]
"""What may stand beside a return: its area and its perspectives; (None, nothing) where too few share them."""

NOT_SAID: Shared = (None, frozenset())


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReturn:
    """A return as it is to be kept; `id` is random, `answers` and `raw` are by `item` or `item.row`."""

    id: str
    round_id: int
    answers: Mapping[str, object]
    raw: Mapping[str, str]
    shared: Shared
    state: str = "complete"


def keep(tx: Tx, found: NewReturn, *, still_shared: Collection[Shared]) -> None:
    """Store a return apart from whoever gave it, without a time, among its neighbours.

    `still_shared` is what may stand beside returns of this round as things are now: what was kept beside an earlier
    one and may not any more, as people have left the round since, is taken from it.
    """
    area, perspectives = found.shared
    own = {
        "id": found.id,
        "round_id": found.round_id,
        "answers": dict(found.answers),
        "raw": dict(found.raw),
        "area": area,
        "perspectives": sorted(perspectives),
        "state": found.state,
    }
    beside = [_unsaid(row, found.round_id, still_shared) for row in _neighbours(tx, found.id)]
    rows = sorted([own, *beside], key=lambda row: str(row["id"]))
    column = unlinked_returns.c.id
    tx.execute(delete(unlinked_returns).where(column >= rows[0]["id"], column <= rows[-1]["id"]))
    tx.execute(insert(unlinked_returns), rows)


def said_of(combination: Combination) -> Shared:
    """What stands beside a return of someone who speaks for these (area, perspective)s."""
    areas = {area for area, _ in combination if area}
    # Several areas can't stand in the one place there is; none is kept rather than a chosen one.
    return (areas.pop() if len(areas) == 1 else None), frozenset(perspective for _, perspective in combination)


def shared_combinations(tx: Tx, round_id: int, least: int) -> frozenset[Combination]:
    """What may stand beside a return to the round: enough people shared it when the first were invited, and do now.

    Without the first condition a return from before a late addition would be told from those after it.
    """
    here = invitations.c.round_id == round_id
    spoken: dict[int, set[tuple[str, str]]] = {}
    pairs = select(invitation_voices).join(invitations, invitations.c.id == invitation_voices.c.invitation_id)
    for row in tx.execute(pairs.where(here)):
        spoken.setdefault(row.invitation_id, set()).add((row.area, row.perspective))
    made = tx.execute(select(invitations.c.id, invitations.c.created_at).where(here)).all()
    begun = min((row.created_at for row in made), default=None)
    now = [frozenset(spoken.get(row.id, ())) for row in made]
    at_first = [frozenset(spoken.get(row.id, ())) for row in made if row.created_at == begun]
    return kept_combinations(now, least) & kept_combinations(at_first, least)


def heeds_perspectives(instrument: Instrument) -> bool:
    """Whether anything is put to some perspectives only; else nobody need be asked as one."""
    return any(item.audience for item in instrument.items())


def asked_as(tx: Tx, round_id: int, instrument: Instrument, combination: Combination, least: int) -> frozenset[str]:
    """As which perspectives someone is asked in an unlinked round; read only where the questionnaire heeds it."""
    if not heeds_perspectives(instrument):
        return frozenset()
    return answers_as(combination, shared_combinations(tx, round_id, least))


def forget_log(store: Store) -> None:
    """To be called when a return is stored: the write-ahead log shows each transaction, and is emptied.

    Where someone reads at this moment it stays, and the next tick empties it.
    """
    store.order_to_forget = True
    store.empty_log()


def forget_order(store: Store, *, whole: bool = False) -> None:
    """Leave nothing in SQLite's files that says what was written together or in which order; at each tick.

    Pages are numbered as the tables grew, so that a return of many pages would be known by when they were taken. A
    small file is written anew after returns have come, not with each, as a class that sends at once would wait for it;
    a larger one, which takes seconds, when the round is over (`whole`).
    """
    if store.path is None:
        return
    small = store.path.stat().st_size <= SMALL_FILE
    if whole or (store.order_to_forget and small):
        store.order_to_forget = not sweep(store, busy_seconds=LOG_WAIT_SECONDS)
    else:
        store.empty_log()


def has_unlinked(tx: Tx) -> bool:
    """Whether any round is unlinked, or any return was cut from its person: the log then says more than it may."""
    asked = select(rounds.c.id).where(rounds.c.mode == Mode.UNLINKED).limit(1)
    kept = select(unlinked_returns.c.id).limit(1)
    return any(tx.execute(query).first() is not None for query in (asked, kept))


def _neighbours(tx: Tx, own: str) -> list[dict[str, Any]]:
    column = unlinked_returns.c.id
    before = select(unlinked_returns).where(column < own).order_by(column.desc()).limit(NEIGHBOURS)
    after = select(unlinked_returns).where(column > own).order_by(column).limit(NEIGHBOURS)
    return [dict(row) for query in (before, after) for row in tx.execute(query).mappings()]


def _unsaid(row: dict[str, Any], round_id: int, still_shared: Collection[Shared]) -> dict[str, Any]:
    """The row without area and perspectives, where they may not stand beside it any more."""
    said: Shared = (row["area"], frozenset(row["perspectives"]))
    if row["round_id"] != round_id or said in still_shared:
        return row
    return {**row, "area": None, "perspectives": []}
