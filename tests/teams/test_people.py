"""People are found by their mail addresses in batches, remembered, and Graph's limits are heeded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from channels.teams.people import People
from channels.tokens import NoToken
from surveys.delivery import FoundAddress, NobodyThere
from tests.clients.post_office import PostOffice
from tests.fakes.graph_sign_in import SECRET
from tests.fakes.teams.directory import Directory, running
from tests.teams.season import RATINGS, a_season

NOW = datetime(2025, 3, 24, 9, tzinfo=UTC)


class Tokens:
    def __init__(self, token: str) -> None:
        self.said = token

    def token(self, *, fresh: bool = False) -> str:
        if not self.said:
            raise NoToken("there is none")
        return self.said


@pytest.fixture
def directory() -> Iterator[Directory]:
    with running(Directory()) as made:
        yield made


def test_people_are_found_twenty_at_once(directory: Directory) -> None:
    ids = {f"p{n}@example.org": directory.add(f"p{n}@example.org") for n in range(30)}
    people = People(Tokens(directory.sign_in.issue()), base=directory.url)
    said = people.find([*ids, "nobody@example.org"], NOW)
    assert said.trouble == ""
    assert directory.batches == [20]
    assert said.found == {email: FoundAddress(value=ids[email]) for email in list(ids)[:20]}


def test_by_address_before_sign_in_name_and_nobody_whose_account_is_closed(directory: Directory) -> None:
    directory.add("old@example.org", "avery@example.org")
    mine = directory.add("avery@example.org", "av1@example.org")
    directory.add("closed@example.org", enabled=False)
    quoted = directory.add("o'neil@example.org")
    people = People(Tokens(directory.sign_in.issue()), base=directory.url)
    asked = ["avery@example.org", "closed@example.org", "o'neil@example.org", "none@example.org"]
    assert people.find(asked, NOW).found == {
        "avery@example.org": FoundAddress(value=mine),
        "closed@example.org": NobodyThere(),
        "o'neil@example.org": FoundAddress(value=quoted),
        "none@example.org": NobodyThere(),
    }


def test_who_is_told_to_wait_is_asked_again_after_that(directory: Directory) -> None:
    first, second = directory.add("a@example.org"), directory.add("b@example.org")
    directory.slow["b@example.org"] = 7
    people = People(Tokens(directory.sign_in.issue()), base=directory.url)
    assert people.find(["a@example.org", "b@example.org"], NOW).found == {"a@example.org": FoundAddress(value=first)}
    assert people.find(["b@example.org"], NOW + timedelta(seconds=6)).found == {}
    assert len(directory.batches) == 1, "nothing is asked meanwhile"
    found = people.find(["b@example.org"], NOW + timedelta(seconds=7)).found
    assert found == {"b@example.org": FoundAddress(value=second)}
    directory.slow_all = 60
    assert "wait" in people.find(["b@example.org"], NOW + timedelta(seconds=8)).trouble


@pytest.mark.parametrize("why", ["no permission", "no token", "unreachable"])
def test_what_keeps_us_from_it_is_said_and_not_asked_all_the_time(directory: Directory, why: str) -> None:
    directory.granted = why != "no permission"
    base = "http://127.0.0.1:9/v1.0" if why == "unreachable" else directory.url
    people = People(Tokens("" if why == "no token" else directory.sign_in.issue()), base=base)
    said = people.find(["a@example.org"], NOW)
    assert said.found == {}
    expected = {"no permission": "User.ReadBasic.All", "no token": "there is none", "unreachable": "reached"}
    assert expected[why] in said.trouble
    asked = len(directory.batches)
    assert people.find(["a@example.org"], NOW + timedelta(seconds=5)).trouble == said.trouble
    assert len(directory.batches) == asked


def test_a_panel_of_mail_addresses_is_asked_in_teams(directory: Directory, tmp_path: Path, post: PostOffice) -> None:
    told = {"GRAPH_TEST_HOST": directory.host, "TEAMS_APP_SECRET": SECRET}
    with a_season(tmp_path, post.url, settings=told) as season:
        path = season.write(RATINGS, people=("avery", "blake", "casey"))
        panel = season.installation.home / "panel.csv"
        rows = panel.read_text(encoding="utf-8")
        for name, member in season.members.items():
            rows = rows.replace(member.user.aad, "")
            if name != "casey":
                member.user.aad = directory.add(f"{name}@example.org")
        panel.write_text(rows, encoding="utf-8")
        season.installation.run("load", path)
        season.installation.run("tick")
        assert [len(each.posts) for each in season.members.values()] == [1, 1, 0]
        assert [letter.to for letter in post.letters()] == ["casey@example.org"]
        assert directory.batches == [3]
        season.installation.run("load", path)
        season.installation.run("tick")
        assert directory.batches == [3], "what was said is kept"


@pytest.mark.parametrize("allowed", [True, False])
def test_the_bot_installs_itself_where_it_may(
    directory: Directory, tmp_path: Path, post: PostOffice, allowed: bool
) -> None:
    directory.catalog_id, directory.may_install = "22f73bbe-f67a-4dea-bd54-54cac718cb2b", allowed
    told = {"GRAPH_TEST_HOST": directory.host, "TEAMS_APP_SECRET": SECRET}
    with a_season(tmp_path, post.url, settings=told) as season:
        path = season.write(RATINGS, people=("avery", "blake"))
        panel = season.installation.home / "panel.csv"
        rows = panel.read_text(encoding="utf-8")
        for name, member in season.members.items():
            before, member.user.aad = member.user.aad, directory.add(f"{name}@example.org")
            rows = rows.replace(before, member.user.aad)
        panel.write_text(rows, encoding="utf-8")
        avery = season.members["avery"].user
        avery.installed = False
        # Teams has it as soon as Graph has said so.
        avery.asked_of = lambda: avery.aad in directory.installed
        season.installation.run("load", path)
        season.installation.run("tick")
        season.installation.run("tick")
        counts = [len(each.posts) for each in season.members.values()]
        letters = [letter.to for letter in post.letters()]
    assert (counts, letters) == (([1, 1], []) if allowed else ([0, 1], ["avery@example.org"]))
