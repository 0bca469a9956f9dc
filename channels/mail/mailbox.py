"""What every mailbox that is read gives: IMAP, Microsoft Graph. One loop in `bot` reads them all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


class MailboxTrouble(Exception):
    """The mailbox can't be read now; its words say why and what to do, without secrets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """One message as it lies in the mailbox. `mark` is the mailbox's own name for it.

    `content` is the raw message, or its head where it is larger than is kept; `size` is the whole's, in bytes.
    """

    mark: str
    content: bytes
    size: int

    @property
    def left_out(self) -> int:
        """How many bytes of it were not fetched."""
        return max(0, self.size - len(self.content))


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfetchable:
    """A message that the mailbox does not hand out, however often it is asked."""

    mark: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bookmark:
    """All that came before is dealt with once this is reached: reading goes on from `place`, whatever happens."""

    place: str


# What the accounts of mailboxes begin with; those of channels that send begin with the channel's name.
_READ = ("imap:", "graph:")


def is_mailbox(account: str) -> bool:
    """Whether an account's name is that of a mailbox that is read."""
    return account.startswith(_READ)


Arrival = Fetched | Unfetchable | Bookmark


class Mailbox(Protocol):
    """One folder of one mailbox. Used by one thread at a time, except `hang_up`."""

    @property
    def account(self) -> str:
        """The mailbox's name, without secrets: its bookmark is stored under it."""

    def arrivals(self, place: str) -> Iterator[Arrival]:
        """What came since that bookmark ("": everything), oldest first, read or unread; ends when there is no more.

        A message is fetched when it is asked for, one after the other, and is left unread. The bookmarks between are
        the mailbox's own words; one that it no longer knows makes it begin anew.

        Raises:
            MailboxTrouble: the mailbox can't be read.
        """

    def mark_read(self, fetched: Fetched) -> None:
        """Show people that it was dealt with. A mailbox that refuses is left as it is: our own bookmark counts.

        Raises:
            MailboxTrouble: the connection was lost.
        """

    def wait(self, seconds: float, stopping: threading.Event) -> None:
        """Until something may have come, or for so long at most, or until the event is set."""

    def check(self) -> str:
        """Sign in and open the folder; "" if that works, else what is wrong."""

    def rest(self) -> None:
        """Nothing more to read for now: give the connection back."""

    def hang_up(self) -> None:
        """The process is to end: give up the connection whatever is in hand, and make no other. From any thread."""
