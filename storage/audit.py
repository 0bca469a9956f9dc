"""Who changed what: lines that are only ever added, then sealed into a chain (design: Tokens, people's rights, audit).

A line is written in the transaction of the act itself, so neither exists without the other. The chain is made
afterwards by one writer: hashing inside every act would make all of them wait for one another.

The database itself refuses to change a line or to take one out (`storage/migrations`); what the chain adds is that
whoever gets past that is found out.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select

from storage.engine import Tx
from storage.tables.oversight import audit_lines, audit_reasons

# A typed reason stands apart, so that it can be taken out; its line holds this and a hash of it.
_TYPED = "typed:sha256:"
TAKEN_OUT = "(taken out)"


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditLine:
    """One act: `actor` like `organiser:3`, `schedule`, `participant:17` or `cli`; ids and figures, nothing personal."""

    id: int
    at: datetime
    actor: str
    channel: str
    programme_id: int | None
    what: str
    subject: str
    before: Any
    after: Any
    reason: str
    seal: str


def append(
    tx: Tx,
    *,
    at: datetime,
    actor: str,
    channel: str,
    programme_id: int | None,
    what: str,
    subject: str = "",
    before: object = None,
    after: object = None,
    reason: str = "",
    typed: str = "",
) -> None:
    """Add one line in the act's own transaction; `before` and `after` must be fit for JSON, without personal words.

    `reason` is one of the program's own; `typed` is what a person wrote as theirs, which may name someone: it is kept
    beside the line, and the line holds a salted hash of it. Once the words are taken out, nobody can guess them from
    that.
    """
    salt = secrets.token_hex(16) if typed else ""
    made = tx.execute(
        insert(audit_lines)
        .values(
            at=at,
            actor=actor,
            channel=channel,
            programme_id=programme_id,
            what=what,
            subject=subject,
            before=before,
            after=after,
            reason=typed_mark(salt, typed) if typed else reason,
            seal="",
        )
        .returning(audit_lines.c.id)
    ).scalar_one()
    if typed:
        tx.execute(insert(audit_reasons).values(line_id=made, salt=salt, words=typed))


def typed_mark(salt: str, words: str) -> str:
    """What a line holds of a reason that somebody typed."""
    return _TYPED + hashlib.sha256(f"{salt}{words}".encode()).hexdigest()


def lines(
    tx: Tx,
    *,
    programmes: Collection[int] | None = None,
    person: Collection[int] | None = None,
    since: datetime | None = None,
    limit: int = 100,
) -> tuple[AuditLine, ...]:
    """The newest lines, the newest first.

    `programmes`: theirs alone. `person`: what one of these participants did, or what was done to one of them.
    `since`: not those before.
    """
    query = _query().order_by(audit_lines.c.id.desc())
    if programmes is not None:
        query = query.where(audit_lines.c.programme_id.in_(programmes))
    if since is not None:
        query = query.where(audit_lines.c.at >= since)
    if person is None:
        return tuple(_line(row) for row in tx.execute(query.limit(limit)))
    found: list[AuditLine] = []
    for row in tx.execute(query, execution_options={"yield_per": 1000}):
        if _concerns(row, person):
            found.append(_line(row))
        if len(found) == limit:
            break
    return tuple(found)


def forget_reasons(tx: Tx, line_ids: Collection[int]) -> None:
    """Take typed reasons out for good; the lines stay as they are, and so does the chain."""
    tx.execute(delete(audit_reasons).where(audit_reasons.c.line_id.in_(line_ids)))


def typed_reasons(tx: Tx) -> Iterator[tuple[int, str]]:
    """Every reason that somebody typed, with its line's id."""
    for row in tx.execute(select(audit_reasons.c.line_id, audit_reasons.c.words)).all():
        yield row.line_id, row.words


def _query() -> Select[Any]:
    return select(audit_lines, audit_reasons.c.words).outerjoin(
        audit_reasons, audit_reasons.c.line_id == audit_lines.c.id
    )


def _line(row: Row[Any]) -> AuditLine:
    told = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's own public name
    words = told.pop("words")
    if told["reason"].startswith(_TYPED):
        told["reason"] = TAKEN_OUT if words is None else words
    return AuditLine(**told)


def _concerns(row: Row[Any], person: Collection[int]) -> bool:
    names = {f"participant:{each}" for each in person}
    if row.actor in names or row.subject in names:
        return True
    listed = row.after.get("participants", ()) if isinstance(row.after, dict) else ()
    return isinstance(listed, list) and not set(person).isdisjoint(each for each in listed if isinstance(each, int))
