"""The demo's clock: it stands still until it is moved."""

from __future__ import annotations

import threading
from datetime import UTC, datetime


class DemoClock:
    """What time it is in the demo (UTC). Threads may share it; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            return self._now

    def move_to(self, at: datetime) -> None:
        with self._lock:
            self._now = max(self._now, at.astimezone(UTC))
