"""The chain that the audit's lines are sealed into: made by one writer, worked out again, cut at an anchor.

Each seal is a hash of the line and of the seal before it. Whoever may write to the database could work out a whole new
chain; that shows only against a seal noted elsewhere, so `serve` logs each one and `audit --verify --head` takes one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, RowMapping, bindparam, delete, func, insert, select, update

from storage import audit
from storage.engine import Tx
from storage.tables.oversight import audit_anchors, audit_lines, audit_reasons

# So many lines are sealed in one transaction, and cut in one: replies wait no longer than for one of their own.
MOST = 2000
CUT = "record cut"


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole:
    """The chain holds: so many lines are sealed under `head`, so many wait for their seal, so many were cut off."""

    sealed: int
    unsealed: int
    head: str
    cut: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """The chain does not hold at this line: it, or one before it, was changed, taken out, moved or put in."""

    line_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """The chain holds, but no line in it has the seal that was noted: its end was cut off, or it was made anew."""

    head: str


def seal_new(tx: Tx, *, most: int = MOST) -> int:
    """Chain lines that have no seal yet, in the order of their ids and not more than `most`; how many."""
    if tx.dialect.name == "postgresql":
        # Ids are handed out before their transactions commit: this waits for those, so that none comes late.
        tx.exec_driver_sql("LOCK TABLE audit_lines IN SHARE ROW EXCLUSIVE MODE")
    unsealed_lines = select(audit_lines).where(audit_lines.c.seal == "").order_by(audit_lines.c.id).limit(most)
    fresh = tx.execute(unsealed_lines).mappings().all()
    if not fresh:
        return 0
    head = head_of(tx)
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


def head_of(tx: Tx) -> str:
    """The newest seal, that of the last line cut off where none is left; "" where nothing was ever sealed."""
    newest = select(audit_lines.c.seal).where(audit_lines.c.seal != "").order_by(audit_lines.c.id.desc()).limit(1)
    found = tx.execute(newest).scalar_one_or_none()
    if found is not None:
        return str(found)
    anchor = _anchor(tx)
    return "" if anchor is None else str(anchor.seal)


def verify(tx: Tx, *, noted: str = "") -> Whole | Broken | Unknown:
    """Work the chain out again from its first line, a few lines at a time in memory.

    `noted` is a seal that was written down elsewhere; the chain must have come by it.
    """
    anchor = _anchor(tx)
    head, cut = (anchor.seal, anchor.lines) if anchor is not None else ("", 0)
    vouched, met = anchor is None, noted in ("", head)
    sealed = waiting = last = 0
    for line in _readable_lines(tx):
        if line is None:
            return Broken(line_id=_after(tx, last))
        last = line.id
        if not _reason_holds(line) or (anchor is not None and line.id <= anchor.up_to):
            return Broken(line_id=line.id)
        vouched = vouched or (anchor is not None and line.what == CUT and line.after == _told(anchor))
        if not line.seal:
            waiting += 1
            continue
        # A line without a seal before a sealed one has been put in, or had its seal taken off.
        if waiting or line.seal != _seal_of(line._mapping, head):  # noqa: SLF001 - SQLAlchemy's own public name
            return Broken(line_id=line.id)
        head, sealed = line.seal, sealed + 1
        met = met or head == noted
    if not vouched:
        # Lines were taken off the beginning, and the chain itself knows nothing of it.
        return Broken(line_id=_after(tx, 0))
    return Whole(sealed=sealed, unsealed=waiting, head=head, cut=cut) if met else Unknown(head=head)


def cut_up_to(tx: Tx, last: int, now: datetime, *, actor: str, channel: str, most: int = MOST) -> int:
    """Take the lines up to `last`, which are all sealed, off the beginning, not more than `most`; how many.

    The seal of the last of them is kept as an anchor, from which the rest is worked out, and a line of its own says
    in the chain what was cut: an anchor that no line speaks of breaks it. `last` is never the newest line, or its
    number would be given again.
    """
    going = select(audit_lines.c.id, audit_lines.c.seal).where(audit_lines.c.id <= last, audit_lines.c.seal != "")
    old = tx.execute(going.order_by(audit_lines.c.id).limit(most)).all()
    if not old:
        return 0
    standing = _anchor(tx)
    told = {"up_to": old[-1].id, "seal": old[-1].seal, "lines": len(old) + (standing.lines if standing else 0)}
    tx.execute(insert(audit_anchors).values(at=now, **told))
    tx.execute(delete(audit_reasons).where(audit_reasons.c.line_id <= old[-1].id))
    tx.execute(delete(audit_lines).where(audit_lines.c.id <= old[-1].id))
    audit.append(tx, at=now, actor=actor, channel=channel, programme_id=None, what=CUT, after=told)
    return len(old)


def _anchor(tx: Tx) -> Row[Any] | None:
    return tx.execute(select(audit_anchors).order_by(audit_anchors.c.id.desc()).limit(1)).one_or_none()


def _told(anchor: Row[Any]) -> dict[str, object]:
    return {"up_to": anchor.up_to, "seal": anchor.seal, "lines": anchor.lines}


def _readable_lines(tx: Tx) -> Iterator[Row[Any] | None]:
    """Every line in order; None, and no more, for one whose columns hold what was never written there."""
    query = select(audit_lines, audit_reasons.c.salt, audit_reasons.c.words).outerjoin(
        audit_reasons, audit_reasons.c.line_id == audit_lines.c.id
    )
    try:
        yield from tx.execute(query.order_by(audit_lines.c.id), execution_options={"yield_per": 1000})
    except (ValueError, TypeError):
        yield None


def _after(tx: Tx, line_id: int) -> int:
    return tx.execute(select(func.min(audit_lines.c.id)).where(audit_lines.c.id > line_id)).scalar_one() or 0


def _reason_holds(line: Row[Any]) -> bool:
    """Whether a typed reason is the one that its line knows; one that was taken out is none to doubt."""
    return line.words is None or line.reason == audit.typed_mark(line.salt, line.words)


def _seal_of(line: RowMapping, head: str) -> str:
    """SHA-256 over the seal before and the line as JSON: keys in order, no spaces, times in UTC."""
    said: Sequence[object] = [head, {name: _said(line[name]) for name in _SEALED}]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


_SEALED = tuple(column.name for column in audit_lines.columns if column.name != "seal")


def _said(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
