"""Whatever somebody sends, reading it takes time in proportion to its size, and ends."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest

from channels.mail.reading.keys import keys_of
from channels.mail.reading.kinds import kind_of
from channels.mail.reading.opened import open_mail
from channels.mail.reading.reply import understand
from channels.mail.reading.returning import return_date
from handlers.mail_in import handle_waiting, receive
from tests.fakes.smtp_server import SmtpServer
from tests.mail.arrivals import queue, raw_words, reply
from tests.mail.blind.quoting import head
from tests.mail.blind.reading import ARRIVED, ASKED, SENDERS, TEXTS
from tests.mail.blind.write import HERE
from tests.mail.letters import ours_of
from tests.mail.typed import Typed
from tests.schedules.town import Town, at

TUESDAY = at("2024-11-26 10:00")
LIBRARY = ours_of((HERE / "sent-library.eml").read_bytes())
HEAD = head(LIBRARY)
# Four times the size may take no more than this many times as long; what is quadratic takes sixteen.
MOST = 10
# Beneath this, in seconds, a machine's other work counts for more than ours.
LITTLE = 0.6


def plain(words: bytes) -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + words


def html(words: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + words


SHAPES: dict[str, Callable[[int], bytes]] = {
    "10,000 lines": lambda size: plain(b"some words here and there\n" * size),
    "numbered lines": lambda size: plain(b"".join(b"%d. some answer\n" % (at % 16 + 1) for at in range(size))),
    "one line": lambda size: plain(b"word " * size * 20),
    "one word": lambda size: plain(b"a" * size * 100),
    "one line of spaces": lambda size: plain(b" " * size * 100),
    "one line of stops": lambda size: plain(b"." * size * 100),
    "one line of answers": lambda size: plain(b"Q1 5, " * size * 10),
    "one line of marks": lambda size: plain(b"[Q1] What went well? " * size * 5),
    "nested marks": lambda size: plain(b"".join(b">" * (at % 1000) + b" text\n" for at in range(size // 2))),
    "attributions": lambda size: plain(b"On Mon, 25 Nov 2024 at 09:00, X <a@b.test> wrote:\n" * size),
    "blocks of headers": lambda size: plain(b"From: a@b.test\nSent: 2024-11-25\nTo: x\nSubject: y\n\n" * size),
    "rules": lambda size: plain(b"_____________\n" * size),
    "one rule": lambda size: plain(b"_" * size * 100),
    "one address": lambda size: plain(b"a@" * size * 40),
    "farewells": lambda size: plain(b"kind kind kind kind kind\n" * size),
    "days of return": lambda size: plain(b"until the " * size * 20),
    "open tags": lambda size: html(b"<a " * size * 10),
    "open comments": lambda size: html(b"<!-- " * size * 10),
    "open quotes": lambda size: html(b"""<a ='"<a '"'""" * size * 10),
    "quotes that end nowhere": lambda size: html(b"""<a '"<a '"<b" """ * size * 10 + b'"'),
    "open style sheets": lambda size: html(b"<style>" * size * 10),
    "different tags": lambda size: html(
        b"".join(b'<p style="margin:%dpt" class=b%d>x' % (at, at) for at in range(size))
    ),
    "open sections": lambda size: html(b"<![if " * size * 10),
    "nested quotes": lambda size: html(b"<blockquote>" * size + b"x"),
    "nested blocks": lambda size: html(b"<div>" * size + b"x"),
    "parts": lambda size: (
        HEAD
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * size
        + b"--b--"
    ),
    "headers": lambda size: HEAD + b"X-A: b\r\n" * size + b"\r\nx",
}


def cost(raw: bytes) -> float:
    before = process_time()
    mail = open_mail(raw)
    kind_of(mail)
    keys_of(mail)
    understand(mail, [TEXTS["library"]], ASKED["library"], SENDERS)
    return_date(f"{mail.first('subject')} {mail.plain or ''}", ARRIVED)
    return process_time() - before


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_as_much_takes_about_four_times_as_long(shape: str) -> None:
    small, large = cost(SHAPES[shape](1_000)), cost(SHAPES[shape](4_000))
    assert large <= max(small * MOST, LITTLE)


def nested(depth: int) -> bytes:
    parts = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level) for level in range(depth)
    )
    return HEAD + parts + b"Content-Type: text/plain\r\n\r\nx"


BAD = {
    "a thousand parts in parts": nested(1_000),
    "a thousand parts": SHAPES["parts"](1_000),
    "comments in comments": b"From: " + b"(" * 5_000 + b"\r\nTo: " + b"(" * 5_000 + b"\r\n\r\n1. 5",
    "zero bytes": plain(b"1. 5\x00\x00\n\x002. x"),
    "no end of a header": b"Subject: " + b"x" * 1_000_000,
    "headers with nothing": b": \r\n:\r\n\r\n\r\n",
    "a charset of nothing": HEAD + b"Content-Type: text/plain; charset=\xff\xfe\r\n\r\n1. 5",
    "a boundary of nothing": HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nx',
    "half a base64": HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nMS4gN===\xff=",
    "dates of nowhere": b"Date: Tue, 99 Nov 99999 99:99:99 +9999\r\n" + plain(b"1. 5"),
    "25 MB": plain(b"1. 5\n" + b"x" * 70 + b"\n") + b"y" * 25_000_000,
}


@pytest.mark.parametrize("name", BAD)
def test_no_mail_stops_the_next_one(invited: Town, server: SmtpServer, name: str) -> None:
    good = reply(server, "ana", Typed(top="1. 4"))
    receive(BAD[name], invited.store, TUESDAY)
    receive(good, invited.store, TUESDAY)
    assert raw_words(invited, "ana") == {"rating": "4"}
    assert handle_waiting(invited.store, TUESDAY) == 0
    assert len(queue(invited)) >= 1
