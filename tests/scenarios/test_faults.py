"""A full disk, a clock that jumps, a year asleep: what was acknowledged stays, and nobody gets anything twice."""

from __future__ import annotations

import resource
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from tests.clients.form_client import FormClient
from tests.clients.installation import Installation
from tests.clients.post_office import PostOffice
from tests.scenarios.faketime import LIBRARY
from tests.scenarios.replicas import Season, address, running, stamp, wait_until


@pytest.mark.sqlite
@pytest.mark.timeout(120)
def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path, post: PostOffice) -> None:
    season = Season(home=tmp_path, post=post, people=4, settings={}, opens_in=-5, reminds_in=600)
    with running(season, 1) as replicas:
        (replica,) = replicas
        links = {
            letter.to: letter.link(season.soundings.public_url).replace(season.soundings.public_url, replica.url)
            for letter in post.wait_for(kind="invitation", count=4)
        }
        first = FormClient().answer(links[address(0)], {"well": "yes", "more": "Before it was full"})
        assert first.last.kind == "done"
        # No file of the process may grow any more.
        sizes = [path.stat().st_size for path in tmp_path.glob("soundings.db*")]
        old = resource.prlimit(replica.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(replica.process.pid, resource.RLIMIT_FSIZE, (max(4096, min(sizes) // 2), old[1]))
        page = FormClient().open(links[address(1)])
        assert page.kind == "question"
        refused = requests.post(
            links[address(1)], data=[*page.hidden(), ("well", "yes"), ("go", "next")], timeout=10, allow_redirects=False
        )
        assert refused.status_code == 503
        assert "not" in refused.text
        assert replica.process.poll() is None
        # There is room again: the same form goes through, and the season goes on.
        resource.prlimit(replica.process.pid, resource.RLIMIT_FSIZE, old)
        walk = FormClient().answer(links[address(1)], {"well": "no", "more": "After there was room"})
        assert walk.last.kind == "done"
        assert "Traceback" not in replica.said()
    raw = sorted(each["raw"]["2"] for each in season.soundings.export("quick")["responses"])
    assert raw == ["After there was room", "Before it was full"]
    assert season.soundings.run("audit", "--verify").code == 0


@pytest.mark.timeout(240)
@pytest.mark.faketime
def test_the_clock_jumps_back_an_hour_and_on_a_day(tmp_path: Path, post: PostOffice) -> None:
    assert LIBRARY is not None, "libfaketime is missing; install it with scripts/install-system-packages"
    shift = tmp_path / "shift"
    shift.write_text("+0s\n")
    faked = {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(shift),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    season = Season(home=tmp_path, post=post, people=6, settings={}, opens_in=2, reminds_in=3 * 86400)
    season.soundings.settings.update(faked)
    with running(season, 1) as replicas:
        (replica,) = replicas
        post.wait_for(kind="invitation", count=6)
        link = post.letters(to=address(0), kind="invitation")[0].link(season.soundings.public_url)
        link = link.replace(season.soundings.public_url, replica.url)
        shift.write_text("-1h\n")
        time.sleep(8)
        # Whoever answers in the hour that is lived twice has answered.
        assert FormClient().answer(link, {"well": "yes", "more": "In the past"}).last.kind == "done"
        shift.write_text("+0s\n")
        time.sleep(6)
        shift.write_text("+1d\n")
        time.sleep(8)
        assert len(post.letters(kind="invitation")) == 6
        assert post.letters(kind="reminder") == []
        # The reminder's time comes by another jump, once.
        shift.write_text("+3d\n")
        post.wait_for(kind="reminder", count=5, within=30)
        shift.write_text("+71h\n")
        time.sleep(6)
        shift.write_text("+3d\n")
        time.sleep(8)
        wait_until(lambda: "Traceback" not in replica.said(), within=1)
    reminded = Counter(letter.to for letter in post.letters(kind="reminder"))
    assert reminded == {address(number): 1 for number in range(1, 6)}
    season.check_invited()
    assert len(post.letters(kind="invitation")) == 6


LONG = """\
programme: years
title: Years
timezone: Europe/London
calendar: GB-ENG
sender: {{name: Ada Lund, email: ada.lund@example.org}}
privacy: {{controller: Years, contact: ada.lund@example.org}}
perspectives: [{{id: guest, label: Guest}}]
areas: [{{id: here, name: Here}}]
panel: panel.csv
rounds:
  - id: over
    survey: quick.yaml
    kind: mid_cycle
    opens: {soon}
    closes: {month}
    reminders: {{before_close: [20 days, 10 days, 2 days], cap: 3}}
  - id: long
    survey: quick.yaml
    kind: mid_cycle
    opens: {begun}
    closes: {late}
    reminders: {{before_close: [300 days, 200 days, 100 days, 40 days], cap: 4}}
"""
QUICK = """\
survey: quick
version: 1
title: A quick word
sections:
  - items: [{id: well, ask: Is all well?, type: yes_no}]
"""


@pytest.mark.timeout(120)
def test_after_a_year_asleep_nobody_gets_more_than_one_message(tmp_path: Path, post: PostOffice) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    later = now + timedelta(days=365)
    (tmp_path / "programme.yaml").write_text(
        LONG.format(
            soon=stamp(now + timedelta(days=3)),
            month=stamp(now + timedelta(days=40)),
            begun=stamp(now - timedelta(hours=1)),
            late=stamp(later + timedelta(days=30)),
        )
    )
    (tmp_path / "quick.yaml").write_text(QUICK)
    rows = [f"g{n},Guest {n},g{n}@guests.test,here,guest" for n in range(5)]
    (tmp_path / "panel.csv").write_text("\n".join(["id,name,email,area,perspectives", *rows]) + "\n")
    soundings = Installation(home=tmp_path, smtp_url=post.url)
    soundings.run("load", "programme.yaml")
    soundings.tick(now)
    assert Counter(letter.kind for letter in post.letters()) == {"invitation": 5}
    before = len(post.letters())
    for moment in (later, later + timedelta(minutes=1), later + timedelta(hours=2)):
        soundings.tick(moment)
    # Reminders go in working hours only, and the year may have ended at night or before a long weekend.
    for day in range(1, 9):
        soundings.tick((later + timedelta(days=day)).replace(hour=11))
    # Four reminders were missed: they come as one. The round that came and went meanwhile says nothing any more.
    since = post.letters()[before:]
    assert Counter((letter.to, letter.kind) for letter in since) == {
        (f"g{n}@guests.test", "reminder"): 1 for n in range(5)
    }
    assert soundings.status("over")["state"] == "closed"
    assert soundings.status("over")["invited"] == 0
