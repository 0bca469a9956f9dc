"""Replies, duplicates, time, crashes, restarts, opt-outs and moved deadlines, in any order; what must hold always."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from channels.mail.render import MailSettings
from handlers import acts
from handlers.deadline import DeadlineMoved, move_deadline
from handlers.replies import Duplicate, Saved, record_reply
from handlers.submitting import submit
from schedules import looking
from schedules.outcomes import TickSettings
from schedules.tick import tick
from storage.engine import Store
from surveys.authority import CONSOLE
from surveys.clock_times import say_moment, zone_named
from surveys.delivery import LineKind
from surveys.replies import IncomingReply
from surveys.rounds import RoundState
from tests.fakes.channels import Crash, DraftingChannel, ManyAtOnceChannel, RecordingChannel, Said, Trouble
from tests.schedules.town import CLOSES, OPENS, SECRET, SITE, Town
from tests.schedules.whole_look import nothing_is_overlooked

PEOPLE = ("ana", "bo", "cy")
CAP = 2
GAP = timedelta(hours=24)
QUIET_NOW = (LineKind.INVITATION, LineKind.REMINDER, LineKind.NOTICE)
MAIL = MailSettings(from_address="bot@example.org", public_url=SITE, secret=SECRET)
people = st.sampled_from(PEOPLE)


class Season(RuleBasedStateMachine):
    """One round of three people; the model remembers what each has done and when."""

    # A folder with the programme loaded, copied for each season.
    loaded: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(self.loaded / "season.db", self.folder / "season.db")
        self.store = Store(f"sqlite:///{self.folder}/season.db")
        self.town = Town(store=self.store, folder=self.folder, smtp_url="smtp://127.0.0.1:9", people=PEOPLE)
        self.channel = RecordingChannel(MAIL)
        self.now = OPENS - timedelta(hours=1)
        self.closes = CLOSES
        self.runs = 0
        self.extensions = 0
        self.invited_ids: dict[str, int] = {}
        # From when nothing towards the close may reach this person; and from when it may again.
        self.silent: dict[str, datetime] = {}
        self.out: set[str] = set()
        self.asked_for: dict[str, int] = dict.fromkeys(PEOPLE, 0)
        self.events = 0

    def teardown(self) -> None:
        try:
            self.nobody_misses_an_invitation()
        finally:
            self.store.close()
            shutil.rmtree(self.folder)

    @rule(minutes=st.sampled_from([1, 7, 61, 600, 1441, 4000]), trouble=st.sampled_from(Trouble))
    def time_passes(self, minutes: int, trouble: Trouble) -> None:
        self.now += timedelta(minutes=minutes)
        self.channel.trouble = trouble
        self.run_once()

    @rule()
    def the_clock_comes_by_twice(self) -> None:
        self.channel.trouble = Trouble.NONE
        self.run_once()
        before = len(self.channel.said)
        self.run_once()
        assert len(self.channel.said) == before

    def run_once(self) -> None:
        self.runs += 1
        before = len(self.channel.said)
        told = TickSettings(public_url=SITE, secret=SECRET, holder=f"run-{self.runs}")
        try:
            tick(self.store, {"mail": self.channel}, told, self.now)
        except Crash:
            self.channel.crashed = False
            self.channel.trouble = Trouble.NONE
        nothing_is_overlooked(self.store, self.now)
        # Never a wrong close, however often it was moved.
        stands = say_moment(self.closes, zone_named("Europe/London"), "en-GB")
        for each in self.channel.said[before:]:
            assert each.closes == stands or each.kind not in QUIET_NOW
        if self.now >= OPENS:
            with suppress(StopIteration, KeyError):
                self.invited_ids = {person: self.town.invitation(person).id for person in PEOPLE}

    @precondition(lambda self: self.invited_ids)
    @rule(person=people, again=st.booleans())
    def a_reply(self, person: str, again: bool) -> None:
        """A page is saved; redelivered, it changes nothing."""
        self.events += 1
        reply = IncomingReply(
            channel="web",
            invitation_id=self.invited_ids[person],
            given={("more", ""): f"Words {self.events}"},
            event_id=f"event-{self.events}",
        )
        saved = record_reply(reply, self.store, self.now)
        if again:
            assert isinstance(record_reply(reply, self.store, self.now), Duplicate)
        # Answering after all takes back a reason given before; only a complete return stays complete.
        if isinstance(saved, Saved) and person not in self.out and not self.complete(person):
            self.silent.pop(person, None)

    @precondition(lambda self: self.invited_ids)
    @rule(person=people)
    def a_return_is_sent(self, person: str) -> None:
        reply = IncomingReply(channel="web", invitation_id=self.invited_ids[person], given={("rating", ""): "4"})
        if isinstance(record_reply(reply, self.store, self.now), Saved):
            submit(self.invited_ids[person], self.store, self.now, channel="web")
            self.silent[person] = self.now

    @precondition(lambda self: self.invited_ids)
    @rule(person=people, how=st.sampled_from([acts.decline, acts.not_me]))
    def no_thank_you(self, person: str, how) -> None:
        if isinstance(how(self.invited_ids[person], self.store, self.now, channel="web"), acts.Noted):
            self.silent.setdefault(person, self.now)

    @precondition(lambda self: self.invited_ids)
    @rule(person=people, days=st.integers(1, 12))
    def later(self, person: str, days: int) -> None:
        day = (self.now + timedelta(days=days)).date()
        outcome = acts.snooze(self.invited_ids[person], day, self.store, self.now, channel="web")
        if isinstance(outcome, acts.Snoozed):
            self.asked_for[person] += 1
            if person not in self.out:
                self.silent.pop(person, None)

    @precondition(lambda self: self.invited_ids)
    @rule(person=people)
    def an_opt_out(self, person: str) -> None:
        acts.opt_out(self.invited_ids[person], self.store, self.now, channel="web", whole_programme=True)
        self.out.add(person)
        self.silent.setdefault(person, self.now)

    @precondition(lambda self: self.extensions < 3 and self.now < self.closes)
    @rule(days=st.integers(1, 6))
    def the_close_is_moved(self, days: int) -> None:
        new = self.closes + timedelta(days=days)
        with self.store.writing() as tx:
            moved = move_deadline(tx, self.town.round(), new, "", self.now, CONSOLE)
        assert isinstance(moved, DeadlineMoved)
        self.closes = new
        self.extensions += 1

    def complete(self, person: str) -> bool:
        return self.town.invitation(person).disposition == "complete"

    def to(self, person: str, *kinds: LineKind) -> list[Said]:
        return [each for each in self.channel.said if each.address == f"{person}@example.test" and each.kind in kinds]

    @invariant()
    def no_reminder_twice(self) -> None:
        keys = [each.key for each in self.channel.said if each.kind is not LineKind.INVITATION]
        assert len(keys) == len(set(keys))

    @invariant()
    def no_more_than_the_cap(self) -> None:
        for person in PEOPLE:
            # One more for each extension, one for coverage near each close, one for each time the person asked.
            most = CAP + 2 * self.extensions + 1 + self.asked_for[person]
            assert len(self.to(person, LineKind.REMINDER)) <= most

    @invariant()
    def the_gap_is_kept(self) -> None:
        for person in PEOPLE:
            course = self.to(person, LineKind.INVITATION, LineKind.REMINDER, LineKind.NOTICE)
            for before, after in pairwise(course):
                if after.kind is LineKind.REMINDER:
                    assert after.at - before.at >= GAP

    @invariant()
    def nothing_after_it_was_said_or_refused(self) -> None:
        for person, since in self.silent.items():
            assert not [each for each in self.to(person, *QUIET_NOW) if each.at > since]

    @invariant()
    def nothing_towards_the_close_after_it(self) -> None:
        for each in self.channel.said:
            if each.kind in QUIET_NOW:
                assert each.at < self.closes

    def nobody_misses_an_invitation(self) -> None:
        """Whatever went wrong: once mails get through again, whoever is still to answer has been invited."""
        self.channel.trouble = Trouble.NONE
        self.now = max(self.now, OPENS)
        for _ in range(3):
            if self.now + timedelta(hours=5) < self.closes:
                self.now += timedelta(hours=5)
                self.run_once()
        stored = self.town.round()
        if stored.state is not RoundState.OPEN or self.now + timedelta(hours=5) >= self.closes:
            return
        for person in PEOPLE:
            if person not in self.silent and person not in self.out:
                assert self.to(person, LineKind.INVITATION), person


class DraftingSeason(Season):
    """The same through a channel that can be asked what became of a message: then nothing is ever said twice."""

    def __init__(self) -> None:
        super().__init__()
        self.channel: DraftingChannel = DraftingChannel(MAIL)

    @rule(minutes=st.sampled_from([1, 7, 61, 600]))
    def the_platform_can_not_be_asked(self, minutes: int) -> None:
        self.channel.answers = False
        self.time_passes(minutes, Trouble.NONE)
        self.channel.answers = True

    @invariant()
    def nothing_twice(self) -> None:
        keys = [each.key for each in self.channel.said]
        assert len(keys) == len(set(keys))


class ManyAtOnceSeason(DraftingSeason):
    """And with several messages in hand together when something happens."""

    def __init__(self) -> None:
        super().__init__()
        self.many = ManyAtOnceChannel(MAIL)
        self.channel = self.many

    @rule(minutes=st.sampled_from([1, 61, 1441]), trouble=st.sampled_from(Trouble), first=st.integers(1, 2))
    def trouble_begins_in_the_middle(self, minutes: int, trouble: Trouble, first: int) -> None:
        self.many.trouble_after = first
        self.time_passes(minutes, trouble)
        self.many.trouble_after = 0


@pytest.fixture(autouse=True)
def _loaded(_migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing may lean on everyone's being read again once a day.
    monkeypatch.setattr(looking, "_WHOLE_AFTER", timedelta(days=10_000))
    shutil.copyfile(_migrated, tmp_path / "season.db")
    store = Store(f"sqlite:///{tmp_path}/season.db")
    Town(store=store, folder=tmp_path, smtp_url="smtp://127.0.0.1:9", people=PEOPLE).load()
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    Season.loaded = tmp_path


class TestSeason(Season.TestCase):  # type: ignore[misc]  # Hypothesis makes it
    settings = settings(
        max_examples=20, stateful_step_count=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
    )


class TestDraftingSeason(DraftingSeason.TestCase):  # type: ignore[misc]  # Hypothesis makes it
    settings = settings(TestSeason.settings, max_examples=12)


class TestManyAtOnceSeason(ManyAtOnceSeason.TestCase):  # type: ignore[misc]  # Hypothesis makes it
    settings = settings(TestSeason.settings, max_examples=12)
