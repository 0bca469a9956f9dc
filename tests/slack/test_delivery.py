"""Messages through the ledger to Slack: found by mail address, never twice, on to the next channel where it must be."""

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.clients.form_client import FormClient
from tests.clients.post_office import PostOffice
from tests.slack.season import OPEN_QUESTIONS, RATINGS, SlackSeason, a_season, first_prompt, until


@pytest.fixture
def season(tmp_path: Path, post: PostOffice) -> Iterator[SlackSeason]:
    with a_season(tmp_path, post.url) as made:
        yield made


def _invitations(season: SlackSeason, name: str) -> int:
    return sum("your view by" in text for text in season.workspace.texts(season.members[name].user))


def test_people_are_found_by_their_mail_address(season: SlackSeason, post: PostOffice) -> None:
    path = season.write(RATINGS, people=("avery", "blake"))
    panel = season.installation.home / "panel.csv"
    rows = panel.read_text(encoding="utf-8").splitlines()
    avery = season.members["avery"].user
    rows[1] = rows[1].replace(avery.id, "")
    rows.append("casey,Casey Doe,Casey,casey@example.org,,lead")
    panel.write_text("\n".join(rows) + "\n", encoding="utf-8")
    season.installation.run("load", path)
    season.tick()
    assert _invitations(season, "avery") == 1
    assert _invitations(season, "blake") == 1
    assert [letter.to for letter in post.letters()] == ["casey@example.org"]
    asked = [given["email"] for method, given in season.workspace.calls if method == "users.lookupByEmail"]
    assert sorted(asked) == ["avery@example.org", "casey@example.org"]
    season.installation.run("load", path)
    season.tick()
    again = [given["email"] for method, given in season.workspace.calls if method == "users.lookupByEmail"]
    assert again == asked, "what was said is kept"


def test_an_account_that_was_closed_is_asked_by_mail(season: SlackSeason, post: PostOffice) -> None:
    path = season.write(RATINGS)
    season.members["avery"].user.active = False
    season.installation.run("load", path)
    season.tick()
    season.tick()
    assert [letter.to for letter in post.letters()] == ["avery@example.org"]
    assert _invitations(season, "blake") == 1


def test_a_revoked_token_sends_everyone_by_mail_and_says_so(season: SlackSeason, post: PostOffice) -> None:
    path = season.write(RATINGS)
    season.installation.run("load", path)
    season.workspace.broken = "token_revoked"
    season.tick()
    season.tick()
    assert sorted(letter.to for letter in post.letters()) == ["avery@example.org", "blake@example.org"]
    said = season.installation.run("doctor", code=None)
    assert "token was revoked" in said.out + said.err
    season.workspace.broken = ""
    season.tick()
    assert _invitations(season, "avery") == 0, "who was asked by mail is not asked again"


def test_a_limit_is_waited_out(season: SlackSeason) -> None:
    path = season.write(RATINGS)
    season.installation.run("load", path)
    season.workspace.refuse_next["chat.postMessage"] = (1, 2)
    season.tick()
    assert _invitations(season, "avery") + _invitations(season, "blake") == 0
    time.sleep(2.1)
    season.tick()
    assert _invitations(season, "avery") == _invitations(season, "blake") == 1, "as soon as Slack said, and no later"


@pytest.mark.parametrize("error", ["invalid_auth", "account_inactive", "token_revoked", "token_expired"])
def test_whatever_shuts_the_app_out_sends_everyone_by_mail(season: SlackSeason, post: PostOffice, error: str) -> None:
    path = season.write(RATINGS)
    season.installation.run("load", path)
    season.workspace.broken = error
    for _ in range(2):
        season.tick()
    assert sorted(letter.to for letter in post.letters()) == ["avery@example.org", "blake@example.org"]
    (channel,) = season.installation.status("valley/asked")["channels"]
    assert channel["account"].startswith("slack:")
    assert season.workspace.bot_token not in str(channel)


def test_an_id_that_slack_does_not_know_is_asked_by_mail(season: SlackSeason, post: PostOffice) -> None:
    path = season.write(RATINGS)
    del season.workspace.users[season.members["avery"].user.id]
    season.installation.run("load", path)
    for _ in range(2):
        season.tick()
    assert [letter.to for letter in post.letters()] == ["avery@example.org"]
    assert _invitations(season, "blake") == 1


def test_a_lost_answer_is_looked_up_and_nothing_goes_twice(season: SlackSeason) -> None:
    path = season.write(RATINGS, people=("avery",))
    season.installation.run("load", path)
    season.workspace.cut_next["chat.postMessage"] = 1
    season.tick()
    assert _invitations(season, "avery") == 1
    for minutes in (3, 6, 30):
        season.installation.tick(datetime.now(UTC) + timedelta(minutes=minutes))
    assert _invitations(season, "avery") == 1
    assert any(method == "conversations.history" for method, _ in season.workspace.calls)


@pytest.mark.parametrize("posted", [True, False], ids=["posted", "not posted"])
def test_a_process_killed_while_it_sends(season: SlackSeason, *, posted: bool) -> None:
    path = season.write(RATINGS, people=("avery",))
    season.installation.run("load", path)
    if posted:
        season.workspace.slow_next["chat.postMessage"] = (1, 30.0)
    else:
        season.workspace.slow_next["chat.postMessage"] = (1, 30.0)
        season.workspace.lose_next["chat.postMessage"] = 1
    with season.installation.started("tick") as ticking:
        until(lambda: any(method == "chat.postMessage" for method, _ in season.workspace.calls))
        time.sleep(0.2)
        ticking.send_signal(signal.SIGKILL)
        ticking.wait(timeout=5)
    assert _invitations(season, "avery") == int(posted)
    for minutes in (3, 6, 30):
        season.installation.tick(datetime.now(UTC) + timedelta(minutes=minutes))
    assert _invitations(season, "avery") == 1


def test_an_answer_on_the_web_shows_in_slack(season: SlackSeason) -> None:
    season.installation.run("load", season.write(OPEN_QUESTIONS, people=("avery",)))
    avery = season.members["avery"]
    with season.installation.serving():
        asked = first_prompt(avery)
        link = next(
            element["url"] for block in asked.blocks for element in block.get("elements", ()) if element.get("url")
        )
        FormClient().answer(link, {"organised": "2", "changed": "Much", "again": "no", "why": "Time"})
        until(lambda: "Answered on the web form" in str(avery.messages[0].blocks))
        assert "2 of 4" in str(avery.messages[0].blocks)
