"""Mails that a mail server hands over by LMTP or SMTP, for those who run one: taken when they are stored and handled.

It relays nothing, and knows no sign-in: it listens on this machine, or on a network where only mail servers are.
"""

from __future__ import annotations

import asyncio
import socket
from asyncio import AbstractServer
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from structlog.typing import FilteringBoundLogger

from bot.logs import what_failed
from channels.mail.account import ListenAddress
from handlers.mail_in import receive
from storage.engine import DatabaseBusyError, Store

LARGEST = 35 * 1024 * 1024
_LONGEST_LINE = 1024 * 1024
_MOST_RECIPIENTS = 100
_TAKEN = "250 2.0.0 Stored"
_BUSY = "451 4.3.0 The database is busy; try again later"
_FAILED = "451 4.3.0 It could not be stored; try again later"
_GO_AHEAD = "354"


class _Smtp(SMTP):
    # Programs write longer lines than the standard has it, and what came this far is not refused for that.
    line_length_limit = _LONGEST_LINE


class _Lmtp(LMTP):
    """Answers once for each recipient when a message has come (RFC 2033, 4.2); they all share its fate."""

    line_length_limit = _LONGEST_LINE
    _recipients = 1
    _answers = 1

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd looks for this name
        self._recipients = len(self.envelope.rcpt_tos) if self.envelope else 1
        try:
            await super().smtp_DATA(arg)
        finally:
            self._answers = 1

    async def push(self, status: Any) -> None:
        for _ in range(self._answers):
            await super().push(status)
        if isinstance(status, str) and status.startswith(_GO_AHEAD):
            # The next thing said is what became of the message.
            self._answers = self._recipients


class _Door:
    """What aiosmtpd calls for each mail."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], log: FilteringBoundLogger, one: ThreadPoolExecutor
    ) -> None:
        self._store = store
        self._clock = clock
        self._log = log
        self._one = one

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd's call
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients at once"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        return await asyncio.get_running_loop().run_in_executor(self._one, self._take, _with_envelope(envelope))

    def _take(self, content: bytes) -> str:
        try:
            taken = receive(content, self._store, self._clock())
        except DatabaseBusyError:
            self._log.warning("the database was busy; the mail was not taken, and comes again")
            return _BUSY
        except Exception as error:  # noqa: BLE001 - the server that hands it over keeps it
            self._log.error("a mail could not be stored", **what_failed(error))
            return _FAILED
        self._log.info("mail", account="listener", **{taken.outcome: 1})
        return _TAKEN


class MailListener(Controller):
    """Listens from `start` to `stop`, in a thread of its own."""

    def __init__(
        self, at: ListenAddress, store: Store, clock: Callable[[], datetime], log: FilteringBoundLogger
    ) -> None:
        """Bind.

        Raises:
            OSError: the address can't be listened on.
        """
        family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
        self._socket = socket.create_server((at.host, at.port), family=family)
        port: int = self._socket.getsockname()[1]
        self.at = ListenAddress(scheme=at.scheme, host=at.host, port=port)
        # One after the other: the database has one writer anyway, and nobody need wait for a lock of our own.
        self._one = ThreadPoolExecutor(1, thread_name_prefix="mail-listener")
        super().__init__(
            _Door(store, clock, log, self._one),
            hostname=at.host,
            port=port,
            server_hostname=socket.gethostname(),
            ident="Soundings",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
        )

    def factory(self) -> SMTP:
        kind = _Lmtp if self.at.scheme == "lmtp" else _Smtp
        return kind(self.handler, **self.SMTP_kwargs)

    def stop(self, no_assert: bool = False) -> None:
        """No more mail; a message in hand is stored, or its server hears nothing and keeps it."""
        super().stop(no_assert=no_assert)
        self._one.shutdown()

    def _create_server(self) -> Coroutine[Any, Any, AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._socket)


def _with_envelope(envelope: Envelope) -> bytes:
    """The message with what only its envelope said, as any mailbox would have it (RFC 5321, 4.4)."""
    content = envelope.original_content or b""
    sender = f"Return-Path: <{envelope.mail_from or ''}>\r\n"
    arrived = "".join(f"Delivered-To: {address}\r\n" for address in dict.fromkeys(envelope.rcpt_tos))
    return (sender + arrived).encode("utf-8", "replace") + content
