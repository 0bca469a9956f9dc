"""The log names nobody, whoever writes to it."""

import json
import subprocess
import sys

import pytest

from bot.logs import without_server_words, without_words

SCRIPT = """
import logging
from bot.logs import start_log, what_failed
log = start_log()
try:
    raise ValueError("Ines Calloway")
except ValueError as error:
    log.error("tick failed", **what_failed(error))
    logging.getLogger("waitress").exception("Exception while serving /f/1z-abcdefghijklmnopqrstuvwxyz")
    logging.getLogger("apscheduler").error("%s", "to ines@example.org", exc_info=True)
log.info("listening", port=1)
"""


def test_no_name_address_or_link_gets_into_it():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == [
        "tick failed",
        "Exception while serving /f/[link]",
        "to [address]",
        "listening",
    ]
    assert all(line["error"] == "ValueError" and line["place"] for line in lines[:3])
    assert "Calloway" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("451 4.7.1 Try later, Ines", "451 4.7.1"),
        (
            "the server refuses to send for us: 550-5.7.1 Ines Calloway\n550 5.7.1 is unknown",
            "the server refuses to send for us: 550-5.7.1",
        ),
        ("421 closing", "421"),
        ("mail.example.org:465 can't be reached: Connection refused", None),
        ("127.0.0.1:587 did not answer within 20 seconds", None),
    ],
)
def test_of_a_mail_servers_words_the_code_is_told(trouble, told):
    assert without_server_words(trouble) == (told or trouble)


def test_a_traceback_for_a_file_has_no_message():
    try:
        try:
            {}["Ines" + " Calloway"]
        except KeyError as error:
            raise ValueError("of Hollow Lane") from error
    except ValueError as error:
        said = without_words(error)
    assert "Ines Calloway" not in said
    assert said.index("builtins.KeyError\n") < said.index("This led to:") < said.index("builtins.ValueError\n")
    assert "in test_a_traceback_for_a_file_has_no_message" in said


def test_what_ends_a_thread_is_logged_without_its_words():
    script = """
import threading
from bot.logs import start_log
start_log()
def fail():
    raise ValueError("Ines" + " Calloway")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
class Bad:
    def __del__(self):
        raise ValueError("Ines" + " Calloway")
Bad()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["error"]) for line in lines] == [
        ("a thread ended", "ValueError"),
        ("an error that could not be raised", "ValueError"),
    ]
    assert "Calloway" not in done.stderr
