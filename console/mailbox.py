"""Everyone's mail, kept in memory for the demo: what came, to whom, of what kind, and what was sent back."""

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

    `recipient` is the envelope's address, lower case, `sender` where it comes back to if it can't be delivered;
    `headers` are all of them, in order.
    """

    number: int
    received_at: datetime
    recipient: str
    sender: str
    kind: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str

    def header(self, name: str) -> str:
        """What that header says, on one line; "" if there is none."""
        found = (value for key, value in self.headers if key.lower() == name.lower())
        return " ".join(next(found, "").split())


@dataclass(frozen=True, kw_only=True, slots=True)
class SentBack:
    """What someone sent in answer to a mail, and what became of it.

    `kind` is human, auto_reply, bounce or other; `outcome` mapped where `answers` were recorded, triage where it waits
    to be sorted; `receipt` is the number of the mail that said so, 0 for none.
    """

    at: datetime
    sender: str
    subject: str
    kind: str
    outcome: str
    answers: int = 0
    receipt: int = 0


class Mailbox:
    """All mail of the demo's people. Threads may share it."""

    def __init__(self) -> None:
        self._messages: list[MailboxMessage] = []
        self._sent_back: dict[int, list[SentBack]] = {}
        self._lock = threading.Lock()

    def take_in(self, raw: bytes, recipients: list[str], at: datetime, *, sender: str = "") -> None:
        """Keep one mail for each recipient; the number is the order of arrival."""
        mail = BytesParser(policy=policy.default).parsebytes(raw)
        with self._lock:
            for recipient in recipients:
                self._messages.append(
                    MailboxMessage(
                        number=len(self._messages) + 1,
                        received_at=at,
                        recipient=recipient.lower(),
                        sender=sender,
                        kind=str(mail.get("Soundings-Kind", "")),
                        subject=str(mail.get("Subject", "")),
                        headers=tuple((name, str(value)) for name, value in mail.items()),
                        text=_part(mail, "plain"),
                        html=_part(mail, "html"),
                    )
                )

    def note_sent_back(self, number: int, sent: SentBack) -> None:
        """Keep with mail `number` what was sent in answer to it."""
        with self._lock:
            self._sent_back.setdefault(number, []).append(sent)

    def sent_back(self, number: int) -> tuple[SentBack, ...]:
        """What was sent in answer to that mail, in order."""
        with self._lock:
            return tuple(self._sent_back.get(number, ()))

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
    return content.replace("\r\n", "\n") if isinstance(content, str) else ""
