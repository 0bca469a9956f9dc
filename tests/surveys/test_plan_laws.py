"""What `plan` says is what then happens: laws of the planner over many kinds of person, round and zone."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.calendars import CalendarBook
from surveys.clock_times import in_quiet_hours
from surveys.delivery import LineKind
from surveys.dispositions import Disposition
from surveys.programme import Offset, QuietHours, ReminderPolicy
from surveys.rounds import CloseMove, RoundState
from surveys.still_wanted import Wanted, still_wanted
from tests.surveys.rounds_made import EVERYTHING_MISSING, PROGRAMME, ROUND, as_sent, invited, person, plan

# Two months around each change of clocks.
BEGINS = st.sampled_from([datetime(2025, 3, 10, tzinfo=UTC), datetime(2025, 10, 6, tzinfo=UTC)])
ZONES = st.sampled_from(["", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland", "Africa/Casablanca"])
# A message counts as on time for a quarter of an hour, and one day in spring is an hour shorter.
A_SHORT_DAY = timedelta(hours=1, minutes=15)
INVITING = {LineKind.INVITATION, LineKind.DELEGATE}


OFTEN = st.sampled_from([True, True, True, False])
SELDOM = st.sampled_from([False, False, True])
PARTS = st.sampled_from([n / 16 for n in range(17)])


def spread(first: int, last: int) -> st.SearchStrategy[timedelta]:
    """Spans between so many days, evenly: a whole number of days and a time of day."""
    days = st.sampled_from(range(first, last + 1)).map(lambda count: timedelta(days=count))
    times = st.sampled_from([0, 1, 85, 90, 480, 525, 570, 571, 700, 1020, 1110, 1300, 1439])
    return st.builds(lambda day, minute: day + timedelta(minutes=minute), days, times)


# Sampled and not drawn as numbers, which would crowd at the small ones: rounds are to have reminders in them.
DAY_OFFSETS = st.sampled_from([Offset(days=days) for days in (1, 2, 3, 4, 5, 7, 9, 11, 14, 17, 20)])
EXACT_OFFSETS = st.sampled_from([Offset(span=timedelta(hours=hours)) for hours in (1, 4, 11, 26, 50, 90)])
POLICIES = st.builds(
    ReminderPolicy,
    before_close=(
        st.lists(DAY_OFFSETS, min_size=1, max_size=5) | st.lists(DAY_OFFSETS | EXACT_OFFSETS, min_size=2, max_size=5)
    ).map(lambda offsets: tuple(sorted(offsets, key=lambda each: -each.days * 24 - each.span / timedelta(hours=1)))),
    at=st.sampled_from([time(1, 30), time(9, 30), time(20)]),
    cap=st.sampled_from([0, 1, 2, 2, 3, 5]),
    gap=st.sampled_from([timedelta(0), timedelta(hours=24), timedelta(days=3)]),
)
QUIET = st.sampled_from(
    [None, QuietHours(begins=time(18, 30), ends=time(8)), QuietHours(begins=time(12), ends=time(14))]
)


@st.composite
def situations(draw):
    """A programme, a round in the middle of its life, someone in it, and a moment."""
    begin = draw(BEGINS)
    opens = begin + draw(spread(0, 3))
    # Between a day before the opening and three weeks into a round of up to a month.
    now = opens + draw(spread(-2, 21))
    closes = max(opens, now) + draw(spread(0, 14)) + timedelta(minutes=1)
    programme = replace(PROGRAMME, quiet_hours=draw(QUIET))
    state = RoundState.PLANNED if now < opens else RoundState.OPEN
    running = replace(
        ROUND,
        state=state,
        opens_at=opens,
        opened_at=opens if state is RoundState.OPEN else None,
        closes_at=closes,
        reminders=draw(POLICIES),
    )
    holidays = draw(st.frozensets(st.sampled_from([(begin + timedelta(days=n)).date() for n in range(60)]), max_size=9))
    who = person(
        timezone=draw(ZONES),
        working_days=draw(st.none() | st.frozensets(st.sampled_from(range(7)), min_size=2)),
        paused_until=draw(st.none() | st.none() | spread(0, 30).map(lambda after: begin + after)),
        away_until=draw(st.none() | st.none() | spread(0, 30).map(lambda after: begin + after)),
    )
    facts = invited(
        participant=who,
        invited_at=None,
        last_contact_at=None,
        invitation_id=None,
        created_at=opens,
        voices=frozenset({("kent", draw(st.sampled_from(["pcf", "school"])))}),
        disposition=draw(st.sampled_from([Disposition.PENDING] * 4 + [Disposition.PARTIAL, Disposition.COMPLETE])),
        snoozed_until=draw(st.none() | st.none() | spread(0, 30).map(lambda after: opens + after)),
    )
    if state is RoundState.OPEN and draw(OFTEN):
        invited_at = opens + (now - opens) * draw(PARTS)
        facts = replace(facts, invitation_id=1, invited_at=invited_at, last_contact_at=invited_at)
        if draw(SELDOM):
            at = invited_at + (now - invited_at) * draw(PARTS)
            facts = replace(facts, reminders_sent=draw(st.integers(1, 3)), last_reminder_at=at, last_contact_at=at)
        if draw(SELDOM):
            at = opens + (now - opens) * draw(PARTS)
            before = closes + draw(st.sampled_from([-1, 1])) * timedelta(days=draw(st.integers(1, 9)))
            moves = (CloseMove(at=at, before=before),) * draw(st.integers(1, 2))
            running = replace(running, extensions=len(moves), extended_at=at, closes_before=before, moves=moves)
    book = CalendarBook(programme=programme, bank_holidays=holidays)
    missing = draw(st.sampled_from([EVERYTHING_MISSING, frozenset()]))
    return {"round": running, "programme": programme, "book": book, "missing": missing}, facts, now


def bare(lines):
    """Plans are compared by what goes, to whom and when; the invitation's row gets its number on the way."""
    return [replace(line, invitation_id=None, why="") for line in lines]


def running_at(circumstances, now):
    """The round opens and closes by itself meanwhile."""
    held = circumstances["round"]
    if held.state is RoundState.PLANNED and now >= held.opens_at:
        held = replace(held, state=RoundState.OPEN, opened_at=now)
    if held.state is RoundState.OPEN and now >= held.closes_at:
        held = replace(held, state=RoundState.CLOSED, closed_at=held.closes_at)
    return circumstances | {"round": held}


@settings(max_examples=300)
@given(situations())
def test_sending_each_line_at_its_time_and_planning_again_gives_the_rest(situation):
    circumstances, facts, now = situation
    lines = plan(facts, now=now, **circumstances)
    for sent, line in enumerate(lines):
        now = line.due_at
        circumstances = running_at(circumstances, now)
        facts = as_sent(facts, line)
        assert bare(plan(facts, now=now, **circumstances)) == bare(lines[sent + 1 :])


@settings(max_examples=300)
@given(situations(), PARTS)
def test_while_time_passes_and_nothing_happens_the_plan_stands(situation, part):
    circumstances, facts, now = situation
    lines = plan(facts, now=now, **circumstances)
    until = lines[0].due_at if lines else now + timedelta(days=40)
    later = now + (until - now) * part
    assert bare(plan(facts, now=later, **running_at(circumstances, later))) == bare(lines)


@settings(max_examples=300)
@given(situations())
def test_promises_of_every_plan(situation):
    circumstances, facts, now = situation
    running, programme, policy = circumstances["round"], circumstances["programme"], circumstances["round"].reminders
    zone = ZoneInfo(facts.participant.timezone or programme.timezone)
    calendar = circumstances["book"].for_person(facts.participant, {perspective for _, perspective in facts.voices})
    lines = plan(facts, now=now, **circumstances)
    assert [line.due_at for line in lines] == sorted(line.due_at for line in lines)
    assert len({line.key_suffix for line in lines}) == len(lines)
    contact = facts.last_contact_at
    asked = facts.snoozed_until is not None
    for line in lines:
        assert line.due_at >= now
        assert facts.participant.paused_until is None or line.due_at >= facts.participant.paused_until
        assert line.due_at.tzinfo is UTC
        if line.kind is LineKind.THANKS:
            assert line.due_at >= running.closes_at
            continue
        assert line.due_at < running.closes_at
        assert not in_quiet_hours(line.due_at, programme.quiet_hours, zone)
        if line.kind in INVITING:
            assert facts.invited_at is None
            assert contact is None
        if line.kind is LineKind.REMINDER:
            assert contact is not None
            needed = timedelta(hours=24) if line.coverage else policy.gap
            assert line.due_at - contact >= needed - A_SHORT_DAY
            assert facts.snoozed_until is None or line.due_at >= facts.snoozed_until
            if not (asked or line.coverage or any(offset.exact for offset in policy.before_close)):
                assert calendar.is_working(line.due_at.astimezone(zone).date())
        contact = line.due_at
    reminders = [line for line in lines if line.kind is LineKind.REMINDER]
    counted = [line for line in reminders if not line.coverage and "asked" not in line.why]
    if not running.extensions:
        assert len(counted) <= max(0, policy.cap - facts.reminders_sent)
    assert sum(line.kind in INVITING for line in lines) <= 1
    assert sum(line.kind is LineKind.NOTICE for line in lines) <= 1


@settings(max_examples=300)
@given(situations())
def test_a_planned_line_is_still_wanted_at_its_time_if_nothing_happened(situation):
    circumstances, facts, now = situation
    for line in plan(facts, now=now, **circumstances):
        circumstances = running_at(circumstances, line.due_at)
        verdict = still_wanted(
            line.kind,
            circumstances["round"],
            facts,
            line.due_at,
            due_at=line.due_at,
            coverage=line.coverage,
        )
        assert verdict == Wanted()
        facts = as_sent(facts, line)
