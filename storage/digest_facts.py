"""What a digest is made of, read in a number of statements that does not grow with the people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from storage.digest_people import changed, is_new, since, struck, unreachable
from storage.engine import Tx
from storage.figures import collated, invited
from storage.instruments import instrument
from storage.programmes import StoredProgramme
from storage.rounds import entry_of
from storage.senders import account_states
from storage.tables.answers import triage
from storage.tables.delivery import deliveries
from storage.tables.people import participants, person_requests
from storage.tables.rounds import deadline_changes, dispositions, invitations, rounds
from surveys.calendars import WorkingCalendar
from surveys.delivery import LineKind, LineState
from surveys.digest import Concerned, Move, RoundStanding, Standing, Told, ToSort
from surveys.digest_news import LANGUAGE, is_warned
from surveys.dispositions import Disposition
from surveys.figures import CoverageState, Dispositions, Pair, coverage
from surveys.person_requests import RequestKind
from surveys.programme import Mode, RoundKind
from surveys.rounds import Round, RoundState

NOTHING_NEW = "nothing is new"
_HELD = "held:"


def last_told(tx: Tx, programme_id: int, suffix: str) -> Told | None:
    """What the digests to one address (whose keys end in `suffix`) have told; None if none was looked at yet."""
    looked = or_(
        deliveries.c.state == LineState.SENT,
        and_(deliveries.c.state == LineState.CANCELLED, deliveries.c.reason == NOTHING_NEW),
    )
    found = tx.execute(
        select(deliveries.c.detail)
        .where(_own_lines(programme_id), looked, deliveries.c.key.endswith(suffix, autoescape=True))
        .order_by(deliveries.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    told = (found or {}).get("told")
    return Told.from_plain(told) if isinstance(told, Mapping) else None


def note_told(tx: Tx, line_id: int, told: Told) -> None:
    """Keep with the line what it tells."""
    tx.execute(deliveries.update().where(deliveries.c.id == line_id).values(detail={"told": told.plain()}))


def overtake(tx: Tx, programme_id: int, kept: Sequence[str], now: datetime) -> None:
    """Cancel digests of other days that still wait: today's says what they would have said."""
    tx.execute(
        deliveries.update()
        .where(_own_lines(programme_id), deliveries.c.state == LineState.QUEUED, deliveries.c.key.not_in(kept))
        .values(state=LineState.CANCELLED, reason="a later digest says it", settled_at=now)
    )


def _own_lines(programme_id: int) -> ColumnElement[bool]:
    # No round: that is what the index finds them by.
    return and_(
        deliveries.c.round_id.is_(None),
        deliveries.c.kind == LineKind.DIGEST,
        deliveries.c.programme_id == programme_id,
    )


def standing(
    tx: Tx,
    stored: StoredProgramme,
    scope: Sequence[Round],
    told: Told,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    whole: bool,
    by: str,
) -> Standing:
    """How the programme stands for someone who hears of the rounds in `scope` and was `told` so much.

    `whole`: they hear of the whole programme, and so of what people ask that belongs to no round. `by` is the account
    that it is told through: whatever ailed that is over if this arrives.
    """
    ids = [each.id for each in scope if each.opened_at is not None or each.state is RoundState.HELD]
    counts, moves, refused = _counts(tx, ids), _moves(tx, ids, told), _refused(tx, ids)
    said, lost, elsewhere = changed(tx, ids, told), unreachable(tx, ids), struck(tx, ids)
    found = []
    for each in scope:
        if each.id not in ids:
            continue
        warned = is_warned(each, stored.programme, now, calendar)
        cells, asked = _cells(tx, stored, each) if warned else ({}, {})
        entry = entry_of(stored.programme, each.entry)
        least = entry.min_group if entry is not None and entry.min_group is not None else stored.programme.min_group
        found.append(
            RoundStanding(
                round=each,
                title=instrument(tx, each.instrument_id).title.within(LANGUAGE),
                min_group=max(least, 1),
                counts=Dispositions(counts.get(each.id, {}), of_everyone=each.kind is not RoundKind.OPEN),
                changed=said.get(each.id, ()),
                unreachable=lost.get(each.id, ()) if each.state is RoundState.OPEN else (),
                struck=elsewhere.get(each.id, ()) if each.state is RoundState.OPEN else (),
                cells=cells,
                asked=asked,
                moves=moves.get(each.id, ()),
                refused=refused.get(each.id, 0),
            )
        )
    return Standing(
        rounds=tuple(found),
        waiting=_waiting(tx, stored, [each.id for each in scope], told),
        requests=_requests(tx, stored, told) if whole else (),
        troubles=tuple(
            (each.account, each.trouble) for each in account_states(tx) if each.trouble and each.account != by
        ),
        highest=Told(
            dispositions=_highest_disposition(tx),
            triage=_highest(tx, triage.c.id),
            moves=_highest(tx, deadline_changes.c.id),
            requests=_highest(tx, person_requests.c.id),
        ),
    )


def _highest(tx: Tx, column: Any) -> int:
    return int(tx.execute(select(func.max(column))).scalar_one() or 0)


def _highest_disposition(tx: Tx) -> int:
    """Of rounds that are not unlinked: when the rows of those came is nowhere to be seen, in the ledger neither."""
    query = (
        select(dispositions.c.id)
        .join(invitations, invitations.c.id == dispositions.c.invitation_id)
        .join(rounds, rounds.c.id == invitations.c.round_id)
        .where(rounds.c.mode != Mode.UNLINKED)
        .order_by(dispositions.c.id.desc())
    )
    return int(tx.execute(query.limit(1)).scalar_one_or_none() or 0)


def _counts(tx: Tx, ids: Sequence[int]) -> Mapping[int, Mapping[Disposition, int]]:
    query = (
        select(invitations.c.round_id, invitations.c.disposition, func.count().label("many"))
        .where(invitations.c.round_id.in_(ids))
        .group_by(invitations.c.round_id, invitations.c.disposition)
    )
    found: dict[int, dict[Disposition, int]] = {}
    for row in tx.execute(query):
        found.setdefault(row.round_id, {})[Disposition(row.disposition)] = row.many
    return found


def _moves(tx: Tx, ids: Sequence[int], told: Told) -> Mapping[int, tuple[Move, ...]]:
    query = select(deadline_changes).where(
        deadline_changes.c.round_id.in_(ids), since(deadline_changes.c.id, deadline_changes.c.at, told.moves, told)
    )
    found: dict[int, list[Move]] = {}
    for row in tx.execute(query.order_by(deadline_changes.c.id)):
        move = Move(before=row.before, after=row.after, reason=row.reason, at=row.at)
        found.setdefault(row.round_id, []).append(move)
    return {key: tuple(moves) for key, moves in found.items()}


def _refused(tx: Tx, ids: Sequence[int]) -> Mapping[int, int]:
    """Messages that were refused for good, though their person can be reached."""
    query = (
        select(deliveries.c.round_id, func.count().label("many"))
        .join(invitations, invitations.c.id == deliveries.c.invitation_id)
        .where(
            deliveries.c.round_id.in_(ids),
            deliveries.c.state == LineState.REFUSED,
            invitations.c.disposition != Disposition.UNDELIVERABLE,
        )
        .group_by(deliveries.c.round_id)
    )
    return {row.round_id: row.many for row in tx.execute(query)}


def _cells(tx: Tx, stored: StoredProgramme, round_: Round) -> tuple[Mapping[Pair, CoverageState], Mapping[Pair, int]]:
    everyone = invited(tx, round_.id)
    asked: dict[Pair, int] = {}
    for each in everyone:
        for voice in each.voices:
            asked[voice] = asked.get(voice, 0) + 1
    cells = coverage(stored.programme, [(each.voices, each.disposition) for each in everyone], collated(tx, round_.id))
    return cells, asked


def _requests(tx: Tx, stored: StoredProgramme, told: Told) -> tuple[Concerned, ...]:
    query = (
        select(person_requests, participants.c.name)
        .join(participants, participants.c.id == person_requests.c.participant_id)
        .where(participants.c.programme_id == stored.id)
        .order_by(person_requests.c.id)
    )
    return tuple(Concerned(name=row.name, why=_asked_for(row), new=row.id > told.requests) for row in tx.execute(query))


def _asked_for(row: Any) -> str:
    if row.kind == RequestKind.COPY:
        return "a copy of what is stored"
    sure = "confirmed from their address" if row.confirmed_at else "not confirmed: make sure that it was they"
    return f"to be erased, {sure}"


def _waiting(tx: Tx, stored: StoredProgramme, ids: Sequence[int], told: Told) -> tuple[ToSort, ...]:
    """What waits in triage of this programme's rounds and people, and what belongs to nobody known."""
    round_programme, person_programme = rounds.c.programme_id, participants.c.programme_id
    query = (
        select(triage, participants.c.name, round_programme.label("of_round"), person_programme.label("of_person"))
        .select_from(
            triage.outerjoin(rounds, rounds.c.id == triage.c.round_id).outerjoin(
                participants, participants.c.id == triage.c.participant_id
            )
        )
        .where(
            triage.c.settled_at.is_(None),
            or_(
                triage.c.round_id.in_(ids),
                and_(triage.c.round_id.is_(None), person_programme == stored.id),
                and_(triage.c.round_id.is_(None), person_programme.is_(None)),
            ),
        )
        .order_by(triage.c.id)
    )
    return tuple(
        ToSort(
            id=row.id,
            kind=row.kind,
            who=row.name or "",
            # What follows the colon may hold the person's own words.
            why=row.reason.partition(":")[0],
            held=row.reason.startswith(_HELD),
            # What bounced of nobody's may be a digest itself, which must not bring the next one.
            new=is_new(row.id, row.received_at, told.triage, told) and not (row.kind == "bounce" and not row.of_round),
        )
        for row in tx.execute(query)
    )
