"""When a mailbox that could not take mail for now is given up, and when it is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# Full mailboxes are emptied within days; a server that has refused everything for longer will not change its mind.
_MOST = 4
_LONGEST = timedelta(days=3)
# Bounces further apart than this have nothing to do with each other.
_FORGOTTEN = timedelta(days=30)
_TRIES = (timedelta(hours=4), timedelta(hours=20), timedelta(hours=24))


@dataclass(frozen=True, kw_only=True, slots=True)
class SoftBounces:
    """How often in a row mail to an address came back for now, and when that began (None: never)."""

    count: int = 0
    since: datetime | None = None


def one_more(before: SoftBounces, now: datetime) -> SoftBounces:
    """With one more at `now`; a row that began too long ago begins anew."""
    if before.since is None or now - before.since > _FORGOTTEN:
        return SoftBounces(count=1, since=now)
    return SoftBounces(count=before.count + 1, since=before.since)


def is_given_up(bounces: SoftBounces, now: datetime) -> bool:
    """Whether the address counts as one that does not work: bounced often enough, for long enough."""
    return bounces.count >= _MOST and bounces.since is not None and now - bounces.since >= _LONGEST


def next_try(bounces: SoftBounces, now: datetime) -> datetime | None:
    """When an invitation that came back is sent once more; None after the last try."""
    tried = bounces.count - 1
    return now + _TRIES[tried] if 0 <= tried < len(_TRIES) else None
