"""Receipts: one mail that shows what was recorded, what was not clear and what else was said; none to a program."""

from datetime import timedelta

from handlers.mail_in import receive
from tests.fakes.smtp_server import SmtpServer
from tests.mail.arrivals import away, bounced, queue, raw_words, reply, sent_to
from tests.mail.envelopes import Person, message, part
from tests.mail.typed import Typed
from tests.schedules.town import Town, at

TUESDAY = at("2024-11-26 10:00")


def told(town: Town, server: SmtpServer, typed: Typed) -> str:
    """The one receipt to Ana for a reply."""
    raw = reply(server, "ana", typed)
    server.clear()
    receive(raw, town.store, TUESDAY)
    town.tick(TUESDAY)
    (mail,) = server.to("ana@example.test")
    assert mail.kind == "receipt"
    return mail.text.replace("\r\n", "\n")


def test_what_was_recorded_and_what_was_not_and_how_to_correct_it(invited: Town, server: SmtpServer) -> None:
    text = told(invited, server, Typed(top="The lift was out again.", inline={1: "9 out of 6", 2: "Warm rooms."}))
    assert "2. What else?\nWarm rooms." in text
    assert "1. How good was it?\nYou wrote: 9 out of 6" in text
    assert "an organiser reads it" in text
    assert "The lift" not in text
    assert "Or reply with the number of a question" in text


def test_a_numbered_reply_with_one_bad_line_keeps_the_good_ones(invited: Town, server: SmtpServer) -> None:
    text = told(invited, server, Typed(top="1. nine\n2. Warm rooms.\n3. yes"))
    assert raw_words(invited, "ana") == {"more": "Warm rooms.", "again": "yes"}
    (kept,) = queue(invited)
    assert kept.fields == {"rating": "nine"}
    assert "You wrote: nine" in text


def test_free_text_alone_is_acknowledged(invited: Town, server: SmtpServer) -> None:
    text = told(invited, server, Typed(top="The minibus was late,\nand nobody had told us."))
    assert "2. What else?\nThe minibus was late," in text
    assert "an organiser reads it" not in text


def test_a_reply_to_the_receipt_records_what_is_typed_and_nothing_of_the_receipt(
    invited: Town, server: SmtpServer
) -> None:
    told(invited, server, Typed(inline={1: "9 out of 6", 2: "Warm rooms."}))
    ours = sent_to(server, "ana", "receipt")
    quoted = "\n".join(f"> {line}" for line in ours.text.split("\n"))
    words = f"Q1: 5\n\nOn Tue, 26 Nov 2024 at 10:00, Maya Lind <maya@example.org> wrote:\n{quoted}\n"
    who = Person(name="Ana Example", address="ana@example.test")
    receive(message(ours, [part("text/plain", words)], person=who), invited.store, TUESDAY + timedelta(hours=1))
    assert raw_words(invited, "ana") == {"rating": "5", "more": "Warm rooms."}


def test_no_program_gets_a_receipt(invited: Town, server: SmtpServer) -> None:
    mails = [
        away(server, "ana", "I am away.\n1. 5\n3. yes", "Auto-Submitted: auto-replied"),
        bounced(server, "bo", "4.2.2"),
        sent_to(server, "cy").raw,
    ]
    server.clear()
    for each in mails:
        receive(each, invited.store, TUESDAY)
    invited.tick(TUESDAY)
    assert not server.taken
    assert raw_words(invited, "cy") == {}


def test_a_receipt_says_that_a_program_sent_it(invited: Town, server: SmtpServer) -> None:
    told(invited, server, Typed(inline={1: "5"}))
    (mail,) = server.to("ana@example.test")
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_what_only_a_person_can_read_is_acknowledged(invited: Town, server: SmtpServer) -> None:
    ours = sent_to(server, "ana")
    scan = part("application/pdf", "%PDF-1.4", how="base64", extra='; name="scan.pdf"')
    who = Person(name="Ana Example", address="ana@example.test")
    raw = message(ours, [part("text/plain", "Please see attached."), scan], person=who, subtype="mixed")
    server.clear()
    receive(raw, invited.store, TUESDAY)
    invited.tick(TUESDAY)
    (mail,) = server.to("ana@example.test")
    assert "We have your message" in mail.text
    assert "recorded" not in mail.text
    assert queue(invited)[0].reason == "attached: scan.pdf"
