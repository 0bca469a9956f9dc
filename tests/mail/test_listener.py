"""What a mail server hands over by LMTP or SMTP: answered only when it is stored."""

import signal
import smtplib
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from bot.mail_listener import LARGEST, MailListener
from channels.mail.account import read_listen
from storage import triage_queue
from storage.engine import Store
from storage.steps import CRASH_SETTING, Step
from tests.clients.installation import Installation, free_port

NOW = datetime(2024, 11, 26, 10, 0, tzinfo=UTC)
MAIL = b"From: Ana <ana@example.test>\r\nTo: reply@example.test\r\nSubject: Hello\r\nMessage-ID: <a@example.test>\r\n\r\nGood day.\r\n"


@pytest.fixture(params=["lmtp", "smtp"])
def listener(request: pytest.FixtureRequest, store: Store) -> Iterator[MailListener]:
    running = MailListener(read_listen(f"{request.param}://127.0.0.1:0"), store, lambda: NOW, structlog.get_logger())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def door(listener: MailListener) -> Iterator[smtplib.SMTP]:
    kind = smtplib.LMTP if listener.at.scheme == "lmtp" else smtplib.SMTP
    with kind("127.0.0.1", listener.at.port) as client:
        yield client


def raw(store: Store) -> list[bytes]:
    with store.reading() as tx:
        return [bytes(row[0]) for row in tx.exec_driver_sql("select content from raw_messages order by id")]


def waiting(store: Store) -> list[str]:
    with store.reading() as tx:
        return [entry.text for entry in triage_queue.entries(tx)]


def test_a_mail_is_stored_with_its_envelope_before_it_is_answered(door: smtplib.SMTP, store: Store) -> None:
    # Python's own LMTP client hears one answer only, so one recipient.
    door.sendmail("ana@example.test", ["reply+abc@example.test"], MAIL)
    (kept,) = raw(store)
    assert kept.startswith(b"Return-Path: <ana@example.test>\r\nDelivered-To: reply+abc@example.test\r\nFrom:")
    assert kept.endswith(MAIL)
    assert waiting(store) == ["Good day."]
    door.sendmail("ana@example.test", ["reply+abc@example.test"], MAIL)
    assert len(raw(store)) == len(waiting(store)) == 1


def test_when_the_database_is_busy_the_mail_comes_again(door: smtplib.SMTP, store: Store) -> None:
    with store.writing(), pytest.raises(smtplib.SMTPDataError) as refused:
        door.sendmail("ana@example.test", ["reply@example.test"], MAIL)
    assert refused.value.smtp_code == 451
    assert raw(store) == []
    door.sendmail("ana@example.test", ["reply@example.test"], MAIL)
    assert waiting(store) == ["Good day."]


def test_a_mail_that_is_too_large_is_refused_and_the_next_one_taken(door: smtplib.SMTP, store: Store) -> None:
    with pytest.raises(smtplib.SMTPException):
        door.sendmail("ana@example.test", ["reply@example.test"], MAIL + b"x" * 70 * 1024 + b"\r\n" * (LARGEST // 2))
    door.sendmail("ana@example.test", ["reply@example.test"], MAIL)
    assert waiting(store) == ["Good day."]


def test_long_lines_zero_bytes_and_letters_of_every_kind_are_taken(door: smtplib.SMTP, store: Store) -> None:
    odd = MAIL.replace(b"<a@", b"<b@") + b"x" * 200_000 + b"\r\n\x00\xff\xfe\r\n..dots\r\n"
    door.sendmail("ana@example.test", ["reply@example.test"], odd)
    assert raw(store)[0].endswith(odd)


def test_each_recipient_gets_an_answer_by_lmtp(store: Store) -> None:
    running = MailListener(read_listen("lmtp://127.0.0.1:0"), store, lambda: NOW, structlog.get_logger())
    running.start()
    try:
        with socket.create_connection(("127.0.0.1", running.at.port), timeout=10) as line:
            words = line.makefile("rwb")

            def say(command: bytes, answers: int = 1) -> list[bytes]:
                words.write(command + b"\r\n")
                words.flush()
                heard = []
                while len(heard) < answers:
                    said = words.readline()
                    if said[3:4] == b" ":
                        heard.append(said[:3])
                return heard

            assert words.readline().startswith(b"220")
            assert say(b"LHLO me") == [b"250"]
            assert say(b"MAIL FROM:<>") == [b"250"]
            assert [say(b"RCPT TO:<%s@example.test>" % name) for name in (b"one", b"two", b"three")] == [[b"250"]] * 3
            assert say(b"DATA") == [b"354"]
            assert say(MAIL + b".", answers=3) == [b"250"] * 3
            assert say(b"NOOP") == [b"250"]
            assert raw(store)[0].count(b"Delivered-To: ") == 3
            assert len(waiting(store)) == 1
            say(b"MAIL FROM:<>")
            say(b"RCPT TO:<one@example.test>")
            say(b"DATA")
            with store.writing():
                assert say(MAIL.replace(b"<a@", b"<c@") + b".") == [b"451"]
            assert say(b"QUIT") == [b"221"]
    finally:
        running.stop()


@pytest.mark.parametrize("step", [Step.MAIL_STORED, Step.MAIL_SETTLED])
def test_a_kill_before_the_answer_loses_nothing_and_doubles_nothing(step: Step, tmp_path: Path) -> None:
    port = free_port()
    home = Installation(home=tmp_path, smtp_url="", settings={"MAIL_LISTEN": f"lmtp://127.0.0.1:{port}"})
    home.settings[CRASH_SETTING] = step
    with home.started("serve", "--port", str(home.port)) as server:
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            hand_over(port)
        assert server.wait(timeout=20) == -signal.SIGKILL
    del home.settings[CRASH_SETTING]
    with home.serving():
        hand_over(port)
        assert [each["text"] for each in home.run("triage", "list", "--json").json] == ["Good day."]
        found = {each["what"]: each["health"] for each in home.run("doctor", "--json", code=None).json}
        assert found["MAIL_LISTEN"] == "works"


def hand_over(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            client = smtplib.LMTP("127.0.0.1", port)
            break
        except ConnectionRefusedError:
            assert time.monotonic() < until, "nobody listens"
            time.sleep(0.1)
    with client:
        client.sendmail("ana@example.test", ["reply@example.test"], MAIL)


@pytest.mark.parametrize(
    ("url", "at"),
    [
        ("lmtp://127.0.0.1:2424", "lmtp://127.0.0.1:2424"),
        ("lmtp://:2424", "lmtp://127.0.0.1:2424"),
        ("smtp://[::1]:2525", "smtp://[::1]:2525"),
        ("smtp://0.0.0.0:25", "smtp://0.0.0.0:25"),
    ],
)
def test_where_to_listen(url: str, at: str) -> None:
    assert str(read_listen(url)) == at


@pytest.mark.parametrize("url", ["lmtp://127.0.0.1", "http://127.0.0.1:1", "lmtp://x:99999", "lmtp://me:word@x:1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="lmtp://"):
        read_listen(url)
