"""Answers within the quote: attributions in many languages, every place to type, encodings, cut and nested quotes."""

from collections.abc import Iterator

from tests.mail import clients_html as web
from tests.mail import clients_outlook as outlook
from tests.mail import clients_plain as plain
from tests.mail.answers_typed import (
    ACCENTS,
    BANNER,
    DISCLAIMER,
    FULL,
    LONG,
    S1_FULL,
    S1_SOME,
    SHORT,
    SIGNATURE,
    SOME,
    given,
)
from tests.mail.case import Case
from tests.mail.envelopes import message, part
from tests.mail.letters import Ours
from tests.mail.typed import Line, Typed, lines_of, quoted

_WHO = "Rowan Achterberg"
_BY = f"{_WHO} <evaluation@soundings.test>"
ATTRIBUTIONS = {
    "german": f"Am 25.11.2024 um 09:00 schrieb {_WHO}:",
    "german-gmail": f"Am Mo., 25. Nov. 2024 um 09:00 Uhr schrieb {_BY}:",
    "french": f"Le 25/11/2024 à 09:00, {_WHO} a écrit :",
    "spanish": f"El lun, 25 nov 2024 a las 9:00, {_BY} escribió:",
    "portuguese": f"Em seg., 25 de nov. de 2024 às 09:00, {_BY} escreveu:",
    "italian": f"Il giorno lun 25 nov 2024 alle ore 09:00 {_BY} ha scritto:",
    "dutch": f"Op ma 25 nov 2024 om 09:00 schreef {_BY}:",
    "swedish": f"Den mån 25 nov. 2024 kl 09:00 skrev {_BY}:",
    "polish": f"pon., 25 lis 2024 o 09:00 {_BY} napisał(a):",
    "welsh": f"Ar Llun, 25 Tach 2024 am 09:00, ysgrifennodd {_BY}:",
    "czech": f"po 25. 11. 2024 v 9:00 odesílatel {_BY} napsal:",
    "japanese": f"2024年11月25日(月) 9:00 {_BY}:",
    "russian": f"пн, 25 нояб. 2024 г. в 09:00, {_BY}:",
    "turkish": f"{_BY}, 25 Kas 2024 Pzt, 09:00 tarihinde şunu yazdı:",
    "folded": f"On Mon, Nov 25, 2024 at 9:00 AM {_WHO}\n<evaluation@soundings.test> wrote:",
}


def cases(every: Ours, s1: Ours) -> Iterator[Case]:
    """Replies to the two invitations."""
    yield from _languages(every, s1)
    yield from _places(every, s1)
    yield from _outlooks(every, s1)
    yield from _webs(every, s1)
    yield from _encodings(every)
    yield from _nested(every, s1)


def _case(
    name: str,
    raw: bytes,
    answers: dict[int, str],
    *,
    sent: str = "every",
    style: str = "inline",
    leftover: tuple[str, ...] = (),
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


def _languages(every: Ours, s1: Ours) -> Iterator[Case]:
    sets = (SHORT, SOME, LONG, FULL, ACCENTS)
    for at, (language, attribution) in enumerate(ATTRIBUTIONS.items()):
        answers = sets[at % len(sets)]
        yield _case(f"mutt-{language}", plain.mutt(every, Typed(inline=given(answers)), attribution), answers)
    for language in ("fr", "nl", "es", "cy"):
        raw = plain.outlook_plain(s1, Typed(inline=given(S1_SOME)), language, "utf-8")
        yield _case(f"outlook-plain-{language}", raw, S1_SOME, sent="s1")
    for language in ("de", "fr", "es", "nl", "it", "pl", "sv", "cy"):
        raw = outlook.desktop(every, Typed(inline=given(SOME)), language=language, only_html=language in {"de", "it"})
        yield _case(f"outlook-desktop-{language}", raw, SOME)


def _places(every: Ours, s1: Ours) -> Iterator[Case]:
    typed = Typed(inline=given(FULL), cut=frozenset(range(1, 16)) - set(given(FULL)), cut_around=True)
    yield _case("mutt-cut-around", plain.mutt(every, typed), FULL)
    some = Typed(inline=given(SOME), cut=frozenset(range(1, 17)) - set(SOME), cut_around=True, bottom=SIGNATURE)
    yield _case("mutt-cut-to-answered", plain.mutt(every, some, width=0), SOME)
    yield _case("outlook-cut-to-answered", plain.outlook_plain(every, some), SOME)
    yield _case("gmail-cut-to-answered", web.gmail(every, Typed(inline=given(SOME)), only_html=True), SOME)
    yield _case("mutt-after-ask", plain.mutt(every, Typed(inline=given(SHORT), place="after_ask"), width=0), SHORT)
    yield _case("samsung-same-line", plain.samsung(every, Typed(inline=given(SHORT), place="same")), SHORT)
    yield _case("outlook-above-mark", plain.outlook_plain(every, Typed(inline=given(SHORT), place="above")), SHORT)
    yield _case("outlook-mark-replaced", plain.outlook_plain(every, Typed(inline=given(SOME), place="instead")), SOME)
    yield _case("thunderbird-same-line", plain.thunderbird(every, Typed(inline=given(LONG), place="same")), LONG)
    yield _case("mutt-narrow", plain.mutt(s1, Typed(inline=given(S1_FULL)), width=50), S1_FULL, sent="s1")
    yield _case("mutt-tight-marks", plain.mutt(every, Typed(inline=given(FULL)), prefix=">"), FULL)
    yield _case("mutt-bars", plain.mutt(every, Typed(inline=given(SHORT)), prefix="| "), SHORT)
    lines = [
        Line(each.words.replace("Answer:", "answer :") if each.ours else each.words, each.ours)
        for each in lines_of(every.text, Typed(inline=given(SOME)))
    ]
    words = f"On 25/11/2024 09:00, {_WHO} wrote:\n" + quoted(lines)
    yield _case("mutt-mark-changed", message(every, [part("text/plain", words)]), SOME)
    words = f"On 25/11/2024 09:00, {_WHO} wrote:\n" + quoted(lines_of(every.text, Typed(inline=given(SHORT)))).replace(
        "(Yes / No)", "(yes/no)"
    ).replace("'", "’")
    yield _case("mutt-smartened", message(every, [part("text/plain", words)]), SHORT)
    tricky = {
        1: "> Jane, with a mark of my own",
        3: "From: my point of view it went well.\nTo: improve it, start later.\nSubject: done.",
        4: "See [Q3] above, the same holds here.\n1. less noise\n2. more light",
        5: "On 5 December 2024 at 10:00 Rowan said it best:\n“go on”",
        9: "https://www.hillside.example.org/topics?id=1 has my list",
    }
    yield _case("outlook-tricky-words", outlook.desktop(every, Typed(inline=tricky)), tricky)
    ours_said = {
        3: "The welcome, the rooms, the pace: whatever comes to mind was good!",
        4: "For children: nothing. For families: a lot.",
        8: "Yes",
        9: "The day",
    }
    yield _case("mutt-own-words-again", plain.mutt(every, Typed(inline=ours_said)), ours_said)
    yield _case("samsung-own-words-again", plain.samsung(every, Typed(inline=ours_said)), ours_said)
    nothing = {2: "3", 3: "n/a", 4: "-", 8: "No", 11: "0"}
    yield _case("k9-little-answers", plain.k9(every, Typed(inline=nothing)), nothing)


def _outlooks(every: Ours, s1: Ours) -> Iterator[Case]:
    banner = f"<div style='background:#FFEB9C'>{BANNER}</div>"
    yield _case("owa-banner", outlook.owa(every, Typed(inline=given(SOME)), banner=banner), SOME)
    yield _case("owa-html-only", outlook.owa(s1, Typed(inline=given(S1_FULL)), only_html=True), S1_FULL, sent="s1")
    yield _case(
        "outlook-mobile-android",
        outlook.mobile(every, Typed(inline=given(LONG)), system="Android", link="https://aka.ms/AAb9ysg"),
        LONG,
    )
    yield _case(
        "outlook-desktop-initials-short", outlook.desktop(every, Typed(inline=given(SOME)), initials="JW"), SOME
    )
    yield _case(
        "outlook-desktop-cp1252",
        outlook.desktop(every, Typed(inline=given(LONG)), charset="windows-1252", only_html=True),
        LONG,
    )
    yield _case(
        "outlook-desktop-safelinks-same",
        outlook.desktop(s1, Typed(inline=given(S1_FULL)), safelinks=True, same=True),
        S1_FULL,
        sent="s1",
    )
    typed = Typed(top=f"Hi Rowan\n\nMy comments are in red below.\n\n{SIGNATURE}\n\n{DISCLAIMER}", inline=given(FULL))
    yield _case("outlook-desktop-signature-top", outlook.desktop(every, typed, colour="red"), FULL)
    mixed = Typed(
        top="Rowan,\n\nWe lost the list of who was there; could you send it once more?\n\nBest wishes,\nJane",
        inline=given(SHORT),
        bottom=DISCLAIMER,
    )
    yield _case(
        "owa-mixed", outlook.owa(every, mixed), SHORT, style="mixed", leftover=("could you send it once more?",)
    )


def _webs(every: Ours, s1: Ours) -> Iterator[Case]:
    yield _case(
        "gmail-split-s1", web.gmail(s1, Typed(inline=given(S1_FULL), bottom="-- \nJane Whitlock")), S1_FULL, sent="s1"
    )
    yield _case("gmail-within-quote", web.gmail(every, Typed(inline=given(LONG)), split=False), LONG)
    yield _case(
        "gmail-signature-top",
        web.gmail(
            every, Typed(top="See below.\n\n-- \nJane Whitlock\nHillside Council | 01632 960018", inline=given(SOME))
        ),
        SOME,
    )
    yield _case(
        "gmail-polish-html",
        web.gmail(
            every,
            Typed(inline=given(ACCENTS)),
            f"pon., 25 lis 2024 o 09:00 {_WHO} &lt;evaluation@soundings.test&gt; napisał(a):",
            only_html=True,
        ),
        ACCENTS,
    )
    yield _case(
        "apple-mail-signature", web.apple_mail(s1, Typed(inline=given(S1_SOME), bottom=SIGNATURE)), S1_SOME, sent="s1"
    )
    yield _case("iphone-german", web.iphone(every, Typed(inline=given(LONG)), "Von meinem iPhone gesendet"), LONG)
    yield _case("iphone-full", web.iphone(every, Typed(inline=given(FULL))), FULL)
    yield _case("yahoo-full", web.yahoo(every, Typed(inline=given(FULL))), FULL)
    yield _case("yahoo-s1", web.yahoo(s1, Typed(inline=given(S1_FULL))), S1_FULL, sent="s1")
    yield _case("gmx-full", web.gmx(every, Typed(inline=given(FULL))), FULL)
    yield _case("proton-s1", web.proton(s1, Typed(inline=given(S1_SOME))), S1_SOME, sent="s1")
    yield _case(
        "thunderbird-html-every", web.thunderbird_html(every, Typed(top="Answers inline", inline=given(LONG))), LONG
    )


def _encodings(every: Ours) -> Iterator[Case]:
    head = f"On 25/11/2024 09:00, {_WHO} wrote:\n"
    body = head + quoted(lines_of(every.text, Typed(inline=given(ACCENTS))))
    for charset, how in (
        ("utf-16", "base64"),
        ("windows-1252", "quoted-printable"),
        ("iso-8859-15", "quoted-printable"),
        ("utf-8", "base64"),
        ("utf-8", "8bit"),
    ):
        words = (
            body.replace("“", '"').replace("”", '"').replace("–", "-").replace("Ŵ", "W")
            if charset == "iso-8859-15"
            else body
        )
        answers = (
            {n: w.replace("“", '"').replace("”", '"').replace("–", "-") for n, w in ACCENTS.items()}
            if charset == "iso-8859-15"
            else ACCENTS
        )
        yield _case(f"bare-{charset}-{how}", message(every, [part("text/plain", words, charset, how)]), answers)
    mislabelled = part("text/plain", body, "utf-8", "8bit").replace(b'charset="utf-8"', b'charset="us-ascii"')
    yield _case("bare-utf-8-called-ascii", message(every, [mislabelled]), ACCENTS)
    unnamed = part("text/plain", body, "windows-1252", "8bit").replace(b'; charset="windows-1252"', b"")
    yield _case("bare-no-charset", message(every, [unnamed]), ACCENTS)
    unknown = part("text/plain", body, "utf-8", "8bit").replace(b'charset="utf-8"', b'charset="x-unknown"')
    yield _case("bare-unknown-charset", message(every, [unknown]), ACCENTS)


def _nested(every: Ours, s1: Ours) -> Iterator[Case]:
    first = plain.mutt(every, Typed(inline=given(SOME)), width=0).partition(b"\r\n\r\n")[2].decode()
    again = "\n".join(f"> {line}".rstrip() for line in first.replace("\r\n", "\n").rstrip("\n").split("\n"))
    words = f"Sorry, one correction: 8. Yes\n\nOn Tue, 26 Nov 2024 at 14:12, Jane Whitlock <jane.whitlock@hillside.example.org> wrote:\n{again}\n"
    yield _case(
        "mutt-own-reply-again",
        message(every, [part("text/plain", words)]),
        {},
        style="nested",
        leftover=("one correction",),
    )
    words = f"8. Yes\n2. 6\n\nOn Tue, 26 Nov 2024 at 14:12, Jane Whitlock <jane.whitlock@hillside.example.org> wrote:\n{again}\n"
    yield _case(
        "mutt-own-reply-corrected", message(every, [part("text/plain", words)]), {8: "Yes", 2: "6"}, style="nested"
    )
    corrected = again.replace(">> Answer:", "> > Answer:")
    corrected = corrected.replace("> no\n", "> no\nyes, after all\n", 1)
    words = f"On Tue, 26 Nov 2024 at 14:12, Jane Whitlock <jane.whitlock@hillside.example.org> wrote:\n{corrected}\n"
    yield _case(
        "mutt-own-reply-inline-correction",
        message(every, [part("text/plain", words)]),
        {8: "yes, after all"},
        style="nested",
    )
    inner = plain.outlook_plain(every, Typed(inline=given(SHORT))).partition(b"\r\n\r\n")[2]
    earlier = (
        inner.decode("utf-8")
        .replace("=\r\n", "")
        .replace("\r\n", "\n")
        .replace("=C2=A0", " ")
        .replace("=3D", "=")
        .replace("=E2=80=9C", "“")
        .replace("=E2=80=9D", "”")
        .replace("=20", " ")
    )
    head = "-----Original Message-----\nFrom: Jane Whitlock <jane.whitlock@hillside.example.org>\nSent: 26 November 2024 14:12\nTo: Rowan Achterberg\nSubject: RE: After the open day\n\n"
    words = f"Q6: 3\n\nJane\n\n{head}{earlier}"
    yield _case("outlook-own-reply-corrected", message(every, [part("text/plain", words)]), {6: "3"}, style="nested")
    forwarded = "---------- Forwarded message ---------\nFrom: Rowan Achterberg <evaluation@soundings.test>\nDate: Mon, 25 Nov 2024 at 09:00\nSubject: After the open day\nTo: Jane Whitlock <jane.whitlock@hillside.example.org>\n\n"
    words = forwarded + quoted(lines_of(s1.text, Typed(inline=given(S1_SOME))), prefix="")
    yield _case(
        "gmail-forwarded",
        message(s1, [part("text/plain", words)], subject="Fwd: " + s1.subject),
        S1_SOME,
        sent="s1",
        style="nested",
    )
