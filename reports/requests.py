"""What people have asked of the organisers, with the day by which each is to be answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from storage.engine import Tx
from storage.person_requests import waiting
from storage.programmes import all_programmes
from surveys.person_requests import answer_by


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestSheet:
    """One request. `participant` is the panel id; `confirmed` None: the stored mailbox has not said that it was they.

    `overdue`: the day for an answer has passed.
    """

    programme: str
    participant: str
    name: str
    phone: str
    kind: str
    asked: datetime
    confirmed: datetime | None
    answer_by: date
    overdue: bool


def request_sheets(
    tx: Tx, now: datetime, *, programme: str = "", seen: Callable[[str], bool]
) -> tuple[RequestSheet, ...]:
    """Those of the programme, or of all, the oldest first; only of programmes for which `seen` says yes."""
    zones = {stored.key: ZoneInfo(stored.programme.timezone) for stored in all_programmes(tx)}
    found = []
    for each in waiting(tx):
        if programme not in ("", each.programme) or not seen(each.programme):
            continue
        by = answer_by(each.request.asked_at, zones[each.programme])
        found.append(
            RequestSheet(
                programme=each.programme,
                participant=each.key,
                name=each.name,
                phone=each.phone,
                kind=each.request.kind.value,
                asked=each.request.asked_at,
                confirmed=each.request.confirmed_at,
                answer_by=by,
                overdue=now.astimezone(zones[each.programme]).date() > by,
            )
        )
    return tuple(found)
