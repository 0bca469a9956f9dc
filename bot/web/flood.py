"""Not too many visits from one place at once; kept in memory alone, and nothing of it is written anywhere."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock
from time import monotonic

# A class that scans one code behind one school's address comes within a minute; a script comes much faster.
MOST, WITHIN = 120, 60.0
_MOST_PLACES = 5_000


class Flood:
    """Counts visits by place (an address of the network) over the last minute."""

    def __init__(self, *, most: int = MOST, within: float = WITHIN, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._within, self._clock = most, within, clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def admits(self, place: str) -> bool:
        """Count a visit; False if there were too many from there already."""
        now = self._clock()
        with self._lock:
            times = self._seen.setdefault(place, deque())
            self._seen.move_to_end(place)
            while times and times[0] <= now - self._within:
                times.popleft()
            if len(times) >= self._most:
                return False
            times.append(now)
            while len(self._seen) > _MOST_PLACES:
                self._seen.popitem(last=False)
        return True
