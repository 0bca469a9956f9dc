"""Plays two mornings with digests in a process of its own, so that a test can end it at any point and start it again.

python -m tests.schedules.digest_driver FOLDER SMTP_URL FIRST_EVENT
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from storage.engine import Store
from storage.run_lock import RunLock
from surveys.dispositions import Disposition
from tests.schedules.digests import MINUTE, READER, TUESDAY, WEDNESDAY, opened, stands
from tests.schedules.town import OPENS, Town


def events(town: Town) -> Sequence[Callable[[], object]]:
    """In order; each may be begun again after it was cut off."""
    return (
        lambda: opened(town),
        lambda: stands(town, "ana", Disposition.COMPLETE, OPENS + MINUTE),
        lambda: town.tick(TUESDAY),
        lambda: town.tick(TUESDAY + timedelta(minutes=10)),
        lambda: stands(town, "bo", Disposition.COMPLETE, TUESDAY + timedelta(hours=1)),
        lambda: town.tick(WEDNESDAY),
        lambda: town.tick(WEDNESDAY + timedelta(minutes=10)),
    )


def main(folder: str, smtp_url: str, first: str) -> None:
    """Play from event `first` on."""
    store = Store(f"sqlite:///{folder}/season.db")
    town = Town(store=store, folder=Path(folder), smtp_url=smtp_url)
    town.reword(("panel: panel.csv", f"panel: panel.csv\nnotify: [{READER}]"))
    with RunLock(store):
        for number, event in enumerate(events(town)):
            if number >= int(first):
                event()
                print(f"done {number}", flush=True)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
