"""A tick with 1,000 reminders due in a round of 10,000 invitations and in one of a million.

Everyone else's time is still to come. That everyone is read again with the first look of a day, or once something about
the round has changed, is left out here (docs/scaling.md).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from schedules.outcomes import TickSettings
from schedules.tick import tick
from storage.engine import Store
from storage.migrate import upgrade
from tests.fakes.channels import RecordingChannel
from tests.schedules.town import FIRST, OPENS, SECOND, SECRET, SITE, Town

SIZES, DUE, TARGET = (10_000, 1_000_000), 1_000, 1.5

# People of the same round, invited like the others, as rows and no more.
_CROWD = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})
"""


def crowd(store: Store, programme_id: int, round_id: int, many: int) -> None:
    """So many more invitations, each with a line that was sent, copied from one that is there."""
    with store.writing() as tx:
        for table, keys in (
            ("participants", {"id": "i + 1000000", "programme_id": str(programme_id), "key": "'crowd' || i"}),
            (
                "invitations",
                {
                    "id": "i + 1000000",
                    "round_id": str(round_id),
                    "participant_id": "i + 1000000",
                    "reference": "'c' || i",
                    "mail_token": "'c' || i",
                },
            ),
            (
                "deliveries",
                {
                    "id": "i + 1000000",
                    "key": "'crowd/' || i",
                    "programme_id": str(programme_id),
                    "round_id": str(round_id),
                    "invitation_id": "i + 1000000",
                    "participant_id": "i + 1000000",
                    "state": "'sent'",
                    "settled_at": "due_at",
                    "message_id": "NULL",
                },
            ),
        ):
            columns = [row[1] for row in tx.exec_driver_sql(f"PRAGMA table_info({table})").all()]
            chosen = ", ".join(keys.get(name, f'"{name}"') for name in columns)
            names = ", ".join(f'"{name}"' for name in columns)
            # One row that is there already is the pattern for all of them.
            tx.exec_driver_sql(
                f"INSERT INTO {table} ({names}) {_CROWD.format(many=many)}"
                f" SELECT {chosen} FROM (SELECT * FROM {table} ORDER BY id LIMIT 1), n"
            )


def seconds(folder: Path, many: int) -> float:
    """How long the tick takes that plans, queues and sends what is due."""
    folder.mkdir()
    store = Store(f"sqlite:///{folder}/bench.db")
    upgrade(store)
    people = [f"p{each:04}" for each in range(DUE)]
    town = Town(store=store, folder=folder, smtp_url="smtp://127.0.0.1:9", people=people)
    town.load()
    settings = TickSettings(public_url=SITE, secret=SECRET, holder="bench")
    channel = RecordingChannel(town.mail_settings())
    tick(store, {"mail": channel}, settings, OPENS)
    assert len(channel.said) == DUE
    crowd(store, town.round().programme_id, town.round().id, many - DUE)
    with store.writing() as tx:
        tx.exec_driver_sql("UPDATE invitations SET look_again_at = '9000-01-01 00:00:00' WHERE id > 1000000")
        tx.exec_driver_sql("UPDATE rounds SET look_whole_at = '9000-01-01 00:00:00'")
    found = []
    for due in (FIRST, SECOND):
        before = len(channel.said)
        began = time.perf_counter()
        tick(store, {"mail": channel}, settings, due)
        found.append(time.perf_counter() - began)
        assert len(channel.said) == before + DUE, (len(channel.said), before)
    store.close()
    return statistics.mean(found)


def main() -> bool:
    """Print both and their ratio; whether the target is met."""
    print(f"a tick that sends {DUE} reminders of one round")
    with tempfile.TemporaryDirectory() as folder:
        # What is read and compiled once is no cost of a tick.
        seconds(Path(folder) / "warm", SIZES[0])
        few, many = (seconds(Path(folder) / str(size), size) for size in SIZES)
    ratio = many / few
    verdict = "met" if ratio <= TARGET else "MISSED"
    print(
        f"  among {SIZES[0]}: {few:.2f} s, among {SIZES[1]}: {many:.2f} s; ratio {ratio:.2f} (at most {TARGET}: {verdict})"
    )
    return ratio <= TARGET


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
