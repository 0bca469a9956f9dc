"""A mail arrives, as bytes: what it becomes in the database, and what is sent next."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers import triage
from handlers.erasing import Erased, erase
from handlers.mail_in import handle_waiting, receive
from storage import raw_mail
from storage.tables.mail import raw_messages
from surveys.authority import CONSOLE
from surveys.dispositions import Disposition
from tests.fakes.smtp_server import SmtpServer
from tests.mail import clients_outlook
from tests.mail.arrivals import away, bounced, queue, raw_words, reply, sent_to
from tests.mail.envelopes import Person, message, part
from tests.mail.letters import Ours
from tests.mail.typed import Typed
from tests.schedules.town import CLOSES, FIRST, OPENS, SECOND, Town, at

TUESDAY = at("2024-11-26 10:00")


def test_answers_are_recorded_and_the_return_completed(invited: Town, server: SmtpServer) -> None:
    done = receive(
        reply(server, "ana", Typed(inline={1: "5", 2: "The hall was warm.", 3: "Yes"})), invited.store, TUESDAY
    )
    assert (done.outcome, done.answers) == ("mapped", 3)
    assert raw_words(invited, "ana") == {"rating": "5", "more": "The hall was warm.", "again": "Yes"}
    assert invited.invitation("ana").disposition is Disposition.COMPLETE
    assert queue(invited) == []
    server.clear()
    invited.tick(TUESDAY)
    assert [mail.kind for mail in server.to("ana@example.test")] == ["receipt"]
    invited.tick(FIRST)
    assert {mail.recipients[0] for mail in server.taken if mail.kind == "reminder"} == {
        f"{person}@example.test" for person in ("bo", "cy", "di")
    }


def test_the_same_mail_twice_is_one(invited: Town, server: SmtpServer) -> None:
    raw = reply(server, "ana", Typed(top="1. 4"))
    receive(raw, invited.store, TUESDAY)
    again = receive(b"Received: from elsewhere\r\n" + raw, invited.store, TUESDAY + timedelta(hours=1))
    assert again.outcome == "known"
    with invited.store.reading() as tx:
        assert len(tx.execute(select(raw_messages.c.id)).all()) == 1


def test_what_was_stored_before_a_crash_is_handled_later(invited: Town, server: SmtpServer) -> None:
    with invited.store.writing() as tx:
        raw_mail.keep(tx, reply(server, "ana", Typed(top="1. 4")), "a digest", TUESDAY)
    assert handle_waiting(invited.store, TUESDAY) == 1
    assert raw_words(invited, "ana") == {"rating": "4"}
    assert handle_waiting(invited.store, TUESDAY) == 0


def test_a_later_mail_supersedes_question_by_question(invited: Town, server: SmtpServer) -> None:
    receive(reply(server, "ana", Typed(inline={1: "5", 2: "Warm."})), invited.store, TUESDAY)
    later = reply(server, "ana", Typed(top="Sorry, I meant:\n\n1. 3")).replace(b"reply-of-jane", b"second")
    receive(later, invited.store, TUESDAY + timedelta(hours=2))
    assert raw_words(invited, "ana") == {"rating": "3", "more": "Warm."}


def test_what_is_not_clear_is_kept_and_not_coerced(invited: Town, server: SmtpServer) -> None:
    receive(reply(server, "ana", Typed(inline={1: "somewhere between 3 and 5", 3: "Yes"})), invited.store, TUESDAY)
    assert raw_words(invited, "ana") == {"again": "Yes"}
    (kept,) = queue(invited)
    assert kept.kind == "human"
    assert kept.fields == {"rating": "somewhere between 3 and 5"}
    assert "rating" in kept.reason
    server.clear()
    invited.tick(TUESDAY)
    (receipt,) = server.to("ana@example.test")
    assert "We could not read your answer" in receipt.text
    assert "1. How good was it?" in receipt.text
    assert "You wrote: somewhere between 3 and 5" in receipt.text


def test_free_text_answers_the_one_open_question(invited: Town, server: SmtpServer) -> None:
    receive(
        reply(server, "ana", Typed(top="Hello,\n\nit was a good day, and long.\n\nRegards\nAna")),
        invited.store,
        TUESDAY,
    )
    assert raw_words(invited, "ana") == {"more": "it was a good day, and long."}


def test_free_text_beside_answers_waits_and_is_assigned_with_its_words(invited: Town, server: SmtpServer) -> None:
    typed = Typed(top="Hello Maya,\n\nthe lift was broken all day.\n\nAna", inline={1: "6"})
    receive(reply(server, "ana", typed), invited.store, TUESDAY)
    (kept,) = queue(invited)
    assert (kept.text, kept.participant, kept.round) == ("the lift was broken all day.", "ana", "town/autumn")
    assert isinstance(triage.assign(kept.id, "9", invited.store, TUESDAY, actor=CONSOLE), triage.NotPlaced)
    assert isinstance(triage.assign(kept.id, "2", invited.store, TUESDAY, actor=CONSOLE), triage.Placed)
    assert raw_words(invited, "ana")["more"] == "the lift was broken all day."
    assert queue(invited) == []


def test_a_reply_from_another_address_is_held(invited: Town, server: SmtpServer) -> None:
    receive(reply(server, "ana", Typed(inline={1: "2"}), address="someone@elsewhere.test"), invited.store, TUESDAY)
    assert raw_words(invited, "ana") == {}
    (kept,) = queue(invited)
    assert kept.reason.startswith("held")
    assert isinstance(
        triage.answer(kept.id, invited.store, TUESDAY, actor=CONSOLE, typed_by="a colleague"), triage.Placed
    )
    assert raw_words(invited, "ana") == {"rating": "2"}


def test_a_second_address_of_the_person_is_theirs(invited: Town, server: SmtpServer) -> None:
    receive(reply(server, "bo", Typed(inline={1: "2"}), address="BO@home.test"), invited.store, TUESDAY)
    assert raw_words(invited, "bo") == {"rating": "2"}


def test_without_a_token_the_thread_tells_whose_it_is(invited: Town, server: SmtpServer) -> None:
    receive(reply(server, "cy", Typed(inline={1: "2"}), token=False), invited.store, TUESDAY)
    assert raw_words(invited, "cy") == {"rating": "2"}


def test_by_the_sender_if_nothing_else_is_left(invited: Town) -> None:
    raw = b"From: Di <di@example.test>\r\nTo: reply@example.org\r\nSubject: The days\r\n\r\n1. 5\r\n3. no\r\n"
    receive(raw, invited.store, TUESDAY)
    assert raw_words(invited, "di") == {"rating": "5", "again": "no"}


def test_a_mail_of_nobody_waits_whole(invited: Town) -> None:
    raw = b"From: Someone <x@nowhere.test>\r\nTo: reply@example.org\r\nSubject: Hello\r\n\r\nAre you there?\r\n"
    assert receive(raw, invited.store, TUESDAY).outcome == "triage"
    (kept,) = queue(invited)
    assert (kept.sender, kept.text, kept.round) == ("x@nowhere.test", "Are you there?", "")
    assert triage.discard(kept.id, invited.store, TUESDAY, actor=CONSOLE) is None
    assert queue(invited) == []


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff\xfe", b"Content-Type: multipart/mixed\r\n\r\n--", b"From: \xff\r\n\r\n\xff", b"=?" * 500]
)
def test_what_cant_be_read_is_kept(invited: Town, raw: bytes) -> None:
    receive(raw, invited.store, TUESDAY)
    assert len(queue(invited)) == 1


def test_an_automatic_reply_pauses_until_the_return(invited: Town, server: SmtpServer) -> None:
    words = "I am away until 11 December 2024.\n1. For urgent matters ring the desk.\n2. Otherwise wait."
    receive(away(server, "ana", words, "Auto-Submitted: auto-replied"), invited.store, TUESDAY)
    assert raw_words(invited, "ana") == {}
    assert [each.kind for each in queue(invited)] == ["auto_reply"]
    server.clear()
    invited.tick(FIRST)
    assert not server.to("ana@example.test")
    invited.tick(at("2024-12-11 09:30"))
    assert [mail.kind for mail in server.to("ana@example.test")] == ["reminder"]
    assert invited.invitation("ana").disposition is Disposition.PENDING


@pytest.mark.parametrize("quote", ["> ", "| ", ""])
def test_an_automatic_reply_is_not_read_by_the_words_of_ours(invited: Town, server: SmtpServer, quote: str) -> None:
    # The close stands in the reminder's subject, and in the mail that the reply carries along.
    invited.tick(FIRST)
    reminder = [mail for mail in server.to("ana@example.test") if mail.kind == "reminder"][-1]
    subject = str(reminder.message["Subject"])
    assert "open until Monday 16 December" in subject
    carried = "\n".join(f"{quote}{line}" for line in reminder.text.split("\n"))
    words = f"I am away and read mail when I return.\n\n{carried}"
    receive(
        away(server, "ana", words, "Auto-Submitted: auto-replied", subject=subject, kind="reminder"),
        invited.store,
        FIRST + timedelta(minutes=5),
    )
    (kept,) = queue(invited)
    assert kept.reason == "an automatic reply that names no day of return"
    invited.tick(SECOND)
    assert len([mail for mail in server.to("ana@example.test") if mail.kind == "reminder"]) == 2


def test_a_pause_ends_two_working_days_before_the_close(invited: Town, server: SmtpServer) -> None:
    receive(
        away(server, "ana", "I am out of the office until 6 January 2025.", "X-Autoreply: yes"), invited.store, TUESDAY
    )
    server.clear()
    for moment in (FIRST, at("2024-12-12 12:00"), at("2024-12-13 09:30")):
        invited.tick(moment)
    assert [mail.kind for mail in server.to("ana@example.test")] == ["reminder"]


def test_a_person_may_write_out_of_office_in_a_subject(invited: Town, server: SmtpServer) -> None:
    raw = reply(server, "ana", Typed(top="I am on leave from Friday, so here you are.", inline={1: "4"}))
    raw = raw.replace(b"Subject: Re: ", b"Subject: Out of office soon: ")
    assert receive(raw, invited.store, TUESDAY).outcome == "mapped"
    assert raw_words(invited, "ana") == {"rating": "4"}


def test_a_hard_bounce_sends_to_the_next_address(invited: Town, server: SmtpServer) -> None:
    assert receive(bounced(server, "bo", "5.1.1"), invited.store, TUESDAY).kind == "bounce"
    server.clear()
    invited.tick(TUESDAY)
    assert [mail.kind for mail in server.to("bo@home.test")] == ["invitation"]
    assert invited.invitation("bo").disposition is Disposition.PENDING


def test_a_hard_bounce_of_the_only_address_makes_undeliverable(invited: Town, server: SmtpServer) -> None:
    receive(bounced(server, "cy", "5.1.1"), invited.store, TUESDAY)
    invited.tick(TUESDAY)
    assert invited.invitation("cy").disposition is Disposition.UNDELIVERABLE


@pytest.mark.parametrize(
    ("status", "action"), [("4.4.1", "delayed"), ("4.2.2", "failed"), ("5.2.2", "failed"), ("5.7.1", "failed")]
)
def test_a_soft_bounce_ends_nothing(invited: Town, server: SmtpServer, status: str, action: str) -> None:
    receive(bounced(server, "cy", status, action), invited.store, TUESDAY)
    assert invited.invitation("cy").disposition is Disposition.PENDING
    server.clear()
    invited.tick(FIRST)
    # An invitation that did not arrive is sent again; where the server still tries, the reminder has its time.
    assert [mail.kind for mail in server.to("cy@example.test")] == ["reminder" if action == "delayed" else "invitation"]


def test_after_the_close_nothing_is_recorded_and_nothing_lost(invited: Town, server: SmtpServer) -> None:
    raw = reply(server, "ana", Typed(inline={1: "4"}))
    invited.tick(CLOSES)
    receive(raw, invited.store, CLOSES + timedelta(hours=1))
    assert raw_words(invited, "ana") == {}
    (kept,) = queue(invited)
    assert kept.fields == {"rating": "4"}
    assert kept.sender == "ana@example.test"


def test_a_past_season_is_still_open_to_its_mails(invited: Town, server: SmtpServer) -> None:
    raw = reply(server, "ana", Typed(inline={1: "4"}))
    receive(raw, invited.store, at("2026-03-01 09:00"))
    assert raw_words(invited, "ana") == {"rating": "4"}


def test_receipts_have_a_daily_number(invited: Town, server: SmtpServer) -> None:
    server.clear()
    for count in range(8):
        raw = reply_again(invited, server, count)
        receive(raw, invited.store, TUESDAY + timedelta(minutes=count))
        invited.tick(TUESDAY + timedelta(minutes=count))
    assert len([mail for mail in server.taken if mail.kind == "receipt"]) == 5
    (note,) = [each for each in queue(invited) if each.kind == "other"]
    assert note.reason.startswith("no receipt")


def reply_again(town: Town, server: SmtpServer, count: int) -> bytes:
    ours = Ours(
        subject="The days", message_id="<none@example.org>", reply_to="reply@example.org", text="", html="", raw=b""
    )
    who = Person(name="Di", address="di@example.test")
    return message(
        ours, [part("text/plain", f"3. {'yes' if count % 2 else 'no'}\n2. Once more, number {count}")], person=who
    )


def test_nothing_of_an_unlinked_round_is_kept(town: Town, server: SmtpServer) -> None:
    town.mode = "unlinked"
    town.load()
    town.tick(OPENS)
    ours = sent_to(server, "ana")
    who = Person(name="Ana", address="ana@example.test")
    words = "1. 5\n2. What I only say here"
    assert receive(message(ours, [part("text/plain", words)], person=who), town.store, TUESDAY).outcome == "unlinked"
    (kept,) = queue(town)
    assert (kept.text, kept.fields) == ("", {})
    with town.store.reading() as tx:
        assert tx.execute(select(raw_messages.c.content)).scalars().all() == [b""]


def test_nor_of_what_looks_automatic(town: Town, server: SmtpServer) -> None:
    """A rule in somebody's mail program may mark what they wrote by hand."""
    town.mode = "unlinked"
    town.load()
    town.tick(OPENS)
    ours = sent_to(server, "ana")
    who = Person(name="Ana", address="ana@example.test")
    raw = message(ours, [part("text/plain", "2. What I only say here")], person=who)
    marked = raw.replace(b"Subject:", b"X-Autoreply: yes\nSubject:", 1)
    assert receive(marked, town.store, TUESDAY).outcome == "auto_reply"
    (kept,) = queue(town)
    assert (kept.kind, kept.text) == ("auto_reply", "")
    with town.store.reading() as tx:
        assert tx.execute(select(raw_messages.c.content)).scalars().all() == [b""]


def test_outlook_answers_are_recorded_too(invited: Town, server: SmtpServer) -> None:
    ours = sent_to(server, "ana")
    who = Person(name="Ana Example", address="ana@example.test")
    raw = clients_outlook.desktop(ours, Typed(inline={1: "5", 2: "Light rooms."}, bottom=""), person=who)
    receive(raw, invited.store, TUESDAY)
    assert raw_words(invited, "ana") == {"rating": "5", "more": "Light rooms."}


def test_a_mail_that_defies_reading_waits_as_its_person_s(invited: Town, server: SmtpServer) -> None:
    ours = sent_to(server, "ana")
    receive(defiant("ana@example.test", ours.reply_to), invited.store, TUESDAY)
    (kept,) = queue(invited)
    assert (kept.kind, kept.sender, kept.participant) == ("human", "ana@example.test", "ana")
    assert kept.reason.startswith("it could not be read")
    assert "1. 4" in kept.text or len(kept.text) == 20_000


def test_of_one_to_an_unlinked_round_no_word_is_kept(town: Town, server: SmtpServer) -> None:
    town.mode = "unlinked"
    town.load()
    town.tick(OPENS)
    receive(defiant("ana@example.test", sent_to(server, "ana").reply_to), town.store, TUESDAY)
    (kept,) = queue(town)
    assert kept.text == ""
    with town.store.reading() as tx:
        assert tx.execute(select(raw_messages.c.content)).scalars().all() == [b""]


def defiant(sender: str, to: str) -> bytes:
    """A thousand parts, each within the one before."""
    head = f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <deep@example.test>\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n"
    deep = "".join(f"--b{each}\r\nContent-Type: multipart/mixed; boundary=b{each + 1}\r\n\r\n" for each in range(1000))
    return f"{head}{deep}--b1000\r\nContent-Type: text/plain\r\n\r\n1. 4\r\n".encode()


def test_a_mail_that_was_deleted_does_not_come_back_from_a_mailbox_that_still_holds_it(
    invited: Town, server: SmtpServer
) -> None:
    raw = reply(server, "ana", Typed(inline={1: "5", 2: "The hall was warm.", 3: "Yes"}))
    receive(raw, invited.store, TUESDAY)
    person = invited.invitation("ana").participant_id
    assert isinstance(erase(person, invited.store, TUESDAY, actor=CONSOLE), Erased)
    assert receive(raw, invited.store, TUESDAY).outcome == "known"
    assert queue(invited) == []
    with invited.store.reading() as tx:
        assert tx.execute(select(raw_messages.c.id)).all() == []


def test_a_signature_beneath_what_was_quoted_is_nobody_s_free_text(invited: Town, server: SmtpServer) -> None:
    # Neither line is the sender's name or says goodbye: the two dashes alone tell.
    typed = Typed(inline={1: "4", 2: "The otter."}, bottom="-- \nLock keeper, upper reach\nThe Boathouse")
    assert receive(reply(server, "ana", typed), invited.store, TUESDAY).outcome == "mapped"
    assert raw_words(invited, "ana") == {"rating": "4", "more": "The otter."}
    assert queue(invited) == []
