"""The mail channel: our mails through one SMTP account."""

from __future__ import annotations

from datetime import datetime

from channels.base import AnyLetter, Envelope
from channels.mail.render import MailRenderer, MailSettings
from channels.mail.smtp import SmtpChannel
from surveys.delivery import Outcome


class MailChannel:
    """Composes mails and sends them, one open attempt at a time."""

    name = "mail"
    max_open = 1

    def __init__(self, settings: MailSettings, smtp: SmtpChannel) -> None:
        self._renderer = MailRenderer(settings)
        self._smtp = smtp

    @property
    def account(self) -> str:
        return self._smtp.account

    def ref(self, key: str) -> str:
        return self._renderer.message_id(key)

    def compose(self, letter: AnyLetter) -> Envelope:
        return self._renderer.compose(letter)

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        return self._smtp.send(envelope, now)

    def rest(self) -> None:
        self._smtp.rest()

    def hang_up(self) -> None:
        self._smtp.hang_up()
