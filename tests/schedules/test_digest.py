"""The organisers' digest: on which days, what it says, to whom; a real mail server takes it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.deadline import move_deadline
from reports.coverage import programme_coverage
from reports.status import round_figures
from storage import people, rounds, senders, triage, triage_queue
from storage.engine import Tx
from storage.figures import invited
from storage.programmes import programme_by_key
from storage.tables.people import person_requests
from surveys.authority import CONSOLE
from surveys.dispositions import Disposition
from surveys.figures import CoverageState
from surveys.rounds import RoundState
from tests.fakes.smtp_server import SmtpServer
from tests.schedules.digests import MINUTE, READER, TUESDAY, WEDNESDAY, digests, opened, stands
from tests.schedules.town import OPENS, ROUND, Town, at


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
        # Three days before the close is Saturday, Friday is Good Friday: so Thursday warns: Bo, the one host of the south, has declined.
        (at("2025-04-17 07:30"), "1 voice missing: The autumn days"),
        # Over Good Friday, the weekend and Easter Monday.
        (at("2025-04-22 07:30"), "1 return, 1 voice missing: The autumn days"),
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
    assert str(mail.message["Subject"]).startswith("1 return, 3 mails to sort, 1 voice missing")


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


def test_a_request_to_be_erased_is_news_once(read: Town, server: SmtpServer) -> None:
    opened(read)
    person = read.invitation("cy").participant_id
    with read.store.writing() as tx:
        tx.execute(
            person_requests.insert().values(participant_id=person, kind="erasure", asked_at=OPENS, channel="web")
        )
    read.tick(TUESDAY)
    read.tick(WEDNESDAY)
    (mail,) = digests(server)
    assert mail.message["Subject"] == "1 request by a person: The autumn days"
    assert "- Cy Example: to be erased, not confirmed: make sure that it was they" in mail.text
    assert "soundings person erase WHO" in mail.text


def test_a_round_held_before_its_time_is_no_news(read: Town, server: SmtpServer) -> None:
    read.hold = "true"
    read.load()
    with read.store.writing() as tx:
        rounds.set_state(tx, read.round().id, RoundState.HELD)
    read.tick(at("2024-11-22 09:00"))
    assert not digests(server)
    read.tick(OPENS)
    (mail,) = digests(server)
    assert mail.message["Subject"] == "a round to open: The autumn days"


def test_a_mailbox_that_can_not_be_read_is_told_as_what_it_is(read: Town, server: SmtpServer) -> None:
    opened(read)
    with read.store.writing() as tx:
        reader = senders.take(tx, "imap:reply@mail.test:993/INBOX", holder="x", now=OPENS, alone=True)
        assert reader
        senders.pause(tx, reader, until=OPENS, trouble="mail.test:993 can't be reached")
    read.tick(TUESDAY)
    (mail,) = digests(server)
    words = " ".join(mail.text.split())
    assert "Replies can't be read from imap:reply@mail.test:993/INBOX: mail.test:993 can't be reached." in words
    assert "Messages are held up" not in words
