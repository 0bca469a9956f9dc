"""2,000 invitations through the ledger, against a bare loop that sends the same messages.

The bare loop builds each message of its finished words, sends it with smtplib on one kept connection and commits one
INSERT: same engine, same commit mode, same server, same run; once without encryption, once with STARTTLS and a login. Rounds alternate; each starts on a fresh database. For
the curious there is a second loop, which has our own renderer build the very same bytes from the letters; that is
faster than the standard library's EmailMessage.
"""

from __future__ import annotations

import smtplib
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from pathlib import Path
from urllib.parse import urlsplit

from channels.base import Channel, Envelope, Letter
from channels.mail.account import read_smtp
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
TARGET = 0.7
LIBRARY = SMTP.clone(max_line_length=998)


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

    def hang_up(self) -> None:
        pass

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


Build = Callable[[int], tuple[str, Sequence[str], bytes]]


def bare(town: Town, build: Build) -> float:
    """Messages a second of the loop that knows nothing; `build` makes the message of that number."""
    parts = urlsplit(town.smtp_url)
    began = time.perf_counter()
    with smtplib.SMTP(parts.hostname or "", parts.port or 0) as server:
        if parts.username:
            server.starttls(context=read_smtp(town.smtp_url).tls())
            server.login(parts.username, parts.password or "")
        for number in range(PEOPLE):
            sender, recipients, content = build(number)
            server.sendmail(sender, recipients, content)
            with town.store.writing() as tx:
                row = (number, datetime.now(UTC).isoformat())
                tx.exec_driver_sql("insert into bare (ref, at) values (?, ?)", row)
    return PEOPLE / (time.perf_counter() - began)


def with_the_library(town: Town, letters: list[Letter]) -> Build:
    """Builds EmailMessages of words that were made beforehand: headers, text and HTML."""
    renderer = town.channel()
    given = []
    for letter in letters:
        envelope = renderer.compose(letter)
        whole = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(whole, EmailMessage)
        text, html = (whole.get_body((kind,)) for kind in ("plain", "html"))
        assert text is not None
        assert html is not None
        headers = {key: str(value) for key, value in whole.items() if key not in ("MIME-Version", "Content-Type")}
        given.append((envelope, headers, text.get_content(), html.get_content()))

    def build(number: int) -> tuple[str, Sequence[str], bytes]:
        envelope, headers, text, html = given[number]
        message = EmailMessage(policy=LIBRARY)
        for key, value in headers.items():
            message[key] = value
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        return envelope.return_path, envelope.recipients, message.as_bytes()

    return build


def with_our_renderer(town: Town, letters: list[Letter]) -> Build:
    """Builds the same bytes as the ledger's messages, as fast as we can."""
    renderer = town.channel()

    def build(number: int) -> tuple[str, Sequence[str], bytes]:
        envelope = renderer.compose(letters[number])
        return envelope.return_path, envelope.recipients, envelope.content

    return build


def main() -> bool:
    """Print rates, spread and ratio of the medians, without and with encryption; whether the target is met."""
    met = [measured(signed=signed) for signed in (False, True)]
    return all(met)


def measured(*, signed: bool) -> bool:
    """One server: `signed` takes mail only over an encrypted line from whoever has signed in."""
    rates: dict[str, list[float]] = {"through the ledger": [], "bare loop": [], "bare loop with our renderer": []}
    with running_sink(signed=signed) as url:
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                town = prepared(Path(folder), url)
                letters: list[Letter] = []
                rates["through the ledger"].append(through_the_ledger(town, Watched(town.channel(), letters)))
                with town.store.writing() as tx:
                    tx.exec_driver_sql("create table bare (id integer primary key, ref text not null, at text)")
                rates["bare loop"].append(bare(town, with_the_library(town, letters)))
                rates["bare loop with our renderer"].append(bare(town, with_our_renderer(town, letters)))
                town.store.close()
    how = "with STARTTLS and a login" if signed else "unencrypted"
    print(f"sending {PEOPLE} invitations to a local sink, {how}, one attempt open at a time")
    for name, found in rates.items():
        spread = (max(found) - min(found)) / statistics.median(found)
        print(f"  {name}: {statistics.median(found):.0f} messages/s, spread {spread:.0%}")
    ours, library, quick = (statistics.median(found) for found in rates.values())
    met = ours / library >= TARGET
    verdict = "met" if met else "MISSED"
    print(
        f"  ratio {ours / library:.2f} (at least {TARGET}: {verdict}); to the loop with our renderer {ours / quick:.2f}"
    )
    return met


if __name__ == "__main__":
    main()
