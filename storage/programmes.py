"""Programmes, their areas, perspectives and notices: rows <-> values."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from storage.engine import Tx, spoken
from storage.remembered import Remembered
from storage.tables.oversight import retention_looks
from storage.tables.programme import areas, notice_versions, perspectives, programmes
from surveys.programme import Area, Perspective, Programme
from surveys.programme_file import draft_programme
from surveys.source import Node, Problems

_READ: Remembered[Programme] = Remembered(most=16)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredProgramme:
    """A programme as it was last loaded; `definition` is its checked file as plain values."""

    id: int
    programme: Programme
    definition: Mapping[str, object]
    digest: str
    pseudonym_key: str

    @property
    def key(self) -> str:
        return self.programme.key


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeVersion:
    """The words of a privacy notice as they stood: the file's `privacy`, as plain values."""

    id: int
    version: int
    words: Mapping[str, object]
    created_at: datetime


class UnreadableDefinitionError(Exception):
    """What is stored was checked before; that it can't be read means another version of the code wrote it."""


def digest_of(definition: object) -> str:
    """The same for the same content, however the file was laid out."""
    text = json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def programme_by_key(tx: Tx, key: str) -> StoredProgramme | None:
    """The programme of that id."""
    row = tx.execute(select(programmes).where(programmes.c.key == key)).one_or_none()
    return None if row is None else _stored(tx, row)


def programme_by_id(tx: Tx, programme_id: int) -> StoredProgramme | None:
    """The programme of that row."""
    row = tx.execute(select(programmes).where(programmes.c.id == programme_id)).one_or_none()
    return None if row is None else _stored(tx, row)


def all_programmes(tx: Tx) -> tuple[StoredProgramme, ...]:
    """Every programme, by id."""
    return tuple(_stored(tx, row) for row in tx.execute(select(programmes).order_by(programmes.c.key)))


def _stored(tx: Tx, row: Row[tuple[object, ...]]) -> StoredProgramme:
    on = spoken(tx)
    return StoredProgramme(
        id=row.id,
        programme=_READ.get((row.key, row.digest, on), lambda: replace(_read(row.definition), spoken=on)),
        definition=row.definition,
        digest=row.digest,
        pseudonym_key=row.pseudonym_key,
    )


def _read(definition: Mapping[str, object]) -> Programme:
    problems = Problems()
    programme = draft_programme(Node.from_plain(definition), problems)
    # An older version took any words for a period, and acted on none of them.
    unreadable = [problem for problem in problems.errors if "retention" not in problem.path.split(".")]
    if unreadable:
        raise UnreadableDefinitionError("; ".join(str(problem) for problem in unreadable))
    return programme


def add_programme(tx: Tx, key: str, definition: Mapping[str, object], now: datetime) -> int:
    """A new programme's row; its pseudonym key is drawn here and stays."""
    made = insert(programmes).values(
        key=key,
        definition=definition,
        digest=digest_of(definition),
        pseudonym_key=secrets.token_hex(32),
        created_at=now,
        updated_at=now,
    )
    return int(tx.execute(made.returning(programmes.c.id)).scalar_one())


def change_definition(tx: Tx, programme_id: int, definition: Mapping[str, object], now: datetime) -> None:
    """What the file says now takes the place of what it said."""
    tx.execute(
        update(programmes)
        .where(programmes.c.id == programme_id)
        .values(definition=definition, digest=digest_of(definition), updated_at=now)
    )
    # Its periods may be others now.
    tx.execute(update(retention_looks).where(retention_looks.c.programme_id == programme_id).values(look_at=None))


def area_ids(tx: Tx, programme_id: int) -> dict[str, int]:
    """The rows of the programme's areas by their ids."""
    found = select(areas.c.key, areas.c.id).where(areas.c.programme_id == programme_id)
    return {row.key: row.id for row in tx.execute(found)}


def keep_areas(tx: Tx, programme_id: int, wanted: Sequence[Area]) -> dict[str, int]:
    """Store the areas; those that the file no longer names stay, as people and sessions may point at them."""
    rows = [{"key": each.key, "name": dict(each.name.by_language), "interested": each.interested} for each in wanted]
    standing = area_ids(tx, programme_id)
    fresh = [{**row, "programme_id": programme_id} for row in rows if row["key"] not in standing]
    if fresh:
        tx.execute(insert(areas), fresh)
    known = [{**row, "row_id": standing[str(row["key"])]} for row in rows if row["key"] in standing]
    if known:
        change = update(areas).where(areas.c.id == bindparam("row_id"))
        tx.execute(change.values(name=bindparam("name"), interested=bindparam("interested")), known)
    return area_ids(tx, programme_id)


def keep_perspectives(tx: Tx, programme_id: int, wanted: Sequence[Perspective]) -> None:
    """Store the perspectives in place of those that stood, if they differ."""
    mine = perspectives.c.programme_id == programme_id
    columns = ("key", "label", "required", "calendar")
    rows = [
        {"key": each.key, "label": dict(each.label.by_language), "required": each.required, "calendar": each.calendar}
        for each in wanted
    ]
    standing = select(*(perspectives.c[name] for name in columns)).where(mine).order_by(perspectives.c.id)
    if [dict(row) for row in tx.execute(standing).mappings()] == rows:
        return
    tx.execute(delete(perspectives).where(mine))
    if rows:
        tx.execute(insert(perspectives), [{**row, "programme_id": programme_id} for row in rows])


_NEWEST_NOTICE = (
    select(notice_versions)
    .where(notice_versions.c.programme_id == bindparam("programme"))
    .order_by(notice_versions.c.version.desc())
    .limit(1)
)


def newest_notice(tx: Tx, programme_id: int) -> NoticeVersion | None:
    """The notice that is shown now; None before the first."""
    row = tx.execute(_NEWEST_NOTICE, {"programme": programme_id}).one_or_none()
    return None if row is None else _notice(row)


def notice_versions_of(tx: Tx, programme_id: int) -> tuple[NoticeVersion, ...]:
    """Every notice that was ever shown, the newest first."""
    found = select(notice_versions).where(notice_versions.c.programme_id == programme_id)
    return tuple(_notice(row) for row in tx.execute(found.order_by(notice_versions.c.version.desc())))


def notice_of_version(tx: Tx, programme_id: int, version: int) -> NoticeVersion | None:
    """The notice of that number."""
    same = (notice_versions.c.programme_id == programme_id) & (notice_versions.c.version == version)
    row = tx.execute(select(notice_versions).where(same)).one_or_none()
    return None if row is None else _notice(row)


def _notice(row: Row[tuple[object, ...]]) -> NoticeVersion:
    return NoticeVersion(id=row.id, version=row.version, words=row.words, created_at=row.created_at)


def keep_notice(tx: Tx, programme_id: int, words: Mapping[str, object], now: datetime) -> int | None:
    """Store the notice's words as a new version if they differ from the newest; its number, None if they do not."""
    digest = digest_of(words)
    newest = tx.execute(
        select(notice_versions.c.version, notice_versions.c.digest)
        .where(notice_versions.c.programme_id == programme_id)
        .order_by(notice_versions.c.version.desc())
        .limit(1)
    ).one_or_none()
    if newest is not None and newest.digest == digest:
        return None
    top = select(func.coalesce(func.max(notice_versions.c.version), 0)).where(
        notice_versions.c.programme_id == programme_id
    )
    version = int(tx.execute(top).scalar_one()) + 1
    tx.execute(
        insert(notice_versions).values(
            programme_id=programme_id, version=version, words=words, digest=digest, created_at=now
        )
    )
    return version
