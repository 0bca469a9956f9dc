from dataclasses import replace
from datetime import timedelta

import pytest

from surveys.delivery import LineKind
from surveys.dispositions import Disposition
from surveys.rounds import CloseMove, RoundState
from surveys.still_wanted import NotWanted, Wanted, may_remind_now, still_wanted
from tests.surveys.rounds_made import CLOSES, POLICY, ROUND, invited, person, utc

NOW = utc(2024, 12, 9, 9, 30)
CLOSED = replace(ROUND, state=RoundState.CLOSED, closed_at=CLOSES)
SETTLED = set(Disposition) - {Disposition.PENDING, Disposition.PARTIAL}
MOVED = replace(ROUND, moves=(CloseMove(at=NOW - timedelta(hours=1), before=CLOSES - timedelta(days=2)),))
ASKING = [LineKind.INVITATION, LineKind.DELEGATE, LineKind.REMINDER, LineKind.NOTICE]


@pytest.mark.parametrize("kind", ASKING)
def test_what_asks_is_wanted_while_there_is_something_to_ask(kind):
    assert still_wanted(kind, MOVED, invited(), NOW) == Wanted()
    for disposition in SETTLED:
        assert isinstance(still_wanted(kind, MOVED, invited(disposition=disposition), NOW), NotWanted)
    assert isinstance(still_wanted(kind, CLOSED, invited(), NOW), NotWanted)
    assert isinstance(still_wanted(kind, ROUND, invited(), CLOSES), NotWanted)


@pytest.mark.parametrize("kind", [*ASKING, LineKind.RECEIPT, LineKind.THANKS, LineKind.CANCELLATION])
def test_nothing_is_wanted_by_someone_who_has_opted_out(kind):
    answered = Disposition.COMPLETE
    assert isinstance(still_wanted(kind, CLOSED, invited(disposition=answered, opted_out=True), NOW), NotWanted)
    assert isinstance(still_wanted(kind, ROUND, invited(participant=person(removed=True)), NOW), NotWanted)


def test_an_invitation_is_wanted_by_someone_not_yet_invited_and_a_reminder_is_not():
    new = invited(invited_at=None, last_contact_at=None)
    assert still_wanted(LineKind.INVITATION, ROUND, new, NOW) == Wanted()
    assert isinstance(still_wanted(LineKind.REMINDER, ROUND, new, NOW), NotWanted)
    assert isinstance(still_wanted(LineKind.CANCELLATION, ROUND, new, NOW), NotWanted)


def test_a_notice_is_not_wanted_by_someone_who_knows():
    reminded = invited(last_contact_at=NOW - timedelta(minutes=1))
    assert isinstance(still_wanted(LineKind.NOTICE, MOVED, reminded, NOW), NotWanted)
    assert isinstance(still_wanted(LineKind.NOTICE, ROUND, invited(), NOW), NotWanted)


def test_a_reminder_minds_the_gap():
    contacted = invited(last_contact_at=NOW - timedelta(hours=22, minutes=44))
    assert isinstance(still_wanted(LineKind.REMINDER, ROUND, contacted, NOW), NotWanted)
    a_spring_day = invited(last_contact_at=NOW - timedelta(hours=22, minutes=59, seconds=30))
    assert still_wanted(LineKind.REMINDER, ROUND, a_spring_day, NOW) == Wanted()
    wide = replace(ROUND, reminders=replace(POLICY, gap=timedelta(days=5)))
    two_days = invited(last_contact_at=NOW - timedelta(days=2))
    assert isinstance(still_wanted(LineKind.REMINDER, wide, two_days, NOW), NotWanted)
    assert still_wanted(LineKind.REMINDER, wide, two_days, NOW, coverage=True) == Wanted()


def test_a_reminder_from_before_a_moved_close_is_not_wanted():
    moved = replace(ROUND, extensions=1, extended_at=NOW, closes_at=CLOSES + timedelta(days=7))
    assert isinstance(still_wanted(LineKind.REMINDER, moved, invited(), NOW, due_at=NOW), NotWanted)
    later = NOW + timedelta(hours=1)
    assert still_wanted(LineKind.REMINDER, moved, invited(), later, due_at=later) == Wanted()


def test_a_reminder_waits_for_the_day_the_person_named():
    later = invited(snoozed_until=NOW + timedelta(hours=1))
    assert isinstance(still_wanted(LineKind.REMINDER, ROUND, later, NOW), NotWanted)
    assert still_wanted(LineKind.REMINDER, ROUND, later, NOW + timedelta(hours=1)) == Wanted()


def test_thanks_and_receipts():
    done = invited(disposition=Disposition.COMPLETE)
    assert still_wanted(LineKind.THANKS, CLOSED, done, CLOSES) == Wanted()
    assert isinstance(still_wanted(LineKind.THANKS, CLOSED, invited(), CLOSES), NotWanted)
    assert still_wanted(LineKind.RECEIPT, CLOSED, done, CLOSES) == Wanted()
    assert still_wanted(LineKind.DIGEST, None, None, NOW) == Wanted()


def test_reminding_by_hand_counts_in_the_cap_and_minds_the_gap_unless_told_otherwise():
    assert may_remind_now(ROUND, invited(), NOW) == Wanted()
    for held_back in (
        invited(reminders_sent=2),
        invited(last_contact_at=NOW - timedelta(hours=1)),
        invited(snoozed_until=NOW + timedelta(days=1)),
    ):
        assert isinstance(may_remind_now(ROUND, held_back, NOW), NotWanted)
        assert may_remind_now(ROUND, held_back, NOW, anyway=True) == Wanted()
    assert may_remind_now(replace(ROUND, extensions=1), invited(reminders_sent=2), NOW) == Wanted()


@pytest.mark.parametrize(
    "never",
    [
        {"disposition": Disposition.COMPLETE},
        {"opted_out": True},
        {"invited_at": None},
        {"invitation_pending": True},
        {"reminder_outstanding": True},
    ],
)
def test_what_no_organiser_can_override(never):
    assert isinstance(may_remind_now(ROUND, invited(**never), NOW, anyway=True), NotWanted)
    assert isinstance(may_remind_now(CLOSED, invited(), NOW, anyway=True), NotWanted)
