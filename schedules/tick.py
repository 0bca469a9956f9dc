"""Everything that is due at one moment, done once: by the clock of `serve`, or by `soundings tick`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from channels.base import Channel
from schedules.digesting import queue_digests
from schedules.doubts import settle_doubts
from schedules.finding import find_people
from schedules.moving import move_rounds
from schedules.news import queue_news
from schedules.outcomes import Tally, TickReport, TickSettings
from schedules.posting import queue_posts
from schedules.queueing import queue_due
from schedules.retention import keep_to_retention
from schedules.sending import Delivery
from schedules.together import settle_riders
from storage import ledger, rounds, senders, unlinked
from storage.engine import Store


def tick(
    store: Store,
    channels: Mapping[str, Channel],
    settings: TickSettings,
    now: datetime,
    clock: Callable[[], datetime] | None = None,
) -> TickReport:
    """Do what is due at `now` (aware).

    1. Look up some of those whose ids in a chat are not known yet.
    2. Open and close rounds whose time has come.
    3. Queue what is due of the plans of rounds that may have something to say, the organisers' digests and their news.
    4. Settle what a sender that is gone left behind.
    5. Deliver, channel by channel; one that takes nothing doesn't stop the others.
    6. Delete or anonymise what has been kept for long enough.
    7. Empty the write-ahead log where a round is unlinked: what a crash or a reader left there says what came together.

    Nothing due costs a few indexed queries, however many people there are. Under `serve` a long delivery renews its
    leases by `clock`; without one, time stands still at `now`.

    Raises:
        DatabaseBusyError: another writer held the database for too long; the next tick goes on from here.
    """
    tally = Tally()
    find_people(store, channels, now, stopping=settings.stopping)
    move_rounds(store, tally, now)
    queue_due(store, tally, now, stopping=settings.stopping)
    # A digest is a mail: where none can go, none waits.
    digest_at = queue_digests(store, now) if ledger.DEFAULT_CHANNEL in channels else None
    for name in channels:
        queue_posts(store, name, now)
    news_at = [queue_news(store, name, now) for name in channels if name != ledger.DEFAULT_CHANNEL]
    settle_doubts(store, channels, settings, tally, now)
    settle_riders(store, now)
    for channel in channels.values():
        if settings.stopping():
            break
        Delivery(store, channel, settings, tally, clock or (lambda: now), reach=frozenset(channels)).run()
    settle_riders(store, now)
    if not settings.stopping():
        keep_to_retention(store, tally, now, stopping=settings.stopping)
    with store.reading() as tx:
        tells = unlinked.has_unlinked(tx)
    if tells:
        # Once a round is over the file can be written anew, however large it is.
        unlinked.forget_order(store, whole=bool(tally.closed))
    accounts = {channel.account for channel in channels.values()}
    with store.reading() as tx:
        troubled = [state for state in senders.account_states(tx) if state.trouble and state.account in accounts]
        times = [rounds.next_known_time(tx, now), ledger.next_due_at(tx, now), *(each.resume_at for each in troubled)]
    times += [digest_at, *news_at, *tally.resumes]
    # A channel stays in trouble until a message has gone through it, also while nothing is due.
    tally.troubles = {each.account: each.trouble for each in troubled}
    return tally.report(min((time for time in times if time is not None and time > now), default=None))
