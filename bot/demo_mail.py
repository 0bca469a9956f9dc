"""The demo's mail server: takes every mail on this machine, and passes none on."""

from __future__ import annotations

import asyncio
import smtplib
import socket
from asyncio import AbstractServer
from collections.abc import Callable, Coroutine
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from console.demo_views import NotTaken
from console.mailbox import Mailbox
from handlers.mail_in import Received
from storage.engine import DatabaseBusyError

REPLIES = "replies@soundings.test"
_PATIENCE = 20


class _Door:
    """What aiosmtpd calls for each mail: to the people into the mailbox, to us where `serve` would read it."""

    def __init__(self, mailbox: Mailbox, clock: Callable[[], datetime]) -> None:
        self.receive: Callable[[bytes, datetime], Received] | None = None
        self.received: dict[bytes, Received] = {}
        self._mailbox = mailbox
        self._clock = clock

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        ours = [each for each in envelope.rcpt_tos if _is_ours(each)]
        others = [each for each in envelope.rcpt_tos if not _is_ours(each)]
        if ours and self.receive is not None:
            loop = asyncio.get_running_loop()
            try:
                # The database may make us wait: in a thread of its own, other mail goes on meanwhile.
                found = await loop.run_in_executor(None, self.receive, raw, self._clock())
            except DatabaseBusyError:
                return "451 4.3.0 Busy, send it again"
            self.received[_message_id(raw)] = found
        if others:
            self._mailbox.take_in(raw, others, self._clock(), sender=envelope.mail_from or "")
        return "250 2.0.0 Kept in the demo's mailbox"


def _is_ours(address: str) -> bool:
    name, _, domain = REPLIES.partition("@")
    local, _, at = address.lower().rpartition("@")
    return at == domain and local.partition("+")[0] == name


def _message_id(raw: bytes) -> bytes:
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = next((line for line in head.split(b"\n") if line.lower().startswith(b"message-id:")), b"")
    return found.partition(b":")[2].strip()


class DemoMailServer(Controller):
    """Listens on 127.0.0.1 at a port that the system chose, in a thread of its own."""

    def __init__(self, mailbox: Mailbox, clock: Callable[[], datetime]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        port: int = self._socket.getsockname()[1]
        self._door = _Door(mailbox, clock)
        super().__init__(self._door, hostname="127.0.0.1", port=port, server_hostname="demo.test")

    def _create_server(self) -> Coroutine[Any, Any, AbstractServer]:
        # The socket is bound already: no other program can take the port between choosing and using it.
        return self.loop.create_server(self._factory_invoker, sock=self._socket)

    @property
    def url(self) -> str:
        """What `SMTP_URL` would say."""
        return f"smtp://127.0.0.1:{self.port}"

    def read_replies(self, receive: Callable[[bytes, datetime], Received]) -> None:
        """From now on what comes to us is handled by `receive`, at the demo's time."""
        self._door.receive = receive

    def post(self, mail: EmailMessage, *, sender: str, to: str) -> Received | None:
        """Bring a mail here over the network as anyone would; what became of it, if it was to us.

        Raises:
            NotTaken: it was not accepted.
        """
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=_PATIENCE) as line:
                line.send_message(mail, from_addr=sender, to_addrs=[to])
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken from error
        return self._door.received.pop(str(mail["Message-ID"]).encode(), None)
