"""Which of a person's addresses a message goes to first, and which after that."""

from __future__ import annotations

from surveys.panel import Address, Participant
from surveys.programme import Programme


def addresses_in_order(programme: Programme, participant: Participant) -> tuple[Address, ...]:
    """The person's usable addresses in the programme's channels, in the order they are to be tried.

    The channel the person prefers comes first, then the programme's order; within a channel the person's own order.
    """
    rank = {channel: place for place, channel in enumerate(programme.channels)}
    usable = [address for address in participant.usable_addresses if address.channel in rank]
    return tuple(sorted(usable, key=lambda each: (each.channel != participant.preferred, rank[each.channel])))
