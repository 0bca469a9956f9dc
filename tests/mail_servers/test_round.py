"""A whole round by real servers: invited by SMTP, answered by reply, confirmed; those who are away, and those who bounce."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.mail_servers.servers import OURS, PEOPLES, MailServers, until
from tests.mail_servers.sign_in import SignInServer
from tests.mail_servers.village import ROUND, Village

pytestmark = pytest.mark.mail_servers
GIVEN = {"rating": 5, "more": "The beds were full of beans.", "again": "yes"}


@pytest.fixture
def emptied(servers: MailServers) -> Iterator[MailServers]:
    """The servers, everyone's mailbox empty."""
    servers.empty()
    yield servers
    servers.empty()


def test_a_reply_is_recorded_within_seconds_and_confirmed(emptied: MailServers, tmp_path: Path) -> None:
    village = Village(servers=emptied, home=tmp_path, people=["ana", "bo"])
    village.load()
    with village.soundings.serving():
        invited = village.invitation("ana")
        assert "You can also reply to this mail" in str(invited.get_body(("plain",)))
        assert str(invited["Return-Path"]).startswith("<reply+")
        village.replies("ana", ["5", "The beds were full of beans.", "Yes"])
        sent = datetime.now(UTC)
        until(lambda: village.status()["complete"] == 1, "the reply is recorded", within=15)
        # The command that looks takes its own time; without being woken it would be half a minute.
        assert datetime.now(UTC) - sent < timedelta(seconds=10)
        receipt = emptied.wait_for("ana", lambda mail: mail["Soundings-Kind"] == "receipt")
        assert "The beds were full of beans." in str(receipt.get_body(("plain",)))
        assert emptied.flags("reply") == ["S"]
    assert village.answers() == [GIVEN]
    assert village.kinds("bo") == ["invitation"]


def test_whoever_is_away_is_paused_and_gets_no_mail_back(emptied: MailServers, tmp_path: Path) -> None:
    back = datetime.now(UTC).date() + timedelta(days=12)
    emptied.away("ed", f"I am away until {back:%d %B %Y}. 1. For urgent matters call 5. 2. Yes, really.")
    village = Village(servers=emptied, home=tmp_path, people=["ed"])
    village.load()
    with village.soundings.serving():
        until(lambda: [each["kind"] for each in village.triage()] == ["auto_reply"], "the answer arrives")
        # A receipt would go with one of the next ticks.
        first = datetime.now(UTC)
        until(lambda: datetime.now(UTC) - first > timedelta(seconds=7), "some ticks pass")
    assert village.kinds("ed") == ["invitation"]
    assert village.answers() == []
    (sheet,) = village.soundings.run("person", "show", f"ed@{PEOPLES}", "--json").json
    assert str(sheet["paused_until"]).startswith(back.isoformat()), sheet["paused_until"]
    assert str(back) in village.triage()[0]["reason"]
    # Later messages keep to it: what is planned for before that day waits.
    assert not [each for each in village.plan() if each["due"][:10] < back.isoformat()]


def test_bounces_of_every_kind(emptied: MailServers, tmp_path: Path) -> None:
    troubled = {
        "hard": "ghost@late.test",
        "full": f"full@{PEOPLES}",
        "policy": f"blocked@{PEOPLES}",
        "slow": f"slow@{PEOPLES}",
    }
    village = Village(servers=emptied, home=tmp_path, people=["ana", *troubled.values()], reply="bounces")
    village.load()
    village.soundings.run("tick")
    # One is told as delayed after some seconds. That it was given up comes half a minute later: hence this mailbox, which
    # no other test looks into.
    until(lambda: len(emptied.mails("bounces")) >= 4, "the bounces arrive")
    village.soundings.run("tick")
    assert {each["kind"] for each in village.triage()} == {"bounce"}
    status = village.status()
    assert (status["invited"], status["undeliverable"]) == (5, 1)
    assert {each["participant"] for each in village.triage()} == {"ghost", "full", "blocked", "slow"}
    whole = village.soundings.run("round", "who", ROUND, "--json").json
    assert {each["participant"]: each["state"] for each in whole if each["state"] == "undeliverable"}.keys() == {
        "ghost"
    }
    assert village.kinds("ana") == ["invitation"]


def test_reading_once_at_each_tick_is_enough(emptied: MailServers, tmp_path: Path) -> None:
    village = Village(servers=emptied, home=tmp_path, people=["ana"], settings={"MAIL_PLUS_ADDRESSING": "off"})
    village.load()
    village.soundings.run("tick")
    assert village.invitation("ana")["Reply-To"] == f"reply@{OURS}"
    village.replies("ana", ["5", "The beds were full of beans.", "Yes"])
    emptied.wait_for("reply")
    # Somebody has had a look with their own mail program.
    emptied.read_all("reply")
    told = village.soundings.run("tick", "--json").json
    assert (told["mails"], told["sent"], told["troubles"]) == ({"mapped": 1}, {"receipt": 1}, {})
    assert village.answers() == [GIVEN]
    assert village.soundings.run("tick", "--json").json["mails"] == {}


def test_a_round_with_tokens_in_place_of_passwords(emptied: MailServers, tmp_path: Path) -> None:
    user = f"reply%40{OURS}@127.0.0.1"
    with SignInServer(emptied.token(f"reply@{OURS}")) as sign_in:
        urls = {
            "SMTP_URL": f"smtp+xoauth2://{user}:{emptied.submission}",
            "IMAP_URL": f"imaps+xoauth2://{user}:{emptied.imaps}",
        }
        village = Village(servers=emptied, home=tmp_path, people=["ana"], settings=urls | sign_in.settings)
        village.load()
        village.soundings.run("tick")
        village.replies("ana", ["5", "The beds were full of beans.", "Yes"])
        emptied.wait_for("reply")
        village.soundings.run("tick")
        assert village.answers() == [GIVEN]
        emptied.wait_for("ana", lambda mail: mail["Soundings-Kind"] == "receipt")
        assert sign_in.given > 0
        village.soundings.settings["GRAPH_CLIENT_SECRET"] = "not-this-word"
        told = village.soundings.run("doctor", "--json", code=1)
        assert "GRAPH_CLIENT_SECRET" in told.out
        assert "not-this-word" not in told.out
        del village.soundings.settings["GRAPH_CLIENT_SECRET"]
        assert "set GRAPH_CLIENT_SECRET or GRAPH_CLIENT_CERTIFICATE" in village.soundings.run("doctor", code=1).out


def test_what_postfix_hands_over_and_keeps_while_nobody_takes_it(emptied: MailServers, tmp_path: Path) -> None:
    settings = {
        "IMAP_URL": "",
        "MAIL_REPLY_TO": f"handed@{OURS}",
        "MAIL_LISTEN": f"lmtp://127.0.0.1:{emptied.handover}",
    }
    village = Village(servers=emptied, home=tmp_path, people=["ana"], settings=settings)
    village.load()
    village.soundings.run("tick")
    # Nobody listens yet: Postfix keeps it and tries again.
    village.replies("ana", ["5", "The beds were full of beans.", "Yes"])
    with village.soundings.serving():
        emptied.wait_for("ana", lambda mail: mail["Soundings-Kind"] == "receipt")
    assert village.answers() == [GIVEN]
    assert village.triage() == []


def test_several_mailboxes_one_of_them_dead_and_replies_on_each_others_heels(
    emptied: MailServers, tmp_path: Path
) -> None:
    urls = [f"imaps://{name}%40{OURS}:pw-{name}@127.0.0.1:{emptied.imaps}" for name in ("reply", "other")]
    people = ["ana", "bo", "cy", "di"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        urls.insert(0, f"imap://nobody:word@127.0.0.1:{silent.getsockname()[1]}")
        settings = {"IMAP_URL": " ".join(urls), "MAIL_BOUNCE_TO": f"other@{OURS}"}
        village = Village(servers=emptied, home=tmp_path, people=[*people, "ghost@late.test"], settings=settings)
        village.load()
        with village.soundings.serving():
            for person in people:
                village.invitation(person)
            until(lambda: village.status()["undeliverable"] == 1, "the bounce is read")
            for person in people:
                village.replies(person, ["5", "The beds were full of beans.", "Yes"])
            # A notice that was missed would cost a minute.
            until(lambda: village.status()["complete"] == len(people), "every reply is recorded", within=40)


def test_the_address_a_mail_was_delivered_to_tells_whose_it_is(emptied: MailServers, tmp_path: Path) -> None:
    village = Village(servers=emptied, home=tmp_path, people=["ana", "cy"])
    village.load()
    village.soundings.run("tick")
    # A colleague answers; only the envelope still has the token.
    address = str(village.invitation("ana")["Reply-To"])
    raw = f"From: bo@{PEOPLES}\r\nTo: reply@{OURS}\r\nSubject: The garden\r\nMessage-ID: <c@{PEOPLES}>\r\n\r\n1. 5\r\n"
    emptied.send_as("bo", [address], raw.encode())
    delivered = emptied.wait_for("reply")
    assert delivered["Delivered-To"] == address
    village.soundings.run("tick")
    (held,) = village.triage()
    assert (held["participant"], held["round"], held["kind"]) == ("ana", ROUND, "human")
    assert village.answers() == []
