"""2,000 invitations through the ledger, against a bare loop that sends the same messages.

The bare loop builds each message, sends it with smtplib on one kept connection and commits one INSERT: same engine,
same commit mode, same server, same run. Rounds of both alternate; each starts on a fresh database.
"""

from __future__ import annotations

import smtplib
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from channels.base import Channel, Envelope, Letter
from channels.mail.channel import MailChannel
from schedules import moving, queueing
from schedules.outcomes import Tally, TickSettings
from schedules.sending import Delivery
from storage.engine import Store
from storage.migrate import upgrade
from surveys.delivery import Outcome
from tests.bench.sink import running_sink
from tests.schedules.town import OPENS, SECRET, SITE, Town

PEOPLE = 2000
ROUNDS = 3
WANTED = 0.7


class Watched:
    """A channel that notes the letters and how many attempts were open at once."""

    name = "mail"
    max_open = 1

    def __init__(self, inner: MailChannel, letters: list[Letter]) -> None:
        self.inner = inner
        self.letters = letters

    @property
    def account(self) -> str:
        return self.inner.account

    def ref(self, key: str) -> str:
        return self.inner.ref(key)

    def compose(self, letter: Letter) -> Envelope:
        self.letters.append(letter)
        return self.inner.compose(letter)

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        return self.inner.send(envelope, now)

    def rest(self) -> None:
        self.inner.rest()


def prepared(folder: Path, url: str) -> Town:
    """A round just opened, its 2,000 invitations queued and due."""
    store = Store(f"sqlite:///{folder}/bench.db")
    upgrade(store)
    town = Town(store=store, folder=folder, smtp_url=url, people=[f"p{each:05}" for each in range(PEOPLE)])
    town.load()
    tally = Tally()
    moving.move_rounds(store, tally, OPENS)
    queueing.queue_due(store, tally, OPENS)
    assert tally.counts["queued"] == PEOPLE
    return town


def through_the_ledger(town: Town, channel: Channel) -> float:
    """Messages a second."""
    settings = TickSettings(public_url=SITE, secret=SECRET, holder="bench")
    tally = Tally()
    began = time.perf_counter()
    Delivery(town.store, channel, settings, tally, lambda: OPENS, reach={"mail"}).run()
    taken = time.perf_counter() - began
    assert tally.sent == {"invitation": PEOPLE}
    return PEOPLE / taken


def bare(town: Town, letters: list[Letter]) -> float:
    """Messages a second of the loop that knows nothing."""
    compose, parts = town.channel().compose, urlsplit(town.smtp_url)
    with town.store.writing() as tx:
        tx.exec_driver_sql("create table bare (id integer primary key, ref text not null, at text not null)")
    began = time.perf_counter()
    with smtplib.SMTP(parts.hostname or "", parts.port or 0) as server:
        for letter in letters:
            message = compose(letter)
            server.sendmail(message.return_path, message.recipients, message.content)
            with town.store.writing() as tx:
                row = (message.ref, datetime.now(UTC).isoformat())
                tx.exec_driver_sql("insert into bare (ref, at) values (?, ?)", row)
    return PEOPLE / (time.perf_counter() - began)


def main() -> float:
    """Print rates, spread and ratio; the ratio of the medians."""
    ours: list[float] = []
    theirs: list[float] = []
    with running_sink() as url:
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                town = prepared(Path(folder), url)
                letters: list[Letter] = []
                ours.append(through_the_ledger(town, Watched(town.channel(), letters)))
                theirs.append(bare(town, letters))
                town.store.close()
    ratio = statistics.median(ours) / statistics.median(theirs)
    for name, rates in (("through the ledger", ours), ("bare loop", theirs)):
        spread = (max(rates) - min(rates)) / statistics.median(rates)
        print(f"sending, {name}: {statistics.median(rates):.0f} messages/s, spread {spread:.0%}")
    print(f"sending, ratio: {ratio:.2f} (wanted: {WANTED})")
    return ratio


if __name__ == "__main__":
    main()
