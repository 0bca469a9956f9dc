"""What the organisers' digest keeps to itself: who gets it, what of it is kept, and what an unlinked round tells."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from handlers.mail_in import receive
from handlers.people import opt_out
from storage import organisers, triage_queue
from surveys.authority import CONSOLE
from surveys.dispositions import Disposition
from surveys.organisers import OrganiserEntry, Role
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.digests import MINUTE, READER, TUESDAY, WEDNESDAY, digests, opened, stands
from tests.schedules.town import OPENS, Town


def test_an_unlinked_round_tells_whole_steps_and_no_names(read: Town, server: SmtpServer) -> None:
    read.mode = "unlinked"
    read.people = [f"p{number:02}" for number in range(25)]
    read.reword(("channels: [mail]", "channels: [mail]\nmin_group: 5"))
    opened(read)
    told = []
    day = TUESDAY
    for before, after in [(0, 4), (4, 6), (6, 9), (9, 17), (17, 18)]:
        for number in range(before, after):
            stands(read, f"p{number:02}", Disposition.COMPLETE, day - timedelta(hours=1))
        stands(read, "p24", Disposition.DECLINED if after == 4 else Disposition.PENDING, day - timedelta(hours=1))
        count = len(digests(server))
        read.tick(day)
        told += [(day.date().isoformat(), str(each.message["Subject"])) for each in digests(server)[count:]]
        day += timedelta(days=1 if day.weekday() < 4 else 3)
    assert told == [
        ("2024-11-27", "at least 5 returns: The autumn days"),
        ("2024-11-29", "at least 15 returns: The autumn days"),
    ]
    for mail in digests(server):
        assert "Example" not in mail.content.decode()
        assert "declined" not in mail.text


def test_only_who_is_named_and_may_see_it_gets_it(read: Town, server: SmtpServer) -> None:
    read.reword(
        (f"notify: [{READER}]", "notify: [viewer@example.org, gone@example.org, elsewhere@example.org]"),
        ("kind: mid_cycle", f"kind: mid_cycle\n    notify: [{READER}]"),
    )
    with read.store.writing() as tx:
        organisers.set_organiser(tx, OrganiserEntry(email="viewer@example.org"), Role.VIEWER, OPENS)
        organisers.set_organiser(tx, OrganiserEntry(email="gone@example.org"), Role.ADMIN, OPENS)
        organisers.set_organiser(tx, OrganiserEntry(email="admin@example.org"), Role.ADMIN, OPENS)
        gone = organisers.find_organiser(tx, email="gone@example.org")
        assert gone is not None
        organisers.remove_roles(tx, gone, gone.roles, OPENS)
        elsewhere = OrganiserEntry(email="elsewhere@example.org", programme="another")
        organisers.set_organiser(tx, elsewhere, Role.ORGANISER, OPENS)
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    read.tick(TUESDAY)
    (named,), (counted,) = digests(server), digests(server, "viewer@example.org")
    assert "Ana Example" in named.text
    assert "1 new return." in counted.text
    assert "Ana" not in counted.content.decode()
    for other in ("gone", "elsewhere", "admin"):
        assert not digests(server, f"{other}@example.org")


def test_nothing_personal_is_kept_of_it(read: Town, server: SmtpServer) -> None:
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    read.tick(TUESDAY)
    assert digests(server)
    with read.store.reading() as tx:
        kept = tx.exec_driver_sql("select subject, body from messages where kind = 'digest'").all()
        lines = tx.exec_driver_sql("select key, why, detail from deliveries where kind = 'digest'").all()
    assert [tuple(row) for row in kept] == [("1 return: The autumn days", "")]
    assert READER not in str(lines)
    assert "Ana" not in str(lines)


def test_one_that_bounces_does_not_bring_the_next(read: Town, server: SmtpServer) -> None:
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    read.tick(TUESDAY)
    (mail,) = digests(server)
    report = (
        "From: MAILER-DAEMON@example.test\r\nTo: bounces@example.org\r\nSubject: Undelivered\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\nMessage-ID: <1@x.test>\r\n\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.test\r\n\r\n"
        f"Final-Recipient: rfc822; {READER}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mail.message['Message-ID']}\r\n\r\n--b--\r\n"
    )
    receive(report.encode(), read.store, TUESDAY + MINUTE)
    with read.store.reading() as tx:
        assert [each.kind for each in triage_queue.entries(tx)] == ["bounce"]
    read.tick(WEDNESDAY)
    assert len(digests(server)) == 1


def test_a_reply_to_it_waits_in_triage_and_is_nobody_s_answer(read: Town, server: SmtpServer) -> None:
    # The organiser is asked, too: their one open invitation must not swallow what they say of the digest.
    read.reword((f"notify: [{READER}]", "notify: [ana@example.test]"))
    opened(read)
    stands(read, "bo", Disposition.COMPLETE, OPENS + MINUTE)
    read.tick(TUESDAY)
    (mail,) = digests(server, "ana@example.test")
    reply = (
        "From: Ana <ana@example.test>\r\nTo: reply@example.org\r\nSubject: Re: 1 return\r\n"
        f"In-Reply-To: {mail.message['Message-ID']}\r\nMessage-ID: <1@example.test>\r\n\r\n"
        "Thank you. Please remind the others.\r\n"
    )
    receive(reply.encode(), read.store, TUESDAY + MINUTE)
    with read.store.reading() as tx:
        (entry,) = triage_queue.entries(tx)
    assert entry.reason.startswith("it answers the organisers' digest")
    assert read.invitation("ana").disposition is Disposition.PENDING


def test_opting_out_of_rounds_does_not_touch_an_organiser_s_digest(read: Town, server: SmtpServer) -> None:
    read.reword((f"notify: [{READER}]", "notify: [ana@example.test]"))
    opened(read)
    opt_out(read.invitation("ana").participant_id, read.store, OPENS + MINUTE, actor=CONSOLE)
    stands(read, "bo", Disposition.COMPLETE, OPENS + MINUTE)
    read.tick(TUESDAY)
    assert len(digests(server, "ana@example.test")) == 1


@pytest.mark.sqlite
def test_the_ledger_does_not_say_when_somebody_answered_an_unlinked_round(read: Town) -> None:
    read.mode = "unlinked"
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    read.tick(TUESDAY)
    with read.store.reading() as tx:
        details = tx.exec_driver_sql("select detail from deliveries where kind = 'digest'").scalars().all()
    assert {json.loads(each)["told"]["dispositions"] for each in details} == {0}
