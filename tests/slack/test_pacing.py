"""No more messages in any minute than a workspace takes, whenever they come; and those that wait go as soon as it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from channels.base import Envelope
from channels.slack.channel import MOST_A_MINUTE, SlackChannel
from channels.slack.settings import SlackSettings
from surveys.delivery import LineKind

START = datetime(2025, 3, 24, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ENVELOPE = Envelope(
    ref="r",
    kind=LineKind.REMINDER,
    address="U1",
    recipients=("U1",),
    return_path="",
    subject="",
    body="",
    content=b"{}",
)


class Unheard(SlackChannel):
    """Counts, and calls nobody."""

    def __init__(self) -> None:
        self.passed, self.slept = 0.0, list[float]()
        told = SlackSettings(token="xoxb-1", secret="s", base_url="http://127.0.0.1:1/")
        super().__init__(told, passing=lambda: self.passed, sleep=self._wait)

    def _wait(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds


@given(some.lists(some.integers(0, 40), min_size=1, max_size=60))
def test_no_minute_has_more_and_no_wait_is_longer_than_it_need_be(gaps: list[int]) -> None:
    channel, now = Unheard(), START
    went: list[datetime] = []
    # Ten at a time stand for one, so that the limit is met.
    for gap in gaps:
        now += timedelta(seconds=gap)
        for _ in range(25):
            free = channel.free_at(now)
            if free is not None:
                assert now < free <= now + MINUTE
                assert len([at for at in went if now - MINUTE < at <= now]) == MOST_A_MINUTE, "it waits only if it must"
                now = free
            channel.send(ENVELOPE, now)
            went.append(now)
    for at in went:
        assert len([each for each in went if at - MINUTE < each <= at]) <= MOST_A_MINUTE


def test_a_clock_that_was_put_back_holds_nothing_up() -> None:
    channel = Unheard()
    for _ in range(MOST_A_MINUTE):
        channel.send(ENVELOPE, START)
    assert channel.free_at(START) == START + MINUTE
    assert channel.free_at(START - timedelta(hours=1)) is None


def test_a_conversation_gets_one_message_a_second_and_holds_up_no_other() -> None:
    channel = Unheard()
    other = replace(ENVELOPE, address="U2")
    channel.send(ENVELOPE, START)
    channel.send(other, START)
    assert channel.slept == []
    channel.passed += 0.25
    channel.send(ENVELOPE, START)
    assert channel.slept == [0.75]
    channel.passed += 1
    channel.send(ENVELOPE, START)
    assert channel.slept == [0.75]
