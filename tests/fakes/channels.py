"""A mail channel without a network: real mails, a sink in memory, and trouble on demand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from channels.base import Envelope, InDoubt, Letter
from channels.mail.render import MailRenderer, MailSettings
from surveys.delivery import Deferred, LineKind, Outcome, Refused, Sent


class Trouble(StrEnum):
    """What happens to the next messages."""

    NONE = "none"
    DOWN = "down"
    GREYLISTED = "greylisted"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"
    CRASH_BEFORE = "crash before it left"
    CRASH_AFTER = "crash after it left"


class Crash(BaseException):
    """The process is gone: no clean-up of ours may run after this."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message that reached its person."""

    key: str
    kind: LineKind
    address: str
    at: datetime
    closes: str


class RecordingChannel:
    """Holds the contract of `channels.base.Channel`; `said` is what arrived."""

    name = "mail"
    account = "mail:recording"
    max_open = 1

    def __init__(self, settings: MailSettings) -> None:
        self.renderer = MailRenderer(settings)
        self.said: list[Said] = []
        self.trouble = Trouble.NONE
        self.crashed = False
        self._letters: dict[str, Letter] = {}

    def ref(self, key: str) -> str:
        return self.renderer.message_id(key)

    def compose(self, letter: Letter) -> Envelope:
        envelope = self.renderer.compose(letter)
        self._letters[envelope.ref] = letter
        return envelope

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        match self.trouble:
            case Trouble.DOWN:
                return Deferred(until=now, reason="down", whole_channel=True)
            case Trouble.GREYLISTED:
                return Deferred(until=now, reason="greylisted")
            case Trouble.REFUSED:
                return Refused(reason="not like this", address_is_bad=False)
            case Trouble.CRASH_BEFORE:
                self._crash()
        letter = self._letters[envelope.ref]
        self.said.append(Said(key=letter.key, kind=letter.kind, address=letter.address, at=now, closes=letter.closes))
        if self.trouble is Trouble.IN_DOUBT:
            raise InDoubt("the line went dead")
        if self.trouble is Trouble.CRASH_AFTER:
            self._crash()
        return Sent(ref=envelope.ref)

    def hang_up(self) -> None:
        """There is no connection."""

    def rest(self) -> None:
        # A process that is gone tidies nothing up.
        if self.crashed:
            raise Crash

    def _crash(self) -> None:
        self.crashed = True
        raise Crash
