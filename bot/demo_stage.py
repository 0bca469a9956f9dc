"""What the demo's pages stand on: its database, its clock, its mail, and how the clock is moved."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.demo_clock import DemoClock
from console.demo_status import close_ahead, people_of, round_views
from console.demo_views import Move, Moved, Person, RoundView
from console.mailbox import Mailbox
from storage.engine import Store
from storage.programmes import StoredProgramme

LENGTHS = {Move.HOUR: timedelta(hours=1), Move.DAY: timedelta(days=1), Move.WEEK: timedelta(weeks=1)}
# A stop at every due time on the way; a season of both rounds has some thirty.
MOST_STOPS = 500


class DemoStage:
    """The demo of one programme. Threads may share it; the clock is moved, and messages sent, by one at a time.

    `tick` does all that is due at a time, and answers when something is next known to fall due.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: DemoClock,
        mailbox: Mailbox,
        programme: StoredProgramme,
        public_url: str,
        tick: Callable[[datetime], datetime | None],
    ) -> None:
        self.store = store
        self.clock = clock
        self.mailbox = mailbox
        self.public_url = public_url
        self.zone = ZoneInfo(programme.programme.timezone)
        self.moved: Moved | None = None
        self._stored = programme
        self._tick = tick
        self._one_at_a_time = threading.Lock()

    def now(self) -> datetime:
        return self.clock()

    def programme(self) -> str:
        return self._stored.programme.title.within("en-GB")

    def people(self) -> tuple[Person, ...]:
        with self.store.reading() as tx:
            return people_of(tx, self._stored)

    def rounds(self) -> tuple[RoundView, ...]:
        with self.store.reading() as tx:
            return round_views(tx, self._stored, self.now())

    def catch_up(self) -> None:
        """Do what is due at the demo's present time: receipts for what was just answered, a delegate's invitation."""
        with self._one_at_a_time:
            self._tick(self.now())

    def move(self, move: Move) -> None:
        """Move the clock on, with a stop at each time at which something is due, so that all goes at its hour."""
        with self._one_at_a_time:
            before, came = self.now(), self.mailbox.counts()
            following = self._tick(before)
            target = self._target(move)
            for _ in range(MOST_STOPS):
                if following is None or not self.now() < following < target:
                    break
                self.clock.move_to(following)
                following = self._tick(following)
            self.clock.move_to(target)
            self._tick(self.now())
            self.moved = Moved(before=before, after=self.now(), came=self.mailbox.counts() - came)

    def _target(self, move: Move) -> datetime:
        now = self.now()
        if move in LENGTHS:
            return self._on_the_wall(now, LENGTHS[move])
        if move is Move.NEXT:
            upcoming = [line.at for view in self.rounds() for line in view.upcoming if line.at > now]
            return min(upcoming, default=now)
        with self.store.reading() as tx:
            return close_ahead(tx, self._stored.id, now) or now

    def _on_the_wall(self, now: datetime, length: timedelta) -> datetime:
        """`length` later as the clock on the wall shows it: a day on is the same hour, also over a change of clocks."""
        if length < timedelta(days=1):
            return now + length
        return (now.astimezone(self.zone) + length).astimezone(now.tzinfo)
