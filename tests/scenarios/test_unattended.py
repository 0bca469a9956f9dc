"""A round that opens, reminds and closes by itself under `soundings serve`, with nobody at the command line."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.clients.form_client import FormClient
from tests.clients.installation import Installation

PROGRAMME = """\
programme: minutes
title: A round of minutes
timezone: Etc/UTC
sender: {{name: Ada Lund, email: ada.lund@example.org}}
perspectives: [{{id: guest, label: Guest}}]
areas: [{{id: here, name: Here}}]
panel: panel.csv
rounds:
  - id: quick
    survey: quick.yaml
    kind: mid_cycle
    opens: {opens}
    closes: {closes}
    thanks: We write again when all is read
    reminders: {{before_close: [1 minute], cap: 1, gap: 0 hours}}
"""
SURVEY = """\
survey: quick
version: 1
title: A quick word
language: en-GB
intro: Dear {participant.greeting}, one question until {close}.
sections:
  - title: The one question
    items:
      - {id: well, ask: Is all well?, type: yes_no, required: true}
"""
PANEL = """\
id,name,greeting,email,area,perspectives
g1,Ben Arden,Ben,ben@guests.test,here,guest
g2,Cleo Bright,Cleo,cleo@guests.test,here,guest
g3,Dov Carew,Dov,dov@guests.test,here,guest
"""


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}+00:00"


@pytest.mark.timeout(240)
def test_serve_alone_opens_reminds_closes_and_thanks(tmp_path, post):
    start = datetime.now(UTC).replace(microsecond=0)
    opens, closes = start + timedelta(seconds=15), start + timedelta(seconds=90)
    (tmp_path / "programme.yaml").write_text(PROGRAMME.format(opens=stamp(opens), closes=stamp(closes)))
    (tmp_path / "quick.yaml").write_text(SURVEY)
    (tmp_path / "panel.csv").write_text(PANEL)
    soundings = Installation(home=tmp_path, smtp_url=post.url)
    soundings.run("load", "programme.yaml")

    with soundings.serving() as url:
        invitations = post.wait_for(kind="invitation", count=3, within=40)
        assert datetime.now(UTC) >= opens
        assert "[Q1] Is all well? (Yes / No)" in invitations[0].text
        answered = next(letter for letter in invitations if letter.to == "ben@guests.test")
        assert FormClient().answer(answered.link(url), {"well": "yes"}).last.kind == "done"
        post.wait_for(kind="receipt", to="ben@guests.test")
        reminders = post.wait_for(kind="reminder", count=2, within=60)
        assert datetime.now(UTC) >= closes - timedelta(minutes=1)
        assert sorted(letter.to for letter in reminders) == ["cleo@guests.test", "dov@guests.test"]
        assert FormClient().answer(reminders[0].link(url), {"well": "no"}).last.kind == "done"
        thanks = post.wait_for(kind="thanks", count=2, within=90)
        assert datetime.now(UTC) >= closes
        late = FormClient().open(reminders[1].link(url))
        assert late.kind == "closed"
        time.sleep(2)

    assert sorted(letter.to for letter in thanks) == sorted(["ben@guests.test", reminders[0].to])
    status = soundings.status("quick")
    assert (status["state"], status["invited"], status["complete"], status["pending"]) == ("closed", 3, 2, 1)
    assert len(post.letters(kind="invitation")) == 3
    assert len(post.letters(kind="reminder")) == 2
    assert [each["answers"]["well"] for each in soundings.export("quick")["responses"]] in (
        ["yes", "no"],
        ["no", "yes"],
    )
