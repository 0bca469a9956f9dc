"""What hangs on a mail: our own questionnaire, filled in, is read like a reply; the rest is named, and nothing opened."""

from __future__ import annotations

import base64
import zipfile
from io import BytesIO

from docx import Document

from channels.word.layout import lines_of
from channels.word.writing import CONTENT_TYPE, word_of
from handlers.mail_in import receive
from storage.forms import form_of
from tests.fakes.smtp_server import SmtpServer
from tests.mail.arrivals import queue, raw_words, sent_to
from tests.mail.envelopes import Person, message, part
from tests.mail.letters import Ours
from tests.schedules.town import Town, at

TUESDAY = at("2024-11-26 10:00")
ANA = Person(name="Ana Example", address="ana@example.test")


def word_file(town: Town, person: str, answers: dict[int, str]) -> bytes:
    """Their questionnaire as the form offers it, with answers typed into its boxes."""
    with town.store.reading() as tx:
        form = form_of(tx, town.invitation(person).id)
    assert form is not None
    lines = lines_of(form.instrument, "en-GB", form.asked.perspectives, reference=form.asked.reference)
    paper = Document(BytesIO(word_of(lines, "en-GB")))
    number = 0
    for each in paper.paragraphs:
        if each.text.startswith("[Q"):
            number = int(each.text[2 : each.text.index("]")])
        elif each.style is not None and each.style.name == "Answer box" and number in answers:
            each.text = answers[number]
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def attachment(name: str, content: bytes, kind: str = CONTENT_TYPE) -> bytes:
    head = f'Content-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    return (head + "Content-Transfer-Encoding: base64\r\n\r\n").encode() + base64.encodebytes(content)


def mail(ours: Ours, words: str, *files: bytes, person: Person = ANA) -> bytes:
    return message(ours, [part("text/plain", words), *files], person=person, subtype="mixed")


def test_a_filled_in_questionnaire_is_read_like_a_reply(invited: Town, server: SmtpServer) -> None:
    answers = {1: "5", 2: "Warm rooms.\nA long lunch – “too long”.", 3: "Yes"}
    files = attachment("autumn.docx", word_file(invited, "ana", answers))
    words = "Hi Maya,\n\nPlease find attached my completed questionnaire.\n\nAna"
    done = receive(mail(sent_to(server, "ana"), words, files), invited.store, TUESDAY)
    assert (done.outcome, done.answers) == ("mapped", 3)
    assert raw_words(invited, "ana") == {"rating": "5", "more": answers[2], "again": "Yes"}
    assert queue(invited) == []


def test_what_does_not_fit_is_asked_about_and_what_is_typed_in_the_mail_counts_more(
    invited: Town, server: SmtpServer
) -> None:
    files = attachment("autumn.docx", word_file(invited, "ana", {1: "quite good", 3: "Yes"}))
    receive(mail(sent_to(server, "ana"), "3. no", files), invited.store, TUESDAY)
    assert raw_words(invited, "ana") == {"again": "no"}
    (kept,) = queue(invited)
    assert kept.fields == {"rating": "quite good"}


def test_a_file_in_a_mail_of_its_own_is_known_by_its_reference(invited: Town) -> None:
    fresh = Ours(
        subject="Hello", message_id="<none@example.org>", reply_to="reply@example.org", text="", html="", raw=b""
    )
    files = attachment("autumn.docx", word_file(invited, "ana", {1: "5"}))
    tom = Person(name="Tom Barrow", address="tom@elsewhere.test")
    receive(mail(fresh, "For Ana.", files, person=tom), invited.store, TUESDAY)
    kept = queue(invited)[0]
    assert kept.reason.startswith("held")
    assert (kept.participant, kept.fields) == ("ana", {"rating": "5"})


def test_other_files_are_kept_for_a_person(invited: Town, server: SmtpServer) -> None:
    paper = Document()
    for line in ("Minutes", "1. The heating", "2. The lift", "3. Yes"):
        paper.add_paragraph(line)
    out = BytesIO()
    paper.save(out)
    files = (
        attachment("minutes.docx", out.getvalue()),
        attachment("notes.txt", b"1. 5\nnot an answer", "text/plain"),
        attachment("scan.pdf", b"%PDF-1.4", "application/pdf"),
    )
    receive(mail(sent_to(server, "ana"), "3. yes", *files), invited.store, TUESDAY)
    assert raw_words(invited, "ana") == {"again": "yes"}
    (kept,) = queue(invited)
    assert kept.reason == "attached: minutes.docx, notes.txt, scan.pdf"
    assert "1. The heating" in kept.text
    assert "not an answer" in kept.text


def test_macros_damage_and_bombs_are_named_and_the_mail_is_read(invited: Town, server: SmtpServer) -> None:
    good = word_file(invited, "ana", {1: "5"})
    macro = BytesIO(good)
    with zipfile.ZipFile(macro, "a") as target:
        target.writestr("word/vbaProject.bin", b"\x00")
    files = (
        attachment("answers.docm", macro.getvalue(), "application/vnd.ms-word.document.macroEnabled.12"),
        attachment("half.docx", good[: len(good) // 2]),
        attachment("sums.xlsm", b"PK"),
    )
    receive(mail(sent_to(server, "ana"), "3. yes", *files), invited.store, TUESDAY)
    assert raw_words(invited, "ana") == {"again": "yes"}
    (kept,) = queue(invited)
    assert "answers.docm (set aside: it holds macros)" in kept.reason
    assert "half.docx (it is damaged" in kept.reason
    assert "sums.xlsm (set aside" in kept.reason
