"""No more than so many messages in any seven days, and nothing past its close."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveys.budget import WEEK, Ask, Placed, within_budget
from surveys.delivery import LineKind
from surveys.planning import PlannedLine

MONDAY = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def line(kind: LineKind, due: datetime) -> PlannedLine:
    return PlannedLine(
        kind=kind,
        number=1,
        participant_id=1,
        participant_key="p1",
        invitation_id=1,
        key_suffix=kind.value,
        due_at=due,
        why="its time has come",
        channel="mail",
        address="p1@example.org",
        session="",
    )


def ask(name: str, days: float, closes: float = 30, kind: LineKind = LineKind.INVITATION) -> Ask:
    suffix = "reminder/1" if kind is LineKind.REMINDER else kind.value
    due = replace(line(kind, MONDAY + days * DAY), key_suffix=suffix)
    return Ask(key=f"t/{name}/p1/{suffix}", line=due, closes_at=MONDAY + closes * DAY)


def told(placed: tuple[Placed, ...]) -> list[tuple[str, float, str]]:
    """(round, days from Monday, what became of it)."""
    return [
        (
            each.key.split("/")[1],
            (each.line.due_at - MONDAY) / DAY,
            "dropped" if each.dropped else f"with {each.along.split('/')[1]}" if each.along else "goes",
        )
        for each in placed
    ]


def test_where_there_is_room_everything_goes_at_its_time():
    assert told(within_budget([ask("a", 0), ask("b", 1), ask("c", 1)], [], 3, MONDAY)) == [
        ("a", 0, "goes"),
        ("b", 1, "goes"),
        ("c", 1, "goes"),
    ]


def test_what_is_too_much_at_once_goes_in_one_message():
    assert told(within_budget([ask("a", 0), ask("b", 0), ask("c", 0)], [MONDAY - DAY], 2, MONDAY)) == [
        ("a", 0, "goes"),
        ("b", 0, "with a"),
        ("c", 0, "with a"),
    ]


def test_what_has_no_room_waits_and_then_goes_together():
    sent = [MONDAY - 3 * DAY]
    assert told(within_budget([ask("a", 0), ask("b", 2)], sent, 1, MONDAY)) == [("a", 4, "goes"), ("b", 4, "with a")]


def test_nothing_waits_past_its_close():
    found = within_budget([ask("a", 0, closes=3), ask("b", 0, closes=9)], [MONDAY - 3 * DAY], 1, MONDAY)
    assert told(found) == [("a", 0, "dropped"), ("b", 4, "goes")]
    assert found[0].line.why == "not sent: no more than 1 a week may go, and there was no room before the close"


def test_a_reminder_before_the_close_beats_a_new_invitation():
    reminder = ask("old", 2, closes=4, kind=LineKind.REMINDER)
    found = within_budget([ask("new", 0), reminder], [MONDAY - DAY, MONDAY - 2 * DAY], 3, MONDAY)
    assert told(found) == [("new", 2, "with old"), ("old", 2, "goes")]


def test_a_reminder_leads_when_both_are_due():
    reminder = ask("old", 0, closes=4, kind=LineKind.REMINDER)
    assert told(within_budget([ask("new", 0), reminder], [], 1, MONDAY)) == [("new", 0, "with old"), ("old", 0, "goes")]


def at_half_past_nine(at: datetime) -> datetime:
    """The first working day's 09:30 from then on."""
    found = at.replace(hour=9, minute=30)
    while found < at or found.weekday() > 4:
        found += DAY
    return found


def test_what_has_waited_goes_in_its_persons_hours():
    # There is room on Thursday at three in the morning.
    night = MONDAY.replace(hour=3) - 4 * DAY
    reminder = replace(ask("old", 0, closes=9, kind=LineKind.REMINDER), may_go=at_half_past_nine)
    (placed,) = within_budget([reminder], [night], 1, MONDAY)
    assert placed.line.due_at == MONDAY.replace(hour=9, minute=30) + 3 * DAY
    # An invitation could go in the night, and would take its place.
    found = within_budget([reminder, ask("new", 0)], [night], 1, MONDAY)
    assert {(each.line.due_at, each.along) for each in found} == {
        (placed.line.due_at, ""),
        (placed.line.due_at, reminder.key),
    }


def test_corrections_go_at_once_and_count():
    notice = ask("moved", 0, kind=LineKind.NOTICE)
    assert told(within_budget([notice, ask("new", 0)], [MONDAY - DAY], 2, MONDAY)) == [
        ("moved", 0, "goes"),
        ("new", 6, "goes"),
    ]


def test_nobody_is_reminded_before_the_invitation_that_waits():
    sent = [MONDAY - 3 * DAY]
    asks = [ask("a", 0), ask("a", 2, kind=LineKind.REMINDER), ask("a", 12, kind=LineKind.REMINDER)]
    asks[2] = replace(asks[2], key="t/a/p1/reminder/2", line=replace(asks[2].line, key_suffix="reminder/2"))
    assert told(within_budget(asks, sent, 1, MONDAY)) == [("a", 2, "dropped"), ("a", 4, "goes"), ("a", 12, "goes")]


KINDS = st.sampled_from([LineKind.INVITATION, LineKind.REMINDER, LineKind.NOTICE])


@st.composite
def lives(draw: st.DrawFn, *, hours: bool = False) -> tuple[list[Ask], list[datetime], int]:
    asks = []
    for number in range(draw(st.integers(1, 8))):
        due = draw(st.integers(0, 40)) / 2
        closes = due + draw(st.integers(1, 40)) / 2
        made = ask(f"r{number}", due, closes, draw(KINDS))
        asks.append(replace(made, may_go=at_half_past_nine) if hours and draw(st.booleans()) else made)
    per_week = draw(st.integers(1, 4))
    sent = [MONDAY - draw(st.integers(1, 13)) / 2 * DAY for _ in range(draw(st.integers(0, per_week)))]
    return asks, sent, per_week


@given(lives(hours=True))
def test_the_laws(life: tuple[list[Ask], list[datetime], int]) -> None:
    asks, sent, per_week = life
    found = within_budget(asks, sent, per_week, MONDAY)
    by_key = {each.key: each for each in asks}
    assert sorted(each.key for each in found) == sorted(by_key)
    went = {each.key: each for each in found if not each.dropped}
    for key, each in went.items():
        assert by_key[key].line.due_at <= each.line.due_at < by_key[key].closes_at
        if each.along:
            lead = went[each.along]
            assert (lead.along, lead.line.due_at) == ("", each.line.due_at)
        if by_key[key].line.kind is LineKind.NOTICE:
            assert (each.along, each.line.due_at) == ("", by_key[key].line.due_at)
    messages = sorted([*sent, *(each.line.due_at for each in went.values() if not each.along)])
    free = [each for each in went.values() if not each.along and by_key[each.key].line.kind is not LineKind.NOTICE]
    # Nothing but a correction ever makes it more than so many in seven days.
    for each in free:
        at = each.line.due_at
        assert sum(1 for one in messages if at - WEEK < one <= at and one != at) < per_week or any(
            by_key[other.key].line.kind is LineKind.NOTICE and other.line.due_at == at for other in went.values()
        )
        assert (
            sum(1 for one in free if one.line.due_at == at) + sum(1 for one in messages if at - WEEK < one < at)
            <= per_week
        )


@given(lives(), st.integers(1, 40))
def test_asked_again_later_it_says_the_same_of_what_is_left(
    life: tuple[list[Ask], list[datetime], int], half_days: int
) -> None:
    asks, sent, per_week = life
    first = {each.key: each for each in within_budget(asks, sent, per_week, MONDAY)}
    now = MONDAY + half_days / 2 * DAY
    # What will be dropped is still there to be asked for until its close.
    closes = {each.key: each.closes_at for each in asks}
    gone = {key for key, each in first.items() if (closes[key] if each.dropped else each.line.due_at) <= now}
    contacts = [*sent, *(first[key].line.due_at for key in gone if not first[key].dropped and not first[key].along)]
    left = [each for each in asks if each.key not in gone and each.closes_at > now]
    again = {each.key: each for each in within_budget(left, [at for at in contacts if at > now - WEEK], per_week, now)}
    for key, each in again.items():
        assert (each.line.due_at, each.along, each.dropped) == (
            first[key].line.due_at,
            first[key].along,
            first[key].dropped,
        ), key
