"""People who are asked in a chat, but whose id there the panel does not know, are looked up by their mail address.

Platforms let few be looked up in a minute, so each tick asks about some, and what was said is kept. It begins as soon
as a programme is loaded: by the opening of its rounds most are known, and the others get their message by mail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from channels.base import Channel, Finding
from storage.chat_lookups import note_lookup, owners_to_tell, to_look_up
from storage.engine import Store
from storage.people import learn_address
from storage.programmes import all_programmes
from storage.rounds import look_again_everywhere
from surveys.delivery import FoundAddress, NobodyThere

# At one tick in five seconds this stays just under fifty a minute.
_AT_ONCE = 4
# Somebody who was not there may have joined the workspace since.
_ASK_AGAIN = timedelta(days=3)


def find_people(
    store: Store, channels: Mapping[str, Channel], now: datetime, *, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Look some people up; how many were found. A platform that can't be asked now is asked at a later tick.

    Raises:
        DatabaseBusyError: what was found could not be stored; it is asked again.
    """
    found = 0
    for channel in channels.values():
        if isinstance(channel, Finding):
            found += _find_in(store, channel.name, channel, now, stopping)
    return found


def _find_in(store: Store, name: str, finding: Finding, now: datetime, stopping: Callable[[], bool]) -> int:
    with store.reading() as tx:
        programmes = [each.id for each in all_programmes(tx) if name in each.programme.channels]
        asked_before = now - _ASK_AGAIN
        wanted = to_look_up(tx, name, programmes, asked_before=asked_before, limit=_AT_ONCE) if programmes else ()
    found = 0
    for each in wanted:
        if stopping():
            break
        answer = finding.find(each.value)
        if answer is None:
            break
        with store.writing() as tx:
            note_lookup(tx, each.address_id, name, found=isinstance(answer, FoundAddress), now=now)
            if isinstance(answer, NobodyThere):
                continue
            for owner in owners_to_tell(tx, each.address_id, programmes):
                learn_address(tx, owner, name, answer.value)
            for programme in programmes:
                look_again_everywhere(tx, programme)
        found += 1
    return found
