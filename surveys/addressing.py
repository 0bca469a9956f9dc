"""Which of a person's addresses a message goes to first, and which after that."""

from __future__ import annotations

from surveys.panel import Address, Participant
from surveys.programme import Programme

# The channels this version sends by. A line for any other would wait for a sender that never comes.
SPOKEN = frozenset({"mail"})


def addresses_in_order(programme: Programme, participant: Participant) -> tuple[Address, ...]:
    """The person's usable addresses in the order they are to be tried; only of channels the programme has and we speak.

    The channel the person prefers comes first, then the programme's order; within a channel the person's own order.
    """
    rank = {channel: place for place, channel in enumerate(programme.channels)}
    usable = [
        address for address in participant.usable_addresses if address.channel in rank and address.channel in SPOKEN
    ]
    return tuple(sorted(usable, key=lambda each: (each.channel != participant.preferred, rank[each.channel])))
