"""`budget: {per_week: 2}`: whatever several rounds want of a person, they get no more messages than that in a week."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clients.form_client import FormClient
from tests.clients.installation import Installation
from tests.clients.post_office import PostOffice
from tests.scenarios.replicas import stamp

HEAD = """\
programme: busy
title: A busy term
timezone: Etc/UTC
sender: {name: Ada Lund, email: ada.lund@example.org}
privacy: {controller: A busy term, contact: ada.lund@example.org}
budget: {per_week: 2}
perspectives: [{id: guest, label: Guest}]
areas: [{id: here, name: Here}]
panel: panel.csv
rounds:
"""
ROUND = """\
  - id: {id}
    survey: {id}.yaml
    kind: mid_cycle
    opens: {opens}
    closes: {closes}
    reminders: {{before_close: [{reminders}], cap: 2, gap: 0 hours}}
"""
SURVEY = """\
survey: {id}
version: 1
title: The {id} survey
sections:
  - items: [{{id: well, ask: Is {id} well?, type: yes_no}}]
"""


class Term:
    def __init__(self, home: Path, post: PostOffice) -> None:
        self.start = datetime.now(UTC).replace(microsecond=0)
        self.home, self.post, self.rounds = home, post, ""
        self.soundings = Installation(home=home, smtp_url=post.url)
        rows = ["id,name,email,area,perspectives", "g1,Guest One,g1@guests.test,here,guest"]
        (home / "panel.csv").write_text("\n".join([*rows, "g2,Guest Two,g2@guests.test,here,guest"]) + "\n")
        self.when: dict[int, datetime] = {}

    def add(self, name: str, *, opens: float, closes: float, reminders: str = "") -> None:
        day = timedelta(days=1)
        times = {"opens": stamp(self.start + opens * day), "closes": stamp(self.start + closes * day)}
        self.rounds += ROUND.format(id=name, reminders=reminders, **times)
        (self.home / f"{name}.yaml").write_text(SURVEY.format(id=name))

    def load(self) -> None:
        (self.home / "programme.yaml").write_text(HEAD + self.rounds)
        self.soundings.run("load", "programme.yaml")

    def run(self, days: float) -> None:
        """Twice a day, as the clock would; notes when each letter came."""
        for half in range(int(days * 2) + 1):
            at = self.start + timedelta(hours=12 * half, minutes=1)
            before = len(self.post.letters())
            self.soundings.tick(at)
            for number in range(before, len(self.post.letters())):
                self.when[number] = at

    def came(self, to: str) -> list[tuple[float, str, str]]:
        """(days from the start, kind, subject)."""
        return [
            (round((self.when[number] - self.start) / timedelta(days=1), 1), letter.kind, letter.subject)
            for number, letter in enumerate(self.post.letters())
            if letter.to == to
        ]


@pytest.mark.timeout(180)
def test_three_rounds_at_once_are_two_messages_a_week_at_most(tmp_path: Path, post: PostOffice) -> None:
    term = Term(tmp_path, post)
    term.add("food", opens=-0.1, closes=20, reminders="10 days")
    term.add("rooms", opens=-0.1, closes=20, reminders="10 days")
    term.add("travel", opens=-0.1, closes=20)
    term.load()
    plan = term.soundings.run("round", "plan", "rooms", "--json").json
    assert "goes along in one message, as no more than 2 a week may go" in plan[0]["why"]
    term.run(0)
    (first,) = term.came("g1@guests.test")
    assert first[1:] == ("invitation", "Three short surveys are waiting for you")
    letter = post.letters(to="g1@guests.test")[0]
    links = {line for line in letter.text.split() if line.startswith(term.soundings.public_url + "/f/")}
    forms = {link.split("/")[4] for link in links}
    assert len(forms) == 3
    assert "[Q1]" not in letter.text
    # Each link is its own form, and whoever answers one is still asked the others.
    with term.soundings.serving():
        titles = {FormClient().open(f"{term.soundings.public_url}/f/{form}").heading for form in forms}
        assert titles == {"The food survey", "The rooms survey", "The travel survey"}
        for form in forms:
            page = FormClient().open(f"{term.soundings.public_url}/f/{form}")
            if "food" in page.words:
                assert FormClient().answer(page.url, {"well": "yes"}).last.kind == "done"
        post.wait_for(to="g1@guests.test", kind="receipt")
    for name, state in (("food", "complete"), ("rooms", "pending"), ("travel", "pending")):
        assert term.soundings.status(name)[state] >= 1
        assert term.soundings.status(name)["invited"] == 2


@pytest.mark.timeout(240)
def test_a_reminder_before_the_close_beats_a_new_invitation(tmp_path: Path, post: PostOffice) -> None:
    term = Term(tmp_path, post)
    term.add("food", opens=-0.1, closes=5, reminders="48 hours")
    term.add("rooms", opens=1, closes=30)
    term.add("travel", opens=2, closes=30)
    term.load()
    term.run(11)
    came = term.came("g1@guests.test")
    kinds = [(kind, subject.partition(",")[0]) for _, kind, subject in came]
    # The second place of the week is kept for the reminder on day 3: both invitations go along with it.
    assert [(at, kind) for at, kind, _ in came] == [(0.0, "invitation"), (3.0, "reminder")]
    assert kinds[1][1] == "Three short surveys are waiting for you"
    assert Counter(letter.to for letter in post.letters()) == {"g1@guests.test": 2, "g2@guests.test": 2}
    for name in ("food", "rooms", "travel"):
        status = term.soundings.status(name)
        assert status["invited"] == 2


@pytest.mark.timeout(240)
def test_what_can_not_go_before_its_close_is_dropped_and_the_plan_says_so(tmp_path: Path, post: PostOffice) -> None:
    term = Term(tmp_path, post)
    term.add("one", opens=-0.1, closes=30)
    term.add("two", opens=1, closes=30)
    term.add("short", opens=2, closes=4)
    term.add("long", opens=2.5, closes=30)
    term.load()
    term.run(3)
    assert [at for at, _, _ in term.came("g1@guests.test")] == [0.0, 1.0]
    found = term.soundings.run("round", "plan", "short", "--at", term.start + timedelta(days=3), "--json").json
    assert {line["why"] for line in found} == {
        "not sent: no more than 2 a week may go, and there was no room before the close"
    }
    term.run(9)
    came = term.came("g1@guests.test")
    assert [(at, kind) for at, kind, _ in came] == [(0.0, "invitation"), (1.0, "invitation"), (7.0, "invitation")]
    assert "long" in came[-1][2]
