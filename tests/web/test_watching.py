"""What watches over an installation learns: counts and times, and only if it may ask."""

import re
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.pulse import LATE_AFTER, Pulse
from bot.web.app import WebSettings, make_app
from storage import ledger
from storage.engine import Store
from storage.ledger import NewLine
from surveys.delivery import LineKind
from tests.web.conftest import OPENED, SECRET

TOKEN = "what only the watcher knows"


def app_for(garden, *, public_url="http://127.0.0.1:8080", token="", pulse=None):
    settings = WebSettings(public_url=public_url, secrets=(SECRET,), metrics_token=token)
    return make_app(garden.store, settings, garden.clock, pulse=pulse)


def figures(reply):
    assert reply.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(reply.get_data(as_text=True))
        for sample in family.samples
    }


def test_the_figures_follow_what_happens(garden):
    pulse = Pulse(OPENED)
    client = app_for(garden, pulse=pulse).test_client()
    before = figures(client.get("/metrics"))
    assert before["soundings_returns", "complete"] == 0
    assert before["soundings_oldest_due_seconds",] == 0
    assert "soundings_last_tick_age_seconds" not in {name for name, *_ in before}
    garden.person("t1").finish()
    line = NewLine(
        key="feature-tour/tour-2025/t2/reminder/1",
        kind=LineKind.REMINDER,
        programme_id=garden.round.programme_id,
        due_at=garden.clock.now - timedelta(minutes=30),
        round_id=garden.round.id,
        invitation_id=garden.invitations["t2"],
        participant_id=garden.participants["t2"],
    )
    with garden.store.writing() as tx:
        ledger.queue(tx, [line], garden.clock.now)
    pulse.ticked(garden.clock.now - timedelta(seconds=4), 0.25, failed=False)
    pulse.ticked(garden.clock.now, 0.5, failed=True)
    after = figures(client.get("/metrics"))
    assert after["soundings_returns", "complete"] == 1
    # The receipt of who has just answered is due as well.
    assert after["soundings_lines_due", "mail"] == after["soundings_lines", "queued"] == 2
    assert after["soundings_oldest_due_seconds",] == 1800
    assert after["soundings_ticks",] == 2
    assert after["soundings_ticks_failed",] == 1
    assert after["soundings_last_tick_age_seconds",] == 4


def test_nothing_of_people_or_programmes_is_in_them(garden):
    garden.person("t1").finish()
    said = app_for(garden).test_client().get("/metrics").get_data(as_text=True)
    for word in ("feature-tour", "tour-2025", "Ines", "example.org", "hollow", "t1"):
        assert word not in said
    labels = set(re.findall(r'="([^"]*)"', said))
    assert labels <= {"queued", "claimed", "sent", "refused", "cancelled", "partial", "complete", "unlinked", "mail"}


@pytest.mark.parametrize(
    ("public_url", "peer", "token", "shown", "status"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1", "", "", 200),
        ("http://127.0.0.1:8080", "192.0.2.7", "", "", 404),
        # Behind a web server of this machine every request comes from this machine.
        ("https://ask.example.org", "127.0.0.1", "", "", 404),
        ("https://ask.example.org", "192.0.2.7", TOKEN, f"Bearer {TOKEN}", 200),
        ("https://ask.example.org", "192.0.2.7", TOKEN, f"Bearer {TOKEN}x", 404),
        ("https://ask.example.org", "192.0.2.7", TOKEN, "Bearer täglich", 404),
        ("http://127.0.0.1:8080", "127.0.0.1", TOKEN, "", 404),
    ],
)
def test_who_may_read_them(garden, public_url, peer, token, shown, status):
    client = app_for(garden, public_url=public_url, token=token).test_client()
    headers = {"Authorization": shown.encode().decode("latin-1")} if shown else {}
    reply = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert reply.status_code == status
    if status == 404:
        assert reply.get_data() == client.get("/nowhere").get_data(), "it is not there at all"


def test_alive_and_ready(garden, tmp_path):
    pulse = Pulse(garden.clock.now)
    client = app_for(garden, pulse=pulse).test_client()
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    garden.clock.now += LATE_AFTER + timedelta(seconds=1)
    assert client.get("/readyz").get_data() == b"the clock stands still\n"
    pulse.begun()
    assert client.get("/readyz").status_code == 200, "a long delivery is no standstill"
    pulse.ticked(garden.clock.now, 301.0, failed=False)
    assert client.get("/readyz").status_code == 200
    (tmp_path / "empty.db").touch()
    bare = make_app(
        Store(f"sqlite:///{tmp_path / 'empty.db'}"),
        WebSettings(public_url="http://127.0.0.1:8080", secrets=(SECRET,)),
        garden.clock,
    ).test_client()
    assert (bare.get("/readyz").status_code, bare.get("/healthz").status_code) == (503, 200)
