from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, update

from storage.panel_rows import add_people, keep_addresses, keep_attendances
from storage.people import add_delegate, mark_address_bad, participant, participants_by_ids, participants_of
from storage.programmes import add_programme, all_programmes, keep_areas, programme_by_key
from storage.sessions import keep_sessions, sessions_of
from storage.tables.people import opt_outs, participants
from surveys.panel import Attendance
from surveys.panel_file import PanelRow
from surveys.programme import Area, Session
from surveys.text import Text

NOW = datetime(2025, 3, 1, tzinfo=UTC)
DEFINITION = {
    "programme": "hall",
    "title": "Hall",
    "timezone": "Europe/Athens",
    "areas": [{"id": "north"}],
    "sessions": [{"id": "one", "area": "north", "starts": "2025-03-02 10:00", "ends": "2025-03-02 12:00"}],
}


def row(key: str, **values) -> PanelRow:
    standard = {
        "row": 2, "key": key, "name": key.title(), "greeting": "", "organisation": "", "area": "north",
        "timezone": "", "working_days": None, "language": "", "preferred": "", "phone": "", "cc": (),
        "perspectives": (), "attendances": (), "manager_of": (), "addresses": (("mail", f"{key}@example.org"),),
    }  # fmt: skip
    return PanelRow(**standard | values)


@pytest.fixture
def hall(store):
    """A programme with two people; its row and theirs."""
    with store.writing() as tx:
        programme_id = add_programme(tx, "hall", DEFINITION, NOW)
        areas = keep_areas(tx, programme_id, [Area(key="north", name=Text.plain("North"))])
        session = Session(key="one", area="north", starts=NOW, ends=NOW)
        sessions = keep_sessions(tx, programme_id, [session], areas)
        rows = [row("ann", working_days=frozenset({0, 2})), row("bob", addresses=(("mail", "ANN@example.org"),))]
        ids = add_people(tx, programme_id, rows, areas, NOW)
        keep_addresses(tx, {ids[each.key]: each.addresses for each in rows})
        keep_attendances(tx, {ids["ann"]: [Attendance(session="one", perspective="host")]}, sessions)
    return programme_id, ids


def test_people_come_back_whole(store, hall):
    programme_id, ids = hall
    with store.reading() as tx:
        ann, bob = participants_of(tx, programme_id)
        assert participant(tx, ids["ann"]) == ann
        assert participants_by_ids(tx, ids.values()) == {ann.id: ann, bob.id: bob}
        assert participant(tx, 999) is None
    assert (ann.area, ann.working_days, bob.working_days) == ("north", frozenset({0, 2}), None)
    assert ann.attendances == (Attendance(session="one", perspective="host"),)
    # One mailbox, whoever writes it how.
    assert ann.addresses == bob.addresses


def test_opted_out_and_removed_people_are_marked(store, hall):
    programme_id, ids = hall
    with store.writing() as tx:
        tx.execute(insert(opt_outs).values(participant_id=ids["ann"], round_id=None, at=NOW, channel="web"))
        tx.execute(update(participants).where(participants.c.id == ids["bob"]).values(removed_at=NOW))
        ann, bob = participants_of(tx, programme_id)
    assert (ann.opted_out, ann.removed, bob.opted_out, bob.removed) == (True, False, False, True)


def test_the_first_reason_of_a_bad_address_stays(store, hall):
    _, ids = hall
    with store.writing() as tx:
        address = participant(tx, ids["ann"]).addresses[0]
        mark_address_bad(tx, address.id, "no such mailbox", NOW)
        mark_address_bad(tx, address.id, "again", NOW)
        ann = participant(tx, ids["ann"])
    assert ann.addresses[0].bad == "no such mailbox"
    assert ann.usable_addresses == ()


def test_a_delegate_is_somebody_new_or_known_and_never_of_the_panel(store, hall):
    programme_id, ids = hall
    with store.writing() as tx:
        ann = participant(tx, ids["ann"])
        known = add_delegate(tx, programme_id, "bob", "ann@example.org", ann, NOW)
        assert known.id == ids["bob"]
        fresh = add_delegate(tx, programme_id, "Dee Vane", "Dee@example.org", ann, NOW)
        again = add_delegate(tx, programme_id, "Dee  VANE", "dee@example.org", ann, NOW)
        other = add_delegate(tx, programme_id, "Dee Vane", "vane@example.org", ann, NOW)
        assert fresh == again
        assert other.key != fresh.key
        assert (fresh.area, fresh.attendances, fresh.addresses[0].value) == ("north", (), "Dee@example.org")
        assert {each.key for each in participants_of(tx, programme_id)} == {"ann", "bob"}
        assert len(participants_of(tx, programme_id, delegates=True)) == 4


def test_programmes_are_read_from_their_definition(store, hall):
    programme_id, _ = hall
    with store.reading() as tx:
        (stored,) = all_programmes(tx)
        assert programme_by_key(tx, "nowhere") is None
        (session,) = sessions_of(tx, programme_id)
    assert (stored.id, stored.key, stored.programme.timezone) == (programme_id, "hall", "Europe/Athens")
    assert len(stored.pseudonym_key) == 64
    assert session.session.starts == NOW
    assert str(session.session.starts.tzinfo) == "Europe/Athens"
