"""The demo's mail server: takes every mail on this machine, and passes none on."""

from __future__ import annotations

import socket
from asyncio import AbstractServer
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from console.mailbox import Mailbox


class _Door:
    """What aiosmtpd calls for each mail."""

    def __init__(self, mailbox: Mailbox, clock: Callable[[], datetime]) -> None:
        self._mailbox = mailbox
        self._clock = clock

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        self._mailbox.take_in(raw, list(envelope.rcpt_tos), self._clock())
        return "250 2.0.0 Kept in the demo's mailbox"


class DemoMailServer(Controller):
    """Listens on 127.0.0.1 at a port that the system chose, in a thread of its own."""

    def __init__(self, mailbox: Mailbox, clock: Callable[[], datetime]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        port: int = self._socket.getsockname()[1]
        super().__init__(_Door(mailbox, clock), hostname="127.0.0.1", port=port, server_hostname="demo.test")

    def _create_server(self) -> Coroutine[Any, Any, AbstractServer]:
        # The socket is bound already: no other program can take the port between choosing and using it.
        return self.loop.create_server(self._factory_invoker, sock=self._socket)

    @property
    def url(self) -> str:
        """What `SMTP_URL` would say."""
        return f"smtp://127.0.0.1:{self.port}"
