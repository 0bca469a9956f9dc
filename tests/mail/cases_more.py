"""Numbered answers in every form, free text, and mail that no person wrote."""

from collections.abc import Iterator

from tests.mail import clients_html as web
from tests.mail import clients_outlook as outlook
from tests.mail import clients_plain as plain
from tests.mail.answers_typed import (
    DISCLAIMER,
    FREE_ONE,
    FREE_TWO,
    FULL,
    S1_FULL,
    S1_SOME,
    SHORT,
    SIGNATURE,
    SOME,
    given,
    on_top,
)
from tests.mail.case import Case
from tests.mail.envelopes import message, part
from tests.mail.letters import Ours
from tests.mail.typed import Typed

FORMS = {
    "dot": "{}. {}",
    "bracket": "{}) {}",
    "round": "({}) {}",
    "colon": "{}: {}",
    "dash": "{} - {}",
    "q": "Q{} {}",
    "q-dot": "Q{}. {}",
    "q-bracket": "q{}) {}",
    "q-dash": "Q{} - {}",
    "question": "Question {}: {}",
    "square": "[Q{}] {}",
    "answer": "Answer {}: {}",
    "tab": "{}\t{}",
}


def cases(every: Ours, s1: Ours, reminder: Ours) -> Iterator[Case]:
    """Replies to the two invitations and to a reminder."""
    yield from _forms(every)
    yield from _numbered(every, s1, reminder)
    yield from _free(every, s1, reminder)
    yield from _automatic(every)
    yield from _bounces(every)


def _case(
    name: str,
    raw: bytes,
    answers: dict[int, str],
    sent: str = "every",
    leftover: tuple[str, ...] = (),
    style: str = "numbered",
) -> Case:
    return Case(
        name=name,
        raw=raw,
        sent=sent,
        client=name.split("-", maxsplit=1)[0],
        style=style,
        answers=given(answers),
        leftover=leftover,
    )


def _forms(every: Ours) -> Iterator[Case]:
    for at, (name, form) in enumerate(FORMS.items()):
        answers = SHORT if at % 2 else SOME
        typed = Typed(top=f"Hello Rowan\n\n{on_top(answers, form)}\n\nKind regards\nJane Whitlock")
        raw = (web.gmail, plain.mutt, outlook.desktop, web.iphone)[at % 4](every, typed)
        yield _case(f"{('gmail', 'mutt', 'outlook', 'iphone')[at % 4]}-numbered-form-{name}", raw, answers)


def _numbered(every: Ours, s1: Ours, reminder: Ours) -> Iterator[Case]:
    spaced = "\n\n".join(f"{number}. {words}" for number, words in S1_FULL.items())
    yield _case(
        "outlook-numbered-spaced",
        outlook.desktop(s1, Typed(top=f"Dear Rowan,\n\n{spaced}\n\n{SIGNATURE}\n\n{DISCLAIMER}")),
        S1_FULL,
        "s1",
    )
    yield _case("bare-numbered-all", plain.bare(every, f"Hi,\n\n{on_top(FULL)}\n\nBest,\nJane\n"), FULL)
    asked = "1. Your name and role: Jane\n2. How well was the day organised? 5\n8. Would you take part again? Yes\n16. No thanks"
    yield _case(
        "gmail-numbered-with-asks", web.gmail(every, Typed(top=asked)), {1: "Jane", 2: "5", 8: "Yes", 16: "No thanks"}
    )
    items = "".join(f"<li>{words}</li>" for words in ("Jane W.", "4", "The soup", "Calmer mornings", "Not sure"))
    page = f"<html><body><p>Hello</p><ol>{items}</ol><p>Thanks<br>Jane</p></body></html>"
    yield _case(
        "owa-numbered-list",
        message(every, [part("text/html", page)]),
        {1: "Jane W.", 2: "4", 3: "The soup", 4: "Calmer mornings", 5: "Not sure"},
    )
    yield _case(
        "iphone-numbered-reminder", web.iphone(reminder, Typed(top=on_top(SHORT, "Q{}: {}"))), SHORT, "reminder"
    )
    yield _case("gmail-numbered-reminder", web.gmail(reminder, Typed(top=on_top(SOME))), SOME, "reminder")
    yield _case(
        "mobile-numbered-one-line",
        outlook.mobile(every, Typed(top="2: 5; 6: 4; 7: 3; 8: yes; 16: no")),
        {2: "5", 6: "4", 7: "3", 8: "yes", 16: "no"},
    )
    yield _case(
        "bare-numbered-one-line-dots", plain.bare(every, "2. 5 6. 4 7. 4 8. Yes\n"), {2: "5", 6: "4", 7: "4", 8: "Yes"}
    )
    yield _case(
        "bare-numbered-listed-answer",
        plain.bare(every, "2. 5\n3. Three things:\n1. warmth\n2. soup\n3. the songs\n4. Calmer.\n8. Yes\n"),
        {2: "5", 3: "Three things:\n1. warmth\n2. soup\n3. the songs", 4: "Calmer.", 8: "Yes"},
    )
    many = {
        3: "First paragraph about the rooms.\n\nSecond paragraph, about the pace of the day, which was slow.",
        4: "One line.",
        8: "No",
    }
    yield _case(
        "mutt-numbered-paragraphs", plain.mutt(every, Typed(top=on_top(many, "{}) {}") + "\n\nRegards\n\nJane")), many
    )
    yield _case(
        "yahoo-numbered-mixed",
        web.yahoo(
            every,
            Typed(
                top="Hi! Lovely day, though the bus was late by an hour.\n\n" + on_top({2: "6", 8: "Yes"}, "Q{}: {}")
            ),
        ),
        {2: "6", 8: "Yes"},
        leftover=("the bus was late by an hour",),
    )
    inline = Typed(top="Q2: 6\nQ8: Yes", inline={3: "Down here as it is longer: the hall was cold.", 9: "Sleep"})
    yield _case(
        "thunderbird-numbered-and-inline",
        plain.thunderbird(every, inline),
        {2: "6", 8: "Yes", **inline.inline},
        style="mixed",
    )
    yield _case(
        "gmail-numbered-bottom",
        web.gmail(every, Typed(bottom=on_top(SHORT) + "\n\nThanks\nJane"), only_html=True),
        SHORT,
    )
    yield _case("samsung-numbered", plain.samsung(s1, Typed(top=on_top(S1_SOME))), S1_SOME, "s1")


def _free(every: Ours, s1: Ours, reminder: Ours) -> Iterator[Case]:
    def case(name: str, raw: bytes, leftover: tuple[str, ...], sent: str = "every") -> Case:
        return _case(name, raw, {}, sent, leftover, "free")

    yield case(
        "gmail-free-one",
        web.gmail(s1, Typed(top=FREE_ONE)),
        ("The day was the first time", "nobody was listening."),
        "s1",
    )
    yield case("owa-free-two", outlook.owa(reminder, Typed(top=FREE_TWO)), ("do come back in spring",), "reminder")
    yield case(
        "samsung-free",
        plain.samsung(every, Typed(top="Who do I speak to about the photographs?")),
        ("about the photographs?",),
    )
    listed = "Some thoughts:\n\n- the day was long\n- the food was good\n\nIn 2023 we had 4 rooms and this time 2, so it was tight."
    yield case("bare-free-list", plain.bare(every, listed), ("the day was long", "so it was tight."))
    hours = (
        "10 of us came, and 3 had to leave at 2.30 pm because of the bus. 5 December would suit us better next time."
    )
    yield case("bare-free-numbers", plain.bare(every, hours), ("10 of us came", "better next time."))
    yield case(
        "groupwise-free",
        plain.groupwise(every, Typed(top="I have left the council; please ask my successor.\n\nJane")),
        ("please ask my successor",),
    )
    yield _case(
        "outlook-empty-signature",
        outlook.desktop(every, Typed(top=f"\n\n{SIGNATURE}\n\n{DISCLAIMER}")),
        {},
        style="empty",
    )
    yield _case("iphone-thanks-only", web.iphone(every, Typed(top="Thanks")), {}, style="empty")
    yield Case(
        name="bare-human-out-of-office-subject",
        raw=plain.bare(every, "2. 5\n8. Yes").replace(b"Subject: Re: ", b"Subject: Before I am out of office: "),
        sent="every",
        client="bare",
        style="numbered",
        answers={2: "5", 8: "Yes"},
    )


def _automatic(every: Ours) -> Iterator[Case]:
    def case(
        name: str, words: str, subject: str, *headers: str, back: str = "", kind: str = "auto_reply", html: str = ""
    ) -> Case:
        parts = [part("text/plain", words)] + ([part("text/html", html)] if html else [])
        raw = message(every, parts, subject=subject, headers=headers)
        return Case(
            name=name,
            raw=raw,
            sent="every",
            client=name.split("-", maxsplit=1)[0],
            style="automatic",
            kind=kind,
            return_date=back,
        )

    yield case(
        "vacation-sieve",
        "I'm on leave, back on Monday 9 December.",
        f"Auto: {every.subject}",
        "Auto-Submitted: auto-replied (vacation)",
        back="2024-12-09",
    )
    yield case(
        "gmail-vacation",
        "Thank you for your mail. I will return on 02/12/2024.",
        f"Re: {every.subject}",
        "Precedence: bulk",
        "X-Autoreply: yes",
        back="2024-12-02",
    )
    yield case(
        "exchange-german",
        "Ich bin bis 9. Dezember 2024 nicht im Büro.",
        f"Automatische Antwort: {every.subject}",
        "X-Auto-Response-Suppress: All",
        "Auto-Submitted: auto-generated",
        back="2024-12-09",
    )
    yield case(
        "outlook-away-no-date",
        "I am out of the office with limited access to email.\n1. Sam covers admissions\n2. Lee covers transport",
        f"Out of Office: {every.subject}",
        back="",
    )
    yield case(
        "desk-ticket",
        "We have received your message. Your ticket number is 4411.",
        f"[#4411] {every.subject}",
        "Auto-Submitted: auto-replied",
    )
    yield case(
        "exchange-maternity",
        "I am on maternity leave until 1st September 2025. 8. Yes",
        f"Automatic reply: {every.subject}",
        "Return-Path: <>",
        back="2025-09-01",
    )
    yield case(
        "teams-year",
        "I am away until 3 January.",
        f"Automatic reply: {every.subject}",
        "Auto-Submitted: auto-replied",
        back="2025-01-03",
    )
    receipt = message(
        every,
        [
            part("text/plain", "Your message was read."),
            b"Content-Type: message/disposition-notification\r\n\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n",
        ],
        subtype='report; report-type="disposition-notification"',
        subject=f"Read: {every.subject}",
    )
    yield Case(
        name="outlook-read-receipt", raw=receipt, sent="every", client="outlook", style="automatic", kind="other"
    )
    calendar = message(
        every,
        [
            part("text/plain", "Accepted"),
            part("text/calendar", "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR", extra="; method=REPLY"),
        ],
        subject="Accepted: The open day",
    )
    yield Case(
        name="outlook-calendar-accept", raw=calendar, sent="every", client="outlook", style="automatic", kind="other"
    )


def _bounces(every: Ours) -> Iterator[Case]:
    def bounce(name: str, status: str, action: str, diagnostic: str) -> Case:
        report = f"Reporting-MTA: dns; mx.hillside.example.org\r\n\r\nFinal-Recipient: rfc822; jane.whitlock@hillside.example.org\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {diagnostic}\r\n"
        parts = [
            part("text/plain", f"Delivery has {action}.\n\n{diagnostic}"),
            b"Content-Type: message/delivery-status\r\n\r\n" + report.encode(),
            b"Content-Type: message/rfc822\r\n\r\n" + every.raw,
        ]
        raw = message(
            every,
            parts,
            subtype='report; report-type="delivery-status"',
            subject="Delivery Status Notification",
            threaded=False,
        )
        raw = raw.replace(
            b"Jane Whitlock <jane.whitlock@hillside.example.org>", b"postmaster@mx.hillside.example.org", 1
        )
        return Case(name=name, raw=raw, sent="every", client="postfix", style="automatic", kind="bounce")

    yield bounce("exchange-unknown-recipient", "5.1.10", "failed", "550 5.1.10 RESOLVER.ADR.RecipientNotFound")
    yield bounce("postfix-delayed", "4.4.1", "delayed", "connect timed out")
    yield bounce("exchange-full", "5.2.2", "failed", "552 5.2.2 mailbox full")
    words = (
        "Hi. This is the qmail-send program at mx.test.\n\n<jane.whitlock@hillside.example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
        + every.text
    )
    raw = message(
        every, [part("text/plain", words)], subject="failure notice", headers=("Return-Path: <>",), threaded=False
    )
    yield Case(
        name="qmail-bounce",
        raw=raw.replace(b"Jane Whitlock <jane.whitlock@hillside.example.org>", b"MAILER-DAEMON@mx.test", 1),
        sent="every",
        client="qmail",
        style="automatic",
        kind="bounce",
    )
