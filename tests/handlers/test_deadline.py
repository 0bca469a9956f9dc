from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from handlers.deadline import DeadlineMoved, DeadlineUnchanged, move_deadline
from storage.rounds import all_rounds, mark_closed, mark_open
from storage.tables.oversight import audit_lines
from storage.tables.rounds import deadline_changes
from surveys.authority import Actor

KIM = Actor(name="organiser:1", channel="slack")
NOW = datetime(2025, 4, 7, 12, tzinfo=UTC)


@pytest.fixture
def standing(village):
    """Moves the close of the round `middle` by so long, in the state it has; what came of it, and what is stored."""
    village.load()

    def move(by: timedelta, *steps):
        with village.store.writing() as tx:
            for step in (None, *steps):
                found = next(each for each in all_rounds(tx) if each.key == "middle")
                if step:
                    step(tx, found, NOW)
            found = next(each for each in all_rounds(tx) if each.key == "middle")
            outcome = move_deadline(tx, found, found.closes_at + by, "too few replies", NOW, KIM)
            after = next(each for each in all_rounds(tx) if each.key == "middle")
            notes = tx.execute(select(deadline_changes.c.before, deadline_changes.c.after)).all()
            lines = tx.execute(select(audit_lines).where(audit_lines.c.what == "deadline moved")).all()
        return outcome, found, after, notes, lines

    return move


def test_a_later_close_of_an_open_round_is_an_extension(standing):
    outcome, before, after, notes, lines = standing(timedelta(days=3), mark_open)
    assert isinstance(outcome, DeadlineMoved)
    assert outcome.extended
    assert outcome.round == after
    assert (after.extensions, after.closes_before, after.extended_at) == (1, before.closes_at, NOW)
    assert notes == [(before.closes_at, after.closes_at)]
    assert (lines[0].actor, lines[0].reason) == ("organiser:1", "too few replies")


def test_an_earlier_close_is_none_but_is_noted(standing):
    outcome, before, after, notes, _ = standing(timedelta(days=-3), mark_open)
    assert not outcome.extended
    assert (after.extensions, after.closes_before, after.extended_at) == (0, before.closes_at, None)
    assert notes == [(before.closes_at, after.closes_at)]


def test_a_closed_round_that_people_know_is_extended_too(standing):
    outcome, *_ = standing(timedelta(days=3), mark_open, mark_closed)
    assert outcome.extended


def test_before_it_opens_nobody_need_be_told(standing):
    outcome, _, after, notes, lines = standing(timedelta(days=3))
    assert not outcome.extended
    assert (after.extensions, notes, len(lines)) == (0, [], 1)


def test_the_same_close_again_changes_nothing(standing):
    outcome, *_, lines = standing(timedelta(0), mark_open)
    assert isinstance(outcome, DeadlineUnchanged)
    assert lines == []
