"""A mailbox at a real Dovecot: what came, once, however it was read, and waiting for more."""

import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from imapclient import IMAPClient

from channels.mail.account import MailAccount, read_imap
from channels.mail.imap import ImapMailbox
from channels.mail.mailbox import Bookmark, Fetched, Mailbox, MailboxTrouble
from tests.fakes.line import Line
from tests.mail_servers.servers import Given, MailServers

pytestmark = pytest.mark.mail_servers
NEVER = threading.Event()


class Box:
    """A folder of its own for each test, in one account."""

    def __init__(self, servers: MailServers) -> None:
        self.servers = servers
        self.folder = f"box-{uuid.uuid4().hex[:8]}"
        self.person = IMAPClient("127.0.0.1", servers.imap, ssl=False)
        self.person.login("other@programme.test", "pw-other")
        self.person.create_folder(self.folder)

    def put(self, subject: str, *flags: str, body: bytes = b"Words.\r\n") -> None:
        head = f"From: ana@people.test\r\nSubject: {subject}\r\nMessage-ID: <{subject}@people.test>\r\n\r\n"
        self.person.append(self.folder, head.encode() + body, flags=flags)

    def account(self, scheme: str = "imap", *, port: int = 0, user: str = "other", password: str = "") -> MailAccount:
        port = port or getattr(self.servers, scheme.partition("+")[0])
        word = password or f"pw-{user}"
        return read_imap(f"{scheme}://{user}%40programme.test:{word}@127.0.0.1:{port}/{self.folder}")

    def flags(self) -> list[set[bytes]]:
        self.person.select_folder(self.folder, readonly=True)
        return [set(each[b"FLAGS"]) for each in self.person.fetch(self.person.search(), ["FLAGS"]).values()]


@pytest.fixture
def box(servers: MailServers) -> Iterator[Box]:
    made = Box(servers)
    yield made
    made.person.logout()


@pytest.fixture
def mailbox(box: Box) -> Iterator[ImapMailbox]:
    opened = ImapMailbox(box.account(), look_again=0.3)
    yield opened
    opened.rest()


def subjects(mailbox: Mailbox, place: str = "") -> tuple[list[str], str]:
    """The subjects of what came since that bookmark, and the next bookmark."""
    found = []
    for each in mailbox.arrivals(place):
        if isinstance(each, Fetched):
            found.append(each.content.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode())
        elif isinstance(each, Bookmark):
            place = each.place
    return found, place


def test_everything_is_taken_read_or_not_and_nothing_twice(box: Box, mailbox: ImapMailbox) -> None:
    box.put("one")
    box.put("two", "\\Seen", "\\Answered")
    found, place = subjects(mailbox)
    assert found == ["one", "two"]
    assert subjects(mailbox, place) == ([], place)
    box.put("three", "\\Seen")
    assert subjects(mailbox, place)[0] == ["three"]


def test_a_message_is_unread_until_it_is_marked(box: Box, mailbox: ImapMailbox) -> None:
    box.put("one")
    fetched = next(each for each in mailbox.arrivals("") if isinstance(each, Fetched))
    assert b"\\Seen" not in box.flags()[0]
    mailbox.mark_read(fetched)
    assert b"\\Seen" in box.flags()[0]


def test_a_folder_made_anew_is_read_from_its_beginning(box: Box, mailbox: ImapMailbox) -> None:
    box.put("one")
    place = subjects(mailbox)[1]
    mailbox.rest()
    box.person.delete_folder(box.folder)
    # Dovecot takes the time in seconds for a UIDVALIDITY.
    time.sleep(1.1)
    box.person.create_folder(box.folder)
    box.put("uno")
    found, after = subjects(mailbox, place)
    assert found == ["uno"]
    assert after.partition("/")[0] != place.partition("/")[0]


def test_an_arriving_mail_ends_the_waiting(box: Box, mailbox: ImapMailbox) -> None:
    _, place = subjects(mailbox)
    threading.Timer(0.5, box.put, ["sudden"]).start()
    began = time.monotonic()
    mailbox.wait(20, NEVER)
    assert 0.3 < time.monotonic() - began < 5
    assert subjects(mailbox, place)[0] == ["sudden"]


def test_waiting_ends_at_once_when_the_program_is_to_end(mailbox: ImapMailbox) -> None:
    subjects(mailbox)
    stopping = threading.Event()
    threading.Timer(0.3, stopping.set).start()
    began = time.monotonic()
    mailbox.wait(60, stopping)
    assert time.monotonic() - began < 3


def test_without_idle_the_folder_is_looked_at_again_and_again(box: Box) -> None:
    # Not encrypted either, or the line could change nothing.
    plain = lambda words: words.replace(b" IDLE", b" XDLE").replace(b" STARTTLS", b" XTARTTLS")  # noqa: E731
    with Line(box.servers.imap, plain) as line:
        mailbox = ImapMailbox(box.account(port=line.port), look_again=0.3)
        _, place = subjects(mailbox)
        began = time.monotonic()
        mailbox.wait(20, NEVER)
        assert time.monotonic() - began < 1
        box.put("sudden")
        assert subjects(mailbox, place)[0] == ["sudden"]
        mailbox.rest()


def test_a_line_that_was_cut_while_waiting_is_made_anew(box: Box) -> None:
    with Line(box.servers.imap) as line:
        mailbox = ImapMailbox(box.account(port=line.port))
        _, place = subjects(mailbox)
        threading.Timer(0.3, line.cut).start()
        began = time.monotonic()
        mailbox.wait(30, NEVER)
        assert time.monotonic() - began < 5
        box.put("after")
        assert subjects(mailbox, place)[0] == ["after"]
        assert line.connections == 2
        mailbox.rest()


def test_a_server_that_falls_silent_is_given_up_and_a_hung_up_one_at_once(box: Box) -> None:
    with Line(box.servers.imap) as line:
        mailbox = ImapMailbox(box.account(port=line.port), timeout=1)
        subjects(mailbox)
        line.hold()
        with pytest.raises(MailboxTrouble, match=r"did not answer|closed"):
            subjects(mailbox)
        line.let_go()
        slow = ImapMailbox(box.account(port=line.port), timeout=30)
        subjects(slow)
        line.hold()
        threading.Timer(0.3, slow.hang_up).start()
        began = time.monotonic()
        with pytest.raises(MailboxTrouble):
            subjects(slow)
        assert time.monotonic() - began < 5


def test_a_large_mail_is_cut_and_says_by_how_much(box: Box) -> None:
    box.put("large", body=b"0123456789abcdef\r\n" * 300_000)
    box.put("small")
    mailbox = ImapMailbox(box.account(), largest=3 * 1024 * 1024 + 17)
    large, small = (each for each in mailbox.arrivals("") if isinstance(each, Fetched))
    assert len(large.content) == 3 * 1024 * 1024 + 17
    assert large.left_out == large.size - len(large.content) > 2_000_000
    assert small.left_out == 0
    assert small.content.endswith(b"Words.\r\n")
    whole = ImapMailbox(box.account())
    found = next(each for each in whole.arrivals("") if isinstance(each, Fetched))
    assert (len(found.content), found.left_out) == (found.size, 0)
    assert found.content.count(b"0123456789abcdef\r\n") == 300_000
    mailbox.rest()
    whole.rest()


def test_signing_in_encrypted_with_a_certificate_that_is_vouched_for(box: Box) -> None:
    box.put("one")
    for scheme in ("imap", "imaps"):
        account = box.account(scheme)
        trusted = ImapMailbox(account.with_ca(str(box.servers.certificate)))
        assert subjects(trusted)[0] == ["one"]
        trusted.rest()


def test_a_certificate_of_another_authority_is_refused(box: Box, other_authority: str) -> None:
    for scheme in ("imap", "imaps"):
        mailbox = ImapMailbox(box.account(scheme).with_ca(other_authority))
        assert "no encrypted connection" in mailbox.check()


def test_signing_in_with_a_token(box: Box) -> None:
    box.put("one")
    token = box.servers.token
    good = ImapMailbox(box.account("imaps+xoauth2"), tokens=Given(token("other@programme.test")))
    assert subjects(good)[0] == ["one"]
    good.rest()
    for bad in (token("other@programme.test", lasts=-600), token("ana@people.test"), "nonsense"):
        words = ImapMailbox(box.account("imap+xoauth2"), tokens=Given(bad)).check()
        assert "does not accept our token" in words
        assert bad not in words


def test_what_is_wrong_is_told_without_the_password(box: Box) -> None:
    wrong = ImapMailbox(box.account(password="not-this-word")).check()
    assert "does not accept our user name and password" in wrong
    assert "not-this-word" not in wrong
    box.folder = "no-such-folder"
    assert "does not open the folder 'no-such-folder'" in ImapMailbox(box.account()).check()
    assert "can't be reached" in ImapMailbox(box.account(port=1)).check()


def test_a_password_of_any_letters(servers: MailServers, box: Box) -> None:
    words = ImapMailbox(box.account(password="p%C3%A4ss%20%22w%C3%B6rd")).check()
    assert "does not accept our user name and password" in words
