from dataclasses import replace

import pytest

from surveys.audience import invited_people
from surveys.panel import Attendance
from surveys.programme import Audience, Session, SessionStatus
from surveys.rounds import RoundState
from tests.surveys.rounds_made import OPENS, PROGRAMME, ROUND, person, plan, utc

SESSIONS = (
    Session(key="kent-1", area="kent", starts=utc(2024, 4, 18, 9), ends=utc(2024, 4, 18, 15)),
    Session(key="reading-1", area="reading", starts=utc(2024, 6, 28, 9), ends=utc(2024, 6, 28, 15)),
    Session(
        key="off",
        area="kent",
        starts=utc(2024, 7, 1, 9),
        ends=utc(2024, 7, 1, 15),
        status=SessionStatus.CANCELLED,
    ),
    Session(key="later", area="medway", starts=utc(2024, 12, 5, 9), ends=utc(2024, 12, 5, 15)),
    Session(key="module", area="", starts=utc(2024, 9, 1, 9), ends=utc(2024, 9, 1, 15)),
)
HELD_PROGRAMME = replace(PROGRAMME, sessions=SESSIONS)


def attends(*hats: str, number: int = 1, **changes):
    """A person at sessions given as `session:perspective`."""
    made = tuple(Attendance(session=s, perspective=p) for s, _, p in (hat.partition(":") for hat in hats))
    return person(number, attendances=made, **changes)


def people(*participants, at=OPENS, **audience):
    changes = {"audience": Audience(**audience)}
    return invited_people(replace(ROUND, **changes), HELD_PROGRAMME, participants, at)


def spoken(invitees):
    return [(each.participant.key, each.session, set(each.voices)) for each in invitees]


def test_two_hats_are_one_person_with_the_areas_of_the_sessions():
    host = attends("kent-1:host_lead", "reading-1:reviewer", area="kent", perspectives=("host_lead", "reviewer"))
    assert spoken(people(host, held_only=True)) == [("p1", "", {("kent", "host_lead"), ("reading", "reviewer")})]
    # the same without naming sessions: no third voice is invented
    assert spoken(people(host)) == [("p1", "", {("kent", "host_lead"), ("reading", "reviewer")})]


def test_held_means_ended_and_not_cancelled_by_the_opening_or_now():
    late, off = attends("later:pcf"), attends("off:pcf", number=2)
    assert people(late, off, held_only=True) == ()
    assert spoken(people(late, off, held_only=True, at=utc(2024, 12, 5, 16))) == [("p1", "", {("medway", "pcf")})]
    # planned for the morning after the session: it will have been held by then
    opening = replace(ROUND, opens_at=utc(2024, 12, 6, 9), state=RoundState.PLANNED)
    assert len(invited_people(opening, HELD_PROGRAMME, [late], OPENS)) == 1


def test_listed_sessions_areas_and_perspectives_narrow_the_audience():
    host = attends("kent-1:host_lead", "reading-1:reviewer")
    assert spoken(people(host, sessions=frozenset({"kent-1"}))) == [("p1", "", {("kent", "host_lead")})]
    assert spoken(people(host, areas=frozenset({"reading"}))) == [("p1", "", {("reading", "reviewer")})]
    assert spoken(people(host, perspectives=frozenset({"reviewer"}))) == [("p1", "", {("reading", "reviewer")})]
    assert people(host, areas=frozenset({"kent"}), perspectives=frozenset({"reviewer"})) == ()


def test_people_without_sessions_belong_where_sessions_are_not_named():
    manager = person(area="kent", perspectives=("pcf",))
    assert spoken(people(manager)) == [("p1", "", {("kent", "pcf")})]
    assert people(manager, held_only=True) == ()
    assert spoken(people(person())) == [("p1", "", {("", "")})]
    # attending only what was cancelled is attending nothing
    assert spoken(people(attends("off:host_lead", area="kent", perspectives=("pcf",)))) == [
        ("p1", "", {("kent", "pcf")})
    ]


def test_perspectives_that_are_not_those_of_a_session_are_kept_beside_them():
    both = attends("reading-1:host_lead", area="kent", perspectives=("host_lead", "pcf"))
    assert spoken(people(both)) == [("p1", "", {("reading", "host_lead"), ("kent", "pcf")})]
    assert spoken(people(both, held_only=True)) == [("p1", "", {("reading", "host_lead")})]


def test_a_session_without_an_area_or_a_perspective():
    assert spoken(people(attends("module:pcf", area="kent"), held_only=True)) == [("p1", "", {("kent", "pcf")})]
    assert spoken(people(attends("module:", perspectives=("pcf",)), held_only=True)) == [("p1", "", {("", "pcf")})]
    assert spoken(people(attends("module:"))) == [("p1", "", {("", "")})]


def test_per_session_asks_once_for_each_session_attended():
    each = replace(ROUND, per_session=True, audience=Audience())
    busy = attends("kent-1:host_lead", "kent-1:pcf", "reading-1:reviewer", "later:pcf", area="kent")
    assert spoken(invited_people(each, HELD_PROGRAMME, [busy, person(2, area="kent")], OPENS)) == [
        ("p1", "kent-1", {("kent", "host_lead"), ("kent", "pcf")}),
        ("p1", "reading-1", {("reading", "reviewer")}),
    ]


@pytest.mark.parametrize("per_session", [True, False])
def test_a_round_made_for_a_session_asks_its_attendees_alone(per_session):
    own = replace(ROUND, key="after--kent-1", session="kent-1", per_session=per_session, audience=Audience())
    asked = [attends("kent-1:host_lead", "reading-1:reviewer"), attends("reading-1:pcf", number=2), person(3)]
    assert spoken(invited_people(own, HELD_PROGRAMME, asked, OPENS)) == [("p1", "kent-1", {("kent", "host_lead")})]
    cancelled = replace(own, session="off")
    assert invited_people(cancelled, HELD_PROGRAMME, [attends("off:pcf")], OPENS) == ()


def test_nobody_who_has_opted_out_or_left():
    assert people(attends("kent-1:pcf", opted_out=True), attends("kent-1:pcf", number=2, removed=True)) == ()


def test_an_invitee_can_be_planned_for():
    (invitee,) = people(attends("kent-1:pcf"), held_only=True)
    planned = replace(ROUND, state=RoundState.PLANNED, opened_at=None)
    lines = plan(invitee.facts(OPENS), round=planned, now=utc(2024, 11, 20))
    assert [line.key_suffix for line in lines] == ["invitation", "reminder/1", "reminder/2", "reminder/3"]
