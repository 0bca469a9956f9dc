"""`soundings doctor` says of Slack what works, and what to do where something does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.doctor_slack import NEEDED
from tests.clients.post_office import PostOffice
from tests.slack.season import SlackSeason, a_season

MANIFEST = Path(__file__).resolve().parents[2] / "docs" / "slack-manifest.yaml"


@pytest.fixture
def season(tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url, socket=True) as made:
        yield made


def _said(season: SlackSeason) -> str:
    done = season.installation.run("doctor", code=None)
    return next(line for line in (done.out + done.err).splitlines() if "Slack" in line)


def test_doctor_on_slack(season: SlackSeason) -> None:
    assert "hears by Socket Mode" in _said(season)
    season.workspace.scopes.discard("im:history")
    assert "im:history" in _said(season)
    season.workspace.scopes.add("im:history")
    season.installation.settings["SLACK_APP_TOKEN"] = "xoxb-not-an-app-token"
    assert "SLACK_APP_TOKEN must be" in _said(season)
    del season.installation.settings["SLACK_APP_TOKEN"]
    assert "hears nothing" in _said(season)
    season.workspace.broken = "account_inactive"
    assert "install it again" in _said(season)


def test_the_manifest_asks_for_what_is_needed_and_no_more() -> None:
    manifest = YAML(typ="safe", pure=True).load(MANIFEST)
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == set(NEEDED)
    assert manifest["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == ["app_home_opened", "message.im"]
