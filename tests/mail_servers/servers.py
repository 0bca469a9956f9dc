"""A real Postfix and a real Dovecot in a throw-away folder, on free ports of this machine.

The daemons drop their rights by themselves, so they are started as root; nothing leaves the machine. Everyone has the
password `pw-NAME`, and `NAME+anything@` is delivered to NAME.
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from string import Template

import jwt
from imapclient import IMAPClient

POSTFIX, DOVECOT = Path("/usr/sbin/postfix"), Path("/usr/sbin/dovecot")
SIEVE = Path("/usr/lib/dovecot/modules/lib90_sieve_plugin.so")
LMTP = Path("/usr/lib/dovecot/lmtp")
TEMPLATES = Path(__file__).with_name("templates")
OURS, PEOPLES = "programme.test", "people.test"
ACCOUNTS = ("surveys", "reply", "other", "bounces", "ana", "bo", "cy", "di", "ed", "fay")
# Taken at the door, refused behind it.
TROUBLED = ("full", "blocked", "slow")


def why_not() -> str:
    """Why the pair can't be started here; "" if it can."""
    if not all(each.exists() for each in (POSTFIX, DOVECOT, SIEVE, LMTP)) or not shutil.which("openssl"):
        return "there is no Postfix, Dovecot or Sieve here"
    if os.name != "posix" or os.geteuid() != 0:
        return "Postfix and Dovecot can only be started as root"
    return ""


@dataclass(frozen=True)
class Given:
    """A token that was got elsewhere, as a channel asks for it."""

    words: str

    def token(self, *, fresh: bool = False) -> str:
        return self.words


class MailServers:
    """The running pair. `home` is where it lives; Postfix hands over mail for `handed@` by LMTP at the port `handover`."""

    def __init__(self) -> None:
        # pytest's own folders are closed to others, and the daemons are others.
        self.home = Path(tempfile.mkdtemp(prefix="snd-mail-", dir="/tmp"))
        with ExitStack() as held:
            sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(6)]
            ports = [each.getsockname()[1] for each in sockets]
        self.smtp, self.submission, self.submissions, self.imap, self.imaps, self.handover = ports

    @property
    def certificate(self) -> Path:
        return self.home / "tls" / "server.pem"

    def start(self) -> MailServers:
        self._lay_out()
        _run(DOVECOT, "-c", self.home / "etc" / "dovecot.conf")
        _run(POSTFIX, "-c", self.home / "etc", "start")
        until(lambda: all(map(_answers, (self.smtp, self.submission, self.imap, self.imaps))), "the servers answer")
        return self

    def stop(self) -> None:
        for command in (
            (POSTFIX, "-c", self.home / "etc", "stop"),
            (DOVECOT, "-c", self.home / "etc" / "dovecot.conf", "stop"),
        ):
            with suppress(subprocess.CalledProcessError):
                _run(*command)
        shutil.rmtree(self.home, ignore_errors=True)

    def token(self, address: str, *, lasts: int = 3600) -> str:
        """What a sign-in server would give for that address; a negative time makes one that has run out."""
        key = base64.b64decode((self.home / "keys/default/HS256/default").read_text())
        now = int(time.time())
        claims = {"iss": f"https://sign-in.{OURS}", "sub": address, "email": address}
        claims |= {"iat": now - 60, "nbf": now - 60, "exp": now + lasts}
        return jwt.encode(claims, key, algorithm="HS256")

    def away(self, person: str, words: str) -> None:
        """From now on that person's mailbox answers by itself: once to each sender, as the real one does."""
        home = self.home / "mail" / person
        home.mkdir(exist_ok=True)
        script = f'require ["vacation"];\nvacation :days 1 :addresses ["{person}@{PEOPLES}"]\n"{words}";\n'
        (home / ".dovecot.sieve").write_text(script, encoding="utf-8")
        _run("chown", "-R", "mail:mail", home)

    def bring(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """A mail from the outside world, as another server hands it in."""
        with smtplib.SMTP("127.0.0.1", self.smtp) as door:
            door.sendmail(sender, list(recipients), content)

    def send_as(self, person: str, recipients: Sequence[str], content: bytes) -> None:
        """A mail that somebody sends with their mail program."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        with smtplib.SMTP("127.0.0.1", self.submission) as door:
            door.starttls(context=context)
            door.login(f"{person}@{PEOPLES}", f"pw-{person}")
            door.sendmail(f"{person}@{PEOPLES}", list(recipients), content)

    def mails(self, account: str) -> list[EmailMessage]:
        """What lies in that mailbox, oldest first; looked at behind the server's back, so that no flag changes."""
        box = self.home / "mail" / account / "Maildir"
        found = sorted([*box.glob("new/*"), *box.glob("cur/*")], key=lambda path: path.name)
        parsed = [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in found]
        return [each for each in parsed if isinstance(each, EmailMessage)]

    def flags(self, account: str) -> list[str]:
        """The flags of each mail there, by its file's name: S is read."""
        box = self.home / "mail" / account / "Maildir"
        new, read = (sorted(box.glob(f"{each}/*"), key=lambda path: path.name) for each in ("new", "cur"))
        return ["" for _ in new] + [path.name.rpartition(",")[2] for path in read]

    def read_all(self, account: str) -> None:
        """That account's owner looks at every mail."""
        with IMAPClient("127.0.0.1", self.imap, ssl=False) as program:
            program.login(f"{account}@{OURS}", f"pw-{account}")
            program.select_folder("INBOX")
            program.add_flags(program.search(), ["\\Seen"])

    def empty(self) -> None:
        """Nobody has any mail, and nobody is away."""
        for account in ACCOUNTS:
            with IMAPClient("127.0.0.1", self.imap, ssl=False) as program:
                program.login(f"{account}@{OURS}", f"pw-{account}")
                program.select_folder("INBOX")
                program.delete_messages(program.search())
                program.expunge()
            (self.home / "mail" / account / ".dovecot.sieve").unlink(missing_ok=True)

    def wait_for(
        self, account: str, wanted: Callable[[EmailMessage], bool] = lambda _: True, within: float = 30
    ) -> EmailMessage:
        """The first such mail in that mailbox, once it is there."""
        found: list[EmailMessage] = []

        def there() -> bool:
            found[:] = [mail for mail in self.mails(account) if wanted(mail)]
            return bool(found)

        until(there, f"a mail for {account} comes", within)
        return found[0]

    def _lay_out(self) -> None:
        home = self.home
        for each in (
            "run",
            "log",
            "tls",
            "mail",
            "etc",
            "queue/pid",
            "postfix-lib",
            "dovecot-lib",
            "keys/default/HS256",
        ):
            (home / each).mkdir(parents=True)
        home.chmod(0o755)
        _run("chown", "postfix", home / "postfix-lib")
        _run("chown", "mail:mail", home / "mail")
        (home / "keys/default/HS256/default").write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        lines = [f"{name}:{{PLAIN}}pw-{name}::::::\n" for name in ACCOUNTS]
        (home / "etc" / "users").write_text("".join(lines))
        _run(
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", home / "tls" / "server.key", "-out", self.certificate),
        )
        users = [f"{name}@{domain}={name}," for name in ACCOUNTS for domain in (OURS, PEOPLES)]
        users += [f"{name}@{PEOPLES}={name}," for name in TROUBLED]
        filled = {
            **{name: getattr(self, name) for name in ("smtp", "submission", "submissions", "imap", "imaps")},
            **{name: getattr(self, name) for name in ("handover", "home")},
            "users": " ".join(users),
        }
        for template in TEMPLATES.iterdir():
            text = Template(template.read_text(encoding="utf-8")).substitute(filled)
            (home / "etc" / template.name).write_text(text, encoding="utf-8")


def until(so: Callable[[], bool], what: str, within: float = 20) -> None:
    """Wait until it is so."""
    end = time.monotonic() + within
    while not so():
        assert time.monotonic() < end, f"in {within} s it did not come about that {what}"
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _run(*command: str | Path) -> None:
    # The daemons keep what they inherit: a pipe would never end.
    ended = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if ended.returncode:
        raise subprocess.CalledProcessError(ended.returncode, [str(word) for word in command])
