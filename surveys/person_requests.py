"""What a person asks of the organisers by their link, and until when it is to be answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum

_MONTHS = 12
_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class RequestKind(StrEnum):
    """Erasure of everything, or a copy where there is no mailbox that it could go to by itself."""

    ERASURE = "erasure"
    COPY = "copy"


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRequest:
    """One request that stands. `confirmed_at`: when the stored mailbox said that it was they who asked."""

    id: int
    kind: RequestKind
    asked_at: datetime
    channel: str
    confirmed_at: datetime | None = None

    @property
    def mark(self) -> int:
        """What the link that confirms it is made with: the same all day, as one mail a day asks about it."""
        return self.asked_at.astimezone(UTC).date().toordinal()


def answer_by(asked_at: datetime, zone: tzinfo) -> date:
    """The last day for an answer: one calendar month after the day of asking (UK GDPR, article 12(3))."""
    day = asked_at.astimezone(zone).date()
    year, month = (day.year, day.month + 1) if day.month < _MONTHS else (day.year + 1, 1)
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)  # noqa: PLR2004 - the calendar's own
    return date(year, month, min(day.day, _LAST_DAYS[month - 1] + leap))
