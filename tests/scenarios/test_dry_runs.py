"""What a dry run says of messages is what then happens: both are done, and compared message by message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clients.installation import Installation
from tests.clients.post_office import PostOffice
from tests.scenarios.replicas import stamp

PROGRAMME = """\
programme: talks
title: Open talks
timezone: Europe/London
calendar: GB-ENG
sender: {{name: Ada Lund, email: ada.lund@example.org}}
privacy: {{controller: Open talks, contact: ada.lund@example.org}}
perspectives: [{{id: host, label: Host}}, {{id: pcf, label: Parent carer forum}}]
areas: [{{id: east, name: East}}, {{id: west, name: West}}]
sessions:
  - {{id: one, area: east, starts: {one}, ends: {one_ends}}}
  - {{id: two, area: west, starts: {two}, ends: {two_ends}, status: {two_status}}}
panel: panel.csv
rounds:
  - id: after
    survey: short.yaml
    kind: post_session
    opens: 1 hour after session
    closes: 10 working days after opens
    reminders: {{before_close: [3 days], at: "09:30", cap: 1}}
  - id: now
    survey: short.yaml
    kind: mid_cycle
    opens: {opens}
    closes: {closes}
    reminders: {{before_close: [5 days, 2 days], at: "09:30", cap: 2}}
"""
SURVEY = """\
survey: short
version: 1
title: A short survey
sections:
  - items: [{id: well, ask: Is all well?, type: yes_no}]
"""
PANEL = """\
id,name,email,area,perspectives,sessions
p1,Person One,p1@people.test,east,host,one
p2,Person Two,p2@people.test,west,host,two
p3,Person Three,p3@people.test,east,pcf,one;two
"""


class Talks:
    """The files, changed between loadings."""

    def __init__(self, home: Path, post: PostOffice) -> None:
        self.home = home
        self.start = datetime.now(UTC).replace(microsecond=0)
        self.soundings = Installation(home=home, smtp_url=post.url)
        (home / "short.yaml").write_text(SURVEY)
        self.panel = PANEL
        self.times: dict[str, Any] = {
            "one": self.start + timedelta(days=20),
            "two": self.start + timedelta(days=30),
            "opens": self.start - timedelta(hours=1),
            "closes": self.start + timedelta(days=14),
        }
        self.two_status = "planned"

    def write(self) -> None:
        said = {name: stamp(at) for name, at in self.times.items()}
        ends = {f"{name}_ends": stamp(self.times[name] + timedelta(hours=5)) for name in ("one", "two")}
        (self.home / "programme.yaml").write_text(PROGRAMME.format(**said, **ends, two_status=self.two_status))
        (self.home / "panel.csv").write_text(self.panel)

    def plans(self) -> Mapping[tuple[Any, ...], str]:
        """Every message still to come of every round."""
        found: dict[tuple[Any, ...], str] = {}
        for each in self.soundings.run("round", "list", "--json").json:
            name = each["round"]
            for line in self.soundings.run("round", "plan", name, "--json").json:
                key = (name.rpartition("/")[2], line["participant"], line["session"], line["kind"], line["number"])
                found[key] = line["due"]
        return found

    def compare(self, *command: str) -> int:
        """Dry, then for good; how many messages changed."""
        before = self.plans()
        dry = self.soundings.run(*command, "--dry-run", "--json").json
        assert dry["dry_run"]
        assert self.plans().keys() == before.keys()
        self.soundings.run(*command)
        after = self.plans()
        for each in dry["messages"]:
            line = each["message"]
            key = (each["round"], line["participant"], line["session"], line["kind"], line["number"])
            match each["change"]:
                case "added":
                    assert key not in before
                    assert self.same(after[key], line["due"])
                case "cancelled":
                    assert key not in after
                case "moved":
                    assert self.same(before[key], each["was_due"])
                    assert self.same(after[key], line["due"])
        touched = {
            (each["round"], *(each["message"][n] for n in ("participant", "session", "kind", "number")))
            for each in dry["messages"]
        }
        # And nothing else has changed.
        for key in {*before, *after} - touched:
            assert self.same(before[key], after[key]), key
        return len(dry["messages"])

    def same(self, one: str, other: str) -> bool:
        """What goes at once goes a little later at the second looking."""
        apart = abs(datetime.fromisoformat(one) - datetime.fromisoformat(other))
        return apart < timedelta(seconds=30)


@pytest.mark.timeout(180)
def test_dry_runs_say_what_then_happens(tmp_path: Path, post: PostOffice) -> None:
    talks = Talks(tmp_path, post)
    talks.write()
    load = ("load", "programme.yaml")
    # Everything is new: 3 people are asked now, and after each session those who take part.
    added = talks.compare(*load)
    assert added == 3 * 3 + 2 * 2 + 2 * 2
    talks.soundings.run("tick")
    assert talks.compare(*load) == 0
    # A session moves: its two invitations and two reminders move along.
    talks.times["one"] += timedelta(days=7)
    talks.write()
    assert talks.compare(*load) == 4
    # One is cancelled, somebody is added, and the close moves.
    talks.two_status = "cancelled"
    talks.write()
    assert talks.compare(*load) == 4
    talks.panel += "p4,Person Four,p4@people.test,east,pcf,one\n"
    talks.write()
    assert talks.compare("panel", "import", "panel.csv", "--programme", "talks") == 3 + 2
    talks.soundings.run("tick")
    close = (talks.times["closes"] + timedelta(days=7)).astimezone(UTC)
    assert talks.compare("round", "extend", "now", f"{close:%Y-%m-%d %H:%M}") >= 4 * 2
    told = talks.soundings.run("load", "programme.yaml", "--dry-run")
    assert told.out.strip() == "no changes"


def test_a_person_reads_it_too(tmp_path: Path, post: PostOffice) -> None:
    talks = Talks(tmp_path, post)
    talks.write()
    said = talks.soundings.run("load", "programme.yaml", "--dry-run")
    assert "Person Three" in said.out
    assert "17 messages added" in said.out
    assert "nothing is stored" in said.err
    assert talks.soundings.run("round", "list", "--json").json == []
