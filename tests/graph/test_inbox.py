"""What arrives in a mailbox of Microsoft 365 is taken in once, and marked read only when it is stored."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.microsoft import MicrosoftSignIn
from channels.mail.graph.client import GraphClient, GraphMailbox
from channels.mail.graph.inbox import GraphInbox
from channels.mail.mailbox import Bookmark, Fetched, Mailbox, MailboxTrouble, Unfetchable
from handlers.mailboxes import Taken, take_new
from storage.engine import Store
from tests.fakes.graph_server import MAILBOX, Asked, GraphServer, Reply, problem
from tests.schedules.town import at

NOW = at("2024-12-02 09:00")


def mail(number: int, body: bytes = b"Words.\r\n") -> bytes:
    head = (
        f"From: p{number}@example.test\r\nTo: {MAILBOX}\r\nSubject: {number}\r\nMessage-ID: <{number}@example.test>\r\n"
    )
    return head.encode() + b"\r\n" + body


@pytest.fixture
def inbox(client: GraphClient) -> Iterator[Mailbox]:
    inbox = GraphInbox(client, look_again=0.3, largest=100_000)
    yield inbox
    inbox.rest()


def take(inbox: Mailbox, store: Store) -> Taken:
    return take_new(inbox, store, lambda: NOW, holder="test", alone=True)


def stored(store: Store) -> int:
    with store.reading() as tx:
        return int(tx.exec_driver_sql("select count(*) from raw_messages").scalar_one())


def test_everything_in_the_inbox_is_taken_once_page_by_page(graph: GraphServer, inbox: Mailbox, store: Store) -> None:
    for number in range(60):
        graph.mailbox.deliver(mail(number))
    assert len(take(inbox, store).mails) == 60
    assert stored(store) == 60
    assert all(item.read for item in graph.mailbox.items)
    assert take(inbox, store).mails == []
    graph.mailbox.deliver(mail(60))
    assert len(take(inbox, store).mails) == 1
    assert stored(store) == 61


def test_the_longest_waiting_comes_first(graph: GraphServer, inbox: Mailbox) -> None:
    graph.mailbox.deliver(mail(1)).received = "2024-12-02T10:00:00Z"
    graph.mailbox.deliver(mail(2)).received = "2024-12-02T09:00:00Z"
    found = [each.content for each in inbox.arrivals("") if isinstance(each, Fetched)]
    assert found == [mail(2), mail(1)]


def test_what_a_person_has_read_is_taken_all_the_same(graph: GraphServer, inbox: Mailbox, store: Store) -> None:
    graph.mailbox.deliver(mail(1)).read = True
    assert len(take(inbox, store).mails) == 1
    assert [each.method for each in graph.asked if each.method == "PATCH"] == []


def test_a_message_is_unread_until_it_is_stored(graph: GraphServer, inbox: Mailbox, store: Store) -> None:
    item = graph.mailbox.deliver(mail(1))
    read_before_stored = []

    def watch(asked: Asked) -> None:
        if asked.method == "PATCH":
            read_before_stored.append(stored(store))

    graph.before = watch
    assert not item.read
    take(inbox, store)
    assert item.read
    assert read_before_stored == [1]


def test_what_was_deleted_meanwhile_is_passed_over(graph: GraphServer, inbox: Mailbox, store: Store) -> None:
    one, two = graph.mailbox.deliver(mail(1)), graph.mailbox.deliver(mail(2))
    graph.mailbox.remove(one)
    assert len(take(inbox, store).mails) == 1
    graph.mailbox.remove(two)
    assert take(inbox, store).mails == []
    # It goes between the list and the fetching.
    graph.mailbox.deliver(mail(3))
    graph.next("$value", problem(404, "ErrorItemNotFound", "gone"))
    assert take(inbox, store).mails == []


def test_a_mailbox_that_goes_meanwhile_is_trouble_and_loses_nothing(
    graph: GraphServer, inbox: Mailbox, store: Store
) -> None:
    graph.mailbox.deliver(mail(1))
    graph.next("$value", problem(404, "ErrorInvalidUser", "The requested user is invalid."))
    with pytest.raises(MailboxTrouble, match="check GRAPH_MAILBOX"):
        take(inbox, store)
    assert len(take(inbox, store).mails) == 1


def test_a_link_that_is_over_begins_anew_and_nothing_is_handled_twice(
    graph: GraphServer, inbox: Mailbox, store: Store
) -> None:
    for number in range(3):
        graph.mailbox.deliver(mail(number))
    take(inbox, store)
    graph.mailbox.deliver(mail(3))
    graph.mailbox.oldest = len(graph.mailbox.changes)
    # The new beginning would be over too, were it a link: only the first list has none.
    outcomes = [each.outcome for each in take(inbox, store).mails]
    assert outcomes.count("known") == 3
    assert len(outcomes) == 4
    assert stored(store) == 4


def test_an_interrupted_reading_goes_on_from_its_last_page(graph: GraphServer, inbox: Mailbox, store: Store) -> None:
    for number in range(30):
        graph.mailbox.deliver(mail(number))
    graph.next("$value", *[Reply(200, mail(number)) for number in range(27)], Reply(503))
    with pytest.raises(MailboxTrouble):
        take(inbox, store)
    graph.script.clear()
    asked = len(graph.asked)
    assert len(take(inbox, store).mails) == 5
    assert "$skiptoken=25" in graph.asked[asked].path
    assert stored(store) == 30


def test_being_asked_to_wait_is_minded(graph: GraphServer, client: GraphClient, store: Store) -> None:
    inbox = GraphInbox(client, look_again=0.1)
    graph.mailbox.deliver(mail(1))
    graph.next("delta", problem(429, "ApplicationThrottled", "Too many", Retry_After="1"))
    with pytest.raises(MailboxTrouble, match="left alone for 1 seconds"):
        take(inbox, store)
    asked = len(graph.asked)
    with pytest.raises(MailboxTrouble, match="another 1 seconds"):
        take(inbox, store)
    assert len(graph.asked) == asked
    began = time.monotonic()
    inbox.wait(60, threading.Event())
    assert time.monotonic() - began > 0.8
    assert len(take(inbox, store).mails) == 1


def test_a_mark_that_is_refused_is_let_be(graph: GraphServer, inbox: Mailbox, store: Store) -> None:
    item = graph.mailbox.deliver(mail(1))
    graph.next(item.immutable, problem(403, "ErrorAccessDenied", "Read only"))
    assert len(take(inbox, store).mails) == 1
    assert take(inbox, store).mails == []


def test_a_message_that_is_never_handed_out_does_not_stop_the_next(
    graph: GraphServer, inbox: Mailbox, store: Store
) -> None:
    graph.mailbox.deliver(mail(1))
    graph.mailbox.deliver(mail(2))
    broken = problem(500, "ErrorInternalServerError", "This item is corrupt")
    graph.next("$value", broken, broken, broken)
    for _ in range(2):
        with pytest.raises(MailboxTrouble):
            take(inbox, store)
    assert len(take(inbox, store).mails) == 1
    with store.reading() as tx:
        noted = tx.exec_driver_sql("select reason from triage").all()
    assert any("does not hand this message out" in row.reason for row in noted)


def test_a_large_mail_is_kept_up_to_a_size_and_the_rest_is_counted(graph: GraphServer, inbox: Mailbox) -> None:
    whole = mail(1, b"x" * 3_000_000)
    graph.mailbox.deliver(whole)
    (found,) = [each for each in inbox.arrivals("") if isinstance(each, Fetched)]
    assert found.content == whole[:100_000]
    assert found.size == len(whole)
    assert found.left_out == len(whole) - 100_000


def test_a_link_to_another_server_gets_no_token(graph: GraphServer, inbox: Mailbox) -> None:
    graph.mailbox.deliver(mail(1))
    # A bookmark of elsewhere begins anew; a link that Graph itself gives must be Graph's.
    assert [type(each) for each in inbox.arrivals("https://elsewhere.test/v1.0/x")] == [Fetched, Bookmark]
    body = b'{"value": [], "@odata.nextLink": "http://127.0.0.1:9/v1.0/next"}'
    graph.next("delta", Reply(200, body, {"Content-Type": "application/json"}))
    with pytest.raises(MailboxTrouble, match="another server"):
        list(inbox.arrivals(""))


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"not json", {"Content-Type": "application/json"}),
        Reply(200, b'{"value": []}', {"Content-Type": "application/json"}),
        Reply(200, b"[]", {"Content-Type": "application/json"}),
        Reply(502),
    ],
    ids=["no JSON", "no link", "no object", "bad gateway"],
)
def test_nonsense_is_trouble_and_no_crash(graph: GraphServer, inbox: Mailbox, reply: Reply) -> None:
    graph.next("delta", reply)
    with pytest.raises(MailboxTrouble):
        list(inbox.arrivals(""))


def test_looking_in_tells_what_is_wrong(graph: GraphServer, inbox: Mailbox, sign_in: MicrosoftSignIn) -> None:
    assert inbox.check() == ""
    graph.sign_in.roles = ("Mail.Send",)
    graph.sign_in.revoked.add(sign_in.token())
    assert "the application permission Mail.ReadWrite" in inbox.check()
    other = GraphClient(GraphMailbox(address="other@example.org", base=graph.base), sign_in)
    assert "check GRAPH_MAILBOX" in GraphInbox(other).check()
    graph.stop()
    inbox.rest()
    assert "can't be reached" in inbox.check()


def test_waiting_ends_when_the_program_is_to_end(client: GraphClient) -> None:
    stopping = threading.Event()
    threading.Timer(0.2, stopping.set).start()
    began = time.monotonic()
    GraphInbox(client).wait(60, stopping)
    assert time.monotonic() - began < 5


def test_arrivals_are_marked_as_the_protocol_says(graph: GraphServer, inbox: Mailbox) -> None:
    item = graph.mailbox.deliver(mail(1))
    (fetched, bookmark) = list(inbox.arrivals(""))
    assert isinstance(fetched, Fetched)
    assert fetched.mark == item.immutable
    assert isinstance(bookmark, Bookmark)
    inbox.mark_read(replace(fetched, mark="AAkAgone"))
    assert not [each for each in inbox.arrivals(bookmark.place) if isinstance(each, Fetched | Unfetchable)]
