"""Every answer of a real server, and what it means."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.base import Envelope, InDoubt
from channels.mail.account import read_smtp
from channels.mail.smtp import SmtpChannel
from surveys.delivery import Deferred, LineKind, Refused, Sent
from tests.fakes.smtp_server import SmtpServer, self_signed

NOW = datetime(2024, 12, 2, 9, 0, tzinfo=UTC)
ENVELOPE = Envelope(
    ref="<one@example.org>",
    kind=LineKind.INVITATION,
    address="ana@example.test",
    recipients=("ana@example.test",),
    return_path="bounces+abc@example.org",
    subject="Subject",
    body="",
    content=b"Subject: Subject\r\nMessage-ID: <one@example.org>\r\n\r\nFirst\r\n.dot\r\n..dots\r\nlast",
)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def channel(server: SmtpServer) -> Iterator[SmtpChannel]:
    channel = SmtpChannel(server.url, timeout=2)
    yield channel
    channel.rest()


def test_a_message_arrives_as_it_was(server: SmtpServer, channel: SmtpChannel) -> None:
    assert channel.send(ENVELOPE, NOW) == Sent(ref="<one@example.org>")
    (mail,) = server.taken
    assert mail.sender == "bounces+abc@example.org"
    assert mail.recipients == ("ana@example.test",)
    assert mail.content.endswith(b"First\r\n.dot\r\n..dots\r\nlast\r\n")


def test_the_connection_is_kept_and_made_anew_when_it_went_stale(server: SmtpServer, channel: SmtpChannel) -> None:
    for _ in range(3):
        assert isinstance(channel.send(ENVELOPE, NOW), Sent)
    server.stop()
    server.start()
    assert isinstance(channel.send(ENVELOPE, NOW), Sent)
    assert len(server.taken) == 4


def test_a_server_that_is_down_defers_the_whole_channel() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = SmtpChannel(f"smtp://user:s3cret-word@127.0.0.1:{port}", timeout=1).send(ENVELOPE, NOW)
    assert isinstance(outcome, Deferred)
    assert outcome.whole_channel
    assert "127.0.0.1" in outcome.reason
    assert "s3cret-word" not in outcome.reason


def test_a_server_that_never_speaks_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        outcome = SmtpChannel(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.3).send(ENVELOPE, NOW)
    assert isinstance(outcome, Deferred)
    assert outcome.whole_channel


@pytest.mark.parametrize(
    ("answer", "bad"),
    [
        ("550 5.1.1 no such user", True),
        ("550 no such user here", True),
        ("553 5.1.2 bad domain", True),
        ("552 5.2.2 mailbox full", False),
        ("550 5.2.1 mailbox disabled", True),
    ],
)
def test_a_refused_recipient(server: SmtpServer, channel: SmtpChannel, answer: str, bad: bool) -> None:
    server.behaviour.rcpt["ana@example.test"] = answer
    outcome = channel.send(ENVELOPE, NOW)
    assert isinstance(outcome, Refused)
    assert outcome.address_is_bad is bad
    assert outcome.reason == answer
    other = replace(ENVELOPE, address="bo@example.test", recipients=("bo@example.test",))
    assert isinstance(channel.send(other, NOW), Sent)


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.7.1 relaying denied",
        "554 no service here",
        "550 relay not permitted",
        "530 authentication required",
        "550 5.1.8 bad sender",
    ],
)
def test_a_refusal_that_is_about_us_defers_the_channel(server: SmtpServer, channel: SmtpChannel, answer: str) -> None:
    server.behaviour.rcpt["*"] = answer
    outcome = channel.send(ENVELOPE, NOW)
    assert isinstance(outcome, Deferred)
    assert outcome.whole_channel
    assert "refuses to send for us" in outcome.reason


def test_greylisting_defers_one_line_only(server: SmtpServer, channel: SmtpChannel) -> None:
    server.behaviour.rcpt["ana@example.test"] = "451 4.7.1 try again later"
    outcome = channel.send(ENVELOPE, NOW)
    assert isinstance(outcome, Deferred)
    assert not outcome.whole_channel


@pytest.mark.parametrize(("answer", "whole"), [("451 4.3.0 no room", True), ("452 4.2.2 full", False)])
def test_temporary_answers_to_the_message(server: SmtpServer, channel: SmtpChannel, answer: str, whole: bool) -> None:
    server.behaviour.data["*"] = answer
    outcome = channel.send(ENVELOPE, NOW)
    assert isinstance(outcome, Deferred)
    assert outcome.whole_channel is whole


def test_a_refused_message_leaves_the_address_good(server: SmtpServer, channel: SmtpChannel) -> None:
    server.behaviour.data["*"] = "554 5.6.0 not like this"
    outcome = channel.send(ENVELOPE, NOW)
    assert isinstance(outcome, Refused)
    assert not outcome.address_is_bad


def test_a_refused_sender_defers_the_channel(server: SmtpServer, channel: SmtpChannel) -> None:
    server.behaviour.mail_from = "550 5.1.0 not you"
    outcome = channel.send(ENVELOPE, NOW)
    assert isinstance(outcome, Deferred)
    assert outcome.whole_channel


def test_a_connection_lost_after_the_message_is_in_doubt(server: SmtpServer, channel: SmtpChannel) -> None:
    server.behaviour.drop_after = True
    with pytest.raises(InDoubt):
        channel.send(ENVELOPE, NOW)
    assert len(server.taken) == 1
    server.behaviour.drop_after = False
    assert isinstance(channel.send(ENVELOPE, NOW), Sent)


def test_an_answer_that_comes_too_late_is_in_doubt(server: SmtpServer) -> None:
    server.behaviour.slow = 1.0
    channel = SmtpChannel(server.url, timeout=0.3)
    with pytest.raises(InDoubt):
        channel.send(ENVELOPE, NOW)
    channel.rest()


def test_a_copy_that_is_refused_does_not_stop_the_mail(server: SmtpServer, channel: SmtpChannel) -> None:
    server.behaviour.rcpt["pa@example.test"] = "550 5.1.1 unknown"
    copied = replace(ENVELOPE, recipients=("ana@example.test", "pa@example.test"))
    assert isinstance(channel.send(copied, NOW), Sent)
    assert server.taken[0].recipients == ("ana@example.test",)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_starttls_and_signing_in(tmp_path: Path) -> None:
    server = SmtpServer(tls=self_signed(tmp_path))
    server.behaviour.needs_starttls = True
    server.behaviour.accounts = {"bot": "pass/word"}
    with server:
        right = SmtpChannel(f"smtp://bot:pass%2Fword@127.0.0.1:{server.port}", timeout=3)
        assert isinstance(right.send(ENVELOPE, NOW), Sent)
        right.rest()
        wrong = SmtpChannel(f"smtp://bot:wrong-word@127.0.0.1:{server.port}", timeout=3)
        outcome = wrong.send(ENVELOPE, NOW)
        assert isinstance(outcome, Deferred)
        assert outcome.whole_channel
        assert "user name and password" in outcome.reason
        assert "wrong-word" not in outcome.reason
        without = SmtpChannel(f"smtp://127.0.0.1:{server.port}", timeout=3)
        outcome = without.send(ENVELOPE, NOW)
        assert isinstance(outcome, Deferred)
        assert outcome.whole_channel
        assert right.check() == ""
        assert "user name and password" in wrong.check()


def test_encrypted_from_the_start(tmp_path: Path) -> None:
    with SmtpServer(tls=self_signed(tmp_path), implicit_tls=True) as server:
        channel = SmtpChannel(f"smtps://127.0.0.1:{server.port}", timeout=3)
        assert isinstance(channel.send(ENVELOPE, NOW), Sent)
        channel.rest()


def test_no_encryption_off_this_machine_is_refused(server: SmtpServer) -> None:
    # Written like this the address is not one that we know to be this machine, and yet it leads here.
    channel = SmtpChannel(f"smtp://127.1:{server.port}", timeout=2)
    outcome = channel.send(ENVELOPE, NOW)
    assert isinstance(outcome, Deferred)
    assert outcome.whole_channel
    assert "no encryption" in outcome.reason
    assert server.taken == ()


def test_an_account_is_shown_without_its_password() -> None:
    account = read_smtp("smtp://user:word@mail.example.test:2525")
    assert not account.loopback
    assert "word" not in repr(account)


@pytest.mark.parametrize("url", ["http://mail.example.org", "smtp://", "mail.example.org"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://"):
        read_smtp(url)


def test_ports_by_habit() -> None:
    assert read_smtp("smtp://mail.example.org").port == 25
    assert read_smtp("smtp://u:p@mail.example.org").port == 587
    assert read_smtp("smtps://mail.example.org").port == 465
    assert SmtpChannel("smtp://u:p@mail.example.org").account == "mail:u@mail.example.org:587"
