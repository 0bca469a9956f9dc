from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveys.calendars import CalendarBook, WorkingCalendar
from surveys.panel import Participant
from surveys.programme import DateSpan, Perspective, Programme
from surveys.text import Text

BANK_HOLIDAYS = frozenset({date(2024, 12, 25), date(2024, 12, 26), date(2025, 1, 1)})
CHRISTMAS = WorkingCalendar(
    holidays=BANK_HOLIDAYS,
    closed=(DateSpan(first=date(2024, 12, 24), last=date(2024, 12, 24)),),
)

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
CALENDARS = st.builds(
    WorkingCalendar,
    holidays=st.frozensets(DAYS, max_size=20),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
)


def test_weekends_holidays_and_closed_days_are_not_working_days():
    assert CHRISTMAS.is_working(date(2024, 12, 23))
    for day in (date(2024, 12, 22), date(2024, 12, 24), date(2024, 12, 25), date(2024, 12, 28)):
        assert not CHRISTMAS.is_working(day)


def test_moving_to_a_working_day():
    assert CHRISTMAS.at_or_before(date(2024, 12, 26)) == date(2024, 12, 23)
    assert CHRISTMAS.at_or_after(date(2024, 12, 24)) == date(2024, 12, 27)
    assert CHRISTMAS.at_or_after(date(2024, 12, 23)) == date(2024, 12, 23)


def test_counting_working_days():
    assert CHRISTMAS.add_working_days(date(2024, 12, 23), 1) == date(2024, 12, 27)
    assert CHRISTMAS.add_working_days(date(2024, 12, 22), 1) == date(2024, 12, 23)
    assert CHRISTMAS.add_working_days(date(2024, 12, 27), -2) == date(2024, 12, 20)
    assert CHRISTMAS.add_working_days(date(2024, 12, 21), 0) == date(2024, 12, 23)
    # five working days over New Year, by hand: 30, 31 December, 2, 3, 6 January
    assert CHRISTMAS.add_working_days(date(2024, 12, 27), 5) == date(2025, 1, 6)


def test_a_calendar_without_working_days_ends_the_search():
    shut = WorkingCalendar(weekdays=frozenset())
    assert shut.at_or_before(date(2024, 12, 16)) is None
    assert shut.at_or_after(date(2024, 12, 16)) is None
    assert shut.add_working_days(date(2024, 12, 16), 3) is None
    assert shut.at_or_after(date.max) is None
    assert shut.at_or_before(date.min) is None


@given(CALENDARS, DAYS, st.integers(1, 30))
def test_counting_forward_passes_exactly_that_many_working_days(calendar, day, count):
    landed = calendar.add_working_days(day, count)
    assert landed is not None
    passed = [day + timedelta(days=n) for n in range(1, (landed - day).days + 1)]
    assert sum(map(calendar.is_working, passed)) == count
    assert calendar.is_working(landed)


def programme() -> Programme:
    return Programme(
        key="cc",
        title=Text.plain("Conversations"),
        timezone="Europe/London",
        calendars={"school": (DateSpan(first=date(2024, 12, 16), last=date(2024, 12, 20)),)},
        closed_days=(DateSpan(first=date(2024, 12, 12), last=date(2024, 12, 12)),),
        perspectives=(
            Perspective(key="school", label=Text.plain("School"), calendar="school"),
            Perspective(key="pcf", label=Text.plain("Forum")),
        ),
    )


def test_a_persons_calendar_has_their_perspectives_terms_and_their_own_days():
    book = CalendarBook(programme=programme(), bank_holidays=BANK_HOLIDAYS)
    head = Participant(id=1, key="head", name="Head")
    part_timer = Participant(id=2, key="part", name="Part", working_days=frozenset({0, 1, 5}))
    assert not book.for_person(head, ["school"]).is_working(date(2024, 12, 17))
    assert not book.for_person(head, ["pcf", "school"]).is_working(date(2024, 12, 17))
    assert book.for_person(head, ["pcf"]).is_working(date(2024, 12, 17))
    assert not book.for_person(head, ["pcf"]).is_working(date(2024, 12, 12))
    assert book.for_person(part_timer, []).is_working(date(2024, 12, 14))
    assert not book.for_person(part_timer, []).is_working(date(2024, 12, 18))
    assert not book.for_person(head, ["unheard-of"]).is_working(date(2024, 12, 25))
    assert book.for_programme().is_working(date(2024, 12, 17))


def test_the_same_circumstances_give_the_same_calendar():
    book = CalendarBook(programme=programme())
    people = [Participant(id=n, key=str(n), name="N") for n in (1, 2)]
    assert book.for_person(people[0], ["pcf"]) is book.for_person(people[1], [])
    assert book.for_person(people[0], ["school"]) is not book.for_person(people[1], [])


def test_no_days_at_all_count_as_the_working_week():
    nobody = Participant(id=1, key="n", name="N", working_days=frozenset())
    assert CalendarBook(programme=programme()).for_person(nobody, []).is_working(date(2024, 12, 13))
