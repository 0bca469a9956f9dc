"""No more than Teams takes: in each conversation, and from one app in one tenant.

https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/rate-limit
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

# In so many seconds at most so many messages to one conversation.
CONVERSATION: Mapping[float, int] = {1.0: 7, 2.0: 8, 30.0: 60, 3600.0: 1800}
# Fifty a second are allowed for an app in a tenant; others of its calls count as well.
TENANT: Mapping[float, int] = {1.0: 20}
_LONGEST = 3600.0
# A message arrives a little later than it was sent, one more than another.
_MARGIN = 0.1


class Pace:
    """Any thread may ask. `passing` tells seconds that pass, whatever the clock says."""

    def __init__(self, passing: Callable[[], float] = time.monotonic) -> None:
        self._passing = passing
        self._lock = threading.Lock()
        self._went: dict[str, deque[float]] = {}
        self._all: deque[float] = deque()

    def wait_for(self, conversation: str) -> float:
        """0 if a message may go there now, and then it counts; else the seconds until one may."""
        with self._lock:
            now = self._passing()
            self._forget(now)
            went = self._went.setdefault(conversation, deque())
            waits = [_wait(went, span, most, now) for span, most in CONVERSATION.items()]
            waits += [_wait(self._all, span, most, now) for span, most in TENANT.items()]
            if max(waits) > 0:
                return max(waits)
            went.append(now)
            self._all.append(now)
            return 0.0

    def _forget(self, now: float) -> None:
        while self._all and self._all[0] <= now - max(TENANT):
            self._all.popleft()
        for name in [name for name, went in self._went.items() if not went or went[-1] <= now - _LONGEST]:
            del self._went[name]


def _wait(went: deque[float], span: float, most: int, now: float) -> float:
    if len(went) < most:
        return 0.0
    return max(0.0, went[-most] + span + _MARGIN - now)
