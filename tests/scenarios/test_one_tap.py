"""Each of the one-tap reasons: what it does to the figures, to `round plan`, and to the next message really sent."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.clients.form_client import FormClient
from tests.clients.installation import Installation
from tests.clients.post_office import PostOffice
from tests.scenarios.season import due, steps

PROGRAMME = """\
programme: taps
title: A round of four
timezone: Etc/UTC
sender: {{name: Ada Lund, email: ada.lund@example.org}}
perspectives: [{{id: guest, label: Guest}}]
areas: [{{id: north, name: North}}, {{id: south, name: South}}]
panel: panel.csv
rounds:
  - id: four
    survey: four.yaml
    kind: mid_cycle
    opens: {opens}
    closes: {closes}
    reminders: {{before_close: [10 days, 6 days], at: "09:30", cap: 2, gap: 24 hours}}
"""
SURVEY = """\
survey: four
version: 1
title: A word from four
language: en-GB
intro: Dear {participant.greeting}, one question until {close}.
sections:
  - title: The one question
    items:
      - {id: well, ask: Is all well?, type: yes_no, required: true}
"""
PANEL = """\
id,name,greeting,email,area,perspectives
ben,Ben Arden,Ben,ben@guests.test,north,guest
cleo,Cleo Bright,Cleo,cleo@guests.test,north,guest
dov,Dov Carew,Dov,dov@guests.test,south,guest
eve,Eve Dunn,Eve,eve@guests.test,south,guest
"""
BEN, CLEO = "ben@guests.test", "cleo@guests.test"
NEW = "nia.gale@elsewhere.test"
OUTCOMES = ("complete", "partial", "declined", "delegated", "joint_return", "undeliverable", "not_eligible", "pending")


@dataclass(kw_only=True)
class Round:
    """The round of four, invited; `answer` and `tap` need it to be served."""

    soundings: Installation
    post: PostOffice
    closes: datetime
    client: FormClient = field(default_factory=FormClient)

    def link(self, to: str) -> str:
        kinds = [letter for letter in self.post.wait_for(to=to) if letter.kind == "invitation"]
        return kinds[0].link(self.soundings.public_url)

    def figures(self) -> dict[str, Any]:
        status = self.soundings.status("four")
        assert status["invited"] == sum(status[outcome] for outcome in OUTCOMES)
        return {outcome: status[outcome] for outcome in OUTCOMES if status[outcome]} | {"rate": status["response_rate"]}

    def planned(self, person: str) -> list[str]:
        """The kinds of what that person is still to get, a receipt for what they have just done apart."""
        kinds = [line["kind"] for line in self.plan() if line["participant"] == person]
        return [kind for kind in kinds if kind != "receipt"]

    def plan(self) -> list[dict[str, Any]]:
        return self.soundings.run("round", "plan", "four", "--json").json

    def play_to_the_close(self) -> Counter[tuple[str, str]]:
        """Go through every time of the plan; (address, kind) of what came."""
        before = len(self.post.letters())
        for at in [*steps(self.plan(), self.closes), self.closes]:
            self.soundings.tick(at)
        return Counter((letter.to, letter.kind) for letter in self.post.since(before))


@pytest.fixture
def four(tmp_path, post):
    now = datetime.now(UTC).replace(microsecond=0)
    opens = now - timedelta(hours=2)
    closes = (now + timedelta(days=14)).replace(hour=17, minute=0, second=0)
    (tmp_path / "programme.yaml").write_text(
        PROGRAMME.format(opens=f"{opens:%Y-%m-%dT%H:%M:%S}Z", closes=f"{closes:%Y-%m-%dT%H:%M:%S}Z")
    )
    (tmp_path / "four.yaml").write_text(SURVEY)
    (tmp_path / "panel.csv").write_text(PANEL)
    made = Round(soundings=Installation(home=tmp_path, smtp_url=post.url), post=post, closes=closes)
    made.soundings.run("load", "programme.yaml")
    made.soundings.run("tick")
    assert Counter(letter.kind for letter in post.letters()) == {"invitation": 4}
    assert made.planned("ben") == ["reminder", "reminder"]
    return made


def test_not_me(four):
    with four.soundings.serving():
        told = four.client.tap(four.link(BEN), "not-me")
    assert told.status == 200
    assert four.figures() == {"not_eligible": 1, "pending": 3, "rate": 0}
    assert four.planned("ben") == []
    came = four.play_to_the_close()
    assert came[BEN, "reminder"] == 0
    assert came[CLEO, "reminder"] == 2


def test_no_thank_you(four):
    with four.soundings.serving():
        four.client.tap(four.link(BEN), "no-thank-you")
        assert four.client.answer(four.link(CLEO), {"well": "yes"}).last.kind == "done"
    assert four.figures() == {"declined": 1, "complete": 1, "pending": 2, "rate": 0.25}
    assert four.planned("ben") == []
    assert four.play_to_the_close()[BEN, "reminder"] == 0


def test_no_thank_you_and_then_an_answer_after_all(four):
    with four.soundings.serving():
        four.client.tap(four.link(BEN), "no-thank-you")
        assert four.client.answer(four.link(BEN), {"well": "yes"}).last.kind == "done"
    assert four.figures() == {"complete": 1, "pending": 3, "rate": 0.25}


def test_already_in_our_joint_return(four):
    with four.soundings.serving():
        four.client.tap(four.link(BEN), "joint-return")
        four.client.answer(four.link(CLEO), {"well": "yes"})
    assert four.figures() == {"joint_return": 1, "complete": 1, "pending": 2, "rate": pytest.approx(1 / 3, abs=0.001)}
    assert four.planned("ben") == []
    assert four.play_to_the_close()[BEN, "reminder"] == 0
    assert four.figures()["joint_return"] == 1


def test_a_joint_return_that_never_came_counts_as_unanswered(four):
    with four.soundings.serving():
        four.client.tap(four.link(BEN), "joint-return")
    assert four.figures() == {"joint_return": 1, "pending": 3, "rate": 0}
    assert four.planned("ben") == []
    assert four.play_to_the_close()[BEN, "reminder"] == 0
    assert four.figures() == {"pending": 4, "rate": 0}


def test_later(four):
    until = (four.closes - timedelta(days=8)).date()
    with four.soundings.serving():
        four.client.tap(four.link(BEN), "later", {"date": until.isoformat()})
    assert four.figures() == {"pending": 4, "rate": 0}
    lines = [line for line in four.plan() if line["participant"] == "ben"]
    assert lines
    assert all(due(line).date() >= until for line in lines)
    # Cleo asked for nothing and hears earlier.
    assert min(due(line) for line in four.plan() if line["participant"] == "cleo").date() < until
    before = len(four.post.letters())
    for at in steps(four.plan(), due(lines[0]) - timedelta(minutes=1)):
        four.soundings.tick(at)
    assert not [letter for letter in four.post.since(before) if letter.to == BEN]
    four.soundings.tick(due(lines[0]))
    assert [letter.kind for letter in four.post.since(before) if letter.to == BEN] == ["reminder"]


def test_someone_else_should_answer(four):
    with four.soundings.serving():
        four.client.tap(four.link(BEN), "someone-else", {"text": "Nia Gale", "email": NEW})
        handed = four.post.wait_for(to=NEW)
        assert handed[0].kind == "invitation"
        assert "Ben Arden" in handed[0].text
    assert four.figures() == {"delegated": 1, "pending": 4, "rate": 0}
    assert four.planned("ben") == []
    came = four.play_to_the_close()
    assert came[BEN, "reminder"] == 0
    assert 1 <= came[NEW, "reminder"] <= 2
    # What Nia answers counts for Ben's area.
    assert four.soundings.status("four")["by_area"]["north"]["invited"] == 3


def test_someone_else_answers(four):
    with four.soundings.serving():
        four.client.tap(four.link(BEN), "someone-else", {"text": "Nia Gale", "email": NEW})
        four.post.wait_for(to=NEW)
        assert four.client.answer(four.link(NEW), {"well": "yes"}).last.kind == "done"
        second = four.client.open(four.link(BEN) + "/someone-else")
        assert "nia" in second.words.lower() or second.main.select_one("form[method=post]") is None
    assert four.figures() == {"delegated": 1, "complete": 1, "pending": 3, "rate": 0.25}


def test_no_more_mail(four):
    with four.soundings.serving():
        four.client.tap(four.link(BEN), "stop")
    assert four.planned("ben") == []
    came = four.play_to_the_close()
    assert not [kind for to, kind in came if to == BEN and kind != "receipt"]
    assert came[CLEO, "reminder"] == 2


def test_a_return_taken_by_telephone(four):
    listed = four.soundings.run("round", "who", "four", "--links", "--json").json
    assert sorted(each["name"] for each in listed) == ["Ben Arden", "Cleo Bright", "Dov Carew", "Eve Dunn"]
    link = next(each["link"] for each in listed if each["name"] == "Ben Arden")
    with four.soundings.serving():
        # Looking does not spend it; sending does.
        assert four.client.open(link).kind == "question"
        assert four.client.answer(link, {"well": "no"}).last.kind == "done"
        assert four.client.open(link).soup.select_one("form[data-form=answer]") is None
    assert four.figures() == {"complete": 1, "pending": 3, "rate": 0.25}
    assert four.planned("ben") == []
    [response] = four.soundings.export("four")["responses"]
    assert (response["mode"], response["typed_by"], response["answers"]) == ("telephone", "organiser", {"well": "no"})
