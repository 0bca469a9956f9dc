"""Sending through a real Postfix's submission ports, which take nobody unencrypted or unknown."""

import uuid
from datetime import UTC, datetime

import pytest

from channels.base import Envelope
from channels.mail.account import MailAccount, read_smtp
from channels.mail.smtp import SmtpChannel
from surveys.delivery import Deferred, LineKind, Refused, Sent
from tests.mail_servers.servers import Given, MailServers

pytestmark = pytest.mark.mail_servers
NOW = datetime(2024, 12, 2, 9, 0, tzinfo=UTC)
SURVEYS = "surveys%40programme.test"


def envelope(to: str = "fay@people.test") -> Envelope:
    ref = f"<{uuid.uuid4().hex}@programme.test>"
    return Envelope(
        ref=ref,
        kind=LineKind.INVITATION,
        address=to,
        recipients=(to,),
        return_path="bounces+abc@programme.test",
        subject="Subject",
        body="",
        content=f"From: surveys@programme.test\r\nSubject: Subject\r\nMessage-ID: {ref}\r\n\r\nFirst\r\n.dot\r\n".encode(),
    )


def account(servers: MailServers, scheme: str = "smtp", user: str = f"{SURVEYS}:pw-surveys@") -> MailAccount:
    port = servers.submissions if scheme.startswith("smtps") else servers.submission
    return read_smtp(f"{scheme}://{user}127.0.0.1:{port}").with_ca(str(servers.certificate))


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_encrypted_signed_in_and_delivered_as_it_was(servers: MailServers, scheme: str) -> None:
    channel = SmtpChannel(account(servers, scheme))
    sent = [envelope(), envelope()]
    for each in sent:
        assert channel.send(each, NOW) == Sent(ref=each.ref)
    channel.rest()
    for each in sent:
        mail = servers.wait_for("fay", lambda mail, each=each: mail["Message-ID"] == each.ref)
        assert mail["Return-Path"] == "<bounces+abc@programme.test>"
        assert mail.get_content() == "First\n.dot\n"


@pytest.mark.parametrize("scheme", ["smtp+xoauth2", "smtps+xoauth2"])
def test_signed_in_with_a_token(servers: MailServers, scheme: str) -> None:
    token = servers.token("surveys@programme.test")
    good = SmtpChannel(account(servers, scheme, f"{SURVEYS}@"), tokens=Given(token))
    assert isinstance(good.send(envelope(), NOW), Sent)
    good.rest()
    for words in (servers.token("surveys@programme.test", lasts=-600), servers.token("ana@people.test"), "nonsense"):
        outcome = SmtpChannel(account(servers, scheme, f"{SURVEYS}@"), tokens=Given(words)).send(envelope(), NOW)
        assert isinstance(outcome, Deferred)
        assert outcome.whole_channel
        assert "does not accept our token" in outcome.reason
        assert words not in outcome.reason


def test_a_wrong_password_or_none_waits_for_a_person(servers: MailServers) -> None:
    wrong = SmtpChannel(account(servers, user=f"{SURVEYS}:not-this-word@")).send(envelope(), NOW)
    assert isinstance(wrong, Deferred)
    assert wrong.whole_channel
    assert "not-this-word" not in wrong.reason
    nobody = SmtpChannel(account(servers, user="")).send(envelope(), NOW)
    assert isinstance(nobody, Deferred)
    assert nobody.whole_channel


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_that_another_authority_vouches_for_is_refused(
    servers: MailServers, scheme: str, other_authority: str
) -> None:
    outcome = SmtpChannel(account(servers, scheme).with_ca(other_authority)).send(envelope(), NOW)
    assert isinstance(outcome, Deferred)
    assert outcome.whole_channel
    assert "no encrypted connection" in outcome.reason


def test_a_recipient_refused_at_the_door(servers: MailServers) -> None:
    channel = SmtpChannel(read_smtp(f"smtp://127.0.0.1:{servers.smtp}").with_ca(str(servers.certificate)))
    outcome = channel.send(envelope("nobody@people.test"), NOW)
    assert isinstance(outcome, Refused)
    assert outcome.address_is_bad
    assert isinstance(channel.send(envelope(), NOW), Sent)
    channel.rest()
