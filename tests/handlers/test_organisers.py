from datetime import UTC, datetime

import pytest

from handlers.organisers import Appointed, NotAppointed, actor_of, add_organiser, drop_organiser, first_organisers
from storage import audit
from storage.organisers import find_organiser
from surveys.authority import CONSOLE, Actor, NotAllowed
from surveys.organisers import OrganiserEntry, Role, read_organisers

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def entry(email, programme="", slack="", teams=""):
    return OrganiserEntry(email=email, programme=programme, slack=slack, teams=teams)


def actor(store, email) -> Actor:
    with store.reading() as tx:
        found = actor_of(tx, email=email, channel="command")
    assert found is not None
    return found


@pytest.fixture
def staffed(store):
    for each, role in (
        (entry("boss@example.org", slack="U01BOSS"), Role.ADMIN),
        (entry("kim@example.org", "kent"), Role.ORGANISER),
        (entry("lead@example.org", "kent"), Role.ADMIN),
    ):
        add_organiser(each, role, store, NOW, actor=CONSOLE)
    return store


def test_whoever_speaks_in_a_chat_acts_with_their_own_roles(staffed):
    with staffed.reading() as tx:
        boss = actor_of(tx, slack="U01BOSS", channel="slack")
        assert boss is not None
        assert (boss.channel, [each.role for each in boss.roles]) == ("slack", [Role.ADMIN])
        assert actor_of(tx, slack="U0NOBODY", channel="slack") is None
        # Most people have no such id: an empty one is nobody's.
        assert actor_of(tx, slack="", teams="", channel="teams") is None


@pytest.mark.parametrize("programme", ["", "kent", "hants"])
def test_an_organiser_raises_nobody_and_not_themselves(staffed, programme):
    kim = actor(staffed, "kim@example.org")
    for email in ("kim@example.org", "friend@example.org"):
        with pytest.raises(NotAllowed):
            add_organiser(entry(email, programme), Role.ADMIN, staffed, NOW, actor=kim)
    assert actor(staffed, "kim@example.org") == kim


def test_an_admin_of_one_programme_gives_roles_in_that_one(staffed):
    lead = actor(staffed, "lead@example.org")
    assert add_organiser(entry("new@example.org", "kent"), Role.VIEWER, staffed, NOW, actor=lead) == Appointed(
        changed=True
    )
    for programme in ("", "hants"):
        with pytest.raises(NotAllowed):
            add_organiser(entry("lead@example.org", programme), Role.ADMIN, staffed, NOW, actor=lead)
    with pytest.raises(NotAllowed):
        drop_organiser("boss@example.org", staffed, NOW, actor=lead)


def test_an_admin_of_one_programme_takes_over_nobodys_name_in_a_chat(staffed):
    lead = actor(staffed, "lead@example.org")
    with pytest.raises(NotAllowed):
        add_organiser(entry("boss@example.org", "kent", slack="U0LEAD"), Role.VIEWER, staffed, NOW, actor=lead)
    taken = add_organiser(entry("lead@example.org", "kent", slack="U01BOSS"), Role.ADMIN, staffed, NOW, actor=lead)
    assert taken == NotAppointed(reason="U01BOSS is the id of boss@example.org already")


def test_the_last_admin_stays_unless_the_machine_itself_says_so(staffed):
    boss = actor(staffed, "boss@example.org")
    assert isinstance(drop_organiser("boss@example.org", staffed, NOW, actor=boss), NotAppointed)
    lowered = add_organiser(entry("boss@example.org"), Role.VIEWER, staffed, NOW, actor=boss)
    assert isinstance(lowered, NotAppointed)
    add_organiser(entry("second@example.org"), Role.ADMIN, staffed, NOW, actor=boss)
    assert drop_organiser("boss@example.org", staffed, NOW, actor=boss) == Appointed(changed=True)
    assert drop_organiser("second@example.org", staffed, NOW, actor=CONSOLE) == Appointed(changed=True)


def test_one_programme_can_be_taken_away_and_the_others_stay(staffed):
    add_organiser(entry("kim@example.org", "hants"), Role.VIEWER, staffed, NOW, actor=CONSOLE)
    drop_organiser("kim@example.org", staffed, NOW, actor=CONSOLE, programme="kent")
    assert [each.programme for each in actor(staffed, "kim@example.org").roles] == ["hants"]
    drop_organiser("kim@example.org", staffed, NOW, actor=CONSOLE, programme="hants")
    with staffed.reading() as tx:
        assert find_organiser(tx, email="kim@example.org") is None
        said = [(line.what, line.before, line.after) for line in audit.lines(tx, limit=2)]
    viewer, both = [{"role": "viewer", "programme": "hants"}], "organiser removed"
    assert said[0] == (both, viewer, [])
    assert said[1][2] == viewer


def test_the_settings_make_the_first_ones_in_every_programme_they_name(store):
    words = f"kim@example.org;slack:U0KIM;teams:{GUID}@kent, kim@example.org@hants, boss@example.org"
    entries, wrong = read_organisers(words)
    assert wrong == ()
    assert first_organisers(entries, store, NOW) == 3
    assert {each.programme for each in actor(store, "kim@example.org").roles} == {"kent", "hants"}
    drop_organiser("kim@example.org", store, NOW, actor=CONSOLE)
    assert first_organisers(entries, store, NOW) == 0
