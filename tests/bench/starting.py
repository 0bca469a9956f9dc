"""How long `soundings --help` takes, and how much memory an idle `soundings serve` holds."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

COMMAND = str(Path(sys.executable).with_name("soundings"))
HELP_SECONDS = 0.4
IDLE_MEGABYTES = 150
SETTLED_AFTER = 8.0


def help_seconds() -> list[float]:
    """Five runs after one that warms the disk."""
    taken = []
    for _ in range(6):
        began = time.perf_counter()
        subprocess.run([COMMAND, "--help"], check=True, capture_output=True)
        taken.append(time.perf_counter() - began)
    return taken[1:]


def idle_megabytes() -> float:
    """What `serve` holds when it has been left alone for some seconds."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"SECRET_KEY": "for measuring only, and long enough"}
        serving = subprocess.Popen(
            [COMMAND, "serve", "--port", "0"],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            time.sleep(SETTLED_AFTER)
            assert serving.poll() is None, "serve has ended by itself"
            return float(psutil.Process(serving.pid).memory_info().rss) / 2**20
        finally:
            serving.terminate()
            serving.wait(20)


def main() -> bool:
    """Print both; whether the targets are met."""
    taken, held = help_seconds(), idle_megabytes()
    median, spread = statistics.median(taken), max(taken) - min(taken)
    print("starting and standing by")
    print(
        f"  soundings --help: {median:.2f} s, spread {spread:.2f} s (under {HELP_SECONDS} s: {_met(median < HELP_SECONDS)})"
    )
    print(f"  soundings serve, idle: {held:.0f} MB (under {IDLE_MEGABYTES} MB: {_met(held < IDLE_MEGABYTES)})")
    return median < HELP_SECONDS and held < IDLE_MEGABYTES


def _met(good: bool) -> str:
    return "met" if good else "MISSED"


if __name__ == "__main__":
    main()
