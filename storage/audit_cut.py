"""Which of the oldest lines of the audit have been kept for long enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import func, select

from storage.audit_chain import CUT
from storage.engine import Tx
from storage.tables.oversight import audit_lines

# (programme, when it was written) -> when such a line may go, None: never.
GoesAt = Callable[[int | None, datetime], datetime | None]


def oldest(tx: Tx, goes_at: GoesAt, now: datetime) -> Mapping[int, datetime | None]:
    """Line -> when it may go: those that may go now, from the first on, and the one after them.

    The chain can only be cut in one place, so a line that stays keeps all that came after it, and the newest always
    stays. Lines without a seal wait for it; and lines that only tell of an earlier cut are no reason for another.
    """
    found: dict[int, datetime | None] = {}
    reason = False
    newest = select(func.max(audit_lines.c.id)).scalar_subquery()
    query = select(audit_lines.c.id, audit_lines.c.programme_id, audit_lines.c.at, audit_lines.c.what).where(
        audit_lines.c.seal != "", audit_lines.c.id < newest
    )
    for row in tx.execute(query.order_by(audit_lines.c.id)):
        at = goes_at(row.programme_id, row.at)
        if at is None or at > now:
            following = {} if at is None else {row.id: at}
            return {**(found if reason else {}), **following}
        found[row.id] = at
        reason = reason or row.what != CUT
    return found if reason else {}
