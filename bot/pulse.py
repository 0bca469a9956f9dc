"""How the clock of this process is doing, for `/metrics` and `/readyz`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

# The clock ticks every few seconds.
LATE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Beat:
    """The last tick that ended (UTC), how long it took, and how many have failed since the start."""

    ended_at: datetime | None = None
    seconds: float = 0.0
    ticks: int = 0
    failed: int = 0


@dataclass(slots=True)
class Pulse:
    """Written by the clock's thread, read by the web's."""

    started_at: datetime
    _beat: Beat = field(default_factory=Beat)
    _under_way: bool = False
    _lock: Lock = field(default_factory=Lock)

    def begun(self) -> None:
        """A tick has begun."""
        with self._lock:
            self._under_way = True

    def ticked(self, ended_at: datetime, seconds: float, *, failed: bool) -> None:
        """A tick has ended, well or not."""
        with self._lock:
            before, self._under_way = self._beat, False
            self._beat = Beat(
                ended_at=before.ended_at if failed else ended_at,
                seconds=seconds,
                ticks=before.ticks + 1,
                failed=before.failed + failed,
            )

    @property
    def beat(self) -> Beat:
        with self._lock:
            return self._beat

    def is_late(self, now: datetime) -> bool:
        """Whether no tick has ended well for so long that something must be wrong; one that sends may take its time."""
        return not self._under_way and now - (self.beat.ended_at or self.started_at) > LATE_AFTER
