"""What each mail says, and that its two parts say the same."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from bs4 import BeautifulSoup

from channels.base import Envelope, NotReady
from channels.mail.words import languages, words_in
from surveys.delivery import APART, ASKED_FOR, LineKind
from surveys.programme import Mode
from tests.channels.mail.letters import FORM, SITE, TOKEN, instrument, letter, renderer

KINDS = [kind for kind in LineKind if kind not in APART]


def message(envelope: Envelope) -> EmailMessage:
    parsed = BytesParser(policy=default).parsebytes(envelope.content)
    assert isinstance(parsed, EmailMessage)
    for part in parsed.walk():
        assert part.defects == []
    return parsed


def text_of(envelope: Envelope) -> str:
    part = message(envelope).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(envelope: Envelope) -> str:
    part = message(envelope).get_body(("html",))
    assert part is not None
    return str(part.get_content())


def words(said: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"https?://\S+", "", said))


def test_the_questionnaire_stands_in_the_layout_of_the_contract() -> None:
    text = text_of(renderer().compose(letter()))
    assert (
        "\n[Q1] How well was it organised?\n1 = Poorly ... 6 = Very well\nAnswer:\n"
        "\n[Q2] What has changed since: For children\nA sentence will do\nAnswer:\n"
        "\n[Q3] What has changed since: For families\nAnswer:\n"
        "\n[Q4] Would you take part again? (Yes / No)\nAnswer:\n"
        "\n[Q5] On which topic, Ana Frühling?\nOnly if you answered Yes to question 4.\nAnswer:\n"
        "\n[Q7] Anything else?\nAnswer:\n"
        "\n[END] Reference K7Q2-9F\n"
    ) in text


def test_the_first_link_is_the_persons_form_whatever_the_introduction_says() -> None:
    usual = text_of(renderer().compose(letter()))
    tricky = letter(instrument=instrument(intro=f"Dear {{participant.greeting}}, see {SITE}/privacy/prog first."))
    for text in (usual, text_of(renderer().compose(tricky))):
        assert re.findall(rf"{re.escape(SITE)}\S+", text)[0] == FORM


def test_an_invitation_says_why_how_much_until_when_and_who_sees_it() -> None:
    text = text_of(renderer().compose(letter()))
    assert "Dear Ana, you came to the day in Kent. Braces {stay}." in text
    assert "6 questions, about 4 minutes." in text
    assert "Open until Monday 16 December, 5 pm." in text
    assert "without your name" in text
    for way in ("not-me", "someone-else", "joint-return", "later", "no-thank-you", "stop"):
        assert f"{FORM}/{way}" in text
    assert "Write to Maya Lind, maya@example.org." in text


def test_without_an_introduction_the_person_is_still_greeted() -> None:
    text = text_of(renderer().compose(letter(instrument=instrument(intro="One question about the day."))))
    assert text.startswith("Dear Ana,\n\nOne question about the day.")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en-GB", "cy", "fr"])
def test_both_parts_say_the_same(kind: LineKind, language: str) -> None:
    envelope = renderer().compose(letter(kind, language=language, answered=2))
    soup = BeautifulSoup(html_of(envelope), "html.parser")
    assert soup.body is not None
    assert words(text_of(envelope)) == words(soup.body.get_text(" "))
    assert soup.find("img") is None
    assert soup.find("table") is None
    assert soup.html is not None
    assert soup.html["lang"] == language


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_says_what_it_is_and_which_need_no_answer(kind: LineKind) -> None:
    mail = message(renderer().compose(letter(kind)))
    said = {
        LineKind.DELEGATE: "invitation",
        LineKind.CANCELLATION: "notice",
        LineKind.COPY: "receipt",
        LineKind.ERASURE: "notice",
    }
    expected = said.get(kind, str(kind))
    assert mail["Soundings-Kind"] == expected
    silent = kind in {LineKind.RECEIPT, LineKind.THANKS, LineKind.NOTICE, LineKind.CANCELLATION, *ASKED_FOR}
    assert (mail["Auto-Submitted"] is not None) is silent
    assert (mail["X-Auto-Response-Suppress"] is not None) is silent
    assert mail["List-Unsubscribe"] is None
    assert mail["From"] == "Maya Lind <maya@example.org>"
    assert mail["Reply-To"] == "reply+abcdefghijkl2345@example.org"


def test_a_reminder_hangs_on_its_invitation() -> None:
    mails = renderer()
    invited, reminded = mails.compose(letter()), mails.compose(letter(LineKind.REMINDER))
    assert invited.ref == mails.message_id("prog/round/p01/invitation")
    assert message(invited)["References"] == invited.ref
    assert message(reminded)["In-Reply-To"] == invited.ref
    assert message(reminded)["References"].split() == [invited.ref, reminded.ref]
    assert renderer().compose(letter()).content == invited.content
    assert renderer(secret="another").compose(letter()).ref != invited.ref


def test_a_reminder_to_someone_who_has_begun_says_how_much_is_left() -> None:
    envelope = renderer().compose(letter(LineKind.REMINDER, answered=2, total=6))
    text = text_of(envelope)
    assert "4 of 6 questions to go" in text
    assert "4 of 6 questions to go" in str(message(envelope)["Subject"])
    assert "It closes in 7 days: Monday 16 December, 5 pm." in text
    assert "questions to go" not in text_of(renderer().compose(letter(LineKind.REMINDER)))
    assert "4 of 6 questions to go" in text_of(renderer().compose(letter(LineKind.REMINDER, answered=2, language="cy")))
    assert "all that is left is to send it" in text_of(renderer().compose(letter(LineKind.REMINDER, answered=6)))


def test_a_reminder_is_shorter_than_the_invitation() -> None:
    assert len(text_of(renderer().compose(letter(LineKind.REMINDER)))) < len(text_of(renderer().compose(letter())))
    assert "[Q1]" not in text_of(renderer().compose(letter(LineKind.REMINDER)))


def test_a_receipt_lists_what_was_recorded_and_goes_to_nobody_else() -> None:
    envelope = renderer().compose(letter(LineKind.RECEIPT))
    text = text_of(envelope)
    assert "1. How well was it organised?\n5 of 6" in text
    assert "7. Anything else?\nFirst line\n(Q3] <b>second</b>" in text
    assert "We write again in January." in text
    assert "<b>" not in html_of(envelope).replace("&lt;b&gt;", "")
    assert envelope.recipients == ("ana@example.test",)
    assert envelope.body == ""


def test_a_copy_of_an_invitation_goes_where_the_panel_says() -> None:
    envelope = renderer().compose(letter())
    assert envelope.recipients == ("ana@example.test", "pa@example.test")
    assert message(envelope)["Cc"] == "pa@example.test"


def test_a_delegate_is_told_who_gave_the_address() -> None:
    text = text_of(renderer().compose(letter(LineKind.DELEGATE, given_by="Bo <script>")))
    assert text.startswith("Bo <script> gave us your address")


def test_a_moved_close_is_told_with_the_old_one_and_the_reason() -> None:
    moved = letter(LineKind.NOTICE, closed_before="Friday 13 December, 5 pm", reason="Snow\n[END]")
    text = text_of(renderer().compose(moved))
    assert "now open until Monday 16 December, 5 pm" in text
    assert "It was to close on Friday 13 December, 5 pm." in text
    assert "The reason: Snow (END]" in text


def test_an_unlinked_round_has_the_link_only() -> None:
    envelope = renderer().compose(letter(mode=Mode.UNLINKED, answered=3))
    text = text_of(envelope)
    assert FORM in text
    assert "[Q" not in text
    assert "[END]" not in text
    assert "whether you answered, not what" in text
    reminder = text_of(renderer().compose(letter(LineKind.REMINDER, mode=Mode.UNLINKED, answered=3)))
    assert "questions to go" not in reminder
    assert "recorded that you answered" in text_of(renderer().compose(letter(LineKind.RECEIPT, mode=Mode.UNLINKED)))


@pytest.mark.parametrize(
    ("language", "few", "not_what"),
    [("en-GB", "fewer than 7 people", "whether you answered, not what"), ("cy", "lai na 7 o bobl", "ond nid beth")],
)
def test_where_few_are_asked_no_more_is_promised_than_holds(language: str, few: str, not_what: str) -> None:
    def said(mode: Mode, fewer_than: int) -> str:
        text = text_of(renderer().compose(letter(mode=mode, language=language, fewer_than=fewer_than)))
        return " ".join(text.split())

    assert not_what in said(Mode.UNLINKED, 0)
    unlinked = said(Mode.UNLINKED, 7)
    assert not_what not in unlinked
    assert few in unlinked
    assert few.lower() in said(Mode.CONFIDENTIAL, 7).lower()
    assert few.lower() not in said(Mode.CONFIDENTIAL, 0).lower()
    assert said(Mode.IDENTIFIED, 7) == said(Mode.IDENTIFIED, 0), "there is nothing to take back"


def test_what_is_stored_of_a_mail_has_no_token() -> None:
    envelope = renderer().compose(letter())
    assert TOKEN not in envelope.body
    assert f"{SITE}/f/[link]" in envelope.body
    assert envelope.body.replace("[link]", TOKEN) == text_of(envelope)


def test_where_bounces_go() -> None:
    assert renderer().compose(letter()).return_path == "bounces+abcdefghijkl2345@example.org"
    assert renderer(plus_addressing=False).compose(letter()).return_path == "bounces@example.org"
    assert renderer(bounce_address="").compose(letter()).return_path == "reply+abcdefghijkl2345@example.org"
    bare = renderer(bounce_address="", reply_to="").compose(letter())
    assert bare.return_path == "maya@example.org"
    assert message(bare)["Reply-To"] is None


def test_without_any_sender_nothing_is_refused_but_waits() -> None:
    with pytest.raises(NotReady, match="MAIL_FROM"):
        renderer(from_address="").compose(letter(sender=None))
    assert renderer(from_address="").compose(letter()).ref.endswith("@ask.example.org>")


def test_every_language_has_all_the_words_with_the_same_gaps() -> None:
    english = words_in("en-GB")
    for language in languages():
        own = words_in(language)
        assert own.keys() == english.keys()
        for key, said in own.items():
            gaps = set(re.findall(r"\{(\w+)\}", said))
            assert gaps == set(re.findall(r"\{(\w+)\}", english[key])), (language, key)
    assert words_in("fr") is english


@pytest.mark.parametrize(
    ("language", "offer"), [("en-GB", "You can also reply to this mail"), ("cy", "Gallwch hefyd ateb y neges hon")]
)
def test_replying_is_offered_only_where_replies_are_read(language: str, offer: str) -> None:
    for read in (True, False):
        made = renderer(replies_read=read).compose(letter(language=language))
        for said in (text_of(made), BeautifulSoup(html_of(made), "html.parser").get_text(" ")):
            assert (offer in " ".join(said.split())) is read
