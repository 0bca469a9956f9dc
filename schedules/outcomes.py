"""What a tick is told, and what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


def _never() -> bool:
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class TickSettings:
    """What delivering needs to know of the installation.

    `holder` names this process among senders. `alone`: no other process can be sending on this database (its run lock
    is ours), so whatever is found claimed was left behind. `leads`: it is this process's turn, and whoever had it
    before is passed, but may not know it yet. `stopping` is asked between messages.
    """

    public_url: str
    secret: str = field(repr=False)
    holder: str
    alone: bool = True
    leads: bool = False
    stopping: Callable[[], bool] = _never

    @property
    def takes_over(self) -> bool:
        """Whether what others have in hand can be taken from them."""
        return self.alone or self.leads


@dataclass(frozen=True, kw_only=True, slots=True)
class TickReport:
    """What one tick did. `sent` is by kind; `troubles` by channel account, what keeps it from sending.

    `removed`: by kind, the rows that went because they had been kept for long enough.

    `next_at` is when something is next known to fall due (UTC), None if nothing is.
    """

    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    invited: int = 0
    queued: int = 0
    sent: Mapping[str, int] = field(default_factory=dict)
    cancelled: int = 0
    deferred: int = 0
    refused: int = 0
    in_doubt: int = 0
    undeliverable: int = 0
    removed: Mapping[str, int] = field(default_factory=dict)
    troubles: Mapping[str, str] = field(default_factory=dict)
    next_at: datetime | None = None

    @property
    def did_nothing(self) -> bool:
        """Whether the tick changed nothing at all."""
        counts = (self.invited, self.queued, self.cancelled, self.deferred, self.refused, self.in_doubt)
        return not (self.opened or self.closed or self.sent or self.removed or any(counts))


@dataclass(slots=True)
class Tally:
    """Counts while a tick is under way."""

    opened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    troubles: dict[str, str] = field(default_factory=dict)
    # When channels that have sent as much as their platform takes go on.
    resumes: list[datetime] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def copy(self) -> Tally:
        """The counts as they stand, to go back to when a transaction is rolled back."""
        return Tally(
            opened=list(self.opened),
            closed=list(self.closed),
            sent=Counter(self.sent),
            removed=Counter(self.removed),
            troubles=dict(self.troubles),
            resumes=list(self.resumes),
            counts=Counter(self.counts),
        )

    def restore(self, before: Tally) -> None:
        """Forget what was counted since."""
        self.opened, self.closed = before.opened, before.closed
        self.sent, self.troubles, self.counts = before.sent, before.troubles, before.counts
        self.removed = before.removed

    def report(self, next_at: datetime | None) -> TickReport:
        """The counts as a value."""
        return TickReport(
            opened=tuple(self.opened),
            closed=tuple(self.closed),
            sent=dict(self.sent),
            removed=dict(self.removed),
            troubles=dict(self.troubles),
            next_at=next_at,
            **self.counts,
        )
