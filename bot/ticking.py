"""One tick as the commands and the clock run it: the channels of the settings, this process's name, the organisers."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.settings import Settings
from channels.base import Channel
from schedules.outcomes import TickReport, TickSettings
from schedules.tick import tick
from storage.engine import Store


def holder() -> str:
    """What this process is called among senders."""
    return f"{socket.gethostname()}:{os.getpid()}"


def tick_once(
    store: Store,
    channels: Mapping[str, Channel],
    settings: Settings,
    now: datetime,
    *,
    alone: bool,
    leads: bool = False,
    clock: Callable[[], datetime] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> TickReport:
    """Everything that is due at `now` (UTC), once. `clock` renews leases in long runs; without it time stands still."""
    told = TickSettings(
        public_url=settings.public_url,
        secret=settings.secret_key,
        holder=holder(),
        alone=alone,
        leads=leads,
        stopping=stopping,
    )
    return tick(store, channels, told, now, clock=clock)
