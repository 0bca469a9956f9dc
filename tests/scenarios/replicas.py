"""A season of seconds that `soundings serve` runs by itself, in one process or in several on one database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.clients.installation import COMMAND, Installation, free_port
from tests.clients.post_office import PostOffice

PROGRAMME = """\
programme: minutes
title: A round of minutes
timezone: Etc/UTC
sender: {{name: Ada Lund, email: ada.lund@example.org}}
privacy: {{controller: The guests, contact: ada.lund@example.org}}
perspectives: [{{id: guest, label: Guest}}]
areas: [{{id: here, name: Here}}]
panel: panel.csv
rounds:
  - id: quick
    survey: quick.yaml
    kind: mid_cycle
    opens: {opens}
    closes: {closes}
    reminders: {{before_close: [3 minutes], cap: 1, gap: 0 hours}}
"""
SURVEY = """\
survey: quick
version: 1
title: A quick word
language: en-GB
sections:
  - title: The one question
    items:
      - {id: well, ask: Is all well?, type: yes_no, required: true}
      - {id: more, ask: What else?, type: long_text}
"""


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}+00:00"


def address(number: int) -> str:
    return f"guest{number}@guests.test"


@dataclass(kw_only=True)
class Season:
    """`people` are invited at once; those unanswered are reminded `reminds_in` seconds from the beginning."""

    home: Path
    post: PostOffice
    people: int
    settings: dict[str, str]
    opens_in: float = 2
    reminds_in: float = 20
    began: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __post_init__(self) -> None:
        self.soundings = Installation(home=self.home, smtp_url=self.post.url, settings=dict(self.settings))
        opens = self.began + timedelta(seconds=self.opens_in)
        closes = self.began + timedelta(seconds=self.reminds_in + 180)
        (self.home / "programme.yaml").write_text(PROGRAMME.format(opens=stamp(opens), closes=stamp(closes)))
        (self.home / "quick.yaml").write_text(SURVEY)
        rows = [f"g{n},Guest {n},Guest {n},{address(n)},here,guest" for n in range(self.people)]
        (self.home / "panel.csv").write_text("\n".join(["id,name,greeting,email,area,perspectives", *rows]) + "\n")
        self.soundings.run("load", "programme.yaml")

    def replica(self) -> Replica:
        """One more `serve` on the same database; links lead to the first all the same."""
        return Replica(self.soundings, self.home / f"replica{time.monotonic_ns()}.log")

    def reminded_from(self) -> datetime:
        return self.began + timedelta(seconds=self.reminds_in)

    def to_come(self) -> bool:
        """Whether anything is still to go before the close."""
        return bool(self.soundings.run("round", "plan", "quick", "--json").json)

    def asked_in_time(self) -> frozenset[str]:
        """Whose invitation, the last if one was in doubt, came before reminders were due."""
        came = {letter.to: letter.taken_at for letter in self.post.letters(kind="invitation")}
        return frozenset(to for to, at in came.items() if at < self.reminded_from() - timedelta(seconds=1))

    def check_invited(self) -> None:
        """Nobody is missing; who got two had one of them in doubt, under the same name."""
        for number in range(self.people):
            names = [letter.mail["Message-ID"] for letter in self.post.letters(to=address(number), kind="invitation")]
            assert names, f"no invitation for {address(number)}"
            assert len(set(names)) == 1

    def check_reminded(self, *, left_alone: frozenset[str] = frozenset()) -> None:
        """Nobody twice, and nobody who had answered."""
        reminded = Counter(letter.to for letter in self.post.letters(kind="reminder"))
        assert {to: many for to, many in reminded.items() if many > 1} == {}
        assert left_alone.isdisjoint(reminded)


class Replica:
    """One process; its own log says when it keeps the clock."""

    def __init__(self, soundings: Installation, log: Path) -> None:
        self.log = log
        self.port = soundings.port if not _taken(soundings.port) else free_port()
        with log.open("ab") as written:
            self.process = subprocess.Popen(
                [str(COMMAND), "serve", "--port", str(self.port)],
                cwd=soundings.home,
                env=soundings.environment,
                stdout=written,
                stderr=subprocess.STDOUT,
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def leads(self) -> bool:
        said = self.said()
        return said.rfind("this replica keeps the clock now") > said.rfind("another replica keeps the clock")

    def send(self, number: int) -> None:
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait(timeout=10)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(season: Season, how_many: int) -> Iterator[list[Replica]]:
    """So many replicas, the first of them ready; all are killed at the end."""
    replicas: list[Replica] = []
    try:
        for _ in range(how_many):
            replicas.append(season.replica())
            wait_until(lambda: "Ready: listening" in replicas[-1].said(), within=20, what=replicas[-1].said)
        yield replicas
    finally:
        for each in replicas:
            each.kill()


def wait_until(true: Any, *, within: float, what: Any = lambda: "") -> float:
    """Wait for it; how many seconds it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < within, f"not within {within} s: {what()}"
        time.sleep(0.05)
    return time.monotonic() - began
