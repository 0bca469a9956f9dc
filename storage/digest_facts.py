"""What a digest is made of, read in a number of statements that does not grow with the people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from storage.engine import Tx
from storage.figures import collated, invited
from storage.instruments import instrument
from storage.programmes import StoredProgramme
from storage.rounds import entry_of
from storage.senders import account_states
from storage.tables.answers import triage
from storage.tables.delivery import deliveries
from storage.tables.people import addresses, participant_addresses, participants
from storage.tables.rounds import deadline_changes, dispositions, invitation_voices, invitations, rounds
from surveys.calendars import WorkingCalendar
from surveys.delivery import LineKind, LineState
from surveys.digest import Concerned, Move, RoundStanding, Standing, Told, ToSort
from surveys.digest_news import LANGUAGE, is_warned
from surveys.dispositions import Disposition
from surveys.figures import CoverageState, Dispositions, Pair, coverage
from surveys.rounds import Round, RoundState

NOTHING_NEW = "nothing is new"
_HELD = "held:"
# An erasure lets the highest row numbers come again: so far back times are looked at, too.
_OVERLAP = 1000
_STILL_ASKED = (Disposition.PENDING, Disposition.PARTIAL)


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
    by: str,
) -> Standing:
    """How the programme stands for someone who hears of the rounds in `scope` and was `told` so much.

    `by` is the account that it is told through: whatever ailed that is over if this arrives.
    """
    ids = [each.id for each in scope if each.opened_at is not None or each.state is RoundState.HELD]
    counts, changed, moves = _counts(tx, ids), _changed(tx, ids, told), _moves(tx, ids, told)
    unreachable, struck, refused = _unreachable(tx, ids, told), _struck(tx, ids), _refused(tx, ids)
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
                counts=Dispositions(counts.get(each.id, {})),
                changed=changed.get(each.id, ()),
                unreachable=unreachable.get(each.id, ()) if each.state is RoundState.OPEN else (),
                struck=struck.get(each.id, ()) if each.state is RoundState.OPEN else (),
                cells=cells,
                asked=asked,
                moves=moves.get(each.id, ()),
                refused=refused.get(each.id, 0),
            )
        )
    return Standing(
        rounds=tuple(found),
        waiting=_waiting(tx, stored, [each.id for each in scope], told),
        troubles=tuple(
            (each.account, each.trouble) for each in account_states(tx) if each.trouble and each.account != by
        ),
        highest=Told(
            dispositions=_highest(tx, dispositions.c.id),
            triage=_highest(tx, triage.c.id),
            moves=_highest(tx, deadline_changes.c.id),
        ),
    )


def _highest(tx: Tx, column: Any) -> int:
    return int(tx.execute(select(func.max(column))).scalar_one() or 0)


def _since(column: Any, at: Any, row: int, told: Told) -> ColumnElement[bool]:
    """Rows that were not there when that was told."""
    newer: ColumnElement[bool] = column > row
    if told.at is None:
        return newer
    return and_(column > row - _OVERLAP, or_(newer, at > told.at))


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


def _changed(tx: Tx, ids: Sequence[int], told: Told) -> Mapping[int, tuple[Concerned, ...]]:
    """Invitations that came to their disposition since; what an organiser has done themselves is no news to them."""
    since = (
        select(dispositions.c.invitation_id)
        .where(
            _since(dispositions.c.id, dispositions.c.at, told.dispositions, told),
            dispositions.c.invitation_id == invitations.c.id,
            dispositions.c.disposition == invitations.c.disposition,
            or_(dispositions.c.disposition == Disposition.COMPLETE, dispositions.c.channel.not_in(["cli", "command"])),
        )
        .correlate(invitations)
        .exists()
    )
    spoken = [each for each in Disposition if each not in _STILL_ASKED]
    return _concerned(tx, ids, and_(invitations.c.disposition.in_(spoken), since))


def _unreachable(tx: Tx, ids: Sequence[int], told: Told) -> Mapping[int, tuple[Concerned, ...]]:
    """Everyone of these rounds who can't be reached, with why."""
    every = dispositions.alias("every")
    latest = (
        select(func.max(every.c.id))
        .where(every.c.invitation_id == invitations.c.id)
        .correlate(invitations)
        .scalar_subquery()
    )
    query = (
        select(invitations.c.id, dispositions.c.reason, dispositions.c.id.label("row"), dispositions.c.at)
        .select_from(invitations.join(dispositions, dispositions.c.id == latest))
        .where(invitations.c.round_id.in_(ids), invitations.c.disposition == Disposition.UNDELIVERABLE)
    )
    why = {row.id: row for row in tx.execute(query)}
    return _concerned(tx, ids, invitations.c.disposition == Disposition.UNDELIVERABLE, why=why, told=told)


def _struck(tx: Tx, ids: Sequence[int]) -> Mapping[int, tuple[Concerned, ...]]:
    """People still to answer of whom one address does not work: their mail goes to another one."""

    def has(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return (
            select(participant_addresses.c.address_id)
            .join(addresses, addresses.c.id == participant_addresses.c.address_id)
            .where(participant_addresses.c.participant_id == invitations.c.participant_id, condition)
            .correlate(invitations)
            .exists()
        )

    bad, good = addresses.c.bad_at.is_not(None), addresses.c.bad_at.is_(None)
    return _concerned(tx, ids, and_(invitations.c.disposition.in_(_STILL_ASKED), has(bad), has(good)), mark="struck")


def _concerned(
    tx: Tx,
    ids: Sequence[int],
    condition: ColumnElement[bool],
    *,
    why: Mapping[int, Any] | None = None,
    told: Told | None = None,
    mark: str = "",
) -> Mapping[int, tuple[Concerned, ...]]:
    here = and_(invitations.c.round_id.in_(ids), condition)
    voices: dict[int, set[Pair]] = {}
    spoken = select(invitation_voices).join(invitations, invitations.c.id == invitation_voices.c.invitation_id)
    for row in tx.execute(spoken.where(here)):
        voices.setdefault(row.invitation_id, set()).add((row.area, row.perspective))
    query = (
        select(
            invitations.c.id,
            invitations.c.round_id,
            invitations.c.disposition,
            participants.c.name,
            participants.c.phone,
        )
        .join(participants, participants.c.id == invitations.c.participant_id)
        .where(here)
        .order_by(participants.c.name, invitations.c.id)
    )
    found: dict[int, list[Concerned]] = {}
    for row in tx.execute(query):
        last = (why or {}).get(row.id)
        found.setdefault(row.round_id, []).append(
            Concerned(
                name=row.name,
                disposition=Disposition(row.disposition),
                voices=frozenset(voices.get(row.id, ())),
                phone=row.phone,
                why=last.reason if last is not None else "",
                new=last is None or told is None or _is_new(last.row, last.at, told.dispositions, told),
                mark=f"{mark}:{row.id}" if mark else "",
            )
        )
    return {key: tuple(people) for key, people in found.items()}


def _is_new(row: int, at: datetime, told_row: int, told: Told) -> bool:
    return row > told_row or (told.at is not None and at > told.at)


def _moves(tx: Tx, ids: Sequence[int], told: Told) -> Mapping[int, tuple[Move, ...]]:
    query = select(deadline_changes).where(
        deadline_changes.c.round_id.in_(ids), _since(deadline_changes.c.id, deadline_changes.c.at, told.moves, told)
    )
    found: dict[int, list[Move]] = {}
    for row in tx.execute(query.order_by(deadline_changes.c.id)):
        found.setdefault(row.round_id, []).append(Move(before=row.before, after=row.after, reason=row.reason))
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
            new=_is_new(row.id, row.received_at, told.triage, told),
        )
        for row in tx.execute(query)
    )
