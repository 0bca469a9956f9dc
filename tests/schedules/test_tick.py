"""A round from its opening to its close, tick by tick, with a real mail server."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from handlers.deadline import move_deadline
from handlers.people import opt_out, pause
from schedules.moving import move_rounds, open_round
from schedules.outcomes import Tally
from schedules.queueing import queue_due
from storage import invitations
from storage.figures import time_in_round
from surveys.authority import CONSOLE
from surveys.delivery import LineState
from surveys.dispositions import Disposition
from surveys.rounds import RoundState
from tests.fakes.smtp_server import SmtpServer, Taken
from tests.schedules.town import CLOSES, FIRST, LAST, OPENS, ROUND, SECOND, Town, at

MINUTE = timedelta(minutes=1)


def kinds(mails: tuple[Taken, ...] | list[Taken]) -> Counter[str]:
    return Counter(mail.kind for mail in mails)


def answer(town: Town, person: str, disposition: Disposition, now: datetime) -> None:
    with town.store.writing() as tx:
        invitations.set_disposition(tx, [town.invitation(person).id], disposition, reason="", channel="web", now=now)


def test_a_round_by_itself(town: Town, server: SmtpServer) -> None:
    town.load()
    assert town.tick(OPENS - MINUTE).did_nothing
    report = town.tick(OPENS)
    assert report.opened == (ROUND,)
    assert report.sent == {"invitation": 4}
    assert report.next_at == FIRST
    assert town.tick(OPENS).did_nothing
    answer(town, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    answer(town, "bo", Disposition.DECLINED, OPENS + MINUTE)
    assert town.tick(FIRST).sent == {"reminder": 2}
    assert town.tick(FIRST + MINUTE).did_nothing
    answer(town, "cy", Disposition.PARTIAL, FIRST + MINUTE)
    assert town.tick(SECOND).sent == {"reminder": 2}
    # Both areas lack a host's voice except Ana's; of those still to answer none is a host.
    assert town.tick(LAST).did_nothing
    report = town.tick(CLOSES)
    assert report.closed == (ROUND,)
    assert report.sent == {"thanks": 1}
    assert town.tick(CLOSES + timedelta(days=3)).did_nothing
    assert kinds(server.to("ana@example.test")) == {"invitation": 1, "thanks": 1}
    assert kinds(server.to("bo@example.test")) == {"invitation": 1}
    assert kinds(server.to("cy@example.test")) == {"invitation": 1, "reminder": 2}
    assert "What was said is read in January." in server.to("ana@example.test")[-1].text


def test_the_last_reminder_goes_only_where_a_voice_is_missing(town: Town, server: SmtpServer) -> None:
    town.load()
    for moment in (OPENS, FIRST, SECOND):
        town.tick(moment)
    answer(town, "ana", Disposition.COMPLETE, SECOND + MINUTE)
    report = town.tick(LAST)
    assert report.sent == {"reminder": 1}
    assert kinds(server.to("bo@example.test")) == {"invitation": 1, "reminder": 3}
    assert kinds(server.to("cy@example.test")) == {"invitation": 1, "reminder": 2}


def test_a_late_clock_opens_and_makes_up_in_one(town: Town, server: SmtpServer) -> None:
    town.load()
    report = town.tick(at("2024-12-13 11:00"))
    assert report.sent == {"invitation": 4}
    assert town.tick(at("2024-12-13 12:00")).did_nothing


def test_a_round_loaded_after_its_close_can_be_replayed(town: Town, server: SmtpServer) -> None:
    town.load(at("2026-01-05 09:00"))
    assert town.round().state is RoundState.CLOSED
    assert town.tick(at("2026-01-05 09:01")).did_nothing
    assert town.tick(OPENS).sent == {"invitation": 4}
    assert town.tick(FIRST).sent == {"reminder": 4}
    assert town.tick(CLOSES).closed == (ROUND,)
    assert town.tick(FIRST).did_nothing


def test_a_held_round_waits(town: Town, server: SmtpServer) -> None:
    town.hold = "true"
    town.load()
    assert town.tick(OPENS).did_nothing


def test_a_held_round_keeps_its_hold_when_its_season_is_replayed(town: Town, server: SmtpServer) -> None:
    town.hold = "true"
    loaded_at = at("2026-01-05 09:00")
    town.load(loaded_at)
    assert town.round().state is RoundState.CLOSED
    assert town.tick(OPENS + MINUTE).did_nothing
    assert town.round().state is RoundState.HELD
    assert not town.load(loaded_at).changes
    with town.store.reading() as tx:
        # Whoever opens it by hand opens it within its own life, whatever the year.
        assert time_in_round(tx, town.round(), loaded_at) == OPENS
    with town.store.writing() as tx:
        open_round(tx, town.round(), OPENS, actor=CONSOLE)
    assert town.tick(OPENS + MINUTE).sent == {"invitation": 4}
    assert town.tick(CLOSES).closed == (ROUND,)


def test_a_large_opening_that_was_cut_off_is_gone_on_with(town: Town) -> None:
    town.people = [f"p{each}" for each in range(1200)]
    town.load()
    invited = queued = 0
    for chunks in (1, 3, 99):
        # Each time the process ends a little later in its work: among the invitations, then among the lines.
        tally, left = Tally(), iter(range(chunks))
        move_rounds(town.store, tally, OPENS)
        queue_due(town.store, tally, OPENS, stopping=lambda left=left: next(left, None) is None)
        invited, queued = invited + tally.counts["invited"], queued + tally.counts["queued"]
        assert (invited, queued) == {1: (500, 0), 3: (1200, 500), 99: (1200, 1200)}[chunks]
    tally = Tally()
    queue_due(town.store, tally, OPENS)
    assert not +tally.counts


def test_going_back_in_time_sends_nothing_twice(town: Town, server: SmtpServer) -> None:
    town.load()
    for moment in (OPENS, FIRST, OPENS, FIRST - timedelta(days=1), FIRST):
        town.tick(moment)
    assert kinds(server.taken) == {"invitation": 4, "reminder": 4}


def test_people_added_while_it_is_open_are_invited_then(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    town.people = (*town.people, "ed")
    town.import_panel(at("2024-12-02 10:00"))
    assert town.tick(at("2024-12-02 10:01")).sent == {"invitation": 1}
    assert kinds(server.to("ed@example.test")) == {"invitation": 1}


def test_an_opt_out_is_silence(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    opt_out(town.invitation("ana").participant_id, town.store, OPENS + MINUTE, actor=CONSOLE)
    for moment in (FIRST, SECOND, LAST, CLOSES):
        town.tick(moment)
    assert kinds(server.to("ana@example.test")) == {"invitation": 1}


def test_an_opt_out_between_queueing_and_sending_is_seen(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    server.stop()
    assert town.tick(FIRST).deferred == 1
    with town.store.writing() as tx:
        from storage.rights import note_opt_out

        note_opt_out(tx, town.invitation("ana").participant_id, round_id=None, channel="test", now=FIRST)
    answer(town, "bo", Disposition.COMPLETE, FIRST + MINUTE)
    server.start()
    report = town.tick(FIRST + timedelta(hours=1))
    assert report.sent == {"reminder": 2}
    assert report.cancelled == 2
    line = town.line("ana", "reminder/1")
    assert line is not None
    assert line.state is LineState.CANCELLED


def test_a_pause_puts_reminders_off(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    pause(town.invitation("ana").participant_id, at("2024-12-11 00:00"), town.store, OPENS + MINUTE, actor=CONSOLE)
    assert town.tick(FIRST).sent == {"reminder": 3}
    assert town.tick(at("2024-12-11 09:30")).sent == {"reminder": 1}


def test_a_moved_close_is_told_once_and_never_with_wrong_days(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    town.tick(FIRST)
    answer(town, "bo", Disposition.COMPLETE, FIRST + MINUTE)
    moved = at("2024-12-10 10:00")
    with town.store.writing() as tx:
        move_deadline(tx, town.round(), at("2024-12-20 17:00"), "Snow", moved, CONSOLE)
    report = town.tick(moved + MINUTE)
    assert report.sent == {"notice": 3}
    notice = server.to("ana@example.test")[-1]
    assert "now open until Friday 20 December, 5 pm" in notice.text
    assert "Monday 16 December, 5 pm" in notice.text
    # Why it was moved is for the audit, not for everyone.
    assert "Snow" not in notice.text
    assert town.tick(moved + 2 * MINUTE).did_nothing
    # 7 days before the new close is past the gap; 2 days before it; the one that was planned before is gone.
    sent = Counter[str]()
    for day in range(11, 21):
        for hour in (9, 13):
            sent.update(town.tick(at(f"2024-12-{day} {hour:02}:30")).sent)
    assert sent["notice"] == 0
    mails = server.to("ana@example.test")
    later = [mail for mail in mails[mails.index(notice) + 1 :] if mail.kind == "reminder"]
    assert 1 <= len(later) <= 3
    assert all("16 December" not in mail.text for mail in later)
    assert kinds(server.to("bo@example.test")) == {"invitation": 1, "reminder": 1}


def test_a_joint_return_that_never_came_goes_back_to_pending(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    answer(town, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    answer(town, "cy", Disposition.JOINT_RETURN, OPENS + MINUTE)
    answer(town, "di", Disposition.JOINT_RETURN, OPENS + MINUTE)
    town.tick(CLOSES)
    assert town.invitation("cy").disposition is Disposition.JOINT_RETURN
    assert town.invitation("di").disposition is Disposition.PENDING


def test_an_unlinked_round_mails_the_link_only(town: Town, server: SmtpServer) -> None:
    town.mode = "unlinked"
    town.load()
    town.tick(OPENS)
    mail = server.taken[0]
    assert "/f/" in mail.text
    assert "[Q1]" not in mail.text
    assert "fewer than 10 people are asked" in " ".join(mail.text.split()), "the town has four"


def test_what_is_stored_of_the_mails_opens_nothing(town: Town, server: SmtpServer) -> None:
    town.load()
    town.tick(OPENS)
    link = next(word for word in server.taken[0].text.split() if "/f/" in word)
    token = link.rsplit("/", 1)[1]
    with town.store.reading() as tx:
        kept = tx.exec_driver_sql("select body, ref, subject from messages").all()
    assert len(kept) == 4
    assert all(token not in "".join(row) for row in kept)
    assert any("/f/[link]" in row[0] for row in kept)
