"""Laws of the digest: when it may go, and what an unlinked round can be made to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveys.calendars import WorkingCalendar
from surveys.clock_times import in_quiet_hours, zone_of
from surveys.digest import Concerned, RoundStanding, Standing, Told, ToSort
from surveys.digest_news import digest_of
from surveys.digest_times import hours_now, next_opening, warns_from
from surveys.dispositions import Disposition
from surveys.figures import Dispositions
from surveys.programme import DateSpan, Mode, Programme, QuietHours, RoundKind
from surveys.rounds import Round, RoundState
from surveys.text import Text

NOW = datetime(2025, 3, 26, 8, 30, tzinfo=UTC)
PROGRAMME = Programme(key="town", title=Text.plain("Town days"), timezone="Europe/London")
CALENDAR = WorkingCalendar()
OPEN = Round(
    id=1,
    programme_id=1,
    programme="town",
    key="spring",
    entry="spring",
    session="",
    instrument_id=1,
    kind=RoundKind.MID_CYCLE,
    mode=Mode.UNLINKED,
    per_session=False,
    audience=None,  # type: ignore[arg-type]
    reminders=None,
    state=RoundState.OPEN,
    opens_at=NOW - timedelta(days=2),
    closes_at=NOW + timedelta(days=30),
    opened_at=NOW - timedelta(days=2),
)
times_of_day = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
programmes = st.builds(
    lambda zone, quiet, close: replace(PROGRAMME, timezone=zone, quiet_hours=quiet, close_of_play=close),
    st.sampled_from(["Europe/London", "Pacific/Auckland", "America/St_Johns", "Asia/Kathmandu"]),
    st.none() | st.builds(lambda begins, ends: QuietHours(begins=begins, ends=ends), times_of_day, times_of_day),
    times_of_day,
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
calendars = st.dates(datetime(2024, 1, 1).date(), datetime(2026, 12, 1).date()).map(
    lambda day: WorkingCalendar(closed=(DateSpan(first=day, last=day + timedelta(days=20)),))
)


@given(programmes, calendars, moments)
def test_it_goes_on_working_days_out_of_quiet_hours(programme, calendar, now):
    opening = next_opening(now, programme, calendar)
    if opening is None:
        # Quiet until midnight, or longer than a day: nothing may ever go.
        assert programme.quiet_hours is not None
        return
    zone = zone_of(programme)
    assert opening > now
    assert calendar.is_working(opening.astimezone(zone).date())
    assert not in_quiet_hours(opening, programme.quiet_hours, zone)
    hours = hours_now(opening, programme, calendar)
    assert hours is not None
    assert hours.opens == opening < hours.ends
    # Nothing opens between.
    between = hours_now(now, programme, calendar)
    assert between is None or between.opens <= now


@given(programmes, calendars, moments)
def test_missing_voices_are_listed_at_least_three_days_before_the_close(programme, calendar, closes_at):
    day = warns_from(closes_at, programme, calendar)
    last = (closes_at.astimezone(zone_of(programme)) - timedelta(microseconds=1)).date()
    assert last - day >= timedelta(days=3)
    assert calendar.is_working(day)


@given(st.integers(1, 12), st.lists(st.integers(0, 60), max_size=12))
def test_two_digests_of_an_unlinked_round_never_differ_by_few(least, counts):
    told, said = Told(), []
    for number, count in enumerate(counts):
        people = tuple(
            Concerned(name=f"Person {each}", disposition=Disposition.COMPLETE, mark=f"x:{each}")
            for each in range(count)
        )
        standing = RoundStanding(
            round=OPEN,
            title="Spring",
            min_group=least,
            counts=Dispositions({Disposition.COMPLETE: count, Disposition.PENDING: 60 - count}),
            changed=people,
            struck=people,
        )
        digest = digest_of(
            PROGRAMME,
            Standing(rounds=(standing,)),
            told,
            NOW + timedelta(days=number),
            CALENDAR,
            names=True,
        )
        (found,) = digest.rounds
        assert (found.heard, found.new_returns, found.others, found.struck) == ((), 0, (), ())
        assert digest.news == (found.at_least not in {0, said[-1] if said else 0})
        told = digest.tells
        said.append(found.at_least)
    assert all(one % least == 0 for one in said)
    assert all(one == two or abs(one - two) >= least for one in said for two in said)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from(["human", "auto_reply", "other"]))))
def test_what_was_told_is_no_news_again(entries):
    waiting = tuple(
        ToSort(id=number, kind=kind, who="", why="", held=held, new=new)
        for number, (held, new, kind) in enumerate(entries)
    )
    standing = Standing(waiting=waiting)
    first = digest_of(PROGRAMME, standing, Told(), NOW, CALENDAR, names=True)
    assert first.news == any(new and kind == "human" for _, new, kind in entries)
    assert len(first.to_sort) + sum(first.noted.values()) == len(entries)
    again = Standing(waiting=tuple(replace(each, new=False) for each in waiting))
    assert not digest_of(PROGRAMME, again, first.tells, NOW, CALENDAR, names=True).news
    assert Told.from_plain(first.tells.plain()) == first.tells
