"""A mail channel without a network: real mails, a sink in memory, and trouble on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from channels.base import DigestLetter, Doubt, Drafted, Envelope, InDoubt, Letter
from channels.mail.render import MailRenderer, MailSettings
from surveys.delivery import Deferred, LineKind, LookedUp, NotSent, Outcome, Refused, Sent, Unknown, WentOut


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
        self._letters: dict[str, Letter | DigestLetter] = {}

    def ref(self, key: str) -> str:
        return self.renderer.message_id(key)

    def compose(self, letter: Letter | DigestLetter) -> Envelope:
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
        closes = letter.closes if isinstance(letter, Letter) else ""
        self.said.append(Said(key=letter.key, kind=letter.kind, address=letter.address, at=now, closes=closes))
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


class DraftingChannel(RecordingChannel):
    """One whose platform holds drafts: each is sent once, and can be asked after. `drafts` outlives a crash."""

    account = "mail:drafting"

    def __init__(self, settings: MailSettings) -> None:
        super().__init__(settings)
        self.drafts: dict[str, Envelope] = {}
        self.drafted = 0
        self.asked: list[Doubt] = []
        self.answers = True
        # Called when the answer is known and has not been heard yet.
        self.while_asked: Callable[[], object] = lambda: None
        self.crash_when_drafted = False
        self.crash_when_sent = False

    def draft(self, envelope: Envelope, now: datetime) -> Drafted | Outcome:
        if self.trouble is Trouble.DOWN:
            return Deferred(until=now, reason="down", whole_channel=True)
        self.drafted += 1
        name = f"draft-{self.drafted}"
        self.drafts[name] = envelope
        if self.crash_when_drafted:
            self._crash()
        return Drafted(draft=name)

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        if self.trouble is Trouble.CRASH_BEFORE:
            self._crash()
        if envelope.draft not in self.drafts:
            raise AssertionError("a draft is sent once, and only if it is there")
        said = len(self.said)
        try:
            return super().send(envelope, now)
        finally:
            if len(self.said) > said:
                del self.drafts[envelope.draft]
            if self.crash_when_sent:
                self._crash()

    def look_up(self, doubt: Doubt) -> LookedUp:
        self.asked.append(doubt)
        if not self.answers:
            return Unknown(reason="the platform is down")
        answer = NotSent() if not doubt.draft or doubt.draft in self.drafts else WentOut()
        self.while_asked()
        return answer

    def discard(self, doubt: Doubt) -> None:
        self.drafts.pop(doubt.draft, None)


class ManyAtOnceChannel(DraftingChannel):
    """One on which many attempts may be open together, as what became of each can be asked.

    `trouble_after`: how many messages of a run go through before `trouble` begins; `while_sending` happens before each.
    """

    account = "mail:many"
    max_open = 8

    def __init__(self, settings: MailSettings) -> None:
        super().__init__(settings)
        self.trouble_after = 0
        self.while_sending: Callable[[], object] = lambda: None

    def draft(self, envelope: Envelope, now: datetime) -> Drafted | Outcome:
        with self._not_yet(count=0):
            return super().draft(envelope, now)

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        self.while_sending()
        with self._not_yet(count=1):
            return super().send(envelope, now)

    @contextmanager
    def _not_yet(self, *, count: int) -> Iterator[None]:
        waiting, self.trouble = self.trouble, Trouble.NONE if self.trouble_after else self.trouble
        self.trouble_after -= min(count, self.trouble_after)
        try:
            yield
        finally:
            self.trouble = waiting
