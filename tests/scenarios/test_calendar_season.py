"""A season's calendar that keeps changing, read from iCalendar files: who gets what when, worked out by hand.

Five events in the first autumn, seven planned for the year after: two are moved, one is cancelled, one area joins late; a
mid-cycle survey in December and a follow-up in June. Bank holidays of England and both changes of the clocks lie in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.clients.installation import Installation
from tests.clients.post_office import PostOffice

PROGRAMME = """\
programme: talks
title: Open talks
timezone: Europe/London
calendar: GB-ENG
sender: {{name: Ada Lund, email: ada.lund@example.org}}
privacy: {{controller: Open talks, contact: ada.lund@example.org}}
perspectives: [{{id: host, label: Host}}, {{id: reviewer, label: Visiting reviewer}}]
areas:
{areas}
sessions_file: season.ics
panel: panel.csv
rounds:
  - id: after
    survey: short.yaml
    kind: post_session
    opens: 1 hour after session
    closes: 5 working days after opens
    reminders: {{before_close: [2 days], at: "09:30", cap: 1}}
  - id: mid
    survey: short.yaml
    kind: mid_cycle
    opens: 2027-12-06 09:00
    closes: 2027-12-16 close of play
    audience: {{sessions: held, perspectives: [host]}}
    reminders: {{before_close: [7 days, 2 days], at: "09:30", cap: 2}}
  - id: june
    survey: short.yaml
    kind: mid_cycle
    opens: 2028-06-26 09:00
    closes: 2028-07-14 close of play
    audience: {{sessions: held, perspectives: [host]}}
    reminders: {{before_close: [7 days], at: "09:30", cap: 1}}
"""
SURVEY = """\
survey: short
version: 1
title: A short survey
language: en-GB
sections:
  - title: The day
    items:
      - {id: host_item, ask: How did hosting go?, type: text, audience: [host]}
      - {id: visit_item, ask: What did you see?, type: text, audience: [reviewer]}
"""
DAYS = {
    1: "2027-10-05",
    2: "2027-10-28",
    3: "2027-11-17",
    4: "2027-12-03",
    5: "2027-12-20",
    6: "2028-01-18",
    7: "2028-02-10",
    8: "2028-03-22",
    9: "2028-03-24",
    10: "2028-04-11",
    11: "2028-05-17",
}
# By session: when its round invites and reminds (UTC), looked up in a calendar.
AFTER = {
    1: ("2027-10-05 16:00", "2027-10-08 08:30"),  # two days before Tuesday is a Sunday
    2: ("2027-10-28 16:00", "2027-11-02 09:30"),  # the clocks go back between
    3: ("2027-11-17 17:00", "2027-11-22 09:30"),
    4: ("2027-12-03 17:00", "2027-12-08 09:30"),
    5: ("2027-12-20 17:00", "2027-12-24 09:30"),  # it closes on the 29th; the 27th and 28th are holidays
    6: ("2028-01-18 17:00", "2028-01-21 09:30"),
    7: ("2028-02-24 17:00", "2028-02-29 09:30"),  # moved by two weeks, in a leap year
    9: ("2028-03-24 17:00", "2028-03-29 08:30"),  # the clocks go forward between
    10: ("2028-04-11 16:00", "2028-04-18 08:30"),  # Good Friday and Easter Monday do not count
    11: ("2028-06-07 16:00", "2028-06-12 08:30"),  # moved into June
    12: ("2028-06-15 16:00", "2028-06-20 08:30"),  # joined late
}


def calendar(days: Mapping[int, str], *, cancelled: frozenset[int] = frozenset()) -> str:
    """As a calendar program writes it: local times with their zone, one event a session."""
    events = []
    for number, day in days.items():
        stamp = day.replace("-", "")
        events += [
            "BEGIN:VEVENT",
            f"UID:talk-{number}@calendar.test",
            "DTSTAMP:20270101T000000Z",
            f"SUMMARY:Talk in place {number}",
            f"CATEGORIES:Programme,Place {number}",
            f"DTSTART;TZID=Europe/London:{stamp}T093000",
            f"DTEND;TZID=Europe/London:{stamp}T160000",
            f"STATUS:{'CANCELLED' if number in cancelled else 'CONFIRMED'}",
            "END:VEVENT",
        ]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *events, "END:VCALENDAR", ""])


class Talks:
    """The installation, its files, and a clock that goes from one due time to the next."""

    def __init__(self, home: Path, post: PostOffice) -> None:
        self.home, self.post = home, post
        self.soundings = Installation(home=home, smtp_url=post.url)
        (home / "short.yaml").write_text(SURVEY)
        rows = [f"h{n},Host {n},h{n}@hosts.test,place-{n},,talk-{n}:host" for n in range(1, 13)]
        for name, numbers in (("r1", range(1, 7)), ("r2", range(7, 13))):
            visits = ";".join(f"talk-{n}:reviewer" for n in numbers)
            rows.append(f"{name},Reviewer {name},{name}@visits.test,,,{visits}")
        self.rows = rows
        self.came: list[tuple[str, str, str]] = []
        self.now = datetime(2027, 9, 1, 9, tzinfo=UTC)

    def load(self, days: Mapping[int, str], *, cancelled: frozenset[int] = frozenset(), interested: bool = True) -> str:
        status = ", status: interested" if interested else ""
        areas = [f"  - {{id: place-{n}, name: Place {n}{status if n == 12 else ''}}}" for n in range(1, 13)]
        (self.home / "programme.yaml").write_text(PROGRAMME.format(areas="\n".join(areas)))
        (self.home / "season.ics").write_text(calendar(days, cancelled=cancelled), newline="")
        known = {f"talk-{n}" for n in days}
        told = []
        for row in self.rows:
            *first, visits = row.split(",")
            there = ";".join(each for each in visits.split(";") if each.partition(":")[0] in known)
            told.append(",".join([*first, there]))
        header = "id,name,email,area,perspectives,sessions"
        (self.home / "panel.csv").write_text("\n".join([header, *told]) + "\n")
        return self.soundings.run("load", "programme.yaml").out

    def run_until(self, day: str) -> None:
        end = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        while self.now < end:
            before = len(self.post.letters())
            done = self.soundings.run("tick", "--at", self.now, "--json").json
            self.came += [
                (f"{self.now:%Y-%m-%d %H:%M}", letter.to.partition("@")[0], letter.kind)
                for letter in self.post.since(before)
            ]
            following = done["next_at"]
            self.now = end if following is None else min(end, datetime.fromisoformat(following))


@pytest.fixture
def talks(tmp_path: Path, post: PostOffice) -> Talks:
    return Talks(tmp_path, post)


def expected() -> set[tuple[str, str, str]]:
    table = set()
    for number, (invited, reminded) in AFTER.items():
        for who in (f"h{number}", "r1" if number < 7 else "r2"):
            table |= {(invited, who, "invitation"), (reminded, who, "reminder")}
    for number in (1, 2, 3, 4):
        table |= {("2027-12-06 09:00", f"h{number}", "invitation")}
        table |= {(at, f"h{number}", "reminder") for at in ("2027-12-09 09:30", "2027-12-14 09:30")}
    for number in AFTER:
        table |= {("2028-06-26 08:00", f"h{number}", "invitation"), ("2028-07-07 08:30", f"h{number}", "reminder")}
    return table


@pytest.mark.timeout(300)
def test_who_gets_what_when_in_a_season_that_keeps_changing(talks: Talks) -> None:
    days = dict(DAYS)
    talks.load(days)
    assert talks.load(days).strip().endswith("no changes")
    talks.run_until("2028-01-31")
    days[7] = "2028-02-24"
    said = talks.load(days)
    assert "session talk-7: moved to 2028-02-24 09:30" in said
    talks.run_until("2028-03-01")
    said = talks.load(days, cancelled=frozenset({8}))
    assert "session talk-8: cancelled" in said
    assert "round after--talk-8: cancelled" in said
    talks.run_until("2028-03-10")
    # The late area has a day, but is only interested: nothing is made of it until it says yes.
    days[12] = "2028-06-15"
    assert "after--talk-12" not in talks.load(days, cancelled=frozenset({8}))
    said = talks.load(days, cancelled=frozenset({8}), interested=False)
    assert "round after--talk-12: added" in said
    talks.run_until("2028-05-10")
    days[11] = "2028-06-07"
    talks.load(days, cancelled=frozenset({8}), interested=False)
    talks.run_until("2028-08-01")
    assert len(talks.came) == len(set(talks.came))
    assert set(talks.came) == expected()


@pytest.mark.timeout(120)
def test_a_cancelled_session_is_corrected_once_to_those_who_were_asked(talks: Talks) -> None:
    talks.load(DAYS)
    talks.run_until("2027-10-07")
    assert talks.came == [("2027-10-05 16:00", "h1", "invitation"), ("2027-10-05 16:00", "r1", "invitation")]
    said = talks.load(DAYS, cancelled=frozenset({1, 2}))
    assert "round after--talk-1: cancelled: whoever was asked and has not answered is told" in said
    plan = talks.soundings.run("round", "plan", "after--talk-1", "--json").json
    talks.run_until("2027-11-01")
    told = [(who, kind) for at, who, kind in talks.came[2:]]
    assert sorted(told) == [("h1", "notice"), ("r1", "notice")]
    assert [(line["kind"], line["why"]) for line in plan] == [("cancellation", "the session was cancelled")] * 2
    letter = talks.post.letters(to="h1@hosts.test", kind="notice")[0]
    assert letter.subject == "No longer needed: A short survey"
    assert talks.soundings.status("after--talk-1")["state"] == "cancelled"
    # Nobody hears of the one that had asked nobody; and a second loading tells nobody again.
    talks.load(DAYS, cancelled=frozenset({1, 2}))
    talks.run_until("2027-11-10")
    assert len(talks.came) == 4
