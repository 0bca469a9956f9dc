"""A tick with nothing due, over 1,000 and over 100,000 invitations: it must not matter how many there are."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from schedules import moving, queueing
from schedules.outcomes import Tally
from storage.engine import Store
from storage.migrate import upgrade
from tests.schedules.town import OPENS, Town

SIZES = (1_000, 100_000)
TICKS = 200
TARGET = 1.5


def prepared(folder: Path, people: int) -> Town:
    """A round that has been open for an hour, everyone invited."""
    folder.mkdir()
    store = Store(f"sqlite:///{folder}/bench.db")
    upgrade(store)
    # Nothing is ever due, so nobody listens.
    town = Town(
        store=store, folder=folder, smtp_url="smtp://127.0.0.1:9", people=[f"p{each:06}" for each in range(people)]
    )
    town.load()
    tally = Tally()
    moving.move_rounds(store, tally, OPENS)
    queueing.queue_due(store, tally, OPENS)
    assert tally.counts["queued"] == people
    with store.writing() as tx:
        tx.exec_driver_sql("update deliveries set state = 'sent', settled_at = due_at")
        tx.exec_driver_sql("update invitations set invited_at = created_at, last_contact_at = created_at")
    # What was queued is on its way: the round is looked at once more, and then not before its first reminder.
    town.look_again()
    queueing.queue_due(store, tally, OPENS + timedelta(minutes=1))
    assert tally.counts["queued"] == people
    return town


def milliseconds(town: Town) -> list[float]:
    """How long each tick takes."""
    found = []
    for number in range(TICKS):
        began = time.perf_counter()
        report = town.tick(OPENS + timedelta(hours=1, seconds=number))
        found.append((time.perf_counter() - began) * 1000)
        assert report.did_nothing
    return found


def main() -> bool:
    """Print the times, their spread and the ratio of the medians; whether the target is met."""
    print("ticking with nothing due")
    medians = []
    with tempfile.TemporaryDirectory() as folder:
        towns = [prepared(Path(folder) / str(people), people) for people in SIZES]
        for town in towns:
            milliseconds(town)
        for people, town in zip(SIZES, towns, strict=True):
            taken = milliseconds(town)
            medians.append(statistics.median(taken))
            fifth, last = statistics.quantiles(taken, n=20)[0], statistics.quantiles(taken, n=20)[-1]
            print(f"  {people} invitations: {medians[-1]:.2f} ms, 90% between {fifth:.2f} and {last:.2f} ms")
            town.store.close()
    ratio = medians[1] / medians[0]
    verdict = "met" if ratio <= TARGET else "MISSED"
    print(f"  ratio {ratio:.2f} (at most {TARGET}: {verdict})")
    return ratio <= TARGET


if __name__ == "__main__":
    main()
