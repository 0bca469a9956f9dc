from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.files.yaml_file import parse_yaml
from surveys.programme_file import read_programme
from surveys.retention import Ending, Holding, KeptFor, Period, PeriodUnit, due_of_round
from surveys.retention_file import read_period
from surveys.source import Problems

LONDON = ZoneInfo("Europe/London")
LEAST = "programme: hall\ntitle: The hall\ntimezone: Europe/London\n"
ROUND = """\
rounds:
  - id: one
    survey: one.yaml
    opens: 2025-04-01 09:00
    closes: 2025-04-14 close of play
"""


def read(text):
    problems = Problems()
    programme = read_programme(parse_yaml(text, "p.yaml", problems), problems)
    return programme, [str(problem) for problem in problems.errors], [str(each) for each in problems.warnings]


def london(text):
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("since", "period", "then"),
    [
        ("2024-12-16 17:00", "90 days", "2025-03-16 17:00"),
        # The clocks go forward meanwhile: the hour of the day stays.
        ("2025-03-29 17:00", "2 days", "2025-03-31 17:00"),
        ("2024-12-16 17:00", "1 week", "2024-12-23 17:00"),
        ("2025-01-31 17:00", "a month", "2025-02-28 17:00"),
        ("2024-01-31 17:00", "1 month", "2024-02-29 17:00"),
        ("2024-02-29 17:00", "1 year", "2025-02-28 17:00"),
        ("2024-02-29 17:00", "4 years", "2028-02-29 17:00"),
        ("2024-12-16 17:00", "18 months", "2026-06-16 17:00"),
        ("2024-12-16 17:00", "2 years", "2026-12-16 17:00"),
    ],
)
def test_periods_are_the_calendars(since, period, then):
    found = read_period(period)
    assert isinstance(found, Period)
    assert found.after(london(since), LONDON) == london(then)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
PERIODS = st.builds(Period, amount=st.integers(1, 60), unit=st.sampled_from(PeriodUnit))


@given(MOMENTS, PERIODS)
def test_a_period_is_never_shorter_than_a_day_on_the_clock(event, period):
    then = period.after(event, LONDON)
    assert then - event >= timedelta(hours=23)
    # A look once a day therefore never comes too late.
    longer = Period(amount=period.amount + 1, unit=period.unit)
    assert longer.after(event, LONDON) > then


@pytest.mark.parametrize("text", ["", "soon", "0 days", "-1 days", "1.5 years", "101 years", "36526 days", "two years", "1 hour", "year"])  # fmt: skip
def test_what_is_no_period_is_told_of(text):
    assert isinstance(read_period(text), str)


def test_rules_are_read_in_each_of_their_forms():
    programme, errors, warnings = read(
        LEAST
        + "retention:\n  raw_mails: 90 days\n  answers: anonymise after 2 years\n  messages: {after: 6 months}\n"
        + "  audit: delete after 6 years\n"
        + ROUND
        + "    retention: {answers: {after: 1 year, then: anonymise}, triage: 30 days}\n"
    )
    assert (errors, warnings) == ([], [])
    year, month, day = PeriodUnit.YEAR, PeriodUnit.MONTH, PeriodUnit.DAY
    assert programme.retention.rules == {
        Holding.RAW_MAILS: KeptFor(period=Period(amount=90, unit=day)),
        Holding.ANSWERS: KeptFor(period=Period(amount=2, unit=year), ending=Ending.ANONYMISE),
        Holding.MESSAGES: KeptFor(period=Period(amount=6, unit=month)),
        Holding.AUDIT: KeptFor(period=Period(amount=6, unit=year)),
    }
    own = programme.rounds[0].retention.within(programme.retention).rules
    assert own[Holding.ANSWERS].period == Period(amount=1, unit=year)
    assert own[Holding.RAW_MAILS].period == Period(amount=90, unit=day)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("retention: {answers: soon}", "p.yaml:4: retention.answers: 'soon' is not a period such as '90 days'"),
        ("retention: {answers: 0 days}", "p.yaml:4: retention.answers: '0 days' is not between a day and 100 years"),
        ("retention: {answer: 1 year}", "p.yaml:4: retention.answer: unknown key; one of raw_mails, messages"),
        ("retention: {answer: 1 year}", "did you mean 'answers'?"),
        ("retention: {answers: [1 year]}", "retention.answers: a period such as '90 days' or '2 years' is needed here"),
        ("retention: {raw_mails: anonymise after 1 year}", "retention.raw_mails: only answers can be anonymised"),
        ("retention: {answers: {then: delete}}", "retention.answers.after: is needed, and is missing"),
        ("retention: {answers: {after: 1 year, then: burn}}", "'burn' is not one of delete, anonymise"),
        ("retention: {answers: {after: 1 year, than: delete}}", "retention.answers.than: unknown key; did you mean 'then'?"),
        ("retention: [1 year]", "p.yaml:4: retention: a mapping of keys is needed here, not a list"),
        (ROUND + "    retention: {audit: 1 year}", "p.yaml:9: rounds[0].retention.audit: 'audit' is of the whole programme"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_place(lines, problem):
    programme, errors, _ = read(LEAST + lines)
    assert programme is None
    assert len(errors) == 1
    assert problem in errors[0]


@pytest.mark.parametrize("said", ["two years", "2 years", "{en-GB: Two years, cy: Dwy flynedd}"])
def test_a_text_is_words_and_a_warning_says_that_nothing_goes_by_it(said):
    programme, errors, warnings = read(LEAST + f"retention: {said}")
    assert errors == []
    assert programme.retention.rules == {}
    assert programme.retention.words
    assert len(warnings) == 1
    assert "p.yaml:4: retention: these are words for people alone" in warnings[0]


def test_what_repeats_answers_goes_with_them():
    programme, _, warnings = read(LEAST + "retention: {answers: 1 year, raw_mails: 3 years, triage: 30 days}")
    assert len(warnings) == 1
    assert "retention.raw_mails: goes with the answers" in warnings[0]
    closed = london("2024-12-16 17:00")
    due = {each.holding: each.at for each in due_of_round(programme.retention.rules, closed, LONDON)}
    a_year = london("2025-12-16 17:00")
    assert due == {
        Holding.ANSWERS: a_year,
        Holding.RAW_MAILS: a_year,
        Holding.MESSAGES: a_year,
        Holding.TRIAGE: london("2025-01-15 17:00"),
    }
    assert {each.at for each in due_of_round(programme.retention.rules, None, LONDON)} == {None}
    assert due_of_round({}, closed, LONDON) == ()
