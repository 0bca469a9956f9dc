"""People whose address changes, fails or is shared while a round runs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from handlers.deadline import move_deadline
from handlers.load import Loaded, import_panel
from handlers.round_commands import remind_now
from reports.plan import planned_messages
from storage import invitations
from surveys.authority import CONSOLE
from surveys.dispositions import Disposition
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import FIRST, OPENS, SECOND, Town, at

GONE = "550 5.1.1 no such user"
MINUTE = timedelta(minutes=1)


def kinds(server: SmtpServer, address: str) -> Counter[str]:
    return Counter(mail.kind for mail in server.to(address))


def planned(town: Town, person: str, now: datetime) -> list[str]:
    with town.store.reading() as tx:
        messages = planned_messages(tx, town.round(), now)
    return [f"{each.kind}/{each.number}" for each in messages if each.participant == person and not each.queued]


def move_house(town: Town, person: str, now: datetime) -> None:
    town.extra = {person: f"{person}.new@example.test"}
    town.import_panel(now)


def test_a_reminder_that_was_refused_does_not_stand_in_the_way_of_the_next(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    server.behaviour.rcpt["bo@example.test"] = GONE
    assert town.tick(FIRST).undeliverable == 1
    move_house(town, "bo", FIRST + MINUTE)
    assert town.tick(FIRST + 2 * MINUTE).sent == {"reminder": 1}
    assert town.tick(SECOND).sent == {"reminder": 4}
    assert kinds(server, "bo.new@example.test") == {"reminder": 2}


def test_someone_who_has_begun_is_reminded_at_a_new_address(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    with town.store.writing() as tx:
        bo = town.invitation("bo").id
        invitations.set_disposition(tx, [bo], Disposition.PARTIAL, reason="", channel="web", now=OPENS)
    server.behaviour.rcpt["bo@example.test"] = GONE
    town.tick(FIRST)
    assert town.invitation("bo").disposition is Disposition.PARTIAL
    move_house(town, "bo", FIRST + MINUTE)
    town.tick(FIRST + 2 * MINUTE)
    assert kinds(server, "bo.new@example.test") == {"reminder": 1}


def test_an_organisers_reminder_does_not_take_a_number_that_was_refused(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    server.behaviour.rcpt["bo@example.test"] = GONE
    town.tick(FIRST)
    move_house(town, "bo", FIRST + MINUTE)
    with town.store.writing() as tx:
        bo = town.invitation("bo").id
        invitations.set_disposition(tx, [bo], Disposition.PENDING, reason="", channel="command", now=FIRST)
    remind_now(town.round().id, town.store, FIRST + 2 * MINUTE, actor=CONSOLE)
    town.tick(FIRST + 3 * MINUTE)
    assert kinds(server, "bo.new@example.test") == {"reminder": 1}


def test_what_was_refused_for_good_is_not_planned_again(town: Town, server: SmtpServer) -> None:
    town.load()
    server.behaviour.data["ana@example.test"] = "554 5.6.0 cannot take this"
    for hour in range(60):
        town.tick(OPENS + timedelta(hours=hour))
    assert planned(town, "ana", OPENS + timedelta(hours=60)) == []


def test_a_notice_that_was_refused_is_told_once_at_the_new_address(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    server.behaviour.rcpt["bo@example.test"] = GONE
    moved = at("2024-12-03 10:00")
    with town.store.writing() as tx:
        move_deadline(tx, town.round(), at("2024-12-20 17:00"), "Snow", moved, CONSOLE)
    town.tick(moved + MINUTE)
    assert town.invitation("bo").disposition is Disposition.UNDELIVERABLE
    move_house(town, "bo", moved + 2 * MINUTE)
    town.tick(moved + 3 * MINUTE)
    town.tick(moved + 4 * MINUTE)
    assert kinds(server, "bo.new@example.test") == {"notice": 1}
    assert "notice/1" not in planned(town, "bo", moved + 5 * MINUTE)


def test_people_who_share_a_mailbox_get_a_mail_each(town: Town, server: SmtpServer) -> None:
    town.load()
    panel = town.folder / "panel.csv"
    panel.write_text(panel.read_text().replace("bo@example.test", "ana@example.test"))
    loaded = import_panel(panel, town.store, "town", at("2024-11-21 09:00"), dry_run=False, actor=CONSOLE)
    assert isinstance(loaded, Loaded)
    town.tick(OPENS)
    first, second = (mail.text for mail in server.to("ana@example.test"))
    assert {("Ana" in first, "Bo" in first), ("Ana" in second, "Bo" in second)} == {(True, False), (False, True)}
    town.tick(FIRST)
    assert kinds(server, "ana@example.test") == {"invitation": 2, "reminder": 2}
