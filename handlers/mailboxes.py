"""What lies in a mailbox is taken in, message by message, by one reader at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.mail.mailbox import Arrival, Bookmark, Fetched, Mailbox, MailboxTrouble, Unfetchable
from handlers.mail_in import Received, receive
from storage import mailboxes, senders, triage
from storage.engine import Store
from storage.senders import Sender
from storage.steps import Step, reached

# A mailbox in trouble is tried again after so long, twice as long each time, and at least every five minutes.
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)


@dataclass(kw_only=True, slots=True)
class Taken:
    """What one look into a mailbox brought: `mails` by what became of each; `elsewhere`: another reads it just now."""

    mails: list[Received] = field(default_factory=list)
    elsewhere: bool = False


def take_new(
    mailbox: Mailbox,
    store: Store,
    clock: Callable[[], datetime],
    *,
    holder: str,
    alone: bool,
    stopping: Callable[[], bool] = lambda: False,
) -> Taken:
    """Take in what came since the bookmark; `clock` says when each arrived, in UTC.

    1. Be the one who reads it. 2. For each message: store it whole and handle it, only then mark it read, only then
    move the bookmark. Whatever is cut off is seen again, and known. `alone`: no other reader can be alive.

    Raises:
        MailboxTrouble: the mailbox can't be read; that is noted for `doctor`, with when it is tried again.
        DatabaseBusyError: a message could not be stored in time; it is unread, and comes again.
    """
    now = clock()
    with store.writing() as tx:
        reader = senders.take(tx, mailbox.account, holder=holder, now=now, alone=alone)
        place = mailboxes.place_in(tx, mailbox.account)
    taken = Taken(elsewhere=reader is None)
    if reader is None:
        return taken
    try:
        for arrival in mailbox.arrivals(place):
            _take(arrival, mailbox, reader, store, clock, taken)
            if stopping() or taken.elsewhere:
                break
    except MailboxTrouble as trouble:
        # A line that was cut because the process ends says nothing against the mailbox.
        ending = stopping()
        with store.writing() as tx:
            if not ending:
                senders.pause(tx, reader, until=clock() + pause_after(reader.failures), trouble=str(trouble))
            senders.give_back(tx, reader, now=clock())
        if ending:
            return taken
        raise
    with store.writing() as tx:
        senders.clear_trouble(tx, reader)
        senders.give_back(tx, reader, now=clock())
    return taken


def pause_after(failures: int) -> timedelta:
    """How long a mailbox is left alone that could not be read for so many times before."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * int(2 ** min(failures, 10)))


def _take(
    arrival: Arrival, mailbox: Mailbox, reader: Sender, store: Store, clock: Callable[[], datetime], taken: Taken
) -> None:
    if isinstance(arrival, Fetched):
        taken.mails.append(receive(arrival.content, store, clock(), left_out=arrival.left_out))
        mailbox.mark_read(arrival)
        reached(Step.MAIL_MARKED)
        return
    now = clock()
    with store.writing() as tx:
        if isinstance(arrival, Unfetchable):
            triage.keep(
                tx,
                channel="mail",
                sender="",
                reason="the mailbox does not hand this message out; please look at it there",
                text=f"{mailbox.account}, message {arrival.mark}: {arrival.reason}",
                fields={},
                now=now,
                kind="other",
            )
        elif isinstance(arrival, Bookmark):
            # Another reader may have passed us while we were frozen; the bookmark is theirs then.
            taken.elsewhere = not senders.renew(tx, reader, now=now)
            if not taken.elsewhere:
                mailboxes.go_on_from(tx, mailbox.account, arrival.place, now)
