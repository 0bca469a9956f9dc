"""Ledger lines: what is to be said to whom, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LineKind(StrEnum):
    """What a ledger line is for.

    `post` stands in a channel of a chat, where an open round is announced.
    `news` tells an organiser in a chat of something that has just happened, once.
    `delegate` is a delegate's invitation, `copy` what is stored of a person's answers, `erasure` the question whether
    it was they who asked to be erased.
    """

    INVITATION = "invitation"
    DELEGATE = "delegate"
    REMINDER = "reminder"
    RECEIPT = "receipt"
    THANKS = "thanks"
    NOTICE = "notice"
    CANCELLATION = "cancellation"
    DIGEST = "digest"
    NEWS = "news"
    POST = "post"
    COPY = "copy"
    ERASURE = "erasure"


# What a person has asked for themselves: it goes whatever they have silenced, and counts as no contact of ours.
ASKED_FOR = frozenset({LineKind.COPY, LineKind.ERASURE})
# These go to organisers or to a channel, and belong to no invitation.
APART = frozenset({LineKind.DIGEST, LineKind.NEWS, LineKind.POST})
# In doubt, these are sent once more; everything else counts as sent (design: The life of one reminder, 4).
SENT_AGAIN_IN_DOUBT = frozenset({LineKind.INVITATION, LineKind.DELEGATE, LineKind.CANCELLATION})


class LineState(StrEnum):
    """`queued` waits for its time; `claimed` is under a lease; the others are settled."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One ledger line. `key` is unique and has a meaning, like `programme/round/participant/reminder/2`."""

    id: int
    key: str
    kind: LineKind
    number: int
    programme_id: int
    round_id: int | None
    invitation_id: int | None
    participant_id: int | None
    due_at: datetime
    state: LineState
    attempts: int = 0
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """The platform took it; `ref` is its name for it (a Message-ID, a Slack ts)."""

    ref: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Deferred:
    """Not now: try again at `until`. `whole_channel`: nothing else would get through either.

    `lasting`: nothing gets through until somebody puts it right, so whoever can be reached otherwise is. `asked`: the
    platform has said when to come back, and is taken at its word.
    """

    until: datetime
    reason: str
    whole_channel: bool = False
    lasting: bool = False
    asked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Never: `address_is_bad` says that this address can't be used again."""

    reason: str
    address_is_bad: bool


Outcome = Sent | Deferred | Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundAddress:
    """Whoever has that mail address has this one in the chat."""

    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NobodyThere:
    """Nobody of the chat has that mail address."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WentOut:
    """A message that was in doubt has left; `ref` is the platform's name for it, "" where that is not known."""

    ref: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotSent:
    """A message that was in doubt has not left, and nothing under way can make it leave."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """Nobody knows whether it left, for that reason."""

    reason: str


LookedUp = WentOut | NotSent | Unknown
