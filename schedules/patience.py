"""How long to wait before trying again."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
LONGEST_PAUSE = timedelta(minutes=15)
_MOST_DOUBLINGS = 12


def retry_at(key: str, attempts: int, now: datetime) -> datetime:
    """When a line that was put off is tried again: one minute, doubled each time, four hours at most.

    Up to a tenth is taken off, the same for the same line and attempt, so that lines don't all come back at once.
    """
    return now + _less_a_little(f"{key}|{attempts}", _doubled(attempts, LONGEST_WAIT))


def resume_at(account: str, failures: int, now: datetime) -> datetime:
    """When a channel that takes nothing is tried again: a quarter of an hour at most, as its state can change."""
    return now + _less_a_little(f"{account}|{failures}", _doubled(failures, LONGEST_PAUSE))


def _doubled(times: int, most: timedelta) -> timedelta:
    return min(FIRST_WAIT * (1 << min(max(times - 1, 0), _MOST_DOUBLINGS)), most)


def _less_a_little(seed: str, wait: timedelta) -> timedelta:
    share = hashlib.sha256(seed.encode()).digest()[0] / 255
    return wait * (1 - share / 10)
