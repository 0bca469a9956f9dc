"""Who changed what: lines that are only ever added, then sealed into a chain (design: Tokens, people's rights, audit).

A line is written in the transaction of the act itself, so neither exists without the other. The chain is made
afterwards by one writer: hashing inside every act would make all of them wait for one another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, insert, select, update

from storage.engine import Tx
from storage.tables.oversight import audit_lines


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """The chain holds: so many lines are sealed under `head`, and so many wait for their seal."""

    sealed: int
    unsealed: int
    head: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """The chain does not hold at this line: it, or one before it, was changed, taken out or put in."""

    line_id: int


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
) -> None:
    """Add one line in the act's own transaction; `before` and `after` must be fit for JSON, without personal words."""
    tx.execute(
        insert(audit_lines).values(
            at=at,
            actor=actor,
            channel=channel,
            programme_id=programme_id,
            what=what,
            subject=subject,
            before=before,
            after=after,
            reason=reason,
            seal="",
        )
    )


def seal_new(tx: Tx) -> int:
    """Chain every line that has no seal yet, in the order of their ids; how many."""
    fresh = tx.execute(select(audit_lines).where(audit_lines.c.seal == "").order_by(audit_lines.c.id)).mappings().all()
    if not fresh:
        return 0
    head = _head(tx)
    sealed = []
    for line in fresh:
        head = _seal_of(line, head)
        sealed.append({"line_id": line["id"], "new_seal": head})
    change = update(audit_lines).where(audit_lines.c.id == bindparam("line_id")).values(seal=bindparam("new_seal"))
    tx.execute(change, sealed)
    return len(sealed)


def unsealed(tx: Tx) -> bool:
    """Whether any line waits for its seal."""
    return tx.execute(select(audit_lines.c.id).where(audit_lines.c.seal == "").limit(1)).first() is not None


def verify(tx: Tx) -> Whole | Broken:
    """Work the chain out again from its first line.

    Lines cut off the end leave a chain that holds: compare its head and length with those noted elsewhere.
    """
    head, sealed, unsealed = "", 0, 0
    for line in tx.execute(select(audit_lines).order_by(audit_lines.c.id)).mappings():
        if not line["seal"]:
            unsealed += 1
            continue
        # A line without a seal before a sealed one has been put in, or had its seal taken off.
        if unsealed or line["seal"] != _seal_of(line, head):
            return Broken(line_id=line["id"])
        head, sealed = line["seal"], sealed + 1
    return Whole(sealed=sealed, unsealed=unsealed, head=head)


def lines(tx: Tx, *, programmes: Collection[int] | None = None, limit: int = 100) -> tuple[AuditLine, ...]:
    """The newest lines, the newest first; of these programmes if given."""
    query = select(audit_lines).order_by(audit_lines.c.id.desc()).limit(limit)
    if programmes is not None:
        query = query.where(audit_lines.c.programme_id.in_(programmes))
    return tuple(AuditLine(**row) for row in tx.execute(query).mappings())


def _head(tx: Tx) -> str:
    newest = select(func.max(audit_lines.c.id)).where(audit_lines.c.seal != "").scalar_subquery()
    return tx.execute(select(audit_lines.c.seal).where(audit_lines.c.id == newest)).scalar_one_or_none() or ""


def _seal_of(line: RowMapping, head: str) -> str:
    """SHA-256 over the seal before and the line as JSON: keys in order, no spaces, times in UTC."""
    said: Sequence[object] = [head, {key: _said(value) for key, value in line.items() if key != "seal"}]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _said(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
