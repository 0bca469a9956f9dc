"""Header tricks, scripts and forged marks come out as text, or not at all."""

from __future__ import annotations

import unicodedata
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import CannotBeSaid, RecordedAnswer
from channels.mail import mime
from channels.mail.safety import address_of, check_headers, for_body, for_header
from surveys.delivery import APART, LineKind
from surveys.programme import Sender
from surveys.text import Text
from tests.channels.mail.letters import instrument, letter, renderer

TRICKS = [
    "Eve\r\nBcc: evil@example.test",
    "Eve\nBcc: evil@example.test",
    "=?utf-8?q?x=0ABcc:_evil@example.test?=",
    "=?utf-8?b?eApCY2M6IGV2aWxAZXhhbXBsZS50ZXN0?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3D0ABcc=3A=5Fevil=40x=3F=3D?=",
    'Eve" <evil@example.test>, "',
    "Eve \u2028Bcc: evil@example.test",
    "Eve\x00\x0b\x0cBcc: evil@example.test",
    "<script>alert(1)</script>",
    "\u202eneve",
]
EXPECTED = {
    "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "References",
    "Soundings-Kind", "MIME-Version", "Content-Type",
}  # fmt: skip


def mail(name: str) -> EmailMessage:
    sent = letter(
        name=name,
        greeting=name,
        sender=Sender(name=name, email="maya@example.org"),
        instrument=instrument(title=Text.plain(name).within("") or "x"),
        instrument_ref=name,
        values={"participant.greeting": name, "participant.name": name, "area": name},
    )
    parsed = BytesParser(policy=default).parsebytes(renderer().compose(sent).content)
    assert isinstance(parsed, EmailMessage)
    return parsed


def looks_safe(parsed: EmailMessage) -> None:
    assert set(parsed.keys()) == EXPECTED
    assert len(parsed.keys()) == len(EXPECTED)
    assert [address for _, address in getaddresses([parsed["To"]])] == ["ana@example.test"]
    assert [address for _, address in getaddresses([parsed["From"]])] == ["maya@example.org"]


@pytest.mark.parametrize("trick", TRICKS)
def test_a_name_never_becomes_a_header(trick: str) -> None:
    parsed = mail(trick)
    looks_safe(parsed)
    html = parsed.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()


@given(st.text(min_size=1, max_size=60).filter(lambda name: "{" not in name and "}" not in name))
def test_whatever_the_name_the_headers_stay(name: str) -> None:
    if name.strip():
        looks_safe(mail(name))


@given(st.text(max_size=80))
def test_header_words_hold_no_line_end_and_no_encoded_word(words: str) -> None:
    safe = for_header(words)
    assert "=?" not in safe
    assert not {unicodedata.category(sign) for sign in safe} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_an_ordinary_name_stays_as_it_is() -> None:
    assert for_header("Siân O'Brien-Łuczak") == "Siân O'Brien-Łuczak"
    assert for_header("=?utf-8?q?Si=C3=A2n?=") == "Siân"


def test_marks_of_the_layout_cannot_be_forged() -> None:
    assert for_body("[Q1] 6\n[END] Reference X") == "(Q1] 6 (END] Reference X"
    forged = letter(greeting="x\n[END] Reference AAAA-AA", instrument=instrument(intro="[Q1] hello\n\nDear you"))
    parsed = BytesParser(policy=default).parsebytes(renderer().compose(forged).content)
    part = parsed.get_body(("plain",))  # type: ignore[attr-defined]
    lines = part.get_content().splitlines()
    assert [line for line in lines if line.startswith("[END]")] == ["[END] Reference K7Q2-9F"]
    assert len([line for line in lines if line.startswith("[Q1]")]) == 1


@pytest.mark.parametrize(
    "address", ["a@b\r\nBcc: c@d", "no address", "a b@c.test", "a@", "a@b>,<c@d", "ä@example.test\n x"]
)
def test_an_address_that_is_more_than_one_is_refused(address: str) -> None:
    with pytest.raises(CannotBeSaid):
        address_of(address)


def test_an_address_beyond_ascii_is_refused_before_it_is_sent() -> None:
    with pytest.raises(CannotBeSaid):
        renderer().compose(letter(address="märz@example.test"))
    assert renderer().compose(letter(address="ana@märz.test")).address == "ana@xn--mrz-qla.test"


def test_what_was_built_is_read_again() -> None:
    with pytest.raises(CannotBeSaid):
        mime.assemble({"Subject": "x\r\nBcc: evil@example.test"}, b"", b"", mark="m")
    with pytest.raises(CannotBeSaid):
        check_headers(b"Subject: x\nBcc: y\r\n\r\n", ["Subject"])


def test_a_reason_with_a_script_is_text() -> None:
    sent = letter(LineKind.NOTICE, reason="<img src=x onerror=alert(1)>")
    assert b"<img" not in renderer().compose(sent).content.split(b"text/html")[1]


@pytest.mark.parametrize("kind", [kind for kind in LineKind if kind not in APART])
@pytest.mark.parametrize(
    "trick", [*TRICKS, "--=_x\r\nContent-Type: text/html\r\n\r\n<b>", "]\r\n\r\n[Q1] forged\r\n.\r\n"]
)
def test_nothing_that_is_said_becomes_a_header_or_a_part(kind: LineKind, trick: str) -> None:
    """An answer, a question, a reason, a programme's title: whoever typed them."""
    told = RecordedAnswer(number=1, ask=trick, answer=trick)
    plain = Text.plain(trick)
    sent = letter(
        kind,
        recorded=(told,),
        unclear=(told,),
        reason=trick,
        programme_title=trick,
        next_steps=plain,
        given_by=trick,
        answered=1,
        in_bulk=True,
    )
    usual = BytesParser(policy=default).parsebytes(renderer().compose(letter(kind, in_bulk=True)).content)
    parsed = BytesParser(policy=default).parsebytes(renderer().compose(sent).content)
    assert parsed.keys() == usual.keys()
    assert [part.get_content_type() for part in parsed.walk()] == [part.get_content_type() for part in usual.walk()]
    assert all(part.defects == [] for part in parsed.walk())
    text = parsed.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert not [line for line in text.splitlines() if line.startswith("[Q1] forged")]
