"""Erasure in the tables: what goes with a person, what stays with others, and who does not come back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from handlers.delegation import CannotBeNamed, delegate
from handlers.erasing import Erased, NotThere, OnItsWay, erase
from handlers.load import import_panel
from handlers.round_commands import extend_round
from storage import audit, audit_chain
from storage.erasing import erase_person, sweep
from storage.people import participants_of
from storage.programmes import programme_by_key
from storage.rounds import deadline_changes_of
from storage.tables import metadata
from storage.tables.delivery import deliveries
from storage.tables.people import addresses, participants, tombstones
from surveys.authority import CONSOLE
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import FIRST, OPENS, Town, at

LATER = at("2024-11-27 10:00")


@pytest.fixture
def server():
    with SmtpServer() as running:
        yield running


@pytest.fixture
def town(store, tmp_path, server):
    made = Town(store=store, folder=tmp_path, smtp_url=server.url, extra={"bo": "ana@example.test"})
    made.load()
    made.tick(OPENS)
    return made


def person_id(town, key):
    with town.store.reading() as tx:
        stored = programme_by_key(tx, "town")
        return next(each.id for each in participants_of(tx, stored.id, delegates=True) if each.key == key)


def people(town):
    with town.store.reading() as tx:
        return set(tx.execute(select(participants.c.key)).scalars())


def erased(town, key):
    outcome = erase(person_id(town, key), town.store, LATER, actor=CONSOLE)
    assert isinstance(outcome, Erased)
    return outcome.removed


def test_a_shared_address_stays_with_whoever_else_has_it(town, server):
    removed = erased(town, "ana")
    assert (removed.addresses, removed.shared) == (0, 1)
    town.import_panel(LATER)
    # Ana stays out by her name at that address; Bo, who has it too, is still written to.
    assert people(town) == {"bo", "cy", "di"}
    town.tick(FIRST)
    reminded = [
        key for key in ("ana", "bo", "cy", "di") for mail in server.to(f"{key}@example.test") if mail.kind == "reminder"
    ]
    assert reminded == ["bo", "cy", "di"]


def test_an_id_is_never_used_again(town):
    last = town.invitation("di").id
    row = person_id(town, "di")
    erased(town, "di")
    town.people = ("ana", "bo", "cy", "eli")
    town.import_panel(LATER)
    town.tick(LATER)
    # Else Di's link would open Eli's form.
    assert town.invitation("eli").id > last
    assert person_id(town, "eli") > row


def test_nobody_can_be_named_who_was_erased(town):
    erased(town, "di")
    for name, email in (("Di Example", "di@example.test"), ("Someone Else", "DI@example.test")):
        named = delegate(town.invitation("cy").id, name, email, town.store, LATER, channel="web")
        assert isinstance(named, CannotBeNamed)
        assert named.fault == "refused"
    assert people(town) == {"ana", "bo", "cy"}


def test_no_one_is_erased_while_a_message_to_them_is_handed_over(town):
    row = person_id(town, "cy")
    with town.store.writing() as tx:
        ours = deliveries.c.participant_id == row
        tx.execute(update(deliveries).where(ours).values(state="claimed", lease_until=LATER + timedelta(minutes=1)))
    assert isinstance(erase(row, town.store, LATER, actor=CONSOLE), OnItsWay)
    assert isinstance(erase(row, town.store, LATER + timedelta(minutes=2), actor=CONSOLE), Erased)
    assert isinstance(erase(row, town.store, LATER, actor=CONSOLE), NotThere)


def test_an_address_given_up_before_goes_too(town):
    erased_address = "cy@example.test"
    with town.store.writing() as tx:
        tx.execute(update(addresses).where(addresses.c.value == erased_address).values(bad_reason="cy is away"))
    panel = town.folder / "panel.csv"
    panel.write_text(panel.read_text().replace(erased_address, "cy@new.test"))
    import_panel(panel, town.store, "town", LATER, actor=CONSOLE)
    assert erased(town, "cy").addresses == 2
    with town.store.reading() as tx:
        assert not tx.execute(
            select(addresses.c.id).where(addresses.c.value.in_([erased_address, "cy@new.test"]))
        ).all()


def test_the_audit_stays_whole_and_names_nobody(town):
    with town.store.writing() as tx:
        audit_chain.seal_new(tx)
    erased(town, "cy")
    with town.store.writing() as tx:
        audit_chain.seal_new(tx)
        assert isinstance(audit_chain.verify(tx), audit_chain.Whole)
        line = audit.lines(tx, limit=1)[0]
    assert line.what == "person erased"
    assert set(line.after) == {"keyed_hash", "tombstones"}
    assert "cy@" not in str(line)


@pytest.mark.parametrize("reason", ["Oake is ill", "wait for CY@example.test", "as cyrus oake asked"])
def test_a_reason_that_names_the_person_goes_with_them(town, reason):
    round_id = town.round().id
    extend_round(round_id, at("2024-12-18 17:00"), reason, town.store, LATER, actor=CONSOLE)
    extend_round(round_id, at("2024-12-19 17:00"), "Oakengates is snowed in", town.store, LATER, actor=CONSOLE)
    with town.store.writing() as tx:
        tx.execute(update(participants).where(participants.c.key == "cy").values(name="Cyrus Oake"))
        audit_chain.seal_new(tx)
    erased(town, "cy")
    with town.store.reading() as tx:
        said = [line.reason for line in audit.lines(tx) if line.what == "deadline moved"]
        moved = [each.reason for each in deadline_changes_of(tx, round_id)]
        assert isinstance(audit_chain.verify(tx), audit_chain.Whole)
    assert said == ["Oakengates is snowed in", audit.TAKEN_OUT]
    assert moved == ["[erased]", "Oakengates is snowed in"]


def test_every_table_that_may_hold_a_person_is_thought_of(town):
    """A new table or a new column that points at a person, an invitation or an address must be erased too."""
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in {"participants", "invitations", "addresses", "responses", "deliveries", "messages"}
    }
    assert pointing == {
        "answers.response_id",
        "attempts.address_id",
        "attempts.delivery_id",
        "attendances.participant_id",
        "chat_lookups.address_id",
        "chat_prompts.invitation_id",
        "consents.response_id",
        "delegations.delegate_invitation_id",
        "delegations.invitation_id",
        "deliveries.invitation_id",
        "deliveries.message_id",
        "deliveries.participant_id",
        "dispositions.invitation_id",
        "invitation_voices.invitation_id",
        "invitations.delegated_from_id",
        "invitations.participant_id",
        "messages.address_id",
        "opt_outs.participant_id",
        "participant_addresses.address_id",
        "participant_addresses.participant_id",
        "person_requests.participant_id",
        "raw_messages.invitation_id",
        "raw_messages.participant_id",
        "redactions.response_id",
        "responses.invitation_id",
        "triage.invitation_id",
        "triage.participant_id",
        "voices.response_id",
    }
    erased(town, "cy")
    with town.store.reading() as tx:
        assert tx.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert tx.execute(select(func.count()).select_from(tombstones)).scalar_one() == 3


def test_nothing_of_others_goes(town):
    with town.store.reading() as tx:
        before = {name: tx.execute(select(func.count()).select_from(each)).scalar_one() for name, each in _counted()}
    erased(town, "cy")
    with town.store.reading() as tx:
        after = {name: tx.execute(select(func.count()).select_from(each)).scalar_one() for name, each in _counted()}
    assert {name: before[name] - after[name] for name in before} == {
        "participants": 1,
        "invitations": 1,
        "addresses": 1,
        "messages": 1,
        "deliveries": 1,
    }


def test_the_log_is_empty_at_the_latest_when_the_last_program_has_ended(town):
    """A reader that began before the erasure keeps older pages alive, and `sweep` says so."""
    with town.store.reading() as tx:
        tx.execute(select(participants.c.key)).all()
        with town.store.writing() as other:
            assert erase_person(other, person_id(town, "cy"), LATER) is not None
        assert sweep(town.store, busy_seconds=0.2) is False
    town.store.close()
    beside = list(town.store.path.parent.glob("soundings.db*"))
    assert [path.name for path in beside if b"cy@example.test" in path.read_bytes()] == []


def _counted():
    names = ("participants", "invitations", "addresses", "messages", "deliveries")
    return [(name, metadata.tables[name]) for name in names]
