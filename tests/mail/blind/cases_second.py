"""The second blind round, written after the first was mended and read once before anything else was."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from tests.mail.blind import clients as c
from tests.mail.blind.quoting import Written, document, head, leaf, many, text_quote
from tests.mail.blind.typed import LIBRARY, MODULE, SHORT, SIGNATURE, Case, numbered, some
from tests.mail.letters import Ours

YEAR = {
    1: "Jane Whitlock",
    2: "Hillside Council",
    3: "Assistant Director, Education & Inclusion",
    5: "Well run from start to finish.\n\nI would:\n- shorten the agenda\n- start at 10, not 9\n- send papers 5 days before",
    6: "Nearly everyone",
    7: "The ICB. A date agreed 2 months ahead would have helped.",
    8: "Too early to say, though exclusions fell from 14 to 9.",
    9: 'Parents told us: "you listened".\n\nOur forum chair said the same on 3 December.',
    13: "1. A joint plan by March\n2. Two workshops\n3. A named lead",
    15: "Not yet, but it is planned",
    18: "Do it. Answer: honestly, we learned more than in 3 years of meetings.",
    19: "Yes",
    20: "Transition at 16",
    21: "Yes, on 01632 960417",
}
OFFICIAL = "OFFICIAL"
BILINGUAL = (
    "Mae'r e-bost hwn ac unrhyw atodiadau yn gyfrinachol ac wedi'u bwriadu ar gyfer y sawl a enwir yn unig.\n"
    "This e-mail and any attachments are confidential and intended for the named recipient only."
)
LINE = "On Mon, 25 Nov 2024 at 09:00, Rowan Achterberg <evaluation@soundings.test> wrote:"


def _plain(ours: Ours, words: str, **more: str) -> bytes:
    return head(ours, **more) + leaf("plain", words + "\n")


def _cited(ours: Ours, written: Written, width: int = 0, line: str = LINE) -> str:
    return f"{line}\n\n{text_quote(ours, written, '> ', width)}"


def within(sent: Mapping[str, Ours]) -> Iterator[Case]:
    year, lib, module = sent["midcycle"], sent["library"], sent["module"]
    yield Case(name="year-outlook", sent="midcycle", answers=YEAR, raw=c.outlook_desktop(year, Written(inline=YEAR)))
    yield Case(
        name="year-owa-blue",
        sent="midcycle",
        answers=YEAR,
        raw=c.owa(
            year,
            Written(inline=YEAR, colour="rgb(12, 100, 192)", top="Hi Rowan, my answers are in blue.\nThanks, Jane"),
        ),
    )
    yield Case(name="year-gmail", sent="midcycle", answers=YEAR, raw=c.gmail(year, Written(inline=YEAR)))
    yield Case(
        name="year-apple", sent="midcycle", answers=YEAR, raw=c.apple(year, Written(inline=YEAR), signature="Jane")
    )
    yield Case(name="year-thunderbird", sent="midcycle", answers=YEAR, raw=c.thunderbird(year, Written(inline=YEAR)))
    yield Case(name="year-notes", sent="midcycle", answers=YEAR, raw=c.notes(year, Written(inline=YEAR)))
    yield Case(name="year-yahoo", sent="midcycle", answers=YEAR, raw=c.yahoo(year, Written(inline=YEAR)))
    yield Case(
        name="year-samsung-behind",
        sent="midcycle",
        answers=YEAR,
        raw=c.samsung(year, Written(inline=YEAR, same_line=True)),
    )
    yield Case(
        name="bold-answers",
        sent="library",
        answers=SHORT,
        raw=head(lib)
        + leaf(
            "html",
            document(
                "<div>Hello Rowan</div><hr><div><b>From:</b> Rowan Achterberg &lt;evaluation@soundings.test&gt;<br><b>Sent:</b> 25 November 2024 09:00<br><b>To:</b> Jane Whitlock<br><b>Subject:</b> Three evenings</div>"
                + "".join(
                    f"<p>{line.replace('<', '&lt;')}</p>" if line else ""
                    for line in text_quote(lib, Written(inline={n: f"@@{w}@@" for n, w in SHORT.items()}), "").split(
                        "\n"
                    )
                )
                .replace("<p>@@", "<p><b><u>")
                .replace("@@</p>", "</u></b></p>")
            ),
        ),
    )
    loose = "\n".join(
        part
        for line in _cited(lib, Written(inline=SHORT)).split("\n")
        for part in (textwrap.wrap(line, 70) if line.startswith("> ") and len(line) > 70 else [line])
    )
    yield Case(name="cut-at-seventy", sent="library", answers=SHORT, raw=_plain(lib, loose))
    instead = text_quote(module, Written(inline={n: f"@@{w}" for n, w in MODULE.items()}), "> ", blank_after=False)
    yield Case(
        name="in-the-place-of-answer",
        sent="module",
        answers=MODULE,
        raw=_plain(module, f"{LINE}\n\n" + instead.replace("> Answer:\n@@", "")),
    )
    hintless = "\n".join(
        line
        for line in text_quote(lib, Written(inline=LIBRARY), "> ").split("\n")
        if not line.startswith(("> 1 =", "> Monday", "> We have", "> One or", "> A number", "> A date", "> Answer"))
    )
    yield Case(
        name="hints-and-marks-deleted", sent="library", answers=LIBRARY, raw=_plain(lib, f"Rowan\n\n{LINE}\n{hintless}")
    )
    only = "\n".join(line for line in text_quote(lib, Written(inline=SHORT), "").split("\n"))
    yield Case(
        name="copied-whole-into-a-new-mail",
        sent="library",
        answers=SHORT,
        raw=_plain(lib, "Hi Rowan,\nI could not reply, so here is a copy.\n\n" + only[only.index("You\n\n[Q1]") :]),
        leftover=("I could not reply",),
    )
    yield Case(
        name="gmail-us-via",
        sent="module",
        answers=MODULE,
        raw=c.gmail(
            module,
            Written(inline=MODULE),
            "On Mon, Nov 25, 2024 at 9:00 AM Rowan Achterberg via Evaluation <evaluation@soundings.test> wrote:",
        ),
    )
    aol = f"\n\n-----Original Message-----\nFrom: Rowan Achterberg <evaluation@soundings.test>\nTo: Jane Whitlock <jane.whitlock@hillside.example.org>\nSent: Mon, 25 Nov 2024 9:00\nSubject: {lib.subject}\n\n{text_quote(lib, Written(inline=SHORT), '', 78)}"
    yield Case(name="aol-within", sent="library", answers=SHORT, raw=_plain(lib, aol))
    behalf = c.outlook_desktop(module, Written(inline=MODULE)).replace(
        b"<b>From:</b> Rowan Achterberg", b"<b>From:</b> Severnside College On Behalf Of Rowan Achterberg"
    )
    yield Case(name="on-behalf-of", sent="module", answers=MODULE, raw=behalf)
    pictures = "Jane Whitlock\nHead of Inclusion\n[cid:image001.png@01DB3F1A.5C2E]\n<image002.png>\nFacebook | X | LinkedIn\nMy working days are Monday to Thursday and I will reply to you then."
    yield Case(
        name="pictures-in-a-signature",
        sent="library",
        answers=SHORT,
        raw=c.outlook_desktop(lib, Written(top=numbered(SHORT) + "\n\nKind regards,"), signature=pictures),
    )


def above(sent: Mapping[str, Ours]) -> Iterator[Case]:
    year, lib, module, tour = sent["midcycle"], sent["library"], sent["module"], sent["tour"]
    long = some(YEAR, 5, 6, 8, 9, 13, 19, 20)
    yield Case(
        name="year-numbered-paragraphs",
        sent="midcycle",
        answers=long,
        raw=c.gmail(year, Written(top="\n\n".join(f"Q{number}. {words}" for number, words in long.items()))),
    )
    yield Case(
        name="year-numbered-headings",
        sent="midcycle",
        answers=long,
        raw=c.owa(
            year, Written(top="\n\n".join(f"Question {number}\n{words}" for number, words in long.items()), bottom="")
        ),
    )
    for name, shape in {
        "close": "{0}.{1}",
        "dash": "{0} – {1}",
        "hash": "#{0} {1}",
        "equals": "{0} = {1}",
        "tab": "{0}\t{1}",
        "starred": "**Q{0}** {1}",
        "q-close": "Q{0}.{1}",
        "keycap": "{0}\ufe0f\u20e3 {1}",
    }.items():
        yield Case(name=f"numbered-{name}", sent="module", answers=MODULE, raw=_plain(module, numbered(MODULE, shape)))
    yield Case(
        name="official",
        sent="library",
        answers=SHORT,
        raw=c.outlook_desktop(lib, Written(top=f"{OFFICIAL}\n\n{numbered(SHORT)}\n\nJane\n\n{OFFICIAL}")),
    )
    yield Case(
        name="classified",
        sent="module",
        answers=MODULE,
        raw=_plain(
            module,
            f"Classification: OFFICIAL-SENSITIVE\n\n{numbered(MODULE)}\n\nThis email was sent securely using Egress Switch\n",
        ),
    )
    yield Case(
        name="bilingual",
        sent="library",
        answers=SHORT,
        raw=c.owa(lib, Written(top=f"{numbered(SHORT)}\n\nCofion\nJane\n\n{BILINGUAL}")),
    )
    yield Case(
        name="mimecast",
        sent="module",
        answers=MODULE,
        raw=_plain(
            module,
            f"{numbered(MODULE)}\n\n{SIGNATURE}\n\n**********\nThis email has been scanned for viruses and malware by Mimecast.\n",
        ),
    )
    one_bad = MODULE | {3: "somewhere between 4 and 5"}
    yield Case(name="one-bad-line", sent="module", answers=one_bad, raw=_plain(module, numbered(one_bad)))
    yield Case(
        name="one-bad-on-one-line",
        sent="module",
        answers={1: "5", 2: "nine", 3: "4", 4: "6"},
        raw=_plain(module, "1) 5 2) nine 3) 4 4) 6"),
    )
    yield Case(
        name="mail-for-windows",
        sent="tour",
        answers={8: "Yes", 11: "5", 25: "Medlars"},
        raw=_plain(tour, "Q8 Yes\nQ11 5\nQ25 Medlars\n\nSent from Mail for Windows\n"),
    )
    yield Case(
        name="questions-renumbered",
        sent="midcycle",
        answers={6: "Yes", 13: "The plan.", 19: "No"},
        raw=_plain(
            year,
            "1. Was everyone there who should have been?\nYes\n2. Which next steps did the day help to set going, in the work or between people?\nThe plan.\n3. Would you like another Courageous Conversation within the next year?\nNo",
        ),
    )
    yield Case(name="single-bare", sent="single", answers={1: "5"}, raw=_plain(sent["single"], "5\n\nJane"))
    yield Case(
        name="single-words",
        sent="single",
        answers={1: "5"},
        raw=c.gmail(sent["single"], Written(top="Hi Rowan,\n\n5\n\nBest\nJane")),
    )
    yield Case(
        name="all-the-same",
        sent="module",
        leftover=("All fives from me",),
        raw=_plain(module, "All fives from me, a great day."),
    )
    yield Case(
        name="free-with-numbers",
        sent="library",
        leftover=("We came with 2 groups", "3 of the children"),
        raw=_plain(
            lib, "Dear Rowan,\n\nWe came with 2 groups.\n3 of the children had never seen a library at night.\n\nJane"
        ),
    )
    yield Case(
        name="free-list-of-things",
        sent="module",
        leftover=("The heating was off", "The projector hummed"),
        raw=_plain(
            module,
            "Three things went wrong:\n1. The heating was off all morning\n2. The projector hummed\n3. Lunch came late",
        ),
    )
    mixed = many(
        "mixed",
        [
            leaf("plain", "See below, thanks\n\n" + _cited(lib, Written(inline=SHORT), 72)),
            leaf("plain", "\n-- \nThis mail came through the Hillside gateway. To unsubscribe write to it.\n"),
        ],
    )
    yield Case(name="footer-in-a-part-of-its-own", sent="library", answers=SHORT, raw=head(lib) + mixed)


def cases(sent: Mapping[str, Ours]) -> Iterator[Case]:
    """All of them, in order."""
    yield from within(sent)
    yield from above(sent)
