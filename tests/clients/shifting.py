"""Moves an example's dates near to now, so that `soundings serve`, whose clock is the real one, finds its rounds open."""

from __future__ import annotations

import re
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


def days_to_now(opens: datetime, now: datetime, *, whole_weeks: bool) -> timedelta:
    """By how many days to move, so that `opens` is the last possible time before `now`.

    With `whole_weeks` every day keeps its weekday; otherwise only Saturdays and Sundays are avoided.
    """
    behind = (now - opens) // timedelta(days=1)
    if whole_weeks:
        return timedelta(days=behind // 7 * 7)
    while (opens + timedelta(days=behind)).weekday() > 4:
        behind -= 1
    return timedelta(days=behind)


def shifted(example: Path, target: Path, by: timedelta) -> Path:
    """A copy of the example's folder with every date in its programme moved; the programme's path.

    Bank holidays and quiet hours are left out of the copy: neither can be moved along, and the scenario has to
    go the same way on whatever day and at whatever hour it is run. Both have their own tests with fixed dates.
    """
    shutil.copytree(example, target)
    programme = target / "programme.yaml"
    kept = [
        line
        for line in programme.read_text(encoding="utf-8").splitlines()
        if not line.startswith(("calendar:", "quiet_hours:"))
    ]
    programme.write_text(DATE.sub(lambda found: _moved(found, by), "\n".join(kept) + "\n"), encoding="utf-8")
    return programme


def _moved(found: re.Match[str], by: timedelta) -> str:
    return (date(int(found[1]), int(found[2]), int(found[3])) + by).isoformat()
