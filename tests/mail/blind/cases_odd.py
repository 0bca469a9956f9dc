"""Replies with something odd about them, and mails that are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.mail.blind import clients as c
from tests.mail.blind.quoting import Written, document, head, leaf, many, text_quote
from tests.mail.blind.typed import (
    DISCLAIMER,
    LIBRARY,
    MODULE,
    SHORT,
    SIGNATURE,
    TOUR,
    Case,
    numbered,
    some,
)
from tests.mail.letters import Ours


def odd(sent: Mapping[str, Ours]) -> Iterator[Case]:
    lib, tour, module = sent["library"], sent["tour"], sent["module"]
    safe = c.outlook_desktop(module, Written(inline=MODULE)).replace(
        b"https://answers.soundings.test/",
        b"https://eur01.safelinks.protection.outlook.com/?url=3Dhttps%3A%2F%2Fanswers.soundings.test%2F",
    )
    yield Case(name="safe-links", sent="module", answers=MODULE, raw=safe)
    proof = c.gmail(lib, Written(inline=SHORT), html=False).replace(
        b"https://answers.soundings.test/", b"https://urldefense.com/v3/__https://answers.soundings.test/"
    )
    yield Case(name="proofpoint", sent="library", answers=SHORT, raw=proof)
    yield Case(
        name="caution-at-our-own-door",
        sent="library",
        answers=SHORT,
        raw=c.gmail(
            lib,
            Written(
                top="[EXTERNAL EMAIL] Do not open attachments unless you know the content is safe.\n\nHi Rowan,\n"
                + numbered(SHORT)
            ),
            html=False,
        ),
    )
    yield Case(
        name="disclaimer-between",
        sent="module",
        answers=MODULE,
        raw=c.owa(module, Written(top=numbered(MODULE)), signature="Jane Whitlock | 01632 960417\n\n" + DISCLAIMER),
    )
    again = c.gmail(lib, Written(top=numbered({1: "Old words", 4: "1"})), html=False)
    earlier = again.partition(b"\r\n\r\n")[2].decode("ascii").replace("=\r\n", "").replace("\r\n", "\n")
    yield Case(
        name="second-reply-over-the-first",
        sent="library",
        answers={4: "2"},
        raw=head(lib)
        + leaf(
            "plain",
            "Sorry, one correction:\n\n4. 2\n\nJane\n\nOn Tue, 26 Nov 2024 at 09:30, Jane Whitlock <jane.whitlock@hillside.example.org> wrote:\n"
            + "\n".join("> " + line if not line.startswith(">") else ">" + line for line in earlier.split("\n")),
            coding="8bit",
        ),
    )
    signed = many(
        "signed",
        [
            leaf("plain", numbered(SHORT)),
            b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7s"\r\n\r\nMIAGCSqGSIb3DQEHAqCAMIACAQExDzANBglghkgBZQMEAgEFADCA\r\n',
        ],
        '; protocol="application/pkcs7-signature"; micalg=sha-256',
        b"This is an S/MIME signed message\r\n",
    )
    yield Case(name="smime-signed", sent="library", answers=SHORT, raw=head(lib) + signed)
    tnef = many(
        "mixed",
        [
            leaf("plain", numbered(MODULE)),
            b'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="winmail.dat"\r\n\r\neJ8+IgYQAQaQCAAEAAAAAAABAAEAAQeQBgAIAAAA5AQAAAAAAADoAAEIgAcAGAAAAElQTS5N\r\n',
        ],
    )
    yield Case(name="winmail", sent="module", answers=MODULE, raw=head(module) + tnef)
    diary = many(
        "mixed",
        [
            leaf("plain", "Hello Rowan, I have put the evening in the diary.\n\n" + numbered(SHORT)),
            b'Content-Type: text/calendar; charset=utf-8; name="evening.ics"\r\nContent-Disposition: attachment; filename="evening.ics"\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Evening\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
        ],
    )
    yield Case(
        name="with-a-calendar-part",
        sent="library",
        answers=SHORT,
        leftover=("I have put the evening in the diary",),
        raw=head(lib) + diary,
    )
    yield Case(
        name="list-footer",
        sent="module",
        answers=MODULE,
        raw=c.bare(
            module,
            numbered(MODULE)
            + "\n\n_______________________________________________\nHeads mailing list -- heads@lists.hillside.example.org\nTo unsubscribe send an email to heads-leave@lists.hillside.example.org",
        ),
    )
    fwd = f"Rowan, Jane asked me to do this.\n\n{numbered(SHORT)}\n\nTom Barrow\nDeputy\n\n---------- Forwarded message ---------\nFrom: Jane Whitlock <jane.whitlock@hillside.example.org>\nDate: Tue, 26 Nov 2024 at 08:10\nSubject: Fwd: {lib.subject}\nTo: Tom Barrow <tom.barrow@hillside.example.org>\n\n\nTom, can you do this one for me?\n\n---------- Forwarded message ---------\nFrom: Rowan Achterberg <evaluation@soundings.test>\nDate: Mon, 25 Nov 2024 at 09:00\nSubject: {lib.subject}\nTo: Jane Whitlock <jane.whitlock@hillside.example.org>\n\n\n{lib.text}"
    yield Case(
        name="forwarded-by-a-colleague",
        sent="library",
        answers=SHORT,
        leftover=("Jane asked me to do this",),
        raw=head(lib, f"Fwd: {lib.subject}", sender="Tom Barrow <tom.barrow@hillside.example.org>")
        + leaf("plain", fwd),
    )
    receipt = sent["library_receipt"]
    yield Case(
        name="to-the-receipt",
        sent="library_receipt",
        answers={4: "5"},
        raw=c.gmail(receipt, Written(top="Thanks. Please change:\nQ4: 5")),
    )
    yield Case(
        name="to-the-receipt-outlook",
        sent="library_receipt",
        answers={9: "2"},
        raw=c.outlook_desktop(receipt, Written(top="9. 2")),
    )
    yield Case(
        name="receipt-thanked", sent="library_receipt", answers={}, raw=c.owa(receipt, Written(top="Thank you!\nJane"))
    )
    last = sent["library_reminder"]
    yield Case(
        name="to-the-reminder",
        sent="library_reminder",
        answers=SHORT,
        raw=c.outlook_desktop(last, Written(top=numbered(SHORT))),
    )
    yield Case(
        name="to-the-reminder-gmail",
        sent="library_reminder",
        answers=LIBRARY,
        raw=c.gmail(last, Written(top=numbered(LIBRARY))),
    )
    same = {1: "Same as last time.", 2: "as above", 3: "See question 1", 11: "n/a", 12: "-"}
    yield Case(name="same-as-last-time", sent="library", answers=same, raw=c.owa(lib, Written(inline=same)))
    yield Case(
        name="reordered",
        sent="library",
        answers=some(LIBRARY, 9, 4, 1, 7),
        raw=c.bare(lib, numbered(some(LIBRARY, 9, 4, 1, 7))),
    )
    yield Case(
        name="on-one-line", sent="library", answers={4: "5", 7: "yes", 9: "3"}, raw=c.bare(lib, "Q4 5, Q7 yes, Q9 3")
    )
    yield Case(
        name="one-line-brackets",
        sent="module",
        answers={1: "5", 2: "4", 3: "4", 4: "6", 5: "6"},
        raw=c.bare(module, "1) 5 2) 4 3) 4 4) 6 5) 6"),
    )
    yield Case(name="marks-retyped", sent="library", answers=SHORT, raw=c.bare(lib, numbered(SHORT, "[Q{0}] {1}")))
    yield Case(
        name="questions-retyped",
        sent="library",
        answers={1: "The reading corner.", 2: "The lamps.", 4: "5"},
        raw=c.bare(
            lib,
            "Hi,\n\nWhat went well?\nThe reading corner.\n\nWhat went well for the children?\nThe lamps.\n\nOn 1 of our 4 open evenings you met the team: how useful was that?\n5\n",
        ),
    )
    within = {
        1: "1. the room\n2. the tea\n3. the people",
        3: "none really, but Q4 says more.",
        4: "4",
        12: "2 things: chairs and lamps",
    }
    yield Case(
        name="a-list-in-an-answer", sent="library", answers=within, raw=c.gmail(lib, Written(inline=within), html=False)
    )
    yield Case(
        name="a-list-in-an-answer-outlook",
        sent="library",
        answers=within,
        raw=c.outlook_desktop(lib, Written(inline=within)),
    )
    ol = "<ol>" + "".join(f"<li>{words}</li>" for words in MODULE.values()) + "</ol>"
    yield Case(
        name="gmail-ol",
        sent="module",
        answers=MODULE,
        raw=head(module) + leaf("html", document(f'<div dir="ltr">Hello!<br>{ol}</div>')),
    )
    yield Case(
        name="owa-ol-start",
        sent="library",
        answers={4: "5", 5: LIBRARY[5]},
        raw=head(lib)
        + leaf(
            "html",
            document(
                f'<div class="elementToProof"><ol start="4"><li><div>5</div></li><li><div>{LIBRARY[5]}</div></li></ol></div>'
            ),
        ),
    )
    marked = "\n".join("> " + line for line in text_quote(lib, Written(inline=SHORT, same_line=True), "").split("\n"))
    yield Case(
        name="typed-inside-the-marks",
        sent="library",
        answers=SHORT,
        raw=head(lib)
        + leaf(
            "plain",
            f"\n\nOn Mon, 25 Nov 2024 at 09:00, Rowan Achterberg <evaluation@soundings.test> wrote:\n{marked}\n",
        ),
    )
    yield Case(
        name="top-and-within",
        sent="library",
        answers={1: "The lamps.", 4: "5", 9: "7"},
        raw=c.gmail(lib, Written(top="Q4: 5\nQ9: 7\nThe rest is below.", inline={1: "The lamps."})),
    )
    free = "The evenings were a gift to our families.\n\nI would have liked more time with the team, and the heating was off on the second one."
    yield Case(
        name="free",
        sent="library",
        leftover=("a gift to our families", "the heating was off"),
        raw=c.outlook_desktop(lib, Written(top="Dear Rowan\n\n" + free + "\n\nKind regards"), signature=SIGNATURE),
    )
    yield Case(
        name="free-and-within",
        sent="tour",
        answers=some(TOUR, 8, 11),
        leftover=("the gate still sticks",),
        raw=c.apple(
            tour, Written(top="Hello Rowan, the gate still sticks, could someone look?", inline=some(TOUR, 8, 11))
        ),
    )
    yield Case(
        name="free-beneath",
        sent="module",
        answers={1: "5"},
        leftover=("the coffee was cold",),
        raw=c.thunderbird(module, Written(inline={1: "5"}, bottom="By the way, the coffee was cold.")),
    )
    yield Case(
        name="minutes-later",
        sent="tour",
        answers={6: "3/11/2024", 19: "4", 20: "1"},
        raw=c.samsung(tour, Written(top="6. 3/11/2024\n19. 4\n20. 1\nSent in haste")),
        leftover=("Sent in haste",),
    )
    yield Case(
        name="html-only-table",
        sent="module",
        answers={1: "4", 2: "3", 6: "More breaks"},
        raw=head(module)
        + leaf(
            "html",
            document(
                "<table><tr><td>1</td><td>4</td></tr><tr><td>2</td><td>3</td></tr><tr><td>6</td><td>More breaks</td></tr></table>"
            ),
        ),
    )


def automatic(sent: Mapping[str, Ours]) -> Iterator[Case]:
    lib = sent["library"]
    away = {
        "de": (
            "Abwesenheitsnotiz: Three evenings",
            "Ich bin bis zum 9. Dezember 2024 nicht im Büro.\n1. Dringendes bitte an die Zentrale.\n2. Sonst melde ich mich danach.",
            "2024-12-09",
        ),
        "fr": (
            "Réponse automatique : Three evenings",
            "Je suis absente du bureau et serai de retour le 10 décembre 2024.",
            "2024-12-10",
        ),
        "cy": ("Ymateb awtomatig: Three evenings", "Rwyf allan o'r swyddfa tan 9 Rhagfyr 2024.", "2024-12-09"),
        "es": (
            "Respuesta automática: Three evenings",
            "Estaré fuera de la oficina hasta el 12 de diciembre de 2024.",
            "2024-12-12",
        ),
        "en": (
            "Automatic reply: Three evenings",
            "Thanks for your email. I'm on annual leave, back on Monday 2nd December. In my absence:\n1. HR: 01632 960001\n4. 5 Priory Lane",
            "2024-12-02",
        ),
        "en-range": (
            "Out of Office: Three evenings",
            "I am away from 25/11/2024 to 05/12/2024 with no access to email.",
            "2024-12-05",
        ),
        "en-none": (
            "Automatic reply: Three evenings",
            "I no longer work Fridays. If urgent, ring the office on 01632 960001.",
            "",
        ),
    }
    for name, (subject, words, back) in away.items():
        yield Case(
            name=f"away-{name}",
            sent="library",
            kind="auto_reply",
            return_date=back,
            raw=c.bare(
                lib, words, subject="=?utf-8?q?" + "".join(f"={b:02X}" for b in subject.encode()) + "?=", threaded=True
            ).replace(
                b"MIME-Version", b"Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nMIME-Version", 1
            ),
        )
    report = many(
        "report",
        [
            leaf("plain", "Your message was read on 26 November 2024."),
            b"Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;jane.whitlock@hillside.example.org\r\nDisposition: automatic-action/MDN-sent-automatically; displayed\r\n",
        ],
        "; report-type=disposition-notification",
    )
    yield Case(name="read-receipt", sent="library", kind="other", raw=head(lib, f"Read: {lib.subject}") + report)
    meeting = many(
        "alternative",
        [
            leaf("plain", "Accepted"),
            b"Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSUMMARY:Evening\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        ],
    )
    yield Case(
        name="calendar-reply", sent="library", kind="other", raw=head(lib, "Accepted: Evening at the library") + meeting
    )
