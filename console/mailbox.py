"""Everyone's mail, kept in memory for the demo: what came, to whom, of what kind."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxMessage:
    """One mail as its reader would see it. `number` counts from 1; `received_at` is aware.

    `recipient` is the envelope's address, lower case; `headers` are all of them, in order.
    """

    number: int
    received_at: datetime
    recipient: str
    kind: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


class Mailbox:
    """All mail of the demo's people. Threads may share it."""

    def __init__(self) -> None:
        self._messages: list[MailboxMessage] = []
        self._lock = threading.Lock()

    def take_in(self, raw: bytes, recipients: list[str], at: datetime) -> None:
        """Keep one mail for each recipient; the number is the order of arrival."""
        mail = BytesParser(policy=policy.default).parsebytes(raw)
        with self._lock:
            for recipient in recipients:
                self._messages.append(
                    MailboxMessage(
                        number=len(self._messages) + 1,
                        received_at=at,
                        recipient=recipient.lower(),
                        kind=str(mail.get("Soundings-Kind", "")),
                        subject=str(mail.get("Subject", "")),
                        headers=tuple((name, str(value)) for name, value in mail.items()),
                        text=_part(mail, "plain"),
                        html=_part(mail, "html"),
                    )
                )

    def newest_first(self, recipients: frozenset[str] | None = None) -> tuple[MailboxMessage, ...]:
        """Every mail, or only that to the given addresses (lower case)."""
        with self._lock:
            return tuple(
                message for message in reversed(self._messages) if recipients is None or message.recipient in recipients
            )

    def message(self, number: int) -> MailboxMessage | None:
        with self._lock:
            return self._messages[number - 1] if 1 <= number <= len(self._messages) else None

    def counts(self) -> Counter[str]:
        """How many of each kind have come."""
        with self._lock:
            return Counter(message.kind for message in self._messages)


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body(preferencelist=(subtype,))
    if part is None:
        return ""
    content = part.get_content()
    return content if isinstance(content, str) else ""
