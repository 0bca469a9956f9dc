"""People who are asked in a chat, but whose id there the panel does not know, are looked up by their mail address.

Platforms let few be looked up in a minute, so each tick asks about some, and what was said is kept. It begins as soon
as a programme is loaded: by the opening of its rounds most are known, and the others get their message by mail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from channels.base import Channel, Finding, FindingMany
from storage.chat_lookups import Wanted, note_lookup, owners_to_tell, to_look_up
from storage.engine import Store
from storage.looks import look_again_at
from storage.people import learn_address
from storage.programmes import all_programmes
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
        if isinstance(channel, FindingMany):
            programmes, wanted = _wanted(store, channel.name, now, channel.most_at_once)
            answers = channel.find_many([each.value for each in wanted], now) if wanted else {}
            for each in wanted:
                found += _learn(store, channel.name, each, answers.get(each.value), programmes, now)
        elif isinstance(channel, Finding):
            programmes, wanted = _wanted(store, channel.name, now, _AT_ONCE)
            for each in wanted:
                answer = None if stopping() else channel.find(each.value)
                if answer is None:
                    break
                found += _learn(store, channel.name, each, answer, programmes, now)
    return found


def _wanted(store: Store, name: str, now: datetime, most: int) -> tuple[list[int], tuple[Wanted, ...]]:
    """The programmes that ask by that channel, and mail addresses of theirs to ask about."""
    with store.reading() as tx:
        programmes = [each.id for each in all_programmes(tx) if name in each.programme.channels]
        if not programmes:
            return programmes, ()
        return programmes, to_look_up(tx, name, programmes, asked_before=now - _ASK_AGAIN, limit=most)


def _learn(
    store: Store,
    name: str,
    wanted: Wanted,
    answer: FoundAddress | NobodyThere | None,
    programmes: Sequence[int],
    now: datetime,
) -> int:
    """Keep what was said of one address; 1 if somebody was found."""
    if answer is None:
        return 0
    with store.writing() as tx:
        note_lookup(tx, wanted.address_id, name, found=isinstance(answer, FoundAddress), now=now)
        if isinstance(answer, NobodyThere):
            return 0
        owners = owners_to_tell(tx, wanted.address_id, programmes)
        for owner in owners:
            learn_address(tx, owner, name, answer.value)
        look_again_at(tx, *owners)
    return 1
