"""Doctor says whether Microsoft lets the bot in, and what it may not do there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.installation import Installation
from tests.fakes.graph_sign_in import CLIENT, SECRET, TENANT
from tests.fakes.teams.directory import Directory, running


@pytest.fixture
def directory() -> Iterator[Directory]:
    with running(Directory()) as made:
        yield made


def said(directory: Directory, home: Path, **changed: str) -> tuple[str, str]:
    """(health, words) of Teams."""
    told = {
        "TEAMS_APP_ID": CLIENT,
        "TEAMS_APP_SECRET": SECRET,
        "TEAMS_TENANT_ID": TENANT,
        "GRAPH_TEST_HOST": directory.host,
        "PUBLIC_URL": "https://soundings.example.org",
        **changed,
    }
    installation = Installation(home=home, smtp_url="", settings=told)
    found = installation.run("doctor", "--json", code=None).json
    return next((each["health"], each["words"]) for each in found if each["what"] == "Teams")


def test_all_is_well(directory: Directory, tmp_path: Path) -> None:
    directory.catalog_id = "22f73bbe-f67a-4dea-bd54-54cac718cb2b"
    health, words = said(directory, tmp_path)
    assert health == "works"
    assert words == "signs in; the bot's messaging endpoint must be https://soundings.example.org/api/messages"


def test_what_it_may_not_do_is_told_and_breaks_nothing(directory: Directory, tmp_path: Path) -> None:
    directory.granted = False
    health, words = said(directory, tmp_path)
    assert health == "works"
    assert "User.ReadBasic.All" in words
    assert "upload the package" in words


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"TEAMS_APP_SECRET": "wrong-hidden-word"}, "check TEAMS_APP_SECRET"),
        ({"TEAMS_APP_ID": "00000000-0000-4000-8000-000000000000"}, "check TEAMS_APP_ID"),
        ({"TEAMS_TENANT_ID": "00000000-0000-4000-8000-000000000000"}, "TEAMS_TENANT_ID"),
        ({"PUBLIC_URL": "http://soundings.example.org"}, "https alone"),
        ({"TEAMS_APP_SECRET": ""}, "needs TEAMS_APP_SECRET"),
    ],
    ids=["secret", "app", "tenant", "http", "missing"],
)
def test_what_is_wrong_is_told_by_the_name_of_its_setting(
    directory: Directory, tmp_path: Path, changed: dict[str, str], expected: str
) -> None:
    health, words = said(directory, tmp_path, **changed)
    assert health == "broken"
    assert expected in words
    assert "GRAPH_" not in words
    assert "hidden-word" not in words
