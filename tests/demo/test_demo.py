"""`soundings demo` as a new user has it: a real process, its pages, its mail, its form, its clock."""

import re
import signal
import socket
import subprocess
import time

import pytest
import requests

from tests.clients.form_client import FormClient
from tests.clients.installation import COMMAND, clean_environment
from tests.demo.conftest import running_demo

ANSWERED = ("p01", "p11", "p21")


@pytest.mark.timeout(120)
def test_the_december_reminders_go_to_those_still_to_answer_only(tmp_path):
    with running_demo(tmp_path) as demo:
        assert demo.now() == "Monday 25 November 2024, 9 am"
        assert "0 of 26 complete" in demo.words()
        for person in ANSWERED:
            [(when, kind, message)] = demo.mail_of(person)
            assert (when, kind) == ("Monday 25 November, 9 am", "Invitation")
            walk = FormClient().answer(demo.form_link(message))
            assert walk.last.kind == "done", walk.last.words
        assert "3 of 26 complete (12 %)" in demo.words()
        wait_until(lambda: [kind for _, kind, _ in demo.mail_of("p21")] == ["Receipt", "Invitation"])

        # Thursday 5 December is for Carys alone, who works Tuesday to Thursday; half past seven is in Athens half past nine.
        assert "1 reminder." in demo.move("To the next message")
        assert demo.now() == "Thursday 5 December 2024, 9.30 am"
        assert "1 reminder." in demo.move("To the next message")
        assert demo.now() == "Monday 9 December 2024, 7.30 am"
        assert "21 reminders." in demo.move("To the next message")
        assert demo.now() == "Monday 9 December 2024, 9.30 am"
        assert "no mail" in demo.move("1 hour on")
        assert "no mail" in demo.move("1 day on")
        assert demo.now() == "Tuesday 10 December 2024, 10.30 am"
        # The second round of reminders on the 11th to 13th, and on the last day those for voices still missing.
        assert re.search(r"\d+ reminders and 3 thank-yous\.", demo.move("To the close"))
        assert demo.now() == "Monday 16 December 2024, 5 pm"

        for person in ANSWERED:
            assert "Reminder" not in [kind for _, kind, _ in demo.mail_of(person)]
        reminded = [when for when, kind, _ in demo.mail_of("p22") if kind == "Reminder"]
        assert reminded == ["Friday 13 December, 9.30 am", "Monday 9 December, 9.30 am"]
        late = FormClient().open(demo.form_link(demo.mail_of("p22")[0][2]))
        assert late.kind == "closed"


def test_each_page_says_that_it_is_a_demo(season):
    for path in ("", "mail", "mail/1", "mail/of/p01"):
        assert "demo with invented people. Nothing leaves this machine" in season.words(path)
    form = requests.get(season.form_link("mail/1"), timeout=20)
    assert "demo with invented people" in form.text
    assert requests.get(season.url, timeout=20).url == f"{season.url}/demo/"
    assert "nothing leaves this machine" in season.said
    assert season.url in season.said


def test_what_is_unknown_is_a_page_too(season):
    for path in ("mail/999", "mail/of/nobody", "nowhere"):
        reply = requests.get(f"{season.url}/demo/{path}", timeout=20)
        assert reply.status_code == 404
        assert "There is no such page" in reply.text


def test_only_this_machine_can_reach_it(season):
    port = int(season.url.rpartition(":")[2])
    with pytest.raises(OSError):
        # Whatever listens on every address of the machine answers here too.
        socket.create_connection(("127.0.0.2", port), timeout=2).close()
    assert requests.get(f"{season.url}/demo/", headers={"Host": "elsewhere.test"}, timeout=20).status_code == 403


def test_it_ignores_settings_and_files_of_the_folder_it_is_started_in(tmp_path):
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://nowhere.test/x\nSMTP_URL=smtp://nowhere.test\n")
    with running_demo(tmp_path, SECRET_KEY="x", PUBLIC_URL="https://nowhere.test") as demo:
        assert demo.form_link("mail/1").startswith(demo.url)
        assert "26 invitations" in demo.said


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_seconds_and_leaves_nothing(tmp_path, sign):
    with running_demo(tmp_path) as demo:
        assert list(demo.temporary.iterdir())
        demo.process.send_signal(sign)
        assert demo.process.wait(timeout=5) == 0
        assert not list(demo.temporary.iterdir())
        assert "Traceback" not in demo.process.stdout.read()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["tmp"]


def test_a_taken_port_is_said_plainly(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [str(COMMAND), "demo", "--port", str(port)],
            cwd=tmp_path,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert str(port) in ended.stderr
    assert "--port" in ended.stderr


def wait_until(holds, within=10.0):
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.2)
