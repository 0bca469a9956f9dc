"""What backups made again and again are called, and which of them have had their time."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

MARK = "{now}"


def named(file: Path, now: datetime) -> Path:
    """The file with `{now}` in its name put in as UTC: `soundings-{now}.age` is `soundings-20241209T093000.age`."""
    return file.with_name(file.name.replace(MARK, f"{now:%Y%m%dT%H%M%S}"))


def outdated(file: Path, keep: int) -> tuple[Path, ...]:
    """Beyond the newest `keep`, the files beside it that the same name with `{now}` has made, the oldest first."""
    pattern = re.compile(re.escape(file.name).replace(re.escape(MARK), r"\d{8}T\d{6}"))
    made = sorted(each for each in file.parent.iterdir() if pattern.fullmatch(each.name) and each.is_file())
    return tuple(made[: max(0, len(made) - keep)])
