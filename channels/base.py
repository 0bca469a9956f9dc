"""What every channel is given and gives back. Channels see values only, never storage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from channels.form.views import PageView
from surveys.delivery import FoundAddress, LineKind, LookedUp, NobodyThere, Outcome
from surveys.digest import Digest
from surveys.instrument import Instrument
from surveys.open_rounds import Heard
from surveys.programme import Mode, Sender
from surveys.replies import QuoteLevel
from surveys.text import Text


class InDoubt(Exception):
    """The connection was lost after the whole message had left: nobody here knows whether it was taken."""


class CannotBeSaid(Exception):
    """The message can't be built safely from what it was given; trying again changes nothing."""


class NotReady(Exception):
    """The channel lacks a setting; nothing is wrong with the message, which can wait until it is there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedAnswer:
    """One line of a receipt: the question's number and words, and the answer as it was recorded."""

    number: int
    ask: str
    answer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnAnswer:
    """One answer in a person's copy: what was asked, what is stored, how far it may be quoted (None: not asked)."""

    ask: str
    answer: str
    quoted: QuoteLevel | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRound:
    """One round in a person's copy; `apart`: what was said in it carries no name, and can be found by nobody."""

    title: str
    apart: bool
    answers: tuple[OwnAnswer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnCopy:
    """What is stored about a person, for them alone; `about` are (what, value), each with words of the channel's own.

    The words are `name`, `organisation`, `area`, `address`, `phone`, `session`, `given_by`, `paused`, `away`,
    `stopped`, `erasure`; a value may be "".
    """

    about: tuple[tuple[str, str], ...]
    rounds: tuple[OwnRound, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingSurvey:
    """A survey that waits for the letter's person beside the letter's own; `closes` is said in their words."""

    title: str
    closes: str
    form: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """Everything that one message may say; the channel chooses the words and the looks.

    `key` is the ledger key, `thread_key` that of the invitation it belongs to ("" for none). `values` fill the
    questionnaire's piped words. `form` is the person's own link; `closes` and `left` are said in the person's
    language and zone already (`Monday 16 December, 5 pm`; `in 3 days`). `instrument_ref` names this very version
    of the questionnaire. `answered` and `total` count the questions the person is shown, which take about so many
    `minutes`. `closed_before` is the close they were told last, where it is another, and `closes_earlier` says that it
    has moved to before it. `given_by` is who named a delegate; `next_steps` is what a round's thanks, or a receipt,
    say will happen. `written_at` is the mail's date.
    `own` is what a copy holds. `confirm` is where a person says that it was they who asked for their erasure, which is
    to be done by the day `answer_by`.
    `in_bulk`: the round asks more than 500 people, and mail programs expect a way to stop such mails by themselves.
    `fewer_than`: the round asks fewer people than this, its minimum group size; 0 where it asks enough.
    `page`, with its key, is the first page still to be answered, for channels that ask in the message itself.
    `unclear` are the questions whose answers came by mail and could not be taken as they stood.
    """

    key: str
    kind: LineKind
    number: int = 1
    thread_key: str = ""
    language: str
    address: str
    name: str
    greeting: str
    cc: tuple[str, ...] = ()
    sender: Sender | None = None
    programme: str
    programme_title: str
    round: str
    mode: Mode
    fewer_than: int = 0
    in_bulk: bool = False
    instrument: Instrument
    instrument_ref: str
    perspectives: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict)
    form: str
    notice: str
    reference: str
    mail_token: str
    written_at: datetime
    closes: str
    closed_before: str = ""
    closes_earlier: bool = False
    left: str = ""
    answered: int = 0
    total: int = 0
    minutes: int = 0
    given_by: str = ""
    reason: str = ""
    next_steps: Text | None = None
    recorded: tuple[RecordedAnswer, ...] = ()
    unclear: tuple[RecordedAnswer, ...] = ()
    # The mail said more than answers, and an organiser reads that.
    besides: bool = False
    # (area, perspective) in words: nobody has spoken for them yet, and this person can.
    unheard: tuple[tuple[str, str], ...] = ()
    # Other surveys that wait for the same person: the message carries links only, and this letter's is the first.
    besides_this: tuple[WaitingSurvey, ...] = ()
    own: OwnCopy | None = None
    confirm: str = ""
    answer_by: str = ""
    invitation_id: int = 0
    page_key: str = ""
    page: PageView | None = None


def unheard_lines(unheard: Sequence[tuple[str, str]], say: Callable[..., str], safe: Callable[[str], str]) -> list[str]:
    """By area, what nobody has said yet; `say` words it by key, `safe` makes names fit for where they go."""
    by_area: dict[str, list[str]] = {}
    for area, perspective in unheard:
        by_area.setdefault(area, []).append(safe(perspective))
    return [
        say("unheard.in" if area else "unheard", area=safe(area), perspectives=", ".join(perspectives))
        for area, perspectives in by_area.items()
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestLetter:
    """The organisers' digest: it goes to one reader, and belongs to no invitation."""

    key: str
    kind: LineKind = LineKind.DIGEST
    address: str
    sender: Sender | None = None
    programme_title: str
    written_at: datetime
    digest: Digest


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsLetter:
    """Something that has just happened, for one organiser in a chat; `lines` are plain text."""

    key: str
    kind: LineKind = LineKind.NEWS
    address: str
    programme_title: str
    lines: tuple[str, ...]
    written_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class PostLetter:
    """An open round in a channel: what it asks, and how many have answered; `over`: it takes no answers any more.

    `address` is the channel's id; `closes` is said in the programme's zone.
    """

    key: str
    kind: LineKind = LineKind.POST
    address: str
    language: str
    round_id: int
    title: str
    lead: str
    programme_title: str
    mode: Mode
    closes: str
    heard: Heard
    notice: str
    link: str
    over: bool = False
    written_at: datetime


AnyLetter = Letter | DigestLetter | NewsLetter | PostLetter


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """One message ready to go: `recipients` get it, `address` is the one that counts.

    `subject` and `body` are what is kept of it, link tokens masked; `content` is what travels. `draft` is the
    platform's name for it where it lies there already, still to be sent.
    """

    ref: str
    kind: LineKind
    address: str
    recipients: tuple[str, ...]
    return_path: str
    subject: str
    body: str
    content: bytes
    draft: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafted:
    """The platform holds the message under that name, and has not sent it."""

    draft: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """An attempt of which nobody here knows whether it went out.

    `key` is the ledger key, `ref` the platform's name where we chose it, `draft` the one it gave before the sending
    ("" if the attempt never came so far), `address` the one it was sent to ("" if it has been taken out since).
    """

    key: str
    kind: LineKind
    ref: str
    draft: str
    address: str
    started_at: datetime


class Channel(Protocol):
    """One way to reach people, through one account."""

    @property
    def name(self) -> str:
        """`mail`, `slack` or `teams`: what addresses of this channel are stored under."""

    @property
    def account(self) -> str:
        """The account's name, without secrets: one sender at a time uses it."""

    @property
    def max_open(self) -> int:
        """How many attempts may be open at once on its connection."""

    def ref(self, key: str) -> str:
        """The platform's name for the message of that ledger key, where we choose it ourselves."""

    def compose(self, letter: AnyLetter) -> Envelope:
        """The message in this channel's form.

        Raises:
            CannotBeSaid: it can't be built safely.
            NotReady: a setting is missing.
        """

    def send(self, envelope: Envelope, now: datetime) -> Outcome:
        """Send one message; a Deferred's `until` is not before `now`.

        Raises:
            InDoubt: whether it went is not known.
        """

    def rest(self) -> None:
        """Nothing more to send for now: give the connection back."""

    def hang_up(self) -> None:
        """The process is to end: give up the connection whatever is in hand, and make no other. From any thread."""


@runtime_checkable
class Drafting(Protocol):
    """A channel whose platform takes a message first and sends it at a second word.

    The draft's name is stored between the two, so that an attempt without one has certainly not been sent.
    """

    def draft(self, envelope: Envelope, now: datetime) -> Drafted | Outcome:
        """Hand the message over without sending it; an outcome other than Drafted ends the attempt."""


@runtime_checkable
class Pacing(Protocol):
    """A channel whose platform takes so many messages in a time and no more: it is not asked for more than that."""

    def free_at(self, now: datetime) -> datetime | None:
        """When the next message may go; None for at once."""


@runtime_checkable
class Finding(Protocol):
    """A channel that can tell people's ids from their mail addresses."""

    def find(self, email: str) -> FoundAddress | NobodyThere | None:
        """Who that is there; None where the platform can't be asked now."""


@runtime_checkable
class FindingMany(Protocol):
    """A channel that can tell the ids of some people at once."""

    @property
    def most_at_once(self) -> int:
        """How many it is asked about together."""

    def find_many(self, emails: Sequence[str], now: datetime) -> Mapping[str, FoundAddress | NobodyThere]:
        """Who they are there; who is left out is asked about again later."""


@runtime_checkable
class LookingUp(Protocol):
    """A channel that can find out whether a message that was in doubt went out (design: The life of one reminder, 4).

    It is asked a lease after the attempt began: by then a platform has done whatever it was told.
    """

    def look_up(self, doubt: Doubt) -> LookedUp:
        """What became of it; asking changes nothing."""

    def discard(self, doubt: Doubt) -> None:
        """Take back what was not sent, so that nothing else can send it; it is tried once, and may fail in silence."""
