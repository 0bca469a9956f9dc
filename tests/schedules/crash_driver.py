"""Plays a season in a process of its own, so that a test can end it at any point and start it again.

    python -m tests.schedules.crash_driver FOLDER SMTP_URL FIRST_EVENT

`graph://HOST:PORT` in place of an SMTP address sends through a fake of Microsoft Graph that is there.

Prints `done N` when event N is done; a process that was ended is started again with the event it was at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from handlers.replies import record_reply
from handlers.submitting import submit
from storage.engine import Store
from storage.run_lock import RunLock
from surveys.replies import IncomingReply
from tests.graph.graph_town import GraphTown
from tests.schedules.town import CLOSES, FIRST, LAST, OPENS, SECOND, Town

PEOPLE = ("ana", "bo", "cy", "di", "ed")
ANSWERS = ("bo",)
ANSWERED_AT = OPENS + timedelta(days=1)


def events(town: Town) -> Sequence[Callable[[], object]]:
    """The season, in order; each may be begun again after it was cut off."""

    def answer() -> None:
        for person in ANSWERS:
            invitation = town.invitation(person)
            reply = IncomingReply(
                channel="web",
                invitation_id=invitation.id,
                given={("rating", ""): "5", ("more", ""): "Plenty", ("again", ""): "yes"},
                event_id=f"reply-of-{person}",
            )
            record_reply(reply, town.store, ANSWERED_AT)
            submit(invitation.id, town.store, ANSWERED_AT, channel="web")

    return (
        town.load,
        lambda: town.tick(OPENS),
        # Put off once, and given out anew after a crash: by then everyone has been reached who can be.
        lambda: town.tick(OPENS + timedelta(minutes=10)),
        lambda: town.tick(OPENS + timedelta(hours=3)),
        answer,
        lambda: town.tick(ANSWERED_AT),
        lambda: town.tick(FIRST),
        lambda: town.tick(SECOND),
        lambda: town.tick(LAST),
        lambda: town.tick(CLOSES),
        # What was in doubt at the very end can be looked up by then.
        lambda: town.tick(CLOSES + timedelta(minutes=10)),
    )


def main(folder: str, smtp_url: str, first: str) -> None:
    """Play from event `first` on."""
    store = Store(f"sqlite:///{folder}/season.db")
    made = GraphTown if smtp_url.startswith("graph:") else Town
    town = made(store=store, folder=Path(folder), smtp_url=smtp_url, people=PEOPLE)
    with RunLock(store):
        for number, event in enumerate(events(town)):
            if number >= int(first):
                event()
                print(f"done {number}", flush=True)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
