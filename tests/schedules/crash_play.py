"""A process of its own that plays a season and may kill itself in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from storage.steps import CRASH_SETTING

HERE = Path(__file__).resolve().parents[2]


def play(driver: str, folder: Path, smtp_url: str, first: int, crash: str) -> tuple[int, int]:
    """Run a driver of this folder until it ends or kills itself at `crash`: how it ended, and its last finished event."""
    environment = {key: value for key, value in os.environ.items() if key != CRASH_SETTING}
    if crash:
        environment[CRASH_SETTING] = crash
    ended = subprocess.run(
        [sys.executable, "-m", f"tests.schedules.{driver}", str(folder), smtp_url, str(first)],
        cwd=HERE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
    done = [int(line.split()[1]) for line in ended.stdout.splitlines()]
    return ended.returncode, max(done, default=first - 1)
