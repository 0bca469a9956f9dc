"""A real SMTP server for tests that keeps what arrives, as a person's mailbox would."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Self

from aiosmtpd.controller import Controller


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail for `to` (lower case), and when it was taken (UTC)."""

    to: str
    kind: str
    subject: str
    text: str
    html: str
    mail: EmailMessage
    taken_at: datetime

    def link(self, public_url: str) -> str:
        """The person's form: the first link with PUBLIC_URL in the text part (contract)."""
        found = re.search(re.escape(public_url) + r"[^\s<>)\"]*", self.text)
        assert found is not None, f"no link to {public_url} in:\n{self.text}"
        return found[0].rstrip(".,")


class PostOffice(Controller):
    """Listens on 127.0.0.1. Use as `with PostOffice() as post:`."""

    def __init__(self) -> None:
        self.seconds_a_letter = 0.0
        self.handed = 0
        self._letters: list[Letter] = []
        self._arrived = threading.Condition(threading.RLock())
        self._socket = socket.create_server(("127.0.0.1", 0))
        super().__init__(self, hostname="127.0.0.1", port=self._socket.getsockname()[1])

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self._socket)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.handed += 1
        await asyncio.sleep(self.seconds_a_letter)
        mail = BytesParser(policy=policy.default).parsebytes(envelope.content)
        plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
        with self._arrived:
            for to in envelope.rcpt_tos:
                letter = Letter(
                    to=to.lower(),
                    kind=str(mail["Soundings-Kind"]),
                    subject=str(mail["Subject"]),
                    text=plain.get_content().replace("\r\n", "\n") if plain else "",
                    html=rich.get_content() if rich else "",
                    mail=mail,
                    taken_at=datetime.now(UTC),
                )
                self._letters.append(letter)
            self._arrived.notify_all()
        return "250 2.0.0 kept"

    def letters(self, *, to: str | None = None, kind: str | None = None) -> list[Letter]:
        with self._arrived:
            return [
                each for each in self._letters if (to is None or each.to == to) and (kind is None or each.kind == kind)
            ]

    def since(self, count: int) -> list[Letter]:
        """What has arrived after the first `count` letters."""
        return self.letters()[count:]

    def wait_for(
        self, *, to: str | None = None, kind: str | None = None, count: int = 1, within: float = 30
    ) -> list[Letter]:
        """Those letters, once there are at least `count`."""
        until = time.monotonic() + within
        with self._arrived:
            while len(found := self.letters(to=to, kind=kind)) < count:
                left = until - time.monotonic()
                assert left > 0, f"{len(found)} of {count} letters ({kind}, {to}) came within {within} s"
                self._arrived.wait(left)
        return found
