"""SIGTERM and Ctrl-C as an orderly end."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType


class StopSignals:
    """SIGTERM and SIGINT call `stop` while the block runs; afterwards they mean what they meant before."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            self._before[each] = signal.signal(each, self._heard)

    def __exit__(self, *_: object) -> None:
        for each, before in self._before.items():
            signal.signal(each, before)  # type: ignore[arg-type] # what signal() gave is what it takes

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self._stop()
