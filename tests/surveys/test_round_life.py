from dataclasses import replace
from datetime import timedelta

import pytest

from surveys.round_life import Allowed, Command, NotAllowed, due_transition, may
from surveys.rounds import RoundState
from tests.surveys.rounds_made import CLOSES, OPENS, ROUND

S = RoundState
MINUTE = timedelta(minutes=1)
LATER = CLOSES + timedelta(days=7)


def in_state(state: RoundState):
    return replace(ROUND, state=state)


@pytest.mark.parametrize(
    ("state", "now", "moves_to"),
    [
        (S.PLANNED, OPENS - MINUTE, None),
        (S.PLANNED, OPENS, S.OPEN),
        (S.PLANNED, CLOSES - MINUTE, S.OPEN),
        (S.PLANNED, CLOSES, S.CLOSED),
        (S.OPEN, CLOSES - MINUTE, None),
        (S.OPEN, CLOSES, S.CLOSED),
        (S.HELD, CLOSES, None),
        (S.CLOSED, LATER, None),
        (S.CANCELLED, LATER, None),
    ],
)
def test_what_happens_by_itself(state, now, moves_to):
    assert due_transition(in_state(state), now) is moves_to


@pytest.mark.parametrize(
    ("now", "moves_to"),
    [(OPENS - MINUTE, None), (OPENS, S.OPEN), (CLOSES - MINUTE, S.OPEN), (CLOSES, None)],
)
def test_only_a_round_that_never_opened_is_replayed(now, moves_to):
    unopened = replace(ROUND, state=S.CLOSED, opened_at=None)
    assert due_transition(unopened, now) is moves_to
    assert due_transition(replace(unopened, opened_at=OPENS, closed_at=CLOSES), now) is None


DURING = OPENS + timedelta(days=1)
ALLOWED = {
    (Command.OPEN, S.PLANNED),
    (Command.OPEN, S.HELD),
    (Command.HOLD, S.PLANNED),
    (Command.REMIND, S.OPEN),
    (Command.CLOSE, S.OPEN),
    (Command.EXTEND, S.PLANNED),
    (Command.EXTEND, S.HELD),
    (Command.EXTEND, S.OPEN),
    (Command.REOPEN, S.CLOSED),
    (Command.FREEZE, S.CLOSED),
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("command", Command)
def test_what_may_be_done_in_each_state(command, state):
    verdict = may(in_state(state), command, DURING, new_close=LATER)
    if (command, state) in ALLOWED:
        assert verdict == Allowed()
    else:
        assert isinstance(verdict, NotAllowed)
        assert verdict.reason.startswith("cc/mid ")


@pytest.mark.parametrize("command", [Command.REMIND, Command.CLOSE, Command.EXTEND, Command.OPEN])
def test_a_round_past_its_close_is_over_before_the_tick_says_so(command):
    verdict = may(in_state(S.OPEN), command, CLOSES, new_close=LATER)
    assert verdict == NotAllowed("cc/mid closed on Monday 16 December 2024, 5 pm; it can be reopened with a new close")
    assert may(in_state(S.OPEN), Command.REOPEN, CLOSES, new_close=LATER) == Allowed()


@pytest.mark.parametrize("new_close", [None, CLOSES, CLOSES - MINUTE])
def test_an_extension_is_later(new_close):
    assert isinstance(may(ROUND, Command.EXTEND, DURING, new_close=new_close), NotAllowed)


@pytest.mark.parametrize("new_close", [None, LATER, LATER - MINUTE])
def test_a_reopened_round_needs_a_close_to_come(new_close):
    assert isinstance(may(in_state(S.CLOSED), Command.REOPEN, LATER, new_close=new_close), NotAllowed)
