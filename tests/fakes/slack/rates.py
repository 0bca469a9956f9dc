"""How often a method may be called: docs.slack.dev, apis/web-api/rate-limits, and the tier each method's page names."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import ceil

TIERS: Mapping[str, int] = {
    "users.lookupByEmail": 50,
    "conversations.open": 50,
    "chat.update": 50,
    "conversations.history": 50,
    "apps.connections.open": 20,
    "views.open": 100,
    "views.update": 100,
    "views.push": 100,
    "views.publish": 100,
    "users.info": 100,
    "chat.postEphemeral": 100,
    "auth.test": 300,
    "conversations.info": 50,
}
# chat.postMessage has a tier of its own: about one a second a channel with short bursts, several hundred a minute.
POSTS_A_MINUTE, BURST_A_CHANNEL = 300, 3


class Rates:
    """Counts calls by method (posts by channel too), in a sliding minute of the workspace's clock."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = {}

    def wait_for(self, method: str, channel: str, now: float) -> int:
        """0 if the call is allowed, and then it counts; else the seconds of `Retry-After`."""
        if method == "chat.postMessage":
            windows = [(f"{method}:{channel}", BURST_A_CHANNEL, float(BURST_A_CHANNEL)), (method, POSTS_A_MINUTE, 60.0)]
        elif method in TIERS:
            windows = [(method, TIERS[method], 60.0)]
        else:
            return 0
        waits = [self._wait(name, most, span, now) for name, most, span in windows]
        if max(waits) > 0:
            return max(1, ceil(max(waits)))
        for name, _, _ in windows:
            self._calls[name].append(now)
        return 0

    def _wait(self, name: str, most: int, span: float, now: float) -> float:
        calls = self._calls.setdefault(name, deque())
        while calls and calls[0] <= now - span:
            calls.popleft()
        return calls[0] + span - now if len(calls) >= most else 0.0
