"""The log names nobody, whoever writes to it."""

import json
import subprocess
import sys

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
