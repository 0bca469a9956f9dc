"""Marked people, words, ids and tokens pass through Slack, and much goes wrong: no mark is found in any log."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.clients.post_office import PostOffice
from tests.slack.season import OPEN_QUESTIONS, SlackSeason, a_season, first_prompt, until

NAMES = ("Quillcanary", "Brackcanary")
WORDS = ("Marmalade-in-the-rain", "Kestrel-over-the-mill", "Lantern-by-the-weir", "Thimble-in-the-attic")


@pytest.fixture(params=[False, True], ids=["http", "socket"])
def season(request: pytest.FixtureRequest, tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url, socket=request.param) as made:
        yield made


def test_no_mark_is_left(season: SlackSeason) -> None:
    path = season.write(OPEN_QUESTIONS, people=("quillcanary", "brackcanary"))
    season.installation.run("load", path)
    quill, brack = season.members["quillcanary"], season.members["brackcanary"]
    brack.user.active = False
    said = ""
    with season.installation.serving() as url:
        connected = getattr(season.door, "connected", None)
        assert connected is None or connected.wait(15)
        asked = first_prompt(quill)
        quill.click(asked, "3")
        until(lambda: [m for m in quill.messages if "What has changed" in str(m.blocks)])
        quill.say(WORDS[0])
        grid = until(lambda: next((m for m in quill.messages if "For children" in str(m.blocks)), None))
        # Slack fails under our calls, the database is busy, and what comes is no payload of ours.
        season.workspace.cut_next["chat.update"] = 1
        season.workspace.refuse_next["chat.postMessage"] = (2, 1)
        quill.fill(grid, "For children", WORDS[1])
        quill.click(grid, "Save and continue")
        other = sqlite3.connect(season.installation.home / "soundings.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        quill.say(WORDS[2])
        time.sleep(3)
        other.execute("ROLLBACK")
        other.close()
        quill.event(
            {"type": "message", "channel_type": "im", "channel": 7, "user": [quill.user.id], "text": {"a": WORDS[3]}}
        )
        quill.say(WORDS[3])
        quill.command(f"status {WORDS[3]}")
        requests.post(f"{url}/slack/events", data={"payload": WORDS[3]}, timeout=10)
        time.sleep(1)
        metrics = requests.get(f"{url}/metrics", timeout=10)
        said += metrics.text
    for words in (("tick",), ("doctor",), ("round", "status", "valley/asked")):
        done = season.installation.run(*words, code=None)
        said += done.err + (done.out if words != ("round", "status", "valley/asked") else "")
    said += season.installation.log.read_text(encoding="utf-8")
    marks = [*NAMES, *WORDS, quill.user.id, brack.user.id, "quillcanary@example.org", "Traceback"]
    marks += [season.workspace.bot_token, season.workspace.app_token, season.workspace.signing_secret]
    found = [mark for mark in marks if mark.lower() in said.lower()]
    assert found == []
    assert "Slack refused a call" in said or "a call to Slack was lost" in said, "it did go wrong, and that was told"
