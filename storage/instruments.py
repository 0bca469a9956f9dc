"""Questionnaires by version: rows <-> values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from storage.engine import Tx
from storage.programmes import UnreadableDefinitionError, digest_of
from storage.remembered import Remembered
from storage.tables.programme import instruments
from surveys.instrument import Instrument
from surveys.instrument_file import read_instrument
from surveys.source import Node, Problems

_READ: Remembered[Instrument] = Remembered(most=64)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredInstrument:
    """One version of a questionnaire; `used` once a round with it has opened, and then it can't change."""

    id: int
    survey: str
    version: int
    digest: str
    used: bool
    not_comparable: frozenset[str]


def instrument(tx: Tx, instrument_id: int) -> Instrument:
    """The questionnaire of that row.

    Raises:
        LookupError: there is no such row.
    """
    row = tx.execute(
        select(instruments.c.digest, instruments.c.definition).where(instruments.c.id == instrument_id)
    ).one_or_none()
    if row is None:
        raise LookupError(f"there is no questionnaire {instrument_id}")
    return instrument_of(instrument_id, row.digest, row.definition)


def instrument_of(instrument_id: int, digest: str, definition: Mapping[str, object]) -> Instrument:
    """The questionnaire of a row that is at hand already."""
    return _READ.get((instrument_id, digest), lambda: _read(definition))


def _read(definition: Mapping[str, object]) -> Instrument:
    problems = Problems()
    found = read_instrument(Node.from_plain(definition), problems)
    if found is None:
        raise UnreadableDefinitionError("; ".join(str(problem) for problem in problems.errors))
    return found


def instruments_of(tx: Tx, programme_id: int) -> tuple[StoredInstrument, ...]:
    """Every version of every questionnaire of the programme, the oldest version first."""
    found = (
        select(instruments)
        .where(instruments.c.programme_id == programme_id)
        .order_by(instruments.c.survey, instruments.c.version)
    )
    return tuple(
        StoredInstrument(
            id=row.id,
            survey=row.survey,
            version=row.version,
            digest=row.digest,
            used=row.used_at is not None,
            not_comparable=frozenset(row.not_comparable),
        )
        for row in tx.execute(found)
    )


def add_instrument(
    tx: Tx,
    programme_id: int,
    made: Instrument,
    definition: Mapping[str, object],
    not_comparable: frozenset[str],
    now: datetime,
) -> int:
    """A new version's row."""
    row = insert(instruments).values(
        programme_id=programme_id,
        survey=made.survey,
        version=made.version,
        definition=definition,
        digest=digest_of(definition),
        not_comparable=sorted(not_comparable),
        created_at=now,
    )
    return int(tx.execute(row.returning(instruments.c.id)).scalar_one())


def replace_instrument(
    tx: Tx, instrument_id: int, definition: Mapping[str, object], not_comparable: frozenset[str]
) -> None:
    """Put another content under a version that no round has used yet."""
    tx.execute(
        update(instruments)
        .where(instruments.c.id == instrument_id, instruments.c.used_at.is_(None))
        .values(definition=definition, digest=digest_of(definition), not_comparable=sorted(not_comparable))
    )


def mark_used(tx: Tx, instrument_id: int, now: datetime) -> None:
    """From now on this version can't change: a round that asks it has opened."""
    tx.execute(
        update(instruments)
        .where(instruments.c.id == instrument_id, instruments.c.used_at.is_(None))
        .values(used_at=now)
    )
