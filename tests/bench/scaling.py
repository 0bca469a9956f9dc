"""100,000 invitations that fall due at once, planned and queued, on SQLite and on PostgreSQL; and the memory it takes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from schedules import moving, queueing
from schedules.outcomes import Tally
from storage.engine import Store
from storage.migrate import upgrade
from tests.clients.postgresql import server, why_not
from tests.schedules.town import OPENS, Town

SIZES = (10_000, 100_000)
TARGET_SECONDS = 60


def queue(url: str, folder: Path, people: int) -> None:
    """One size in a process of its own: prints seconds and megabytes above what loading took."""
    store = Store(url)
    upgrade(store)
    names = [f"p{each:06}" for each in range(people)]
    Town(store=store, folder=folder, smtp_url="smtp://127.0.0.1:9", people=names).load()
    me = psutil.Process(os.getpid())
    before, peak = me.memory_info().rss, 0
    tally = Tally()
    began = time.perf_counter()
    moving.move_rounds(store, tally, OPENS)
    queueing.queue_due(store, tally, OPENS)
    taken = time.perf_counter() - began
    peak = me.memory_info().rss
    assert tally.counts["queued"] == people
    print(f"{taken:.2f} {(peak - before) / 1e6:.0f}")


def measured(url: str, people: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.scaling", url.format(folder=folder), folder, str(people)]
        seconds, megabytes = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), float(megabytes)


def told(name: str, url: str) -> bool:
    """Print both sizes; whether the larger stays within the target."""
    (few, few_mb), (many, many_mb) = (measured(url, people) for people in SIZES)
    met = many <= TARGET_SECONDS
    print(
        f"  {name}: {SIZES[0]} in {few:.1f} s (+{few_mb:.0f} MB), {SIZES[1]} in {many:.1f} s (+{many_mb:.0f} MB);"
        f" at most {TARGET_SECONDS} s: {'met' if met else 'MISSED'}"
    )
    return met


def main() -> bool:
    """On both databases; without a PostgreSQL that one is left out, and said to be."""
    print("invitations that fall due at once, planned and queued")
    met = told("SQLite", "sqlite:///{folder}/bench.db")
    if why := why_not():
        print(f"  PostgreSQL left out: {why}")
        return met
    with server() as running:
        (few, few_mb), (many, many_mb) = (measured(running.fresh(), people) for people in SIZES)
        in_time = many <= TARGET_SECONDS
        print(
            f"  PostgreSQL: {SIZES[0]} in {few:.1f} s (+{few_mb:.0f} MB), {SIZES[1]} in {many:.1f} s (+{many_mb:.0f} MB);"
            f" at most {TARGET_SECONDS} s: {'met' if in_time else 'MISSED'}"
        )
    return met and in_time


if __name__ == "__main__":
    if len(sys.argv) > 1:
        queue(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(0 if main() else 1)
