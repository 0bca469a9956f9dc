"""What is in doubt is looked up where the channel can tell: then nobody gets anything twice, and nobody misses it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from channels.mail.render import MailSettings
from schedules.outcomes import TickReport, TickSettings
from schedules.tick import tick
from storage.ledger import LEASE
from storage.letter_facts import attempts_of
from storage.mail_threads import sent_texts
from surveys.delivery import Line, LineState
from tests.fakes.channels import Crash, DraftingChannel, RecordingChannel, Trouble
from tests.schedules.town import FIRST, OPENS, SECRET, SITE, Town

SECOND = timedelta(seconds=1)
MAIL = MailSettings(from_address="bot@example.org", public_url=SITE, secret=SECRET)


@pytest.fixture
def channel() -> DraftingChannel:
    return DraftingChannel(MAIL)


@pytest.fixture
def ana(town: Town) -> Town:
    town.people = ("ana",)
    town.load()
    return town


def play(town: Town, channel: RecordingChannel, now: datetime) -> TickReport | None:
    """One tick by a process of its own; None if it ended in the middle."""
    settings = TickSettings(public_url=SITE, secret=SECRET, holder=f"process at {now}")
    with suppress(Crash):
        return tick(town.store, {"mail": channel}, settings, now)
    channel.crashed = False
    channel.trouble = Trouble.NONE
    return None


def line_of(town: Town, suffix: str) -> Line:
    line = town.line("ana", suffix)
    assert line is not None
    return line


def in_doubt_at(town: Town, channel: DraftingChannel, suffix: str, trouble: Trouble) -> datetime:
    """A tick that ends in doubt on the invitation or on the first reminder; when that was."""
    now = OPENS
    if suffix != "invitation":
        assert play(town, channel, OPENS) is not None
        now = FIRST
    channel.trouble = trouble
    assert play(town, channel, now) is None
    assert line_of(town, suffix).state is LineState.CLAIMED
    return now


@pytest.mark.sqlite
@pytest.mark.parametrize("suffix", ["invitation", "reminder/1"])
def test_what_had_gone_is_not_sent_again_and_counts_from_when_it_went(
    ana: Town, channel: DraftingChannel, suffix: str
) -> None:
    began = in_doubt_at(ana, channel, suffix, Trouble.CRASH_AFTER)
    said = len(channel.said)
    report = play(ana, channel, began + LEASE)
    assert report is not None
    assert report.in_doubt == 1
    assert len(channel.said) == said
    assert line_of(ana, suffix).state is LineState.SENT
    with ana.store.reading() as tx:
        kept = sent_texts(tx, ana.invitation("ana").id)
        contact = tx.exec_driver_sql("select last_contact_at from invitations").scalar_one()
    # Replies are read by what was sent.
    assert any("[END] Reference" in text for text in kept)
    assert len(kept) == said
    assert datetime.fromisoformat(str(contact)) == began.replace(tzinfo=None)


@pytest.mark.parametrize("suffix", ["invitation", "reminder/1"])
def test_what_had_not_gone_is_looked_at_again_and_sent_once(ana: Town, channel: DraftingChannel, suffix: str) -> None:
    began = in_doubt_at(ana, channel, suffix, Trouble.CRASH_BEFORE)
    said = len(channel.said)
    play(ana, channel, began + LEASE)
    assert len(channel.said) == said + 1
    assert line_of(ana, suffix).state is LineState.SENT
    assert channel.drafts == {}
    with ana.store.reading() as tx:
        assert attempts_of(tx, line_of(ana, suffix).id) == (("not_sent", "looked up"), ("sent", ""))


def test_a_draft_that_did_not_go_is_taken_back_once_that_is_stored(ana: Town, channel: DraftingChannel) -> None:
    channel.trouble = Trouble.GREYLISTED
    play(ana, channel, OPENS)
    assert channel.drafts == {}
    assert line_of(ana, "invitation").state is LineState.QUEUED
    # Where the process ends before that, the draft shows that it did not go.
    channel.trouble = Trouble.GREYLISTED
    channel.crash_when_sent = True
    assert play(ana, channel, OPENS + timedelta(hours=1)) is None
    channel.crash_when_sent = False
    assert len(channel.drafts) == 1
    play(ana, channel, OPENS + timedelta(hours=1) + LEASE)
    assert len(channel.said) == 1


def test_what_is_no_longer_wanted_is_not_sent_after_the_look(ana: Town, channel: DraftingChannel) -> None:
    began = in_doubt_at(ana, channel, "reminder/1", Trouble.CRASH_BEFORE)
    with ana.store.writing() as tx:
        tx.exec_driver_sql("update participants set opted_out_at = created_at")
    said = len(channel.said)
    play(ana, channel, began + LEASE)
    assert len(channel.said) == said
    assert line_of(ana, "reminder/1").state is LineState.CANCELLED
    assert channel.drafts == {}


def test_an_attempt_without_a_draft_has_not_been_sent(ana: Town, channel: DraftingChannel) -> None:
    channel.crash_when_drafted = True
    assert play(ana, channel, OPENS) is None
    channel.crash_when_drafted = False
    assert play(ana, channel, OPENS + LEASE) is not None
    assert [doubt.draft for doubt in channel.asked] == [""]
    assert len(channel.said) == 1


def test_a_lost_line_stays_in_doubt_and_is_looked_up(ana: Town, channel: DraftingChannel) -> None:
    channel.trouble = Trouble.IN_DOUBT
    report = play(ana, channel, OPENS)
    assert report is not None
    assert report.troubles == {"mail:drafting": "the line went dead"}
    channel.trouble = Trouble.NONE
    play(ana, channel, OPENS + LEASE)
    assert len(channel.said) == 1
    assert line_of(ana, "invitation").state is LineState.SENT


def test_a_platform_is_given_time_to_do_what_it_was_told(ana: Town, channel: DraftingChannel) -> None:
    began = in_doubt_at(ana, channel, "invitation", Trouble.CRASH_AFTER)
    for later in (timedelta(0), SECOND, LEASE - SECOND):
        play(ana, channel, began + later)
        assert channel.asked == []
    play(ana, channel, began + LEASE)
    assert [doubt.key for doubt in channel.asked] == ["town/autumn/ana/invitation"]
    assert channel.asked[0].address == "ana@example.test"


@pytest.mark.parametrize(("suffix", "again"), [("invitation", 1), ("reminder/1", 0)])
def test_a_platform_that_never_answers_leaves_it_to_the_kind(
    ana: Town, channel: DraftingChannel, suffix: str, again: int
) -> None:
    began = in_doubt_at(ana, channel, suffix, Trouble.CRASH_AFTER)
    said = len(channel.said)
    channel.answers = False
    for hours in (1, 5, 23):
        play(ana, channel, began + timedelta(hours=hours))
        assert line_of(ana, suffix).state is LineState.CLAIMED
    play(ana, channel, began + timedelta(days=1, seconds=1))
    assert line_of(ana, suffix).state is LineState.SENT
    assert len(channel.said) == said + again


@pytest.mark.sqlite
def test_what_had_gone_counts_even_if_it_can_not_be_written_again(ana: Town, channel: DraftingChannel) -> None:
    began = in_doubt_at(ana, channel, "reminder/1", Trouble.CRASH_AFTER)
    with ana.store.writing() as tx:
        tx.exec_driver_sql("update attempts set address_id = null")
    play(ana, channel, began + LEASE)
    assert line_of(ana, "reminder/1").state is LineState.SENT
    with ana.store.reading() as tx:
        contact = tx.exec_driver_sql("select last_contact_at from invitations").scalar_one()
    assert datetime.fromisoformat(str(contact)) == began.replace(tzinfo=None)


def test_an_attempt_of_another_account_is_not_asked_about(ana: Town, channel: DraftingChannel) -> None:
    other = RecordingChannel(MAIL)
    other.trouble = Trouble.CRASH_AFTER
    assert play(ana, other, OPENS) is None
    play(ana, channel, OPENS + SECOND)
    assert channel.asked == []
    # An invitation in doubt that nobody can look up goes once more.
    assert len(channel.said) == 1


def test_two_that_look_at_once_settle_it_once(ana: Town, channel: DraftingChannel) -> None:
    began = in_doubt_at(ana, channel, "invitation", Trouble.CRASH_BEFORE)

    def another_process() -> None:
        channel.while_asked = lambda: None
        play(ana, channel, began + LEASE)

    channel.while_asked = another_process
    play(ana, channel, began + LEASE)
    assert len(channel.asked) == 2
    assert len(channel.said) == 1
    assert line_of(ana, "invitation").state is LineState.SENT
