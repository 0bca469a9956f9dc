"""A close that moves while the round is open: each person is told once, and told the truth."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from handlers.deadline import move_deadline
from handlers.people import pause
from surveys.authority import CONSOLE
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import FIRST, OPENS, Town, at

MINUTE = timedelta(minutes=1)
MOVED = at("2024-12-03 10:00")


def move(town: Town, close: str, now: datetime = MOVED) -> None:
    with town.store.writing() as tx:
        move_deadline(tx, town.round(), at(close), "", now, CONSOLE)


def notices(server: SmtpServer, person: str) -> list[str]:
    return [mail.text for mail in server.to(f"{person}@example.test") if mail.kind == "notice"]


def test_moved_twice_before_anyone_heard_of_it_is_one_notice_that_names_the_close_they_know(
    town: Town, server: SmtpServer
) -> None:
    town.load()
    town.tick(OPENS)
    move(town, "2024-12-18 17:00")
    move(town, "2024-12-20 17:00", MOVED + MINUTE)
    assert town.tick(MOVED + 2 * MINUTE).sent == {"notice": 4}
    (notice,) = notices(server, "ana")
    assert "now open until Friday 20 December, 5 pm. It was to close on Monday 16 December, 5 pm." in notice
    assert "18 December" not in notice
    move(town, "2024-12-23 17:00", MOVED + 3 * MINUTE)
    town.tick(MOVED + 4 * MINUTE)
    assert "It was to close on Friday 20 December, 5 pm." in notices(server, "ana")[1]
    assert town.tick(MOVED + 5 * MINUTE).did_nothing


def test_moved_there_and_back_is_no_news(town: Town) -> None:
    town.load()
    town.tick(OPENS)
    move(town, "2024-12-18 17:00")
    move(town, "2024-12-16 17:00", MOVED + MINUTE)
    assert town.tick(MOVED + 2 * MINUTE).did_nothing


def test_what_waits_for_another_try_is_not_told_beside_what_has_come_since(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    server.behaviour.rcpt["ana@example.test"] = "451 4.3.0 try later"
    move(town, "2024-12-18 17:00")
    assert town.tick(MOVED + MINUTE).deferred == 1
    move(town, "2024-12-20 17:00", MOVED + 2 * MINUTE)
    del server.behaviour.rcpt["ana@example.test"]
    sent = Counter[str]()
    for hour in range(1, 30):
        sent.update(town.tick(MOVED + hour * timedelta(hours=1)).sent)
    assert sent == {"notice": 4}
    (notice,) = notices(server, "ana")
    assert "open until Friday 20 December, 5 pm. It was to close on Monday 16 December" in notice


def test_a_season_that_is_played_at_one_moment(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    move(town, "2024-12-20 17:00", OPENS)
    assert town.tick(OPENS).sent == {"notice": 4}
    move(town, "2024-12-23 17:00", OPENS - timedelta(days=30))
    assert town.tick(OPENS + MINUTE).sent == {"notice": 4}
    assert "It was to close on Friday 20 December" in notices(server, "ana")[1]
    assert town.tick(OPENS + 2 * MINUTE).did_nothing


def test_a_file_that_brings_the_close_forward_warns_and_everyone_is_told_once(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    town.closes = "2024-12-10 17:00"
    loaded = town.load(MOVED)
    assert any("told that it closes 2024-12-16 17:00" in warning for warning in loaded.warnings)
    assert town.tick(MOVED + MINUTE).sent == {"notice": 4}
    mail = server.to("bo@example.test")[-1]
    assert mail.message["Subject"].startswith("Less time:")
    assert "closes earlier than we told you: it is now open until Tuesday 10 December, 5 pm." in mail.text
    assert "It was to close on Monday 16 December, 5 pm." in mail.text
    assert "more time" not in mail.text.lower()
    assert town.tick(MOVED + 2 * MINUTE).did_nothing
    assert town.round().extensions == 0
    assert town.load(MOVED + 3 * MINUTE).changes == ()


def test_a_file_that_moves_the_close_of_a_season_that_is_played(town: Town, server: SmtpServer) -> None:
    """The clock on the wall is years after the round; the round's own time counts."""
    town.load()
    town.tick(OPENS)
    town.closes = "2024-12-20 17:00"
    town.load(at("2026-01-05 09:00"))
    assert town.tick(MOVED).sent == {"notice": 4}
    assert town.tick(at("2024-12-13 09:30")).sent == {"reminder": 4}


def test_a_pause_keeps_a_notice_back(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    pause(town.invitation("ana").participant_id, at("2024-12-11 00:00"), town.store, OPENS + MINUTE, actor=CONSOLE)
    move(town, "2024-12-20 17:00")
    assert town.tick(MOVED + MINUTE).sent == {"notice": 3}
    assert town.tick(FIRST).sent == {}
    assert not notices(server, "ana")
    town.tick(at("2024-12-11 09:30"))
    assert len(notices(server, "ana")) == 1
