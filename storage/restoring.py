"""Putting a backup in the place of the database, without bringing back what people have asked for since."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Table, and_, func, insert, select, update

from storage import migrate
from storage.backup import BackupFailed, opened
from storage.engine import Store, Tx
from storage.erasing import erase_again, sweep
from storage.restored_redactions import carry_redactions
from storage.tables.answers import responses
from storage.tables.people import opt_outs, participants, tombstones
from storage.tables.programme import programmes
from storage.tables.rounds import invitations, rounds


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What a restore carried over from the database it replaced; `erased` people it brought back are out again."""

    tombstones: int
    opt_outs: int
    erased: int
    redactions: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """What a database holds, for a person to recognise it by."""

    programmes: int
    people: int
    invitations: int
    responses: int


def restore(store: Store, source: Path, working: Path, now: datetime) -> Kept:
    """Put the backup in the place of the database, in one step that succeeds whole or changes nothing.

    Tombstones and opt-outs of the replaced database are carried over: what people asked for since outlives it, and
    whoever was erased since is erased again before anything is put in place, and what was redacted stays so.
    `working` is a file name for the copy that is prepared meanwhile; it is gone afterwards.

    Raises:
        BackupFailed: it is no backup, of a newer version, or the database is in use.
    """
    if store.path is None:
        raise BackupFailed("only a SQLite database is restored here; use pg_restore for PostgreSQL")
    try:
        working.unlink(missing_ok=True)
        with opened(source, readonly=True) as whole, opened(working) as copy:
            whole.backup(copy)
        prepared = Store(f"sqlite:///{working}")
        try:
            migrate.upgrade(prepared)
            kept = _carry_over(store if migrate.revision_of(store) else None, prepared, now)
            if (kept.erased or kept.redactions) and not sweep(prepared):
                raise BackupFailed("what was erased could not be taken out of the copy; nothing was changed")
        finally:
            prepared.close()
        store.close()
        with opened(working) as prepared_copy, opened(store.path) as live:
            prepared_copy.backup(live)
            live.execute("PRAGMA journal_mode=WAL")
            live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise BackupFailed(f"the database can't be replaced: {error}") from None
    finally:
        for leftover in (working, Path(f"{working}-wal"), Path(f"{working}-shm")):
            leftover.unlink(missing_ok=True)
    return kept


def check(source: Path, *, called: Path | None = None) -> str:
    """The backup's schema, after SQLite's own check of every page; `called` is its name for a person.

    Raises:
        BackupFailed: it is missing, no database, damaged, or of a newer version.
    """
    name = called or source
    if not source.is_file():
        raise BackupFailed(f"{name} is not there")
    try:
        with opened(source, readonly=True) as database:
            sound = database.execute("PRAGMA integrity_check").fetchone()[0]
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        raise BackupFailed(f"{name} is not a backup of Soundings") from None
    if sound != "ok":
        raise BackupFailed(f"{name} is damaged: {str(sound).splitlines()[0]}")
    if row is None or not migrate.knows(row[0]):
        raise BackupFailed(f"{name} was made by a newer version of Soundings")
    return str(row[0])


def contents(tx: Tx) -> Contents:
    """How much there is in the database."""
    return Contents(
        programmes=_count(tx, programmes),
        people=_count(tx, participants),
        invitations=_count(tx, invitations),
        responses=_count(tx, responses),
    )


def _count(tx: Tx, table: Table) -> int:
    return tx.execute(select(func.count()).select_from(table)).scalar_one()


def _carry_over(replaced: Store | None, prepared: Store, now: datetime) -> Kept:
    if replaced is None:
        with prepared.writing() as new:
            return Kept(tombstones=0, opt_outs=0, erased=erase_again(new, now))
    with replaced.reading() as old, prepared.writing() as new:
        carried = _carry_tombstones(old, new)
        erased = erase_again(new, now)
        return Kept(
            tombstones=carried,
            opt_outs=_carry_opt_outs(old, new),
            erased=erased,
            redactions=carry_redactions(old, new),
        )


def _carry_tombstones(old: Tx, new: Tx) -> int:
    known = set(new.execute(select(tombstones.c.keyed_hash)).scalars())
    missing = [
        {"keyed_hash": row.keyed_hash, "created_at": row.created_at, "permanent": row.permanent}
        for row in old.execute(select(tombstones))
        if row.keyed_hash not in known
    ]
    if missing:
        new.execute(insert(tombstones), missing)
    return len(missing)


def _carry_opt_outs(old: Tx, new: Tx) -> int:
    """Opt-outs are matched by what people and rounds are called: ids may differ between the two databases."""
    people = {
        (row.programme, row.key): row.id
        for row in new.execute(
            select(participants.c.id, participants.c.key, programmes.c.key.label("programme")).join(programmes)
        )
    }
    kept = 0
    out = select(participants.c.key, participants.c.opted_out_at, programmes.c.key.label("programme")).join(programmes)
    for row in old.execute(out.where(participants.c.opted_out_at.is_not(None))):
        person = people.get((row.programme, row.key))
        still_in = and_(participants.c.id == person, participants.c.opted_out_at.is_(None))
        if person is not None:
            kept += new.execute(update(participants).where(still_in).values(opted_out_at=row.opted_out_at)).rowcount
    return kept + _carry_opt_out_rows(old, new, people)


def _carry_opt_out_rows(old: Tx, new: Tx, people: dict[tuple[str, str], int]) -> int:
    round_ids = {
        (row.programme, row.key): row.id
        for row in new.execute(select(rounds.c.id, rounds.c.key, programmes.c.key.label("programme")).join(programmes))
    }
    known = {(row.participant_id, row.round_id) for row in new.execute(select(opt_outs))}
    asked = (
        select(
            opt_outs.c.at,
            opt_outs.c.channel,
            opt_outs.c.round_id,
            participants.c.key,
            rounds.c.key.label("round"),
            programmes.c.key.label("programme"),
        )
        .join(participants, opt_outs.c.participant_id == participants.c.id)
        .join(programmes, participants.c.programme_id == programmes.c.id)
        .outerjoin(rounds, opt_outs.c.round_id == rounds.c.id)
    )
    kept = 0
    for row in old.execute(asked):
        person = people.get((row.programme, row.key))
        round_id = round_ids.get((row.programme, row.round)) if row.round_id is not None else None
        gone = person is None or (row.round_id is not None and round_id is None)
        if gone or (person, round_id) in known:
            continue
        new.execute(insert(opt_outs).values(participant_id=person, round_id=round_id, at=row.at, channel=row.channel))
        # A programme-wide opt-out stands in both tables; it is one wish, and counted once.
        kept += round_id is not None
    return kept
