"""The organisers' digest: on which days, what it says, to whom; a real mail server takes it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from handlers.deadline import move_deadline
from handlers.mail_in import receive
from handlers.people import opt_out
from reports.coverage import programme_coverage
from reports.status import round_figures
from storage import invitations, organisers, people, triage, triage_queue
from storage.engine import Tx
from storage.figures import invited
from storage.programmes import programme_by_key
from surveys.authority import CONSOLE
from surveys.dispositions import Disposition
from surveys.figures import CoverageState
from surveys.organisers import OrganiserEntry, Role
from tests.fakes.smtp_server import SmtpServer, Taken
from tests.schedules.town import OPENS, ROUND, Town, at

READER = "maya.lind@example.org"
MINUTE = timedelta(minutes=1)
TUESDAY, WEDNESDAY = at("2024-11-26 08:30"), at("2024-11-27 08:30")


@pytest.fixture
def read(town: Town) -> Town:
    """The town with an organiser who is to hear of it."""
    town.reword(("panel: panel.csv", f"panel: panel.csv\nnotify: [{READER}]"))
    return town


def stands(town: Town, person: str, disposition: Disposition, now: datetime, channel: str = "web") -> None:
    with town.store.writing() as tx:
        chosen = [town.invitation(person).id]
        invitations.set_disposition(tx, chosen, disposition, reason="", channel=channel, now=now)


def digests(server: SmtpServer, reader: str = READER) -> list[Taken]:
    return [mail for mail in server.to(reader) if mail.kind == "digest"]


def opened(town: Town) -> None:
    town.load()
    town.tick(OPENS)


def test_a_spring_s_digests_on_days_computed_by_hand(read: Town, server: SmtpServer) -> None:
    read.closes = "2025-04-22 17:00"
    read.reword(("opens: 2024-11-25 09:00", "opens: 2025-03-24 09:00"))
    read.load(at("2025-03-20 09:00"))
    happens = {
        at("2025-03-26 10:00"): ("ana", Disposition.COMPLETE),
        at("2025-03-28 15:00"): ("bo", Disposition.DECLINED),
        at("2025-04-18 11:00"): ("cy", Disposition.COMPLETE),
    }
    now, came = at("2025-03-24 09:00"), []
    while now < at("2025-04-25 12:00"):
        before = len(digests(server))
        report = read.tick(now)
        came += [(now, str(mail.message["Subject"])) for mail in digests(server)[before:]]
        assert report.next_at is not None
        following = min([report.next_at, *(each for each in happens if each > now)])
        if following in happens:
            stands(read, *happens[following], following)
        now = following
    assert came == [
        # The day after.
        (at("2025-03-27 08:30"), "1 return: The autumn days"),
        # Over a weekend, in which clocks go forward: half past eight is an hour earlier by UTC.
        (at("2025-03-31 07:30"), "What is new: The autumn days"),
        # Three days before the close is Saturday, Friday is Good Friday: so Thursday warns: Bo, the south's host, has declined.
        (at("2025-04-17 07:30"), "3 voices missing: The autumn days"),
        # Over Good Friday, the weekend and Easter Monday.
        (at("2025-04-22 07:30"), "1 return, 2 voices missing: The autumn days"),
    ]


def test_a_day_is_looked_at_once(read: Town, server: SmtpServer) -> None:
    opened(read)
    read.tick(TUESDAY)
    assert not digests(server)
    stands(read, "ana", Disposition.COMPLETE, TUESDAY + MINUTE)
    read.tick(TUESDAY + timedelta(hours=3))
    assert not digests(server)
    read.tick(WEDNESDAY - MINUTE)
    assert not digests(server)
    assert read.tick(WEDNESDAY).sent == {"digest": 1}
    assert read.tick(WEDNESDAY + MINUTE).did_nothing
    read.tick(at("2024-11-28 09:00"))
    (mail,) = digests(server)
    assert mail.message["Subject"] == "1 return: The autumn days"
    assert "- Ana Example (Host, North)" in mail.text
    assert "1 of 4 complete, 3 still to answer." in mail.text
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Reply-To"] == "reply@example.org"
    assert "Ana Example (Host, North)" in mail.html


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        ("2024-11-27 08:29", False),
        ("2024-11-27 08:30", True),
        ("2024-11-27 16:59", True),
        ("2024-11-27 17:00", False),
        ("2024-11-30 10:00", False),
    ],
)
def test_it_goes_in_working_hours_only(read: Town, server: SmtpServer, moment: str, goes: bool) -> None:
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    read.tick(at(moment))
    assert bool(digests(server)) is goes


def test_quiet_hours_put_it_off(read: Town, server: SmtpServer) -> None:
    read.reword(("channels: [mail]", 'channels: [mail]\nquiet_hours: "18:30-09:15"'))
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    read.tick(at("2024-11-26 09:14"))
    assert not digests(server)
    read.tick(at("2024-11-26 09:15"))
    assert len(digests(server)) == 1


def test_missed_days_are_one_mail(read: Town, server: SmtpServer) -> None:
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    server.behaviour.mail_from = "451 4.3.0 not now"
    read.tick(TUESDAY)
    stands(read, "bo", Disposition.COMPLETE, TUESDAY + MINUTE)
    read.tick(WEDNESDAY)
    server.behaviour.mail_from = ""
    read.tick(at("2024-11-29 10:00"))
    read.tick(at("2024-11-29 11:00"))
    (mail,) = digests(server)
    assert mail.message["Subject"] == "2 returns: The autumn days"
    assert "Ana Example" in mail.text
    assert "Bo Example" in mail.text


def test_put_off_past_its_hours_it_is_left_to_the_next_day(read: Town, server: SmtpServer) -> None:
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    server.behaviour.mail_from = "451 4.3.0 not now"
    read.tick(TUESDAY)
    server.behaviour.mail_from = ""
    read.tick(at("2024-11-26 19:00"))
    assert not digests(server)
    read.tick(WEDNESDAY)
    assert len(digests(server)) == 1


def test_in_doubt_it_counts_as_sent(read: Town, server: SmtpServer) -> None:
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    server.behaviour.drop_after = True
    report = read.tick(TUESDAY)
    assert report.in_doubt == 1
    server.behaviour.drop_after = False
    read.tick(TUESDAY + timedelta(hours=1))
    read.tick(WEDNESDAY)
    assert len(digests(server)) == 1


def test_what_a_refused_one_said_is_told_again(read: Town, server: SmtpServer) -> None:
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    server.behaviour.rcpt[READER] = "550 5.1.1 no such user"
    assert read.tick(TUESDAY).refused == 1
    del server.behaviour.rcpt[READER]
    read.tick(WEDNESDAY)
    (mail,) = digests(server)
    assert "Ana Example" in mail.text


def test_each_line_says_what_to_do(read: Town, server: SmtpServer) -> None:
    read.extra = {"cy": "cy.second@example.test"}
    opened(read)
    stands(read, "bo", Disposition.UNDELIVERABLE, OPENS + MINUTE, channel="mail")
    with read.store.writing() as tx:
        for each in ("bo", "cy"):
            people.mark_address_bad(tx, read_address(tx, read, each), "550 no such user", OPENS + MINUTE)
        triage.keep(
            tx,
            channel="mail",
            sender="someone@example.test",
            reason="not clear: rating: 'canaryanswer' is not a number",
            text="canarytext",
            fields={"rating": "canaryfield"},
            now=OPENS + MINUTE,
            round_id=read.round().id,
            participant_id=read.invitation("ana").participant_id,
        )
        triage.keep(
            tx, channel="mail", sender="else@example.test", reason="held: from elsewhere", text="", fields={}, now=OPENS
        )
        triage.keep(
            tx, channel="mail", sender="a@b.test", reason="away", text="", fields={}, now=OPENS, kind="auto_reply"
        )
        entries = triage_queue.entries(tx)
        move_deadline(tx, read.round(), at("2024-12-18 17:00"), "Snow", OPENS + MINUTE, CONSOLE)
    read.tick(TUESDAY)
    (mail,) = digests(server)
    assert mail.message["Subject"] == "2 mails to sort, 1 person to ring, a new close: The autumn days"
    words = " ".join(mail.text.split())
    assert f"{entries[0].id}: Ana Example, not clear" in words
    assert "1 is held" in words
    assert "Record a held one as theirs: soundings triage answer ID" in words
    assert "Automatic mail noted: 1 out of office." in words
    assert "Bo Example (Host, South), no telephone number" in words
    assert f"soundings round who {ROUND} --links" in words
    assert "1 person has an address that does not work" in words
    assert "The close was moved from Monday 16 December, 5 pm to Wednesday 18 December, 5 pm. The reason: Snow" in words
    assert "canary" not in mail.content.decode()
    read.tick(WEDNESDAY)
    assert len(digests(server)) == 1


def read_address(tx: Tx, town: Town, person: str) -> int:
    found = people.participant(tx, town.invitation(person).participant_id)
    assert found is not None
    return found.addresses[0].id


def test_a_held_round_and_an_opt_out_are_news(read: Town, server: SmtpServer) -> None:
    read.hold = "true"
    opened(read)
    read.tick(TUESDAY)
    (mail,) = digests(server)
    assert mail.message["Subject"] == "a round to open: The autumn days"
    assert f"soundings round open {ROUND}" in mail.text
    read.tick(WEDNESDAY)
    assert len(digests(server)) == 1


def test_an_opt_out_by_the_person_is_told_one_by_the_organiser_is_not(read: Town, server: SmtpServer) -> None:
    opened(read)
    stands(read, "bo", Disposition.DECLINED, OPENS + MINUTE, channel="cli")
    read.tick(TUESDAY)
    assert not digests(server)
    stands(read, "cy", Disposition.DECLINED, TUESDAY + MINUTE)
    read.tick(WEDNESDAY)
    (mail,) = digests(server)
    assert "Cy Example does not want to answer" in mail.text
    assert "Bo" not in mail.text


def test_what_it_lists_is_what_status_coverage_and_triage_say(read: Town, server: SmtpServer) -> None:
    opened(read)
    stands(read, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    stands(read, "bo", Disposition.JOINT_RETURN, OPENS + MINUTE)
    stands(read, "cy", Disposition.PARTIAL, OPENS + MINUTE)
    with read.store.writing() as tx:
        for _ in range(3):
            triage.keep(tx, channel="mail", sender="x@y.test", reason="free text", text="", fields={}, now=OPENS)
    read.tick(at("2024-12-13 08:30"))
    (mail,) = digests(server)
    with read.store.reading() as tx:
        stored = programme_by_key(tx, "town")
        assert stored is not None
        figures = round_figures(invited(tx, read.round().id)).overall
        cells = programme_coverage(tx, stored)[0].cells
        waiting = triage_queue.entries(tx)
    said = f"{figures.of(Disposition.COMPLETE)} of {figures.invited} complete"
    assert f"{said}, 1 begun, 1 still to answer, 1 in a joint return." in " ".join(mail.text.split())
    names = {"north": "North", "south": "South", "host": "Host", "pcf": "Parent carer forum"}
    state = {CoverageState.INVITED: "asked", CoverageState.MISSING: "nobody left to ask"}
    for area in ("north", "south"):
        voices = [
            f"{names[hat]}{' *' if hat == 'host' else ''} ({state[cells[area, hat]]})"
            for hat in ("host", "pcf")
            if cells[area, hat] in state
        ]
        assert f"- {names[area]}: {', '.join(voices)}" in mail.text
    assert f"{len(waiting)} mails to sort" in mail.text
    assert str(mail.message["Subject"]).startswith("1 return, 3 mails to sort, 3 voices missing")


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


def test_an_erased_number_that_comes_again_is_still_news(read: Town, server: SmtpServer) -> None:
    opened(read)
    stands(read, "ana", Disposition.DECLINED, OPENS + MINUTE)
    read.tick(TUESDAY)
    with read.store.writing() as tx:
        tx.exec_driver_sql("delete from dispositions where id = (select max(id) from dispositions)")
    stands(read, "bo", Disposition.COMPLETE, TUESDAY + MINUTE)
    read.tick(WEDNESDAY)
    assert len(digests(server)) == 2
    assert "Bo Example" in digests(server)[1].text


def test_no_digest_without_a_reader(town: Town, server: SmtpServer) -> None:
    opened(town)
    stands(town, "ana", Disposition.COMPLETE, OPENS + MINUTE)
    town.tick(TUESDAY)
    assert not [mail for mail in server.taken if mail.kind == "digest"]


def test_opting_out_of_rounds_does_not_touch_an_organiser_s_digest(read: Town, server: SmtpServer) -> None:
    read.reword((f"notify: [{READER}]", "notify: [ana@example.test]"))
    opened(read)
    opt_out(read.invitation("ana").participant_id, read.store, OPENS + MINUTE, actor=CONSOLE)
    stands(read, "bo", Disposition.COMPLETE, OPENS + MINUTE)
    read.tick(TUESDAY)
    assert len(digests(server, "ana@example.test")) == 1
