"""When rounds and their invitations are to be looked at again, so that what is due is found without reading the rest.

A round is looked at wholly where something about it, its programme or its panel has changed, and otherwise only in
those people whose own time has come or who did something themselves.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select, union_all, update

from storage.engine import Tx
from storage.tables.rounds import invitations, rounds

# `look_again_at` of what has nothing more to say by itself.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
# Of a round that is being looked at: long past, so that a crash on the way has it looked at again, wholly.
_LOOKING = datetime(1970, 1, 1, tzinfo=UTC)
# Of what somebody changed: past as well, each time another moment, so that a look that has begun before can tell.
_SOON = datetime(1970, 1, 2, tzinfo=UTC)
_STAMPS = 10**12
_CHUNK = 500


def look_again(tx: Tx, round_id: int) -> None:
    """Something about the round has changed: it is looked at wholly by the next tick."""
    tx.execute(update(rounds).where(rounds.c.id == round_id).values(look_again_at=None))


def look_again_everywhere(tx: Tx, programme_id: int) -> None:
    """Something changed that may bring messages of any round of the programme earlier."""
    tx.execute(update(rounds).where(rounds.c.programme_id == programme_id).values(look_again_at=None))


def look_again_at(tx: Tx, *participant_ids: int) -> None:
    """Something about these people changed that may bring their messages earlier, and nobody else's."""
    if not participant_ids:
        return
    stamp = _SOON + timedelta(microseconds=1 + secrets.randbelow(_STAMPS))
    mine = invitations.c.participant_id.in_(participant_ids)
    tx.execute(update(invitations).where(mine).values(look_again_at=stamp))
    # A round that is being looked at, or is to be looked at wholly, stays so. Its row is written in any case: whoever
    # ends a look at the same moment waits for us, or we for them (`end_look`).
    later = case((rounds.c.look_again_at > _SOON, _SOON), else_=rounds.c.look_again_at)
    tx.execute(
        update(rounds).where(rounds.c.id.in_(select(invitations.c.round_id).where(mine))).values(look_again_at=later)
    )


def begin_look(tx: Tx, round_ids: Collection[int], now: datetime) -> bool:
    """The rounds are being looked at; whether wholly.

    Whoever changes something about one of them meanwhile takes its mark off.
    """
    wholly = or_(
        rounds.c.look_again_at.is_(None),
        rounds.c.look_again_at == _LOOKING,
        rounds.c.look_whole_at.is_(None),
        rounds.c.look_whole_at <= now,
    )
    mine = rounds.c.id.in_(round_ids)
    found = tx.execute(select(rounds.c.id).where(mine, wholly).limit(1)).first() is not None
    tx.execute(update(rounds).where(mine).values(look_again_at=_LOOKING))
    return found


def end_look(tx: Tx, round_id: int, *, whole_at: datetime | None, at_latest: datetime) -> None:
    """The round is looked at when one of its invitations is to be, unless something about it has changed meanwhile.

    `whole_at`: a look from then on is a whole one again; None leaves that as it was.
    """
    values = {"look_again_at": _LOOKING} if whole_at is None else {"look_whole_at": whole_at}
    # Written first and read then: on a server whoever changes an invitation at this moment has to be waited for.
    marked = tx.execute(
        update(rounds).where(rounds.c.id == round_id, rounds.c.look_again_at == _LOOKING).values(**values)
    )
    if marked.rowcount:
        of_round = invitations.c.round_id == round_id
        known = tx.execute(select(func.min(invitations.c.look_again_at)).where(of_round)).scalar_one()
        unknown = select(invitations.c.id).where(of_round, invitations.c.look_again_at.is_(None)).limit(1)
        following = _SOON if tx.execute(unknown).first() is not None else known or NEVER
        tx.execute(update(rounds).where(rounds.c.id == round_id).values(look_again_at=min(following, at_latest)))


def people_to_look_at(round_ids: Collection[int], now: datetime) -> Select[tuple[int]]:
    """Whose invitations to these rounds are to be looked at: their rows, as part of another query."""
    # Two queries: joined by OR they would read everyone of the round, and not the index alone.
    mine = select(invitations.c.participant_id).where(invitations.c.round_id.in_(round_ids))
    unknown, due = invitations.c.look_again_at.is_(None), invitations.c.look_again_at <= now
    both = union_all(mine.where(unknown), mine.where(due)).subquery()
    return select(both.c.participant_id)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a look is at: everyone (None), or the people whose rows this query gives."""

    people: Select[tuple[int]] | None = None

    def invitations(self, round_id: int) -> ColumnElement[bool]:
        """Their invitations to a round, as a condition."""
        of_round = invitations.c.round_id == round_id
        return of_round if self.people is None else and_(of_round, invitations.c.participant_id.in_(self.people))


EVERYONE = Reach()


def looked_at(tx: Tx, round_id: int, reach: Reach) -> Mapping[int, datetime | None]:
    """When each of the invitations was to be looked at, as it stands before the look."""
    query = select(invitations.c.id, invitations.c.look_again_at).where(reach.invitations(round_id))
    return {row.id: row.look_again_at for row in tx.execute(query)}


@dataclass(frozen=True, slots=True)
class Next:
    """Some hundreds of invitations that were to be looked at at `was`, and now are at `at`."""

    ids: tuple[int, ...]
    was: datetime | None
    at: datetime


def in_parts(before: Mapping[int, datetime | None], after: Mapping[int, datetime]) -> Iterator[Next]:
    """What `note_next` is to write, a transaction each; what stays as it was is left out."""
    alike: dict[tuple[datetime | None, datetime], list[int]] = {}
    for each, at in after.items():
        if each in before and before[each] != at:
            alike.setdefault((before[each], at), []).append(each)
    for (was, at), ids in alike.items():
        for start in range(0, len(ids), _CHUNK):
            yield Next(ids=tuple(ids[start : start + _CHUNK]), was=was, at=at)


_NOTE = (
    update(invitations)
    .where(
        invitations.c.id.in_(bindparam("ids", expanding=True)),
        # Whatever changed since they were read has them looked at once more.
        invitations.c.look_again_at.is_not_distinct_from(bindparam("was")),
    )
    .values(look_again_at=bindparam("at"))
)


def note_next(tx: Tx, part: Next) -> None:
    """When these are to be looked at next, except those of which something has changed since they were read."""
    tx.execute(_NOTE, {"ids": part.ids, "was": part.was, "at": part.at})
