"""Whatever is done to a mail: it is read without an error, in time, and nothing of it is lost."""

import random
import time
from pathlib import Path

import pytest

from channels.mail.reading.asked import asked_of
from channels.mail.reading.keys import keys_of
from channels.mail.reading.kinds import kind_of
from channels.mail.reading.opened import open_mail
from channels.mail.reading.reply import understand
from channels.mail.reading.returning import return_date
from handlers.mail_in import receive
from storage import triage_queue
from storage.engine import Store
from storage.tables.mail import raw_messages
from tests.mail.test_corpus import ARRIVED, INSTRUMENTS, SENDERS, SENT
from tests.schedules.town import at

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.eml"))
PIECES = [
    b"\r\n\r\n", b"\n", b"\x00", b"\xff\xfe", b">" * 200, b"=?utf-8?q?x=0ABcc:_evil@x?=", b"Content-Type: multipart/mixed",
    b"Content-Transfer-Encoding: base64", b"charset=utf-16", b"<blockquote>" * 50, b"</div>", b"[Q3]", b"Answer:", b"[END]",
    b"<!--", b"<![CDATA[", b"&#x110000;", b"--boundary--", b"Date: never", b"From: @", b"1. ", b"(" * 100, b"On " * 50,
]  # fmt: skip
SLOWEST = 10.0


def mutated(rng: random.Random) -> bytes:
    """A mail of the corpus with some bytes changed, lost, doubled or put in."""
    raw = bytearray(rng.choice(CORPUS).read_bytes())
    for _ in range(rng.randint(1, 6)):
        at_, length = rng.randrange(len(raw) + 1), rng.randint(1, 400)
        match rng.randrange(5):
            case 0:
                raw[at_ : at_ + length] = b""
            case 1:
                raw[at_:at_] = rng.choice(PIECES)
            case 2:
                raw[at_:at_] = raw[at_ : at_ + length]
            case 3:
                raw[at_ : at_ + 1] = bytes([rng.randrange(256)])
            case _:
                other = rng.choice(CORPUS).read_bytes()
                raw[at_:] = other[rng.randrange(len(other)) :]
        if not raw:
            raw = bytearray(b"x")
    return bytes(raw)


def read(raw: bytes) -> None:
    mail = open_mail(raw)
    kind_of(mail)
    keys_of(mail)
    return_date(mail.plain or "", ARRIVED)
    understand(mail, [SENT["every"]], asked_of(INSTRUMENTS["every"], {}, ARRIVED), SENDERS)


@pytest.mark.parametrize("seed", range(10))
def test_two_hundred_mutated_mails_are_read(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(200):
        raw = mutated(rng)
        try:
            read(raw)
        except Exception as error:
            raise AssertionError(raw) from error


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_fifty_thousand_mutated_mails_are_read() -> None:
    rng = random.Random(50_000)
    for _ in range(50_000):
        raw = mutated(rng)
        try:
            read(raw)
        except Exception as error:
            raise AssertionError(raw) from error


def test_none_is_lost(store: Store) -> None:
    rng = random.Random(7)
    count = len({receive(mutated(rng), store, at("2024-11-26 10:00")) and number for number in range(60)})
    with store.reading() as tx:
        kept = tx.execute(raw_messages.select()).all()
        waiting = triage_queue.entries(tx)
    assert all(row.handled_at is not None for row in kept)
    # Nobody is known here, so each mail waits; the same one twice is one.
    assert len(waiting) == len(kept)
    assert len(kept) >= count * 0.9


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"From: a@b.test\r\n\r\n" + b"a line of a very long mail\r\n" * 100_000, id="100,000 lines"),
        pytest.param(b"From: a@b.test\r\n\r\n" + b"x" * 5_000_000, id="one line of 5 MB"),
        pytest.param(b"From: a@b.test\r\n\r\n" + b"".join(b">" * n + b" deep\r\n" for n in range(3000)), id="deeply quoted"),
        pytest.param(b"From: a@b.test\r\nContent-Type: text/html\r\n\r\n" + b"<blockquote><div>" * 20_000, id="deep HTML"),
        pytest.param(b"From: a@b.test\r\nContent-Type: text/html\r\n\r\n" + b"<" * 200_000, id="broken HTML"),
        pytest.param(b"From: a@b.test\r\nContent-Type: text/html\r\n\r\n<p style='" + b"display" * 100_000, id="open attribute"),
        pytest.param(b"From: a@b.test\r\n\r\n" + b"1. " * 100_000, id="numbers"),
        pytest.param(b"From: a@b.test\r\n\r\n" + b"kind " * 100_000 + b"\r\n", id="kind kind"),
        pytest.param(b"From: a@b.test\r\n\r\n" + b"[Q3] " * 50_000, id="marks"),
        pytest.param(b"From: a@b.test\r\n\r\n" + b"On 2024 " * 50_000 + b":", id="attribution without an end"),
        pytest.param(b"From: " + b"=?utf-8?q?a?= " * 20_000 + b"<a@b.test>\r\n\r\nhello", id="encoded words"),
        pytest.param(b"To: " + b"a+tokentoken@b.test, " * 20_000 + b"\r\n\r\nhello", id="recipients"),
    ],
)  # fmt: skip
def test_a_monstrous_mail_does_not_stop_the_reader(raw: bytes) -> None:
    # What it costs, not how long a busy machine takes.
    began = time.process_time()
    read(raw)
    assert time.process_time() - began < SLOWEST
