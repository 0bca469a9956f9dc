"""A whole round through the installed command: load, plan, invite, answer, remind, close, export.

The clock is moved with `tick --at`; the form is answered at a running `soundings serve`, whose clock is the real
one. So the example's dates are moved until its round has just opened (see `tests.clients.shifting`).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.clients.form_client import Field, FormClient, Walk, something
from tests.clients.installation import Installation
from tests.clients.post_office import Letter, PostOffice
from tests.clients.shifting import days_to_now, shifted

LONDON = ZoneInfo("Europe/London")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass(frozen=True, kw_only=True)
class Play:
    """Which example is played, which of its rounds, and how its days may be moved."""

    example: str
    round: str
    opens: datetime
    whole_weeks: bool
    zone: ZoneInfo = LONDON


S1 = Play(
    example="courageous-conversations",
    round="courageous-conversations/mid-cycle-2024",
    opens=datetime(2024, 11, 25, 9, 0, tzinfo=ZoneInfo("Europe/London")),
    whole_weeks=True,
)
MODULES = Play(
    example="leadership-modules",
    round="leadership-modules/after-module--module-1",
    # One hour after the first module's second day.
    opens=datetime(2025, 1, 23, 16, 30, tzinfo=ZoneInfo("Europe/London")),
    whole_weeks=False,
)


@dataclass(frozen=True, kw_only=True)
class Message:
    """What one person gets, as plan and mailbox have it in common."""

    person: str
    kind: str


class Season:
    """One play on one installation; its round opened last week, or, `weeks_ahead`, is still to open."""

    def __init__(self, play: Play, home: Path, post: PostOffice, *, weeks_ahead: int = 0) -> None:
        self.play = play
        self.post = post
        self.soundings = Installation(home=home, smtp_url=post.url)
        self.moved_by = days_to_now(play.opens, datetime.now(UTC), whole_weeks=play.whole_weeks)
        self.moved_by += timedelta(weeks=weeks_ahead)
        self.programme = shifted(EXAMPLES / play.example, home / play.example, self.moved_by)
        self.people = _panel(self.programme.with_name("panel.csv"))
        self.client = FormClient()

    @property
    def round(self) -> str:
        return self.play.round

    def local(self, day: str, at: str) -> datetime:
        """A day of the example as its file has it, moved along, at that hour there (UTC)."""
        moved = date.fromisoformat(day) + self.moved_by
        return datetime.combine(moved, time.fromisoformat(at), tzinfo=self.play.zone).astimezone(UTC)

    def load(self) -> None:
        self.soundings.run("load", self.programme)

    def plan(self) -> list[Mapping[str, Any]]:
        """Every message still to come, as `round plan` has it."""
        return list(self.soundings.run("round", "plan", self.round, "--json").json)

    def tick(self, at: datetime) -> list[Message]:
        """Do what is due then; what came of it to those who are asked. Digests are for the organisers."""
        before = len(self.post.letters())
        self.soundings.tick(at)
        return [self.message_of(letter) for letter in self.post.since(before) if letter.kind != "digest"]

    def message_of(self, letter: Letter) -> Message:
        return Message(person=self.person_of(letter), kind=letter.kind)

    def person_of(self, letter: Letter) -> str:
        """Whose letter it is: by its address, or where two share a mailbox by the name it greets."""
        owners = [key for key, row in self.people.items() if letter.to in (row["email"], row["email2"])]
        named = [key for key in owners if self.people[key]["greeting"] in letter.text]
        return (named if len(owners) > 1 else owners)[0] if owners else letter.to

    def invitation_of(self, person: str) -> Letter:
        for letter in self.post.letters(kind="invitation"):
            if self.person_of(letter) == person:
                return letter
        raise AssertionError(f"{person} got no invitation")

    def link_of(self, person: str) -> str:
        return self.invitation_of(person).link(self.soundings.public_url)

    @contextmanager
    def serving(self) -> Iterator[None]:
        with self.soundings.serving():
            yield

    def answer(self, person: str, answers: Mapping[str, Any] | None = None, **how: Any) -> Walk:
        """Fill in that person's form to the end; needs `serving`."""
        how.setdefault("otherwise", _no_voices)
        walk = self.client.answer(self.link_of(person), answers, **how)
        if how.get("submit", True) and "stop_before" not in how:
            assert walk.last.kind == "done", f"{person} ended on {walk.last.kind}: {walk.last.words[:500]}"
        return walk


def people_and_kinds(messages: Sequence[Message]) -> Mapping[str, list[str]]:
    """kind -> the people who got one, sorted; twice the same person shows twice."""
    found: dict[str, list[str]] = {}
    for message in messages:
        found.setdefault(message.kind, []).append(message.person)
    return {kind: sorted(people) for kind, people in found.items()}


def how_many(messages: Sequence[Message]) -> Counter[str]:
    return Counter(message.kind for message in messages)


def due(line: Mapping[str, Any]) -> datetime:
    """When a planned line goes (UTC)."""
    return datetime.fromisoformat(line["due"]).astimezone(UTC)


def steps(plan: Sequence[Mapping[str, Any]], until: datetime) -> list[datetime]:
    """The times at which something of the plan is due."""
    return sorted({due(line) for line in plan if due(line) <= until})


def _panel(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as rows:
        return {row["id"]: row for row in csv.DictReader(rows)}


def _no_voices(field: Field) -> list[str]:
    """Something in every field, but nobody else's voice: those are given by hand."""
    return list(field.preset) if re.fullmatch(r"voices\..+", field.name) else something(field)


def hour_before(moment: datetime) -> datetime:
    return moment - timedelta(hours=1)
