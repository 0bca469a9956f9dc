"""Who may not speak to us in Slack's name, and what a stranger's click does: nothing."""

import json
import time
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
import requests

from tests.clients.post_office import PostOffice
from tests.fakes.slack.delivering import signed
from tests.slack.season import RATINGS, SlackSeason, a_season, first_prompt


@pytest.fixture
def season(tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url) as made:
        yield made


def test_only_slack_is_heard_and_each_hears_of_their_own(season: SlackSeason) -> None:
    season.installation.run("load", season.write(RATINGS))
    avery, blake = season.members["avery"], season.members["blake"]
    url = f"{season.installation.public_url}/slack/events"
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "legacy"})
    kind = {"Content-Type": "application/json"}
    with season.installation.serving():
        asked = first_prompt(avery)
        good = signed(season.workspace, body)
        assert requests.post(url, body, headers={**kind, **good}, timeout=10).status_code == 200
        forged = {**good, "X-Slack-Signature": "v0=" + "0" * 64}
        assert requests.post(url, body, headers={**kind, **forged}, timeout=10).status_code == 401
        old = signed(season.workspace, body, at=time.time() - 3600)
        assert requests.post(url, body, headers={**kind, **old}, timeout=10).status_code == 401
        assert requests.post(url, body, headers=kind, timeout=10).status_code == 401
        assert requests.post(url, f"{body} ", headers={**kind, **good}, timeout=10).status_code == 401

        blake.fill(asked, "knowledge", "1")
        blake.click(asked, "Save and continue")
        blake.choose(asked, "ways", "No thank you")
        blocks = deepcopy(asked.blocks)
        for value in ("", "x", "999|0|knowledge", "1|0|nothing", f"{'9' * 30}|0|knowledge", "1|99999|knowledge"):
            asked.blocks = deepcopy(blocks)
            button = next(e for b in asked.blocks for e in b.get("elements", ()) if e.get("action_id") == "page:submit")
            button["value"] = value
            assert avery.click(asked, "Save and continue").ok
    assert season.answers == {}
    assert season.installation.status("valley/asked")["pending"] == 2
    log = season.installation.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert not [word for word in ("Avery", "avery@", season.workspace.bot_token) if word in log]
