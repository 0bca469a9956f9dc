"""Several messages are in hand together: each goes once, and what could not go is looked at again."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from channels.mail.render import MailSettings
from schedules.outcomes import TickSettings
from schedules.tick import tick
from storage.ledger import LEASE
from storage.letter_facts import attempts_of
from surveys.delivery import LineState
from tests.fakes.channels import Crash, ManyAtOnceChannel, Trouble
from tests.schedules.town import OPENS, SECRET, SITE, Town

TWIN = """
  - id: twin
    survey: autumn.yaml
    kind: mid_cycle
    opens: 2024-11-25 09:00
    closes: {closes}
    mode: {mode}
"""
PEOPLE = tuple(f"p{number:02d}" for number in range(20))


@pytest.fixture
def channel() -> ManyAtOnceChannel:
    return ManyAtOnceChannel(MailSettings(from_address="bot@example.org", public_url=SITE, secret=SECRET))


@pytest.fixture
def crowd(town: Town) -> Town:
    town.people = PEOPLE
    town.load()
    return town


def run(town: Town, channel: ManyAtOnceChannel, now: datetime) -> None:
    with suppress(Crash):
        tick(town.store, {"mail": channel}, TickSettings(public_url=SITE, secret=SECRET, holder=f"at {now}"), now)
    channel.crashed, channel.trouble = False, Trouble.NONE


def open_attempts(town: Town) -> int:
    with town.store.reading() as tx:
        return int(tx.exec_driver_sql("select count(*) from attempts where ended_at is null").scalar_one())


def test_attempts_are_open_together_but_no_more_than_the_channel_takes(crowd: Town, channel: ManyAtOnceChannel) -> None:
    seen: list[int] = []
    channel.while_sending = lambda: seen.append(open_attempts(crowd))
    run(crowd, channel, OPENS)
    assert len(channel.said) == len(PEOPLE)
    # How long one takes is not known before the first.
    assert seen[0] == 1
    assert max(seen) == channel.max_open
    assert open_attempts(crowd) == 0


@pytest.mark.parametrize("first", [1, 4, 9])
def test_what_comes_after_trouble_is_not_tried_and_goes_later(
    crowd: Town, channel: ManyAtOnceChannel, first: int
) -> None:
    channel.trouble, channel.trouble_after = Trouble.DOWN, first
    run(crowd, channel, OPENS)
    assert len(channel.said) == first
    assert open_attempts(crowd) == 0
    lines = [line for person in PEOPLE if (line := crowd.line(person, "invitation")) is not None]
    waiting = [line for line in lines if line.state is LineState.QUEUED]
    assert len(waiting) == len(PEOPLE) - first
    # Only the one that was sent in vain counts as a try.
    assert sum(line.attempts for line in waiting) == 1
    run(crowd, channel, OPENS + timedelta(hours=2))
    assert sorted(each.address for each in channel.said) == sorted(f"{person}@example.test" for person in PEOPLE)


@pytest.mark.parametrize("trouble", [Trouble.CRASH_BEFORE, Trouble.CRASH_AFTER, Trouble.IN_DOUBT])
def test_a_crash_with_several_in_hand(crowd: Town, channel: ManyAtOnceChannel, trouble: Trouble) -> None:
    channel.trouble, channel.trouble_after = trouble, 4
    run(crowd, channel, OPENS)
    assert 0 < len(channel.said) < len(PEOPLE)
    run(crowd, channel, OPENS + LEASE)
    run(crowd, channel, OPENS + timedelta(hours=1))
    assert sorted(each.address for each in channel.said) == sorted(f"{person}@example.test" for person in PEOPLE)
    assert open_attempts(crowd) == 0
    with crowd.store.reading() as tx:
        for person in PEOPLE:
            line = crowd.line(person, "invitation")
            assert line is not None
            assert line.state is LineState.SENT
            assert attempts_of(tx, line.id)[-1][0] == "sent"


def test_two_messages_to_one_person_are_never_in_hand_together(town: Town, channel: ManyAtOnceChannel) -> None:
    """What the first of them does decides about the second."""
    town.people = PEOPLE[:3]
    town.reword(("    hold: {hold}\n", "    hold: {hold}\n    " + TWIN))
    town.load()
    seen: list[tuple[int, int]] = []

    def look() -> None:
        with town.store.reading() as tx:
            query = (
                "select count(*), count(distinct i.participant_id) from attempts a join deliveries d"
                " on d.id = a.delivery_id join invitations i on i.id = d.invitation_id where a.ended_at is null"
            )
            seen.append(tuple(tx.exec_driver_sql(query).one()))

    channel.while_sending = look
    run(town, channel, OPENS)
    assert len(channel.said) == 6
    assert max(many for many, _ in seen) > 1
    assert all(many == people for many, people in seen)
