"""A season in which much goes wrong, with marked people, words and links: no mark is found in anything but answers."""

import contextlib
import json
import re
import socket
import sqlite3
import time
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import requests

from tests.clients.post_office import PostOffice
from tests.rights.village import MARKS, WIL, ZEB, village_in

ZEB_AT, WIL_AT, BEN_AT = "zeb.canary@quill.test", "wil.canary@brack.test", "ben@guests.test"
SAYING = "<zeb.canary@quill.test> Zebulon Quillcanary of Quillcanary Hall, 01632 555777"


class Surly(PostOffice):
    """A mail server that names people in what it says, and refuses and puts off as it is told to."""

    def __init__(self):
        super().__init__()
        self.refused, self.put_off, self.closed = set(), set(), False

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.closed:
            return f"451 4.3.0 not now, {SAYING}"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return f"550 5.1.1 {SAYING} is not known here"
        if address in self.put_off:
            return f"450 4.2.2 {SAYING} is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@dataclass
class Heard:
    """Everything that may be read by others than those it is meant for, by where it came from."""

    said: dict[str, str] = field(default_factory=dict)

    def add(self, where, words):
        self.said[where] = self.said.get(where, "") + words

    def marks(self, marks):
        found = {}
        for where, words in self.said.items():
            lower = words.lower()
            hit = [mark for mark in marks if mark.lower() in lower]
            if hit:
                found[where] = hit
        return found


@pytest.fixture
def post():
    with Surly() as office:
        yield office


@pytest.fixture
def village(tmp_path, post):
    return village_in(tmp_path, post)


def command(village, heard, *words, code=0, answers=False):
    """Run one; its standard output is looked at unless it is the answer to a question."""
    done = village.soundings.run(*words, code=code)
    heard.add(f"stderr of {words[0]}", done.err)
    if not answers:
        heard.add(f"stdout of {words[0]}", done.out)
    return done


@contextlib.contextmanager
def refusing(village, table):
    """The database takes no more rows into that table, as one that is damaged or full."""
    with contextlib.closing(sqlite3.connect(village.home / "soundings.db", timeout=10)) as opened:
        opened.execute(f"create trigger no_more before insert on {table} begin select raise(abort, 'no'); end")
        opened.commit()
        yield
        opened.execute("drop trigger no_more")
        opened.commit()


@contextlib.contextmanager
def busy(village):
    with contextlib.closing(sqlite3.connect(village.home / "soundings.db", isolation_level=None)) as opened:
        opened.execute("begin immediate")
        yield
        opened.execute("rollback")


def fields_of(screen, *more):
    return [*screen.hidden(), *more, ("go", "next")]


def bad_requests(village, link, heard):
    """What scanners, broken browsers and curious people send; all of it carries a token, a name or words."""
    site, token = village.soundings.public_url, link.rpartition("/")[2]
    for method, path in [
        ("GET", f"/nowhere/{token}?name=Zebulon+Quillcanary"),
        ("GET", f"/f/{token[:-1]}"),
        ("GET", f"/f/{token}/unheard-of"),
        ("PUT", f"/f/{token}"),
        ("POST", f"/f/{token}"),
        ("GET", f"/f/{token}?page=%00%ff&set=well:canary"),
        ("GET", f"/e/{token}"),
        ("GET", "/privacy/Quillcanary"),
        ("GET", f"/assets/{token}/x.css"),
    ]:
        reply = requests.request(method, site + path, data={"story": "kestrel-7a55"}, timeout=20)
        assert reply.status_code in {200, 403, 404, 405}, (method, path, reply.status_code)
        assert "canary" not in " ".join(reply.headers.values()).lower()
    for bytes_sent in (
        f"GET /f/{token} HTTP/9.9\r\n\r\n",
        f"kestrel-7a55 /f/{token}\r\n\r\n",
        f"POST /f/{token} HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\nmagpie-9c21",
        f"POST /f/{token} HTTP/1.1\r\nHost: x\r\nContent-Length: 400\r\n\r\nstory=kestrel-7a55",
        f"POST /f/{token} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: canary\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", village.soundings.port), timeout=5) as raw:
            raw.sendall(bytes_sent.encode())
            raw.settimeout(1)
            with contextlib.suppress(OSError):
                heard.add(
                    "what the server says to broken requests", raw.recv(4096).decode("latin-1").partition("\r\n\r\n")[0]
                )
    # A reader who goes away in the middle of a page.
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", village.soundings.port), timeout=5) as raw:
            raw.sendall(f"GET /f/{token} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


def wait_until_logged(village, event):
    until = time.monotonic() + 40
    while f'"{event}"' not in village.soundings.log.read_text(encoding="utf-8"):
        assert time.monotonic() < until, f"{event} was not logged:\n{village.soundings.said()}"
        time.sleep(0.2)


def web_season(village, heard):
    """People answer while it is served, and everything that can go wrong on the way does."""
    post, soundings = village.post, village.soundings
    post.refused.add(WIL_AT)
    with soundings.serving():
        # Their own, and the copy of Ben's.
        post.wait_for(to=ZEB_AT, count=2)
        post.wait_for(to=BEN_AT)
        link = village.link(ZEB_AT)
        bad_requests(village, link, heard)
        village.answer(ZEB_AT, "kestrel-7a55 flew", submit=False)
        ben = village.client.open(f"{village.link(BEN_AT)}?page=story")
        with refusing(village, "answers"):
            failed = requests.post(ben.url, data=fields_of(ben, ("story", "magpie-9c21")), timeout=20)
        assert failed.status_code == 500
        assert "magpie-9c21" in failed.text, "it comes back to whoever typed it"
        with busy(village):
            waited = requests.post(ben.url, data=fields_of(ben, ("story", "heron-4d10")), timeout=20)
        assert waited.status_code == 503
        village.answer(ZEB_AT, "kestrel-7a55 flew")
        village.tap(BEN_AT, "someone-else", {"text": "Wilhelmina Brackcanary", "email": "other.canary@brack.test"})
        with refusing(village, "attempts"):
            village.tap("dov@guests.test", "someone-else", {"text": "Brackcanary", "email": "third.canary@quill.test"})
            wait_until_logged(village, "tick failed")
            post.closed = True
        village.tap("cleo@guests.test", "someone-else", {"text": "Quillcanary", "email": "fourth.canary@quill.test"})
        wait_until_logged(village, "a channel is in trouble")
        post.closed = False
        metrics = requests.get(f"{soundings.public_url}/metrics", timeout=20)
        assert metrics.status_code == 200
        heard.add("/metrics", metrics.text + str(metrics.headers))
        for path in ("/healthz", "/readyz"):
            heard.add(path, requests.get(soundings.public_url + path, timeout=20).text)
    return link


def mail_season(village, heard):
    """Replies, bounces and mails that can't be read arrive by the pipe."""
    invitation = village.post.letters(to=ZEB_AT)[0]
    reference = re.search(r"Reference (\S+)", invitation.text)[1]
    mails = {
        "reply": f"From: Zebulon Quillcanary <{ZEB_AT}>\nTo: replies@example.org\nSubject: Re\nMessage-ID: <1@quill.test>\n\n"
        f"Q3: kestrel-7a55 again\n\n[END] Reference {reference}\n",
        "bounce": f"From: MAILER-DAEMON@brack.test\nTo: soundings@example.org\nSubject: Undelivered\n"
        f"Auto-Submitted: auto-replied\nMessage-ID: <2@brack.test>\n\n{WIL_AT}: no such user (magpie-9c21)\n",
        "strange": "From: =?utf-8?q?Zebulon=0AQuillcanary?= <x@quill.test>\nContent-Type: multipart/mixed; boundary=\n\n--\nheron-4d10",
        "nobody": "From: Nobody <n@brack.test>\nSubject: Brackcanary House\nMessage-ID: <3@brack.test>\n\nheron-4d10\n",
    }
    for name, text in mails.items():
        path = village.home / f"{name}.eml"
        path.write_bytes(text.encode() + b"\xff\xfe canary")
        command(village, heard, "mail", "receive", path)
    with refusing(village, "triage"):
        path.write_bytes(mails["nobody"].replace("<3@", "<4@").encode())
        command(village, heard, "mail", "receive", path, code=1)
    with refusing(village, "raw_messages"):
        path.write_bytes(mails["nobody"].replace("<3@", "<5@").encode())
        command(village, heard, "mail", "receive", path, code=1)
    command(village, heard, "mail", "receive")


def broken_commands(village, heard):
    """Commands that fail, by what they are given or by what they find."""
    with refusing(village, "participants"):
        village.write_panel(ZEB, WIL, "new-canary-1,New Quillcanary,Newcanary,new@quill.test,,,,,north,guest,")
        command(village, heard, "load", village.programme, code=1)
    with refusing(village, "audit_lines"):
        command(village, heard, "person", "opt-out", ZEB_AT, code=1)
    for settings in (
        {"SMTP_URL": "smtp://kestrel-7a55:magpie-9c21@127.0.0.1:99999"},
        {"DATABASE_URL": "postgresql://canary:heron-4d10@127.0.0.1:1/none"},
        {"SMTP_URL": "smtp://kestrel-7a55:magpie-9c21@127.0.0.1:1"},
    ):
        kept = dict(village.soundings.settings)
        village.soundings.settings.update(settings)
        command(village, heard, "doctor", code=None)
        village.soundings.settings = kept
    command(village, heard, "backup", village.home / "copy.db")
    command(village, heard, "round", "close", "five")
    command(village, heard, "audit", "--json")
    command(village, heard, "audit", "--verify")


@pytest.mark.timeout(900)
def test_a_season_with_marked_people_leaves_no_mark(village, post):
    heard = Heard()
    command(village, heard, "load", village.programme, answers=True)
    link = web_season(village, heard)
    mail_season(village, heard)
    post.put_off.add(BEN_AT)
    command(village, heard, "tick", "--at", village.opens + timedelta(days=3))
    broken_commands(village, heard)
    log = village.soundings.log.read_text(encoding="utf-8", errors="replace")
    heard.add("the log of serve", log)
    errors = list(village.home.rglob("soundings-error-*.log"))
    assert len(errors) >= 4, "each failed command has left one"
    for path in errors:
        heard.add(f"error file {path.name}", path.read_text(encoding="utf-8"))
    events = {json.loads(line)["event"] for line in log.splitlines() if line.startswith("{")}
    assert {"listening", "tick", "tick failed", "a channel is in trouble", "stopped"} <= events, events
    assert any(event.startswith("a page failed") for event in events)
    assert any("no_more" not in words and "IntegrityError" in words for words in heard.said.values())
    tokens = {
        letter.link(village.soundings.public_url).rpartition("/")[2] for letter in post.letters(kind="invitation")
    }
    assert link.rpartition("/")[2] in tokens
    assert len(heard.said) >= 20
    assert heard.marks([*MARKS, "guests.test", "Arden", "Bright", *tokens]) == {}
