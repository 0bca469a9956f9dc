"""What `serve` and the store make of a mailbox: once, whole, and whatever lies in it."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient

from channels.mail.account import read_imap
from channels.mail.imap import ImapMailbox
from channels.mail.mailbox import MailboxTrouble
from handlers.mailboxes import Taken, take_new
from storage import mailboxes, senders, triage_queue
from storage.engine import DatabaseBusyError, Store
from tests.clients.installation import end
from tests.fakes.line import Line
from tests.mail_servers.servers import OURS, MailServers, until
from tests.mail_servers.village import Village

pytestmark = pytest.mark.mail_servers
NOW = datetime(2024, 11, 26, 10, 0, tzinfo=UTC)
FOLDER = "Replies"


@pytest.fixture
def folder(servers: MailServers) -> Iterator[IMAPClient]:
    """A folder, empty, and the mail program of its owner."""
    with IMAPClient("127.0.0.1", servers.imap, ssl=False) as program:
        program.login(f"other@{OURS}", "pw-other")
        program.create_folder(FOLDER)
        yield program
        program.unselect_folder() if program._imap.state == "SELECTED" else None
        program.delete_folder(FOLDER)


@pytest.fixture
def look(servers: MailServers, folder: IMAPClient, store: Store) -> Iterator[Callable[[], Taken]]:
    """One look into the folder."""
    mailbox = ImapMailbox(
        read_imap(f"imap://other%40{OURS}:pw-other@127.0.0.1:{servers.imap}/{FOLDER}"), largest=200_000
    )
    yield lambda: take_new(mailbox, store, lambda: NOW, holder="test", alone=True)
    mailbox.rest()


def put(folder: IMAPClient, number: int, body: bytes = b"Good day.\r\n", head: bytes = b"") -> None:
    ours = b"From: Ana <ana@people.test>\r\nSubject: Hello\r\nMessage-ID: <%d@people.test>\r\n" % number
    folder.append(FOLDER, (head or ours) + b"\r\n" + body)


def waiting(store: Store) -> list[tuple[str, str]]:
    with store.reading() as tx:
        return [(entry.reason, entry.text) for entry in triage_queue.entries(tx)]


def unread(folder: IMAPClient) -> int:
    folder.select_folder(FOLDER, readonly=True)
    return len(folder.search(["UNSEEN"]))


def test_a_folder_put_back_is_read_again_and_nothing_handled_twice(
    folder: IMAPClient, look: Callable[[], Taken], store: Store
) -> None:
    for number in (1, 2):
        put(folder, number, b"Good day %d.\r\n" % number)
    assert [each.outcome for each in look().mails] == ["triage", "triage"]
    assert look().mails == []
    # A new UIDVALIDITY, in whole seconds at Dovecot: the folder comes from a copy.
    folder.unselect_folder() if folder._imap.state == "SELECTED" else None
    folder.delete_folder(FOLDER)
    time.sleep(1.1)
    folder.create_folder(FOLDER)
    for number in (3, 2, 1):
        put(folder, number, b"Good day %d.\r\n" % number)
    assert [each.outcome for each in look().mails] == ["triage", "known", "known"]
    assert sorted(text for _, text in waiting(store)) == ["Good day 1.", "Good day 2.", "Good day 3."]
    assert unread(folder) == 0


def test_a_large_mail_is_read_from_its_head_and_triage_says_so(
    folder: IMAPClient, look: Callable[[], Taken], store: Store
) -> None:
    put(folder, 1, b"Good day.\r\n" + b"x" * 70 * 1024 + b"\r\n" + b"0123456789abcdef\r\n" * 1_400_000)
    put(folder, 2, b"And another.\r\n")
    assert len(look().mails) == 2
    notes = waiting(store)
    cut = [text for reason, text in notes if "too large to be kept whole" in reason]
    assert cut == ["25.3 MB, of which 0.2 MB were read"]
    assert any(text.startswith("Good day.") for _, text in notes)
    assert any(text == "And another." for _, text in notes)
    look()
    assert waiting(store) == notes


def test_a_mail_that_is_none_does_not_stop_the_next(
    folder: IMAPClient, look: Callable[[], Taken], store: Store
) -> None:
    put(folder, 1, head=b"no header at all", body=bytes(range(256)) * 4)
    put(
        folder,
        2,
        head=b"From: =?utf-16?B?2ADYAA==?= <\xff\xfe@x>\r\nContent-Type: multipart/mixed; boundary=\r\n",
        body=b"\x00",
    )
    put(folder, 3)
    assert len(look().mails) == 3
    assert len(waiting(store)) == 3
    assert unread(folder) == 0


def test_a_mail_that_the_server_can_not_read_itself_is_told_and_does_not_stop_the_next(
    servers: MailServers, folder: IMAPClient, look: Callable[[], Taken], store: Store
) -> None:
    put(folder, 1)
    put(folder, 2, b"And another.\r\n")
    kept = sorted((servers.home / "mail" / "other" / "Maildir" / f".{FOLDER}").glob("*/*.*"))
    broken = next(path for path in kept if b"<1@people.test>" in path.read_bytes())
    # It is there, and Dovecot may not read it.
    os.chown(broken, 0, 0)
    broken.chmod(0o600)
    assert len(look().mails) == 1
    notes = waiting(store)
    assert [text for _, text in notes if text == "And another."]
    (told,) = [text for reason, text in notes if "does not hand this message out" in reason]
    assert f"{FOLDER}/1" in told
    assert look().mails == []
    assert waiting(store) == notes


def test_while_the_database_is_busy_a_mail_stays_unread_and_comes_again(
    folder: IMAPClient, look: Callable[[], Taken], store: Store
) -> None:
    put(folder, 1)
    with store.writing(), pytest.raises(DatabaseBusyError):
        look()
    assert unread(folder) == 1
    assert [each.outcome for each in look().mails] == ["triage"]
    assert unread(folder) == 0


def test_another_reader_is_left_alone_until_its_lease_ends(
    folder: IMAPClient, servers: MailServers, store: Store
) -> None:
    put(folder, 1)
    mailbox = ImapMailbox(read_imap(f"imap://other%40{OURS}:pw-other@127.0.0.1:{servers.imap}/{FOLDER}"))
    with store.writing() as tx:
        assert senders.take(tx, mailbox.account, holder="another", now=NOW, alone=False)
    assert take_new(mailbox, store, lambda: NOW, holder="test", alone=False).elsewhere
    later = NOW + senders.LEASE
    assert len(take_new(mailbox, store, lambda: later, holder="test", alone=False).mails) == 1
    mailbox.rest()


def test_trouble_is_noted_with_when_it_is_tried_again_and_forgotten_when_it_ends(
    folder: IMAPClient, servers: MailServers, store: Store
) -> None:
    put(folder, 1)
    with Line(servers.imap) as line:
        mailbox = ImapMailbox(read_imap(f"imap://other%40{OURS}:pw-other@127.0.0.1:{line.port}/{FOLDER}"), timeout=1)
        line.hold()
        with pytest.raises(MailboxTrouble):
            take_new(mailbox, store, lambda: NOW, holder="test", alone=True)
        (state,) = states(store)
        assert state.trouble
        assert state.resume_at is not None
        line.let_go()
        assert len(take_new(mailbox, store, lambda: NOW, holder="test", alone=True).mails) == 1
        assert [each.trouble for each in states(store)] == [""]
        mailbox.rest()
    with store.reading() as tx:
        assert mailboxes.place_in(tx, mailbox.account).endswith("/1")


def states(store: Store) -> tuple[senders.AccountState, ...]:
    with store.reading() as tx:
        return senders.account_states(tx)


def test_a_mailbox_that_never_answers_stops_nothing_else_and_the_end_comes_in_time(
    servers: MailServers, tmp_path: Path
) -> None:
    servers.empty()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        village = Village(
            servers=servers, home=tmp_path, people=["ana"], settings={"IMAP_URL": f"imap://me:word@127.0.0.1:{port}"}
        )
        village.load()
        with village.soundings.started("serve", "--port", str(village.soundings.port)) as serve:
            assert village.invitation("ana")
            began = time.monotonic()
            assert end(serve) == 0
            assert time.monotonic() - began < 15


def test_the_end_comes_in_time_while_waiting_for_mail_and_while_the_line_is_dead(
    servers: MailServers, tmp_path: Path
) -> None:
    servers.empty()
    for dead in (False, True):
        with Line(servers.imap) as line:
            url = f"imap://reply%40{OURS}:pw-reply@127.0.0.1:{line.port}"
            village = Village(servers=servers, home=tmp_path, people=["ana"], settings={"IMAP_URL": url})
            village.load()
            with village.soundings.started("serve", "--port", str(village.soundings.port)) as serve:
                until(lambda line=line: line.connections > 0, "the mailbox is opened", within=30)
                time.sleep(1)
                if dead:
                    line.hold()
                began = time.monotonic()
                assert end(serve) == 0
                assert time.monotonic() - began < (15 if dead else 8)
