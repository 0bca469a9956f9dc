"""The reminder beyond the cap goes only where a required voice is still missing, and says so in true words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clients.form_client import FormClient, nothing
from tests.clients.installation import Installation
from tests.clients.post_office import PostOffice
from tests.scenarios.replicas import stamp

PROGRAMME = """\
programme: valleys
title: Two valleys
timezone: Etc/UTC
sender: {{name: Ada Lund, email: ada.lund@example.org}}
privacy: {{controller: Two valleys, contact: ada.lund@example.org}}
perspectives:
  - {{id: host, label: Host, required: true}}
  - {{id: pcf, label: Parent carer forum, required: true}}
  - {{id: school, label: School}}
areas: [{{id: east, name: East valley}}, {{id: west, name: West valley}}]
panel: panel.csv
rounds:
  - id: mid
    survey: short.yaml
    kind: mid_cycle
    opens: {opens}
    closes: {closes}
    reminders: {{before_close: [48 hours, 5 hours], cap: 1, gap: 24 hours}}
"""
SURVEY = """\
survey: short
version: 1
title: A short survey
sections:
  - items:
      - {id: well, ask: Is all well?, type: yes_no, required: true}
      - {id: asked, ask: Whom did you ask?, type: voices}
"""
PANEL = """\
id,name,email,area,perspectives
eh,Host East,eh@people.test,east,host
ep,Parent East,ep@people.test,east,pcf
es,School East,es@people.test,east,school
wh,Host West,wh@people.test,west,host
wp,Parent West,wp@people.test,west,pcf
ws,School West,ws@people.test,west,school
"""


@pytest.mark.timeout(120)
def test_it_goes_where_a_voice_is_missing_and_nowhere_else(tmp_path: Path, post: PostOffice) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    closes = now + timedelta(days=4)
    (tmp_path / "programme.yaml").write_text(
        PROGRAMME.format(opens=stamp(now - timedelta(hours=1)), closes=stamp(closes))
    )
    (tmp_path / "short.yaml").write_text(SURVEY)
    (tmp_path / "panel.csv").write_text(PANEL)
    soundings = Installation(home=tmp_path, smtp_url=post.url)
    soundings.run("load", "programme.yaml")
    soundings.run("tick")
    links = {letter.to[:2]: letter.link(soundings.public_url) for letter in post.letters(kind="invitation")}
    with soundings.serving():
        # The host of the east answers and carries nobody; the host of the west carries the parents' voice there.
        assert FormClient().answer(links["eh"], {"well": "yes"}, otherwise=nothing).last.kind == "done"
        walk = FormClient().answer(links["wh"], {"well": "yes", "asked.pcf": "We met on Monday"}, otherwise=nothing)
        assert walk.last.kind == "done", walk.last.words
    found = soundings.run("coverage", "valleys", "--json").json[0]
    assert found["required"] == ["host", "pcf"]
    assert found["cells"]["east"] == {"host": "heard", "pcf": "invited", "school": "invited"}
    assert found["cells"]["west"] == {"host": "heard", "pcf": "heard", "school": "invited"}
    assert found["missing"] == [{"area": "east", "perspective": "pcf"}]
    # The first reminder is for everyone still to answer, and says nothing of anyone missing.
    soundings.tick(closes - timedelta(hours=48))
    first = post.letters(kind="reminder")
    assert sorted(letter.to[:2] for letter in first) == ["ep", "es", "wp", "ws"]
    assert not any("have not yet heard" in letter.text for letter in first)
    # The one beyond the cap goes to the parents of the east alone.
    soundings.tick(closes - timedelta(hours=5))
    (last,) = post.letters(kind="reminder")[len(first) :]
    assert last.to == "ep@people.test"
    assert "In your area, East valley, we have not yet heard from: Parent carer forum." in " ".join(last.text.split())
    assert "Parent East" not in "".join(letter.text for letter in post.letters() if letter.to[:2] != "ep")


@pytest.mark.timeout(120)
def test_a_voice_heard_in_the_last_moment_stops_it(tmp_path: Path, post: PostOffice) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    closes = now + timedelta(days=4)
    (tmp_path / "programme.yaml").write_text(
        PROGRAMME.format(opens=stamp(now - timedelta(hours=1)), closes=stamp(closes))
    )
    (tmp_path / "short.yaml").write_text(SURVEY)
    (tmp_path / "panel.csv").write_text(PANEL + "e2,Parent Two,e2@people.test,east,pcf\n")
    soundings = Installation(home=tmp_path, smtp_url=post.url)
    soundings.run("load", "programme.yaml")
    soundings.run("tick")
    soundings.tick(closes - timedelta(hours=48))
    link = post.letters(to="e2@people.test", kind="invitation")[0].link(soundings.public_url)
    with soundings.serving():
        assert FormClient().answer(link, {"well": "yes"}, otherwise=nothing).last.kind == "done"
    before = len(post.letters(kind="reminder"))
    soundings.tick(closes - timedelta(hours=5))
    came = [letter.to[:2] for letter in post.letters(kind="reminder")[before:]]
    assert "ep" not in came
    assert sorted(came) == ["eh", "wh", "wp"]
