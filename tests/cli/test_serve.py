"""`soundings serve` as a process: listening, ending, its log, its lock, its size."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import requests

from tests.cli.conftest import S1
from tests.clients.installation import Installation, clean_environment

SOUNDINGS = Path(sys.executable).with_name("soundings")


class Server:
    def __init__(self, home: Path, *words: str, **settings: str) -> None:
        self.err = home / "serve.err"
        environment = clean_environment() | {"SECRET_KEY": "a key of these tests alone, and long enough"} | settings
        with self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [SOUNDINGS, "serve", *words], cwd=home, env=environment, stdout=subprocess.PIPE, stderr=err, text=True
            )
        self.said: list[str] = []

    def ready(self) -> str:
        for line in self.process.stdout:
            self.said.append(line.strip())
            found = re.match(r"Ready: listening on (http\S+)\. ", line)
            if found:
                return found[1]
        raise AssertionError(f"it ended with {self.process.wait()}: {self.err.read_text()}")

    def end(self, number=signal.SIGTERM) -> tuple[int, float]:
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        return code, time.monotonic() - began

    def log(self) -> list[dict]:
        return [json.loads(line) for line in self.err.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(*words, home=tmp_path, **settings):
        server = Server(home, *words, **settings)
        started.append(server)
        return server

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()
        server.process.stdout.close()


def test_it_says_where_it_listens_and_what_is_on_and_ends_when_told(serve):
    server = serve("--port", "0", SMTP_URL="smtp://127.0.0.1:1")
    address = server.ready()
    assert any(line.startswith("on   mail") for line in server.said)
    assert any(line.startswith("off  Slack: SLACK_BOT_TOKEN is not set") for line in server.said)
    assert requests.get(f"{address}/f/1-{'a' * 26}", timeout=5).status_code == 404
    assert psutil.Process(server.process.pid).memory_info().rss < 150 * 1024 * 1024
    code, took = server.end()
    assert code == 0
    assert took < 15
    assert [line["event"] for line in server.log()] == ["listening", "stopped"]


def test_ctrl_c_ends_it_as_well(serve):
    server = serve("--port", "0")
    server.ready()
    assert server.end(signal.SIGINT)[0] == 0


def test_a_second_one_and_a_tick_beside_it_are_refused(serve, tmp_path):
    first = serve("--port", "0")
    first.ready()
    second = serve("--port", "0")
    assert second.process.wait(timeout=20) == 1
    assert "stop it first" in second.err.read_text()
    beside = Installation(home=tmp_path, smtp_url="", settings={"DATABASE_URL": "sqlite:///var/soundings.db"})
    assert "stop it first" in beside.run("tick", code=1).err
    beside.run("round", "list")


def test_a_port_that_is_taken_is_told(serve, tmp_path):
    port = serve("--port", "0").ready().rpartition(":")[2]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    second = serve("--port", port, home=elsewhere)
    assert second.process.wait(timeout=20) == 1
    words = second.err.read_text()
    assert f"127.0.0.1:{port} can't be listened on" in words
    assert "Traceback" not in words


def test_a_test_setting_does_not_listen_to_other_machines(serve):
    server = serve("--host", "0.0.0.0", "--port", "0", TEAMS_TEST_SERVICE_HOSTS="127.0.0.1:9")
    assert server.process.wait(timeout=20) == 1
    assert "TEAMS_TEST_SERVICE_HOSTS" in server.err.read_text()


def test_a_mail_server_that_is_down_stops_neither_form_nor_clock_and_the_log_names_nobody(serve, tmp_path):
    Installation(home=tmp_path, smtp_url="", settings={"DATABASE_URL": "sqlite:///var/soundings.db"}).run(
        "load", _open_now(tmp_path)
    )
    server = serve("--port", "0", SMTP_URL="smtp://127.0.0.1:1", ORGANISERS="ann@example.org")
    address = server.ready()
    for _ in range(100):
        if any("trouble" in line for line in server.log()):
            break
        time.sleep(0.1)
    events = [line["event"] for line in server.log()]
    assert "a channel is in trouble" in events
    assert requests.get(address, timeout=5).status_code in {200, 404}
    assert server.end()[0] == 0
    log = server.err.read_text(encoding="utf-8")
    assert "example.org" not in log
    assert ".test" not in log
    organisers = Installation(home=tmp_path, smtp_url="", settings={"DATABASE_URL": "sqlite:///var/soundings.db"})
    assert organisers.run("organiser", "list", "--json").json[0]["email"] == "ann@example.org"


def _open_now(folder: Path) -> Path:
    """The example with its first round open from long ago until far in the future."""
    text = S1.read_text(encoding="utf-8").replace("2024-12-16 close of play", "2190-12-16 17:00")
    text = text.replace('quiet_hours: "18:30-08:00"\n', "")
    for name in ("mid-cycle.yaml", "panel.csv"):
        (folder / name).write_bytes(S1.with_name(name).read_bytes())
    (folder / "programme.yaml").write_text(text, encoding="utf-8")
    return folder / "programme.yaml"


def test_the_environment_of_the_tests_is_clean():
    assert "SMTP_URL" not in clean_environment()
    assert "PATH" in os.environ
