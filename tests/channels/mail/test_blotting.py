"""A passage goes from a mail wherever it stands and however it is encoded; what can be read stays."""

import base64
import io
import zipfile
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest

from channels.mail.blotting import blot_mail
from channels.mail.reading.opened import open_mail
from surveys.redaction import Passage

CORPUS = sorted((Path(__file__).resolve().parents[2] / "mail" / "corpus").glob("*.eml"))
SAM = Passage(words="Sam O'Neil")
MARK = "[redacted]"


def letter(subject="A word", text="Nothing", **more):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ana <ana@example.test>", "replies@example.org", subject
    mail["Message-ID"] = "<1@example.test>"
    mail.set_content(text, **more)
    return mail


def word_file(*runs):
    inner = "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", f"<w:document><w:p>{inner}</w:p></w:document>")
    return out.getvalue()


def shown(content):
    """Everything a mail program would show or save, decoded."""
    found = open_mail(content)
    return "\n".join(
        [
            *(value for _, value in found.headers),
            found.plain or "",
            found.html or "",
            *(f"{name} {body.decode('utf-8', 'replace')}" for name, _, body in found.attachments),
        ]
    )


@pytest.mark.parametrize("cte", ["7bit", "quoted-printable", "base64"])
def test_texts_in_every_encoding(cte):
    raw = letter(text="We met Sam\n> O'Neil at the gate, and it went well.", cte=cte).as_bytes()
    blotted = blot_mail(raw, SAM, MARK)
    assert blotted.times == 1
    assert "We met [redacted] at the gate, and it went well." in open_mail(blotted.content).plain
    assert open_mail(blotted.content).first("message-id") == "<1@example.test>"
    assert blot_mail(blotted.content, SAM, MARK) is None


@pytest.mark.parametrize("charset", ["iso-8859-1", "cp1252", "utf-8", "iso-8859-15"])
def test_accents_in_other_character_sets(charset):
    raw = letter(text="Gyda Siân yno", charset=charset, cte="base64").as_bytes()
    blotted = blot_mail(raw, Passage(words="Siân"), "[golygwyd]")
    assert open_mail(blotted.content).plain.strip() == "Gyda [golygwyd] yno"


def test_both_forms_the_subject_and_what_is_quoted():
    mail = letter(subject="About Sam O'Neil", text="Sam O'Neil was here")
    mail.add_alternative("<p><b>Sam</b> O&rsquo;Neil was <i>here</i></p>", subtype="html")
    blotted = blot_mail(mail.as_bytes(), SAM, MARK)
    assert blotted.times == 3
    assert "Neil" not in shown(blotted.content)
    assert "here" in open_mail(blotted.content).html


def test_attachments_that_hold_it_are_taken_out_and_others_stay():
    mail = letter(text="See the file")
    word = {"maintype": "application", "subtype": "vnd.openxmlformats-officedocument.wordprocessingml.document"}
    mail.add_attachment(word_file("about S", "am O&#39;Neil".replace("&#39;", "'")), filename="answers.docx", **word)
    mail.add_attachment(word_file("about nobody"), filename="other.docx", **word)
    mail.add_attachment(b"%PDF-1.4 (Sam O'Neil) Tj", maintype="application", subtype="pdf", filename="scan.pdf")
    mail.add_attachment(b"Sam O'Neil, 9", maintype="text", subtype="csv", filename="list.csv")
    mail.add_attachment(b"\x89PNG....", maintype="image", subtype="png", filename="Sam_O'Neil.png")
    blotted = blot_mail(mail.as_bytes(), SAM, MARK)
    assert blotted.taken_out == ("answers.docx", "scan.pdf")
    assert b"O'Neil" not in blotted.content
    assert "Neil" not in shown(blotted.content)
    kept = {name: body for name, _, body in open_mail(blotted.content).attachments}
    assert kept["other.docx"] == word_file("about nobody")
    assert b"\x89PNG...." in kept.values()


@pytest.mark.parametrize("damage", ["check sum", "packing"])
def test_a_damaged_member_of_an_attachment_hides_none_of_the_others(damage):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("first.xml", "<a>" + "nothing of note, " * 50 + "</a>")
        packed.writestr("word/document.xml", f"<w:t>{'about Sam O' + chr(39) + 'Neil, and more, ' * 20}</w:t>")
    content = bytearray(out.getvalue())
    # The first member's packed bytes begin behind its header and name.
    start = 30 + len("first.xml")
    content[start : start + 8] = b"\xff" * 8 if damage == "packing" else content[start : start + 8]
    if damage == "check sum":
        entry = bytes(content).index(b"PK\x01\x02")
        content[entry + 16 : entry + 20] = b"\x00\x00\x00\x01"
    mail = letter(text="See the file")
    mail.add_attachment(bytes(content), maintype="application", subtype="zip", filename="answers.zip")
    assert blot_mail(mail.as_bytes(), SAM, MARK).taken_out == ("answers.zip",)


def test_a_mail_within_a_mail():
    outer = letter(text="Forwarded")
    outer.add_attachment(letter(subject="Sam O'Neil", text="Sam O'Neil again", cte="base64"))
    blotted = blot_mail(outer.as_bytes(), SAM, MARK)
    assert blotted.times == 2
    inner = next(
        part for part in message_from_bytes(blotted.content).walk() if part.get_content_type() == "message/rfc822"
    )
    assert "Neil" not in shown(inner.get_payload()[0].as_bytes())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Sam O'Neil",
        b"Subject: x\nContent-Type: multipart/mixed\n\nSam O'Neil",
        b"Subject: x\nContent-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: text/plain; charset=nowhere\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(b"Sam O'Neil") + b"!\n",
        b"Subject: =?utf-8?q?Sam_O'Neil?=\n\nx",
        b"Content-Type: text/html\n\n<p>S<b></b>am O'Neil",
        b"Content-Type: image/png; name*=utf-8''Sam%20O%27Neil.png\n\nx",
        b"Content-Type: message/delivery-status\n\nDiagnostic: Sam O'Neil\n\n",
    ],
)
def test_a_broken_mail_holds_nothing_either(raw):
    blotted = blot_mail(raw, SAM, MARK)
    left = raw if blotted is None else blotted.content
    assert b"Neil" not in left
    assert "Neil" not in shown(left)


def test_no_mail_of_the_corpus_breaks_it_and_each_can_still_be_read():
    looked_for = Passage(words="Answer")
    touched = 0
    for path in CORPUS:
        raw = path.read_bytes()
        blotted = blot_mail(raw, looked_for, MARK)
        if blotted is not None:
            touched += 1
            again = open_mail(blotted.content)
            for words in (again.plain or "", again.html or ""):
                assert looked_for.found_in(words) == 0, path.name
            assert open_mail(raw).first("message-id") == again.first("message-id")
    assert touched > 50


def test_a_mail_that_defies_reading_loses_its_words_and_stops_nothing() -> None:
    head = b"From: ana@example.test\r\nContent-Type: multipart/mixed; boundary=b0\r\n\r\n"
    deep = "".join(f"--b{each}\r\nContent-Type: multipart/mixed; boundary=b{each + 1}\r\n\r\n" for each in range(1000))
    blotted = blot_mail(head + deep.encode() + b"--b1000\r\n\r\nSam O'Neil fell in\r\n", SAM, MARK)
    assert blotted is not None
    assert b"Neil" not in blotted.content
    assert b"ana@example.test" in blotted.content
