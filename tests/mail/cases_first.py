"""The first third of the corpus, written before anything read it: every client and every style at least once."""

from collections.abc import Iterator

from tests.mail import clients_html as web
from tests.mail import clients_outlook as outlook
from tests.mail import clients_plain as plain
from tests.mail.answers_typed import (
    ACCENTS,
    BANNER,
    DISCLAIMER,
    FREE_ONE,
    FREE_TWO,
    FULL,
    LONG,
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


def cases(every: Ours, s1: Ours, reminder: Ours) -> Iterator[Case]:
    """Replies to the two invitations and to a reminder."""
    yield from _inline(every, s1)
    yield from _on_top(every, s1)
    yield from _free(every, s1, reminder)
    yield from _automatic(every)


def _inline(every: Ours, s1: Ours) -> Iterator[Case]:
    def case(
        name: str,
        raw: bytes,
        answers: dict[int, str],
        style: str = "inline",
        sent: str = "every",
        leftover: tuple[str, ...] = (),
    ) -> Case:
        return Case(
            name=name,
            raw=raw,
            sent=sent,
            client=name.split("-")[0],
            style=style,
            answers=given(answers),
            leftover=leftover,
        )

    yield case("thunderbird-flowed", plain.thunderbird(every, Typed(inline=given(LONG))), LONG)
    yield case(
        "thunderbird-signature", plain.thunderbird(every, Typed(inline=given(FULL), bottom="-- \n" + SIGNATURE)), FULL
    )
    yield case("mutt-wrapped", plain.mutt(every, Typed(top="Answers below.", inline=given(FULL))), FULL)
    yield case("mutt-same-line", plain.mutt(every, Typed(inline=given(SHORT), place="same"), width=0), SHORT)
    yield case("mutt-loose-wrap", plain.mutt(every, Typed(inline=given(SOME)), width=64, loose=True), SOME)
    yield case("mutt-above-mark", plain.mutt(every, Typed(inline=given(SOME), place="above")), SOME)
    yield case("mutt-mark-replaced", plain.mutt(every, Typed(inline=given(SHORT), place="instead")), SHORT)
    yield case("roundcube-marked-all", plain.marked_all(every, Typed(inline=given(SOME))), SOME)
    yield case(
        "k9-base64",
        plain.k9(
            every,
            Typed(
                inline=given(FULL), bottom="-- \nSent from my Android device with K-9 Mail. Please excuse my brevity."
            ),
        ),
        FULL,
    )
    yield case("samsung-no-marks", plain.samsung(every, Typed(inline=given(SHORT))), SHORT)
    yield case(
        "outlook-plain-no-marks",
        plain.outlook_plain(s1, Typed(inline=given(S1_FULL), bottom=SIGNATURE)),
        S1_FULL,
        sent="s1",
    )
    yield case(
        "outlook-plain-german", plain.outlook_plain(every, Typed(inline=given(ACCENTS)), "de", "windows-1252"), ACCENTS
    )
    yield case(
        "outlook-desktop",
        outlook.desktop(
            every,
            Typed(
                top="Dear Rowan,\n\nPlease see my answers below in blue.\n\nKind regards\n\nJane", inline=given(LONG)
            ),
        ),
        LONG,
    )
    yield case(
        "outlook-desktop-same-line", outlook.desktop(s1, Typed(inline=given(S1_SOME)), same=True), S1_SOME, sent="s1"
    )
    yield case(
        "outlook-desktop-initials",
        outlook.desktop(every, Typed(inline=given(SHORT)), initials="Jane Whitlock", charset="windows-1252"),
        SHORT,
    )
    yield case(
        "outlook-desktop-safelinks-banner",
        outlook.desktop(
            every,
            Typed(inline=given(FULL), bottom=DISCLAIMER),
            safelinks=True,
            only_html=True,
            banner=f"<p class=MsoNormal><b>{BANNER}</b></p>",
        ),
        FULL,
    )
    yield case("outlook-mobile-inline", outlook.mobile(every, Typed(inline=given(SHORT))), SHORT)
    yield case("owa-inline", outlook.owa(every, Typed(top="Hello, see below.", inline=given(FULL), bottom="")), FULL)
    yield case("gmail-split-quote", web.gmail(every, Typed(inline=given(LONG))), LONG)
    yield case(
        "gmail-within-quote-html-only",
        web.gmail(s1, Typed(inline=given(S1_FULL)), split=False, only_html=True),
        S1_FULL,
        sent="s1",
    )
    yield case(
        "gmail-french",
        web.gmail(
            every,
            Typed(inline=given(SOME)),
            'Le lun. 25 nov. 2024 à 09:00, Rowan Achterberg &lt;<a href="mailto:evaluation@soundings.test">evaluation@soundings.test</a>&gt; a écrit :',
        ),
        SOME,
    )
    yield case("apple-mail-inline", web.apple_mail(every, Typed(inline=given(FULL))), FULL)
    yield case("iphone-inline", web.iphone(every, Typed(inline=given(SHORT))), SHORT)
    yield case("thunderbird-html", web.thunderbird_html(s1, Typed(inline=given(S1_FULL))), S1_FULL, sent="s1")
    yield case("yahoo-inline", web.yahoo(every, Typed(inline=given(SOME))), SOME)
    yield case("gmx-german", web.gmx(every, Typed(inline=given(ACCENTS))), ACCENTS)
    yield case("proton-inline", web.proton(every, Typed(inline=given(FULL))), FULL)
    yield case("notes-iso", plain.notes(every, Typed(inline=given(SHORT))), SHORT)
    yield case("groupwise-iso15", plain.groupwise(every, Typed(inline=given(SOME))), SOME)
    yield case(
        "mutt-mixed",
        plain.mutt(
            every,
            Typed(
                top="Hello Rowan,\n\nthe answers are below. One thing the questions don't ask: the car park was locked at five and six of us had to wait.",
                inline=given(SHORT),
                bottom=SIGNATURE,
            ),
        ),
        SHORT,
        style="mixed",
        leftover=("the car park was locked at five",),
    )


def _on_top(every: Ours, s1: Ours) -> Iterator[Case]:
    def case(
        name: str, raw: bytes, answers: dict[int, str], sent: str = "every", leftover: tuple[str, ...] = ()
    ) -> Case:
        return Case(
            name=name,
            raw=raw,
            sent=sent,
            client=name.split("-")[0],
            style="numbered",
            answers=given(answers),
            leftover=leftover,
        )

    yield case(
        "gmail-numbered", web.gmail(every, Typed(top="Hi Rowan,\n\n" + on_top(SHORT) + "\n\nBest wishes\nJane")), SHORT
    )
    yield case("iphone-numbered-bracket", web.iphone(every, Typed(top=on_top(SHORT, "{}) {}"))), SHORT)
    yield case(
        "outlook-numbered-q",
        outlook.desktop(s1, Typed(top=on_top(S1_SOME, "Q{}: {}") + "\n\n" + SIGNATURE)),
        S1_SOME,
        sent="s1",
    )
    yield case(
        "mobile-numbered-bare",
        outlook.mobile(every, Typed(top=on_top({2: "6", 6: "4", 7: "3", 8: "Yes"}, "Q{} {}"))),
        {2: "6", 6: "4", 7: "3", 8: "Yes"},
    )
    yield case(
        "yahoo-numbered-one-line",
        web.yahoo(every, Typed(top="Q2 5, Q6 4, Q7 4, Q8 yes, Q16 no")),
        {2: "5", 6: "4", 7: "4", 8: "yes", 16: "no"},
    )
    yield case(
        "mutt-numbered-out-of-order",
        plain.mutt(every, Typed(top="8. Yes\n2. 6\n3. Warm rooms,\nkind people.\n1. Jane\n\nRegards\nJane")),
        {8: "Yes", 2: "6", 3: "Warm rooms,\nkind people.", 1: "Jane"},
    )


def _free(every: Ours, s1: Ours, reminder: Ours) -> Iterator[Case]:
    yield Case(
        name="outlook-free-text",
        raw=outlook.desktop(s1, Typed(top=FREE_ONE)),
        sent="s1",
        client="outlook",
        style="free",
        leftover=("The day was the first time", "by four o'clock nobody was listening."),
    )
    yield Case(
        name="iphone-free-text-reminder",
        raw=web.iphone(reminder, Typed(top=FREE_TWO)),
        sent="reminder",
        client="iphone",
        style="free",
        leftover=("In short: it was well worth it",),
    )
    yield Case(name="gmail-empty", raw=web.gmail(every, Typed()), sent="every", client="gmail", style="empty")
    yield Case(
        name="bare-free-text",
        raw=plain.bare(every, "It went well, thank you, but I only stayed for the morning."),
        sent="every",
        client="bare",
        style="free",
        leftover=("I only stayed for the morning",),
    )


def _automatic(every: Ours) -> Iterator[Case]:
    away = "I am out of the office until 9 December 2024.\n\n1. For urgent matters ring 01632 960000.\n2. For school places write to places@hillside.example.org.\n\nJane"
    yield Case(
        name="outlook-out-of-office",
        raw=message(
            every,
            [part("text/plain", away)],
            subject="Automatic reply: " + every.subject,
            headers=("Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"),
        ),
        sent="every",
        client="outlook",
        style="automatic",
        kind="auto_reply",
        return_date="2024-12-09",
    )
    report = (
        b"Content-Type: text/plain; charset=us-ascii\r\n\r\nThis is the mail system at host mx.hillside.example.org.\r\n\r\n"
        b"<jane.whitlock@hillside.example.org>: host mx said: 550 5.1.1 User unknown\r\n"
    )
    status = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.hillside.example.org\r\n\r\n"
        b"Final-Recipient: rfc822; jane.whitlock@hillside.example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
    )
    original = b"Content-Type: message/rfc822\r\n\r\n" + every.raw
    bounce = message(
        every,
        [report, status, original],
        subtype='report; report-type="delivery-status"',
        subject="Undelivered Mail Returned to Sender",
        headers=("Return-Path: <>", "Auto-Submitted: auto-replied"),
        threaded=False,
        boundary="bounce_1",
    ).replace(
        b"From: Jane Whitlock <jane.whitlock@hillside.example.org>",
        b"From: Mail Delivery System <MAILER-DAEMON@mx.hillside.example.org>",
    )
    yield Case(name="postfix-hard-bounce", raw=bounce, sent="every", client="postfix", style="automatic", kind="bounce")
