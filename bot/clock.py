"""The one clock: calls again and again for what is due. It knows nothing of rounds; the truth is in the database.

APScheduler is only the alarm (design: The life of one reminder, 1): a restart loses nothing, and two of them do no
harm, as each line is claimed in the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

EVERY = timedelta(seconds=5)
SEAL_EVERY = timedelta(seconds=20)
_ONCE_MORE = "at the next known time"
_REGULAR = {"tick": EVERY, "seal": SEAL_EVERY}


class Clock:
    """Calls `tick` every few seconds and at the next time it names, and `seal` a few times a minute, each in a thread.

    `tick` answers with the next moment at which something falls due (UTC), or None. Neither may raise.
    """

    def __init__(self, tick: Callable[[], datetime | None], seal: Callable[[], None]) -> None:
        self._tick = tick
        self._stopping = False
        self._setting = threading.Lock()
        # One thread for ticks: a tick that takes long makes the next one wait, they never run side by side.
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1), "seal": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.add_job(self._run, "interval", seconds=EVERY.total_seconds(), id="tick", next_run_time=_soon())
        self._scheduler.add_job(seal, "interval", seconds=SEAL_EVERY.total_seconds(), id="seal", executor="seal")
        self._ended = threading.Event()
        self._guard = threading.Thread(target=self._keep_going, name="clock guard", daemon=True)

    def start(self) -> None:
        """Begin; the first tick comes at once."""
        self._scheduler.start()
        self._guard.start()

    def stop(self) -> None:
        """End when the tick in hand has ended."""
        # The scheduler waits for that tick while it holds its own lock on the jobs: a tick that then set the next
        # alarm would wait for the scheduler, and neither would ever end.
        with self._setting:
            self._stopping = True
        self._ended.set()
        self._guard.join()
        self._scheduler.shutdown(wait=True)

    def _keep_going(self) -> None:
        """The scheduler sleeps by the clock on the wall: set back an hour, it would sleep for an hour."""
        while not self._ended.wait(EVERY.total_seconds()):
            now = datetime.now(UTC)
            for name, every in _REGULAR.items():
                job = self._scheduler.get_job(name)
                if job is not None and job.next_run_time is not None and job.next_run_time > now + 2 * every:
                    job.modify(next_run_time=now)

    def _run(self) -> None:
        following = self._tick()
        with self._setting:
            if not self._stopping:
                self._set_alarm(following)

    def _set_alarm(self, following: datetime | None) -> None:
        now = datetime.now(UTC)
        if following is not None and now < following < now + EVERY:
            self._scheduler.add_job(
                self._run, "date", run_date=following, id=_ONCE_MORE, replace_existing=True, misfire_grace_time=None
            )
            return
        try:
            self._scheduler.remove_job(_ONCE_MORE)
        except JobLookupError:
            return


def _soon() -> datetime:
    return datetime.now(UTC)
