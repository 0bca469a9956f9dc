"""Rounds as a list, and one of them in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from storage.engine import Tx
from storage.figures import invited_by_round
from storage.instruments import instruments_of
from storage.programmes import all_programmes
from storage.rounds import DeadlineChange, all_rounds, deadline_changes_of
from surveys.cadence import say_offset
from surveys.rounds import Round


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundSheet:
    """One round; `opens`, `closes` and `moves` are in the programme's zone, `survey` is like `mid-cycle version 1`."""

    round: Round
    survey: str
    opens: datetime
    closes: datetime
    invited: int
    moves: tuple[DeadlineChange, ...]
    frozen: datetime | None = None

    def plain(self) -> dict[str, Any]:
        """What `round show --json` says."""
        round_, audience = self.round, self.round.audience
        return {
            "round": round_.key,
            "programme": round_.programme,
            "state": round_.state.value,
            "opens": self.opens,
            "closes": self.closes,
            "frozen": self.frozen,
            "kind": round_.kind.value,
            "mode": round_.mode.value,
            "per": "session" if round_.per_session else "person",
            "survey": self.survey,
            "session": round_.session or None,
            "invited": self.invited,
            "audience": {
                "sessions": sorted(audience.sessions) or ["held" if audience.held_only else "all"],
                "areas": sorted(audience.areas) or ["all"],
                "perspectives": sorted(audience.perspectives) or ["all"],
            },
            "reminders": None
            if round_.reminders is None
            else {
                "before_close": [say_offset(offset) for offset in round_.reminders.before_close],
                "at": f"{round_.reminders.at:%H:%M}",
                "cap": round_.reminders.cap,
                "gap_hours": round_.reminders.gap.total_seconds() / 3600,
            },
            "moved": [
                {"before": each.before, "after": each.after, "at": each.at, "reason": each.reason}
                for each in self.moves
            ],
        }


def round_sheets(tx: Tx, programme_id: int | None = None) -> tuple[RoundSheet, ...]:
    """Every round, or those of one programme, in order of opening."""
    found = all_rounds(tx, programme_id)
    zones = {stored.id: ZoneInfo(stored.programme.timezone) for stored in all_programmes(tx)}
    surveys = {
        each.id: f"{each.survey} version {each.version}"
        for key in {round_.programme_id for round_ in found}
        for each in instruments_of(tx, key)
    }
    invited = invited_by_round(tx)
    return tuple(
        _sheet(tx, each, zones[each.programme_id], surveys[each.instrument_id], invited.get(each.id, 0))
        for each in found
    )


def _sheet(tx: Tx, round_: Round, zone: ZoneInfo, survey: str, invited: int) -> RoundSheet:
    return RoundSheet(
        round=round_,
        survey=survey,
        opens=round_.opens_at.astimezone(zone),
        closes=round_.closes_at.astimezone(zone),
        invited=invited,
        frozen=round_.frozen_at.astimezone(zone) if round_.frozen_at else None,
        moves=tuple(
            DeadlineChange(
                before=each.before.astimezone(zone),
                after=each.after.astimezone(zone),
                reason=each.reason,
                at=each.at.astimezone(zone),
            )
            for each in deadline_changes_of(tx, round_.id)
        ),
    )
