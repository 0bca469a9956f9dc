"""Which of a person's addresses a message goes to first, and which after that."""

from __future__ import annotations

from collections.abc import Sequence

from surveys.panel import Address, Participant
from surveys.programme import Programme

# The channels that there is code for; which of them are on is the programme's `spoken`.
KNOWN = frozenset({"mail", "slack", "teams"})


def after_silence(ordered: Sequence[Address], reminders_before: int) -> Address | None:
    """Where the next reminder goes to someone who has not said a word: one channel further each time, then round again.

    `ordered` is from `addresses_in_order`. Never an extra message: only the way changes (design: When things go).
    """
    first: dict[str, Address] = {}
    for each in ordered:
        first.setdefault(each.channel, each)
    ways = tuple(first.values())
    return ways[(reminders_before + 1) % len(ways)] if ways else None


def addresses_in_order(programme: Programme, participant: Participant) -> tuple[Address, ...]:
    """The person's usable addresses in the order they are to be tried; only of channels the programme has and are on.

    A line for any other channel would wait for a sender that never comes.

    The channel the person prefers comes first, then the programme's order; within a channel the person's own order.
    """
    rank = {channel: place for place, channel in enumerate(programme.channels)}
    usable = [
        address
        for address in participant.usable_addresses
        if address.channel in rank and address.channel in programme.spoken
    ]
    return tuple(sorted(usable, key=lambda each: (each.channel != participant.preferred, rank[each.channel])))
