"""A season steered from the command line, played with `tick --at`."""

import re

import pytest

from tests.cli.conftest import S1

ROUND = "courageous-conversations/mid-cycle-2024"
CONTRACT = [
    "round", "state", "opens", "closes", "invited", "complete", "partial", "declined", "delegated", "joint_return",
    "undeliverable", "not_eligible", "pending", "response_rate", "next_reminder", "by_area", "by_perspective",
]  # fmt: skip


@pytest.fixture
def opened(shell, post):
    shell("load", S1)
    shell("tick", "--at", "2024-11-25T09:00")
    return shell


def kinds(post):
    found = {}
    for letter in post.letters():
        found[letter.kind] = found.get(letter.kind, 0) + 1
    return found


def test_status_has_the_keys_of_the_contract(opened, post):
    status = opened("round", "status", ROUND, "--json").json
    assert set(CONTRACT) <= set(status)
    assert (status["round"], status["state"], status["invited"], status["pending"]) == (
        "mid-cycle-2024",
        "open",
        26,
        26,
    )
    assert status["opens"] == "2024-11-25T09:00:00+00:00"
    assert status["next_reminder"] == "2024-12-05T09:30:00+00:00"
    assert status["response_rate"] == 0
    assert set(status["by_area"]) == {"buckinghamshire", "kent", "reading", "west-sussex", "hampshire"}
    assert set(CONTRACT[4:14]) <= set(status["by_area"]["kent"])
    people = opened("round", "status", ROUND)
    assert "Area" in people.out
    assert kinds(post) == {"invitation": 26}


def test_a_naive_time_is_the_programmes_own(shell, post):
    shell("load", S1)
    assert shell("tick", "--at", "2025-06-02T08:59", "--json").json["at"] == "2025-06-02T07:59:00+00:00"
    assert shell("tick", "--at", "2025-06-02T08:59+00:00", "--json").json["opened"] == [
        "courageous-conversations/follow-up-2025"
    ]


def test_going_back_in_time_sends_nothing_again(opened, post):
    opened("tick", "--at", "2024-12-09T09:30")
    before = kinds(post)
    opened("tick", "--at", "2024-11-26T09:00")
    opened("tick", "--at", "2024-12-09T09:30")
    assert kinds(post) == before


def test_the_plan_of_a_past_round_is_what_playing_it_would_send(shell):
    shell("load", S1)
    plan = shell("round", "plan", ROUND, "--json")
    assert "tick --at" in plan.err
    assert {line["kind"] for line in plan.json} == {"invitation", "reminder"}
    assert sum(line["kind"] == "invitation" for line in plan.json) == 26
    assert {"participant", "name", "kind", "due", "local", "why", "channel", "address"} <= set(plan.json[0])


def test_who_lists_people_with_what_a_caller_needs(opened, post):
    people = opened("round", "who", ROUND, "--json").json
    assert len(people) == 26
    assert {"name", "perspective", "phone", "state", "last_contact"} <= set(people[0])
    assert "link" not in people[0]
    linked = opened("round", "who", ROUND, "--links", "--json").json
    assert all(re.fullmatch(r"http://127\.0\.0\.1:8080/e/[0-9a-z]+-[a-z2-7]{26}", each["link"]) for each in linked)
    assert len({each["link"] for each in linked}) == 26
    table = opened("round", "who", ROUND).out
    assert "/e/" not in table


def test_extending_tells_once_and_allows_one_more(opened, post):
    opened("tick", "--at", "2024-12-09T09:30")
    dry = opened("round", "extend", ROUND, "2024-12-18", "close", "of", "play", "--dry-run", "--json").json
    assert (dry["told"], dry["dry_run"]) == (26, True)
    assert opened("round", "show", ROUND, "--json").json["moved"] == []
    assert "Wednesday 18 December 2024, 5 pm" in opened("round", "extend", ROUND, "2024-12-18 17:00").out
    opened("tick", "--at", "2024-12-09T12:00")
    opened("tick", "--at", "2024-12-09T12:30")
    assert kinds(post)["notice"] == 26
    assert "later than that" in opened("round", "extend", ROUND, "2024-12-17", code=1).err
    moved = opened("round", "show", ROUND, "--json").json["moved"]
    assert [(each["before"][:10], each["after"][:10]) for each in moved] == [("2024-12-16", "2024-12-18")]


def test_reminding_by_hand_counts_and_minds_the_gap(opened, post):
    early = opened("round", "remind", ROUND)
    assert "Reminds 0 people" in early.out
    assert "too soon" in early.err
    dry = opened("round", "remind", ROUND, "--anyway", "--dry-run", "--json").json
    assert len(dry["people"]) == 26
    assert kinds(post) == {"invitation": 26}
    assert "Reminds 26 people: 26 by mail." in opened("round", "remind", ROUND, "--anyway").out
    opened("tick", "--at", "2024-11-25T09:05")
    assert kinds(post) == {"invitation": 26, "reminder": 26}
    who = opened("round", "who", ROUND, "--json").json
    assert {each["reminders"] for each in who} == {1}


def test_closing_opening_holding(opened, post):
    assert "is open already" in opened("round", "open", ROUND, code=1).err
    assert "only a round that has not opened" in opened("round", "hold", ROUND, code=1).err
    opened("round", "close", ROUND)
    assert opened("round", "status", ROUND, "--json").json["state"] == "closed"
    assert "closed on" in opened("round", "remind", ROUND, code=1).err
    assert "new close" in opened("round", "reopen", ROUND, "2024-12-20", code=1).err
    opened("round", "reopen", ROUND, "2190-12-20 17:00", "--reason", "one more week")
    assert opened("round", "status", ROUND, "--json").json["state"] == "open"
    said = [line["what"] for line in opened("audit", "--json").json]
    assert said[:3] == ["round opened", "deadline moved", "round closed"]
    assert "whole" in opened("audit", "--verify").out


def test_a_held_round_waits_for_its_organiser(shell, post):
    text = S1.read_text(encoding="utf-8").replace("2025-06-02 09:00", "2190-06-02 09:00")
    text = text.replace("2025-06-27 close of play", "2190-06-27 17:00")
    folder = shell.home / "programme"
    folder.mkdir()
    for name in ("mid-cycle.yaml", "panel.csv"):
        (folder / name).write_bytes(S1.with_name(name).read_bytes())
    (folder / "programme.yaml").write_text(text, encoding="utf-8")
    shell("load", folder / "programme.yaml")
    shell("round", "hold", "follow-up-2025")
    shell("tick", "--at", "2190-06-02T10:00")
    held = shell("round", "status", "follow-up-2025", "--json").json
    assert (held["state"], held["next_reminder"]) == ("held", None)
    assert shell("round", "plan", "follow-up-2025", "--json").json
    shell("round", "open", "follow-up-2025")
    assert shell("round", "status", "follow-up-2025", "--json").json["state"] == "open"


def test_a_server_that_is_down_shows_in_status_and_doctor_and_loses_nothing(shell, post, monkeypatch):
    shell("load", S1)
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1")
    ended = shell("tick", "--at", "2024-11-25T09:00")
    assert "put off" in ended.out
    status = shell("round", "status", ROUND, "--json").json
    assert status["deferred"] >= 1
    assert status["channels"][0]["trouble"]
    assert "mail" in shell("doctor", code=1).err
    monkeypatch.setenv("SMTP_URL", post.url)
    shell("tick", "--at", "2024-11-25T16:00")
    assert kinds(post) == {"invitation": 26}
    assert shell("round", "status", ROUND, "--json").json["deferred"] == 0


def test_people_can_be_paused_and_opted_out_by_telephone(opened, post):
    opened("person", "pause", "p01", "--until", "2190-01-01T09:00")
    opened("person", "opt-out", "p02")
    assert opened("person", "opt-out", "p02").out.strip() == "no changes"
    opened("tick", "--at", "2024-12-09T09:30")
    reminded = {letter.to for letter in post.letters(kind="reminder")}
    sheets = {who: opened("person", "show", who, "--json").json[0] for who in ("p01", "p02")}
    assert not reminded & {address for sheet in sheets.values() for address in sheet["addresses"]}
    assert sheets["p02"]["opted_out"] is True
    opened("person", "pause", "p01")
    assert opened("person", "show", "p01", "--json").json[0]["paused_until"] is None


def test_quotes_are_frozen_once_the_round_has_closed(opened):
    assert "has not closed" in opened("round", "freeze", ROUND, code=1).err
    opened("round", "close", ROUND)
    assert opened("round", "show", ROUND, "--json").json["frozen"] is None
    assert "would stand" in opened("round", "freeze", ROUND, "--dry-run").out
    assert opened("round", "status", ROUND, "--json").json["frozen"] is None
    assert opened("round", "freeze", ROUND, "--json").json["quotes"] == 0
    assert opened("round", "status", ROUND, "--json").json["frozen"]
    assert "quotes were frozen" in opened("round", "status", ROUND).out
    assert "quotes frozen" in opened("round", "show", ROUND).out
    assert "was frozen on" in opened("round", "freeze", ROUND, code=1).err
    assert "no more can be said in it" in opened("round", "reopen", ROUND, "2190-01-01 17:00", code=1).err
    assert "quotes frozen" in opened("audit").out
