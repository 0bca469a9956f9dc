"""A mail server that is down, slow, or refuses: put off or refused for good, never a crash, nothing lost."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from schedules.doubts import settle_doubts
from schedules.outcomes import Tally, TickSettings
from schedules.patience import LONGEST_PAUSE, LONGEST_WAIT, resume_at, retry_at
from schedules.tick import tick
from storage import invitations, ledger, senders
from storage.letter_facts import attempts_of
from surveys.delivery import LineState
from surveys.dispositions import Disposition
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.town import CLOSES, FIRST, OPENS, SECOND, SECRET, SITE, Town, at

MINUTE = timedelta(minutes=1)


def everyone(server: SmtpServer) -> Counter[tuple[str, str]]:
    return Counter((mail.recipients[0], mail.kind) for mail in server.taken)


def test_a_server_that_is_down_loses_no_invitation(town: Town, server: SmtpServer) -> None:
    town.load()
    server.stop()
    report = town.tick(OPENS)
    assert report.deferred == 1
    assert report.sent == {}
    assert "can't be reached" in next(iter(report.troubles.values()))
    # The whole account rests: nothing is tried again at once.
    assert town.tick(OPENS + timedelta(seconds=20)).deferred == 0
    with town.store.reading() as tx:
        (state,) = senders.account_states(tx)
        assert ledger.waiting(tx) == {"deferred": 1, "refused": 0}
    assert state.failures == 1
    assert state.trouble
    server.start()
    assert town.tick(OPENS + MINUTE).sent == {"invitation": 4}
    assert set(everyone(server).values()) == {1}
    with town.store.reading() as tx:
        (state,) = senders.account_states(tx)
    assert (state.failures, state.trouble) == (0, "")


def test_a_channel_stays_in_trouble_until_a_message_has_gone(town: Town, server: SmtpServer) -> None:
    town.load()
    server.stop()
    told = town.tick(OPENS).troubles
    # Nothing is due while the one line that was tried waits with the account; the trouble is still there.
    assert town.tick(OPENS + timedelta(seconds=20)).troubles == told
    server.start()
    assert town.tick(OPENS + 2 * MINUTE).troubles == {}


def test_a_programme_without_a_sender_waits_for_one_and_holds_up_nobody(town: Town, server: SmtpServer) -> None:
    town.reword(("sender: {{name: Maya Lind, email: maya@example.org}}\n", ""))
    town.load()
    town.sender = ""
    report = town.tick(OPENS)
    assert (report.sent, report.deferred, report.troubles) == ({}, 4, {})
    assert not server.taken
    with town.store.reading() as tx:
        assert ledger.waiting(tx) == {"deferred": 4, "refused": 0}
    town.sender = "bot@example.org"
    assert town.tick(OPENS + LONGEST_PAUSE).sent == {"invitation": 4}


def test_many_lines_that_nobody_wants_any_more_are_cancelled_in_one_tick(town: Town, server: SmtpServer) -> None:
    town.people = [f"p{each}" for each in range(450)]
    town.load()
    server.stop()
    town.tick(OPENS)
    with town.store.writing() as tx:
        every = [each.id for each in invitations.invitations_of(tx, town.round().id)]
        invitations.set_disposition(tx, every[:-1], Disposition.DECLINED, reason="", channel="web", now=OPENS + MINUTE)
    server.start()
    report = town.tick(OPENS + 20 * MINUTE)
    assert (report.cancelled, report.sent) == (449, {"invitation": 1})


def test_a_server_that_refuses_everything_loses_no_invitation(town: Town, server: SmtpServer) -> None:
    town.load()
    for stage in ("mail_from", "rcpt", "data"):
        refusal = "554 5.7.1 not today"
        setattr(server.behaviour, stage, refusal if stage == "mail_from" else {"*": refusal})
        minutes = {"mail_from": 0, "rcpt": 20, "data": 40}[stage]
        assert town.tick(OPENS + minutes * MINUTE).sent == {}
        setattr(server.behaviour, stage, "" if stage == "mail_from" else {})
    town.tick(OPENS + timedelta(hours=3))
    town.tick(OPENS + timedelta(hours=8))
    assert everyone(server) == {(f"{each}@example.test", "invitation"): 1 for each in town.people}


def test_a_message_refused_again_and_again_is_refused_in_the_end(town: Town, server: SmtpServer) -> None:
    town.load()
    server.behaviour.data["ana@example.test"] = "554 5.6.0 cannot take this"
    for hour in range(60):
        town.tick(OPENS + timedelta(hours=hour))
    line = town.line("ana", "invitation")
    assert line is not None
    assert line.state is LineState.REFUSED
    assert "5.6.0" in line.reason
    assert town.invitation("ana").disposition is Disposition.PENDING
    assert everyone(server)["bo@example.test", "invitation"] == 1


def test_being_put_off_for_days_does_not_count_as_being_refused(town: Town, server: SmtpServer) -> None:
    town.load()
    server.behaviour.rcpt["ana@example.test"] = "451 4.7.1 not yet"
    for hour in range(60):
        town.tick(OPENS + timedelta(hours=hour))
    server.behaviour.rcpt.clear()
    server.behaviour.data["ana@example.test"] = "554 5.7.1 not today"
    for hour in range(60, 65):
        town.tick(OPENS + timedelta(hours=hour))
    line = town.line("ana", "invitation")
    assert line is not None
    assert line.attempts > 10
    server.behaviour.data.clear()
    for hour in range(65, 75):
        town.tick(OPENS + timedelta(hours=hour))
    assert everyone(server)["ana@example.test", "invitation"] == 1


def test_one_refused_recipient_is_undeliverable_and_the_others_get_theirs(town: Town, server: SmtpServer) -> None:
    town.load()
    server.behaviour.rcpt["bo@example.test"] = "550 5.1.1 no such user"
    report = town.tick(OPENS)
    assert report.sent == {"invitation": 3}
    assert (report.refused, report.undeliverable) == (1, 1)
    assert town.invitation("bo").disposition is Disposition.UNDELIVERABLE
    line = town.line("bo", "invitation")
    assert line is not None
    assert line.state is LineState.REFUSED
    assert town.tick(FIRST).sent == {"reminder": 3}


def test_a_second_address_is_used_when_the_first_is_refused(town: Town, server: SmtpServer) -> None:
    town.extra = {"bo": "bo.other@example.test"}
    town.load()
    server.behaviour.rcpt["bo@example.test"] = "550 5.1.1 no such user"
    town.tick(OPENS)
    town.tick(OPENS + MINUTE)
    assert everyone(server)["bo.other@example.test", "invitation"] == 1
    assert town.invitation("bo").disposition is Disposition.PENDING
    town.tick(FIRST)
    assert everyone(server)["bo.other@example.test", "reminder"] == 1


def test_a_new_address_brings_an_undeliverable_person_back(town: Town, server: SmtpServer) -> None:
    town.load()
    server.behaviour.rcpt["bo@example.test"] = "550 5.1.1 no such user"
    town.tick(OPENS)
    town.extra = {"bo": "bo.new@example.test"}
    town.import_panel(at("2024-11-26 09:00"))
    assert town.tick(at("2024-11-26 09:01")).sent == {"invitation": 1}
    assert town.invitation("bo").disposition is Disposition.PENDING
    assert everyone(server)["bo.new@example.test", "invitation"] == 1


def test_greylisting_holds_up_one_person_only(town: Town, server: SmtpServer) -> None:
    town.load()
    server.behaviour.rcpt["bo@example.test"] = "451 4.7.1 later"
    report = town.tick(OPENS)
    assert report.sent == {"invitation": 3}
    assert report.deferred == 1
    server.behaviour.rcpt.clear()
    assert town.tick(OPENS + MINUTE).sent == {"invitation": 1}


def test_an_invitation_in_doubt_is_sent_once_more_with_the_same_id(town: Town, server: SmtpServer) -> None:
    town.people = ("ana",)
    town.load()
    server.behaviour.drop_after = True
    report = town.tick(OPENS)
    assert report.in_doubt == 1
    server.behaviour.drop_after = False
    assert town.tick(OPENS + MINUTE).sent == {"invitation": 1}
    first, second = server.taken
    assert first.message["Message-ID"] == second.message["Message-ID"]
    line = town.line("ana", "invitation")
    assert line is not None
    with town.store.reading() as tx:
        assert [outcome for outcome, _ in attempts_of(tx, line.id)] == ["in_doubt_again", "sent"]


def test_a_reminder_in_doubt_counts_as_sent(town: Town, server: SmtpServer) -> None:
    town.people = ("ana",)
    town.load()
    town.tick(OPENS)
    server.behaviour.drop_after = True
    assert town.tick(FIRST).in_doubt == 1
    server.behaviour.drop_after = False
    assert town.tick(FIRST + timedelta(hours=1)).did_nothing
    assert everyone(server)["ana@example.test", "reminder"] == 1
    assert town.invitation("ana").reminders_sent == 1
    assert town.tick(SECOND).sent == {"reminder": 1}


def test_a_server_that_never_answers_in_doubt_is_not_asked_for_ever(town: Town, server: SmtpServer) -> None:
    town.people = ("ana",)
    town.load()
    server.behaviour.drop_after = True
    for hour in range(72):
        town.tick(OPENS + timedelta(hours=hour))
    assert len(server.taken) == 5
    line = town.line("ana", "invitation")
    assert line is not None
    assert line.state is LineState.SENT
    assert line.reason.startswith("in doubt")


def test_a_name_that_cannot_be_written_stops_nobody_else(town: Town, server: SmtpServer) -> None:
    town.load()
    with town.store.writing() as tx:
        # Put there past every check, as an older version might have.
        tx.exec_driver_sql("update addresses set value = 'bo@example.test\r\nBcc: x' where folded = 'bo@example.test'")
    report = town.tick(OPENS)
    assert report.sent == {"invitation": 3}
    assert report.refused == 1


def test_the_close_comes_before_the_server_does(town: Town, server: SmtpServer) -> None:
    town.load()
    server.stop()
    town.tick(OPENS)
    town.tick(CLOSES)
    server.start()
    assert town.tick(CLOSES + timedelta(hours=1)).sent == {}
    line = town.line("ana", "invitation")
    assert line is not None
    assert line.state is LineState.CANCELLED
    assert "closed" in line.reason
    assert town.invitation("ana").disposition is Disposition.PENDING


def test_another_sender_keeps_the_account(town: Town, server: SmtpServer) -> None:
    town.load()
    account = town.channel().account
    with town.store.writing() as tx:
        other = senders.take(tx, account, holder="other", now=OPENS, alone=False)
    assert other is not None
    assert town.tick(OPENS, alone=False).sent == {}
    assert server.taken == ()
    # Its lease ends, or it gives the account back.
    assert town.tick(OPENS + senders.LEASE, alone=False).sent == {"invitation": 4}
    with town.store.writing() as tx:
        assert not senders.renew(tx, other, now=OPENS)


def test_a_sender_that_was_passed_settles_nothing(town: Town, server: SmtpServer) -> None:
    """It freezes while its message is under way; another takes over; what it then learns is not written."""
    town.people = ("ana",)
    town.load()
    server.behaviour.slow = 0.6
    frozen = threading.Thread(target=town.tick, args=(OPENS,), kwargs={"alone": False})
    frozen.start()
    while not _has_open_attempt(town):
        pass
    later = OPENS + senders.LEASE + MINUTE
    tally = Tally()
    with town.store.writing() as tx:
        assert senders.take(tx, town.channel().account, holder="other", now=later, alone=False) is not None
    others = TickSettings(public_url=SITE, secret=SECRET, holder="other", alone=False)
    settle_doubts(town.store, {"mail": town.channel()}, others, tally, later)
    frozen.join()
    line = town.line("ana", "invitation")
    assert line is not None
    assert line.state is LineState.QUEUED
    server.behaviour.slow = 0
    town.tick(later + senders.LEASE + MINUTE, alone=False)
    assert {mail.message["Message-ID"] for mail in server.taken} == {town.channel().ref("town/autumn/ana/invitation")}
    assert len(server.taken) == 2


def _has_open_attempt(town: Town) -> bool:
    with town.store.reading() as tx:
        return tx.exec_driver_sql("select count(*) from attempts where ended_at is null").scalar_one() > 0


def test_stopping_finishes_the_message_in_hand_and_gives_the_rest_back(town: Town, server: SmtpServer) -> None:
    town.load()
    settings = TickSettings(public_url=SITE, secret=SECRET, holder="test", stopping=lambda: len(server.taken) >= 2)
    report = tick(town.store, {"mail": town.channel()}, settings, OPENS)
    assert report.sent == {"invitation": 2}
    with town.store.reading() as tx:
        states = Counter(line.state for line in ledger.lines_of_round(tx, town.round().id))
    assert states == {LineState.SENT: 2, LineState.QUEUED: 2}
    assert town.tick(OPENS).sent == {"invitation": 2}


def test_a_busy_database_does_not_lose_what_was_sent(town: Town, server: SmtpServer) -> None:
    town.people = ("ana",)
    town.load()
    server.behaviour.slow = 0.3
    sending = threading.Thread(target=town.tick, args=(OPENS,))
    sending.start()
    while not _has_open_attempt(town):
        pass
    with town.store.writing():
        # Longer than any one transaction waits for another.
        threading.Event().wait(2.5)
    sending.join()
    assert len(server.taken) == 1
    line = town.line("ana", "invitation")
    assert line is not None
    assert line.state is LineState.SENT


@pytest.mark.parametrize("attempts", [1, 2, 5, 9, 40])
def test_waits_double_up_to_a_limit(attempts: int) -> None:
    whole = min(MINUTE * 2 ** (attempts - 1), LONGEST_WAIT)
    wait = retry_at("a key", attempts, OPENS) - OPENS
    assert whole * 0.9 <= wait <= whole
    assert retry_at("a key", attempts, OPENS) - OPENS == wait
    assert resume_at("mail", attempts, OPENS) - OPENS <= LONGEST_PAUSE


def test_nothing_is_said_twice_however_often_it_is_queued(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    for _ in range(3):
        town.look_again()
        assert town.tick(OPENS + MINUTE).did_nothing
