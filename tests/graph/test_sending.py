"""Every answer of Graph to a draft and to its sending, and what it means."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest

from bot.microsoft import MicrosoftSignIn
from channels.base import Doubt, Drafted, Drafting, Envelope, InDoubt, LookingUp
from channels.mail.graph.client import GraphClient, GraphMailbox, GraphRefusal, Unreached
from channels.mail.graph.sending import GraphMailChannel
from surveys.delivery import Deferred, LineKind, NotSent, Outcome, Refused, Sent, Unknown, WentOut
from tests.channels.mail.letters import SETTINGS, letter
from tests.fakes.graph_server import MAILBOX, GraphServer, Reply, problem

NOW = datetime(2024, 12, 2, 9, 0, tzinfo=UTC)


def envelope(sender: str = MAILBOX, to: str = "ana@example.test", words: str = "Hello", cc: str = "") -> Envelope:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, to, "A mail", "<one@example.org>"
    if cc:
        mail["Cc"] = cc
    mail.set_content(words)
    return Envelope(
        ref="<one@example.org>",
        kind=LineKind.INVITATION,
        address=to,
        recipients=(to, cc) if cc else (to,),
        return_path=MAILBOX,
        subject="A mail",
        body="",
        content=bytes(mail),
    )


@pytest.fixture
def channel(client: GraphClient) -> Iterator[GraphMailChannel]:
    channel = GraphMailChannel(SETTINGS, client)
    yield channel
    channel.rest()


def drafted(channel: GraphMailChannel, mail: Envelope) -> Envelope:
    made = channel.draft(mail, NOW)
    assert isinstance(made, Drafted), made
    return replace(mail, draft=made.draft)


def doubt(draft: str) -> Doubt:
    return Doubt(
        key="k", kind=LineKind.INVITATION, ref="<one@example.org>", draft=draft, address="a@b.test", started_at=NOW
    )


def outcome(channel: GraphMailChannel, mail: Envelope) -> Outcome:
    made = channel.draft(mail, NOW)
    return channel.send(replace(mail, draft=made.draft), NOW) if isinstance(made, Drafted) else made


def test_it_drafts_and_looks_up(channel: GraphMailChannel) -> None:
    assert isinstance(channel, Drafting)
    assert isinstance(channel, LookingUp)
    assert channel.account == "mail:graph:bot@example.org"


def test_a_real_mail_arrives_as_it_was_written(graph: GraphServer, channel: GraphMailChannel) -> None:
    mail = channel.compose(letter(sender=None))
    ready = drafted(channel, mail)
    assert len(graph.mailbox.drafts) == 1
    assert channel.send(ready, NOW) == Sent(ref=mail.ref)
    (sent,) = graph.mailbox.sent
    assert sent.content == mail.content
    assert sent.message["Message-ID"] == mail.ref
    assert mail.ref in sent.message["References"]


def test_an_expired_token_is_renewed_once(
    graph: GraphServer, channel: GraphMailChannel, sign_in: MicrosoftSignIn
) -> None:
    graph.sign_in.revoked.add(sign_in.token())
    assert outcome(channel, envelope()) == Sent(ref="<one@example.org>")
    assert graph.sign_in.asked == 2


def test_a_token_that_is_never_taken_stops_the_channel(graph: GraphServer, channel: GraphMailChannel) -> None:
    graph.sign_in.audience = "https://outlook.office365.com"
    found = outcome(channel, envelope())
    assert isinstance(found, Deferred)
    assert found.whole_channel
    assert "does not take our token" in found.reason
    assert graph.sign_in.asked == 2


@pytest.mark.parametrize(
    ("roles", "permission"), [(("Mail.Send",), "Mail.ReadWrite"), (("Mail.ReadWrite",), "Mail.Send")]
)
def test_a_missing_permission_is_named(
    graph: GraphServer, channel: GraphMailChannel, roles: tuple[str, ...], permission: str
) -> None:
    graph.sign_in.roles = roles
    found = outcome(channel, envelope())
    assert isinstance(found, Deferred)
    assert found.whole_channel
    assert f"the application permission {permission}" in found.reason
    assert graph.mailbox.sent == []


def test_a_mailbox_that_is_not_there_stops_the_channel(graph: GraphServer, sign_in: MicrosoftSignIn) -> None:
    client = GraphClient(GraphMailbox(address="other@example.org", base=graph.base), sign_in)
    found = outcome(GraphMailChannel(SETTINGS, client), envelope())
    assert isinstance(found, Deferred)
    assert found.whole_channel
    assert "check GRAPH_MAILBOX" in found.reason
    client.rest()


@pytest.mark.parametrize("word", ["messages", "send"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_is_asked_for_is_kept(
    graph: GraphServer, channel: GraphMailChannel, word: str, status: int
) -> None:
    graph.next(word, problem(status, "ApplicationThrottled", "Too many", Retry_After="37"))
    found = outcome(channel, envelope())
    assert found == Deferred(until=NOW + timedelta(seconds=37), reason=found.reason, whole_channel=True)  # type: ignore[union-attr]
    assert "37 seconds" in found.reason  # type: ignore[union-attr]
    assert outcome(channel, envelope()) == Sent(ref="<one@example.org>")
    assert len(graph.mailbox.sent) == 1


def test_a_wait_may_be_a_date_and_is_never_endless(graph: GraphServer, channel: GraphMailChannel) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=90)
    for said, least, most in (
        (format_datetime(ends, usegmt=True), 80, 91),
        ("9999999", 3600, 3600),
        ("soon", 0, 0),
    ):
        graph.next("messages", problem(429, "x", "y", Retry_After=said))
        found = outcome(channel, envelope())
        assert isinstance(found, Deferred)
        assert least <= (found.until - NOW).total_seconds() <= most


def test_a_bad_recipient_is_refused_and_the_address_marked(graph: GraphServer, channel: GraphMailChannel) -> None:
    found = outcome(channel, envelope(to="ana@nowhere"))
    assert isinstance(found, Refused)
    assert found.address_is_bad
    # Of two nobody says which it was.
    found = outcome(channel, envelope(cc="pa@nowhere"))
    assert isinstance(found, Refused)
    assert not found.address_is_bad


def test_a_sender_that_is_not_ours_holds_up_nobody_else(channel: GraphMailChannel) -> None:
    found = outcome(channel, envelope(sender="maya@example.org"))
    assert isinstance(found, Deferred)
    assert not found.whole_channel
    assert "may not send under the sender's address" in found.reason
    assert outcome(channel, envelope()) == Sent(ref="<one@example.org>")


def test_a_mail_that_is_too_large_is_refused_before_it_leaves(graph: GraphServer, channel: GraphMailChannel) -> None:
    found = outcome(channel, envelope(words="x" * 3_300_000))
    assert isinstance(found, Refused)
    assert not found.address_is_bad
    assert "4 MB" in found.reason
    assert graph.asked == []
    graph.next("messages", problem(413, "ErrorMessageSizeExceeded", "Too large"))
    assert isinstance(outcome(channel, envelope()), Refused)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_in_doubt_once_it_was_told_to_go(
    graph: GraphServer, channel: GraphMailChannel, status: int
) -> None:
    graph.next("messages", Reply(status))
    found = channel.draft(envelope(), NOW)
    assert isinstance(found, Deferred)
    assert found.whole_channel
    ready = drafted(channel, envelope())
    graph.next("send", Reply(status))
    with pytest.raises(InDoubt):
        channel.send(ready, NOW)
    assert channel.look_up(doubt(ready.draft)) == NotSent()


def test_an_answer_that_never_comes_is_looked_up(graph: GraphServer, channel: GraphMailChannel) -> None:
    ready = drafted(channel, envelope())
    graph.drop_after_send = True
    with pytest.raises(InDoubt):
        channel.send(ready, NOW)
    assert len(graph.mailbox.sent) == 1
    assert channel.look_up(doubt(ready.draft)) == WentOut()


def test_what_waits_in_the_outbox_is_on_its_way(graph: GraphServer, channel: GraphMailChannel) -> None:
    """It is a draft to the letter, and all the same nobody must send it once more."""
    ready = drafted(channel, envelope())
    graph.outbox_waits = True
    channel.send(ready, NOW)
    (item,) = graph.mailbox.items
    assert (item.draft, item.folder) == (True, "outbox")
    assert channel.look_up(doubt(ready.draft)) == WentOut()


def test_a_draft_sent_by_another_is_in_doubt_and_went(channel: GraphMailChannel) -> None:
    ready = drafted(channel, envelope())
    assert channel.send(ready, NOW) == Sent(ref="<one@example.org>")
    with pytest.raises(InDoubt):
        channel.send(ready, NOW)
    assert channel.look_up(doubt(ready.draft)) == WentOut()


def test_what_was_not_sent_is_taken_back(graph: GraphServer, channel: GraphMailChannel) -> None:
    assert channel.look_up(doubt("")) == NotSent()
    ready = drafted(channel, envelope())
    assert channel.look_up(doubt(ready.draft)) == NotSent()
    # Not every cloud of Microsoft's can delete for good.
    graph.next("permanentDelete", problem(405, "x", "y"))
    channel.discard(doubt(ready.draft))
    assert graph.mailbox.items == []
    assert channel.look_up(doubt(ready.draft)) == WentOut()


def test_a_draft_that_could_not_be_taken_back_is_later(graph: GraphServer, channel: GraphMailChannel) -> None:
    ready = drafted(channel, envelope())
    graph.next("permanentDelete", problem(429, "ApplicationThrottled", "Too many", Retry_After="5"))
    asked = len(graph.asked)
    channel.discard(doubt(ready.draft))
    assert len(graph.asked) == asked + 1
    assert len(graph.mailbox.drafts) == 1
    again = drafted(channel, envelope())
    assert [item.immutable for item in graph.mailbox.drafts] == [again.draft]


def test_a_mailbox_that_is_gone_tells_nothing_of_its_messages(graph: GraphServer, channel: GraphMailChannel) -> None:
    """It is a 404 too, and must not pass for a message that went."""
    ready = drafted(channel, envelope())
    graph.address = "another@example.org"
    assert isinstance(channel.look_up(doubt(ready.draft)), Unknown)
    with pytest.raises(InDoubt):
        channel.send(ready, NOW)


def test_what_can_not_be_asked_is_unknown(graph: GraphServer, channel: GraphMailChannel) -> None:
    ready = drafted(channel, envelope())
    graph.next(ready.draft, problem(429, "x", "y", Retry_After="5"))
    assert isinstance(channel.look_up(doubt(ready.draft)), Unknown)
    channel.rest()
    graph.stop()
    assert isinstance(channel.look_up(doubt(ready.draft)), Unknown)
    channel.discard(doubt(ready.draft))


def test_a_server_that_is_down_or_silent_stops_the_channel(
    graph: GraphServer, sign_in: MicrosoftSignIn, channel: GraphMailChannel
) -> None:
    ready = drafted(channel, envelope())
    channel.rest()
    graph.stop()
    for found in (channel.draft(envelope(), NOW), channel.send(ready, NOW)):
        assert isinstance(found, Deferred)
        assert found.whole_channel
        assert "127.0.0.1" in found.reason
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}/v1.0"
        client = GraphClient(GraphMailbox(address=MAILBOX, base=base), sign_in, timeout=0.3)
        slow = GraphMailChannel(SETTINGS, client)
        assert isinstance(slow.draft(envelope(), NOW), Deferred)
        with pytest.raises(InDoubt):
            slow.send(ready, NOW)
        client.rest()


def test_nothing_more_is_asked_once_the_program_ends(graph: GraphServer, channel: GraphMailChannel) -> None:
    channel.hang_up()
    found = channel.draft(envelope(), NOW)
    assert isinstance(found, Deferred)
    assert "about to end" in found.reason
    assert graph.asked == []


def test_the_token_goes_to_graph_alone(graph: GraphServer, client: GraphClient) -> None:
    with pytest.raises(Unreached, match="another server"):
        client.ask("GET", "https://graph.example.test/v1.0/users/x")
    graph.next("messages", Reply(302, b"", {"Location": "http://127.0.0.1:9/"}))
    with pytest.raises(GraphRefusal):
        client.ask("POST", "/messages", body=b"eA==", kind="text/plain")
