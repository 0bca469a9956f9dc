"""Replies program by program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.mail.blind import clients as c
from tests.mail.blind.quoting import Written, document, head, leaf, text_quote
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


def outlook(sent: Mapping[str, Ours]) -> Iterator[Case]:
    lib, tour, module = sent["library"], sent["tour"], sent["module"]
    yield Case(
        name="outlook-beneath", sent="library", answers=LIBRARY, raw=c.outlook_desktop(lib, Written(inline=LIBRARY))
    )
    yield Case(
        name="outlook-behind",
        sent="tour",
        answers=TOUR,
        raw=c.outlook_desktop(tour, Written(inline=TOUR, same_line=True)),
    )
    yield Case(
        name="outlook-numbered-top-signature",
        sent="library",
        answers=SHORT,
        raw=c.outlook_desktop(
            lib, Written(top="Hi Rowan\n\n" + numbered(SHORT) + "\n\nKind regards\n"), signature=SIGNATURE
        ),
    )
    yield Case(
        name="outlook-red",
        sent="module",
        answers=MODULE,
        raw=c.outlook_desktop(
            module,
            Written(
                top="Dear Rowan,\n\nplease find my answers in red below.\n\nBest wishes,\nJane",
                inline=MODULE,
                colour="red",
            ),
        ),
    )
    yield Case(
        name="outlook-behind-red-partial",
        sent="library",
        answers=some(LIBRARY, 1, 4, 5, 7),
        raw=c.outlook_desktop(lib, Written(inline=some(LIBRARY, 1, 4, 5, 7), same_line=True, colour="#C00000")),
    )
    yield Case(
        name="outlook-caution-within",
        sent="tour",
        answers=some(TOUR, 8, 11, 14, 25),
        raw=c.outlook_desktop(
            tour,
            Written(inline=some(TOUR, 8, 11, 14, 25)),
            banner="CAUTION: This email originated from outside of the organisation. Do not click links unless you recognise the sender.",
        ),
    )
    yield Case(
        name="outlook-numbered-bottom",
        sent="module",
        answers=MODULE,
        raw=c.outlook_desktop(module, Written(bottom=numbered(MODULE, "{0}) {1}"))),
    )
    yield Case(
        name="outlook-disclaimer",
        sent="library",
        answers=SHORT,
        raw=c.outlook_desktop(lib, Written(inline=SHORT, bottom=DISCLAIMER)),
    )
    for language in ("de", "fr", "cy", "sv", "pl", "nl"):
        yield Case(
            name=f"outlook-{language}",
            sent="module",
            answers=MODULE,
            raw=c.outlook_desktop(module, Written(top=numbered(MODULE)), language),
        )
    yield Case(
        name="outlook-de-beneath", sent="tour", answers=TOUR, raw=c.outlook_desktop(tour, Written(inline=TOUR), "de")
    )
    listed = "".join(
        f"<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>{number}.<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>{words}<o:p></o:p></p>"
        for number, words in MODULE.items()
    )
    yield Case(
        name="outlook-word-list",
        sent="module",
        answers=MODULE,
        raw=head(module)
        + leaf(
            "html", document(f"<div class=WordSection1><p class=MsoNormal>Hello Rowan,<o:p></o:p></p>{listed}</div>")
        ),
    )
    doubled = text_quote(lib, Written(inline=SHORT), "", 72).replace("\n", "\n\n")
    yield Case(
        name="outlook-plain-doubled",
        sent="library",
        answers=SHORT,
        raw=head(lib)
        + leaf(
            "plain",
            f"\n\n-----Original Message-----\n\nFrom: Rowan Achterberg <evaluation@soundings.test>\n\nSent: 25 November 2024 09:00\n\nTo: {c.JANE}\n\nSubject: {lib.subject}\n\n\n\n{doubled}\n",
        ),
    )


def web_and_phone(sent: Mapping[str, Ours]) -> Iterator[Case]:
    lib, tour, module = sent["library"], sent["tour"], sent["module"]
    yield Case(name="owa-beneath", sent="library", answers=LIBRARY, raw=c.owa(lib, Written(inline=LIBRARY)))
    yield Case(
        name="owa-behind-colour",
        sent="tour",
        answers=TOUR,
        raw=c.owa(
            tour,
            Written(
                top="See my answers below in blue, thanks.", inline=TOUR, same_line=True, colour="rgb(0, 111, 201)"
            ),
        ),
    )
    yield Case(
        name="outlook-mobile-top",
        sent="library",
        answers=SHORT,
        raw=c.owa(lib, Written(top=numbered(SHORT)), mobile='Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a>'),
    )
    yield Case(
        name="outlook-android-words",
        sent="module",
        answers=MODULE,
        raw=c.owa(
            module,
            Written(top=numbered(MODULE, "Question {0} - {1}")),
            mobile='Sent from <a href="https://aka.ms/AAb9ysg">Outlook for Android</a>',
        ),
    )
    yield Case(name="gmail-split", sent="library", answers=LIBRARY, raw=c.gmail(lib, Written(inline=LIBRARY)))
    yield Case(
        name="gmail-split-behind", sent="tour", answers=TOUR, raw=c.gmail(tour, Written(inline=TOUR, same_line=True))
    )
    yield Case(
        name="gmail-plain-beneath", sent="tour", answers=TOUR, raw=c.gmail(tour, Written(inline=TOUR), html=False)
    )
    yield Case(
        name="gmail-app-words",
        sent="library",
        answers=SHORT,
        raw=c.gmail(lib, Written(top=numbered(SHORT, "Question {0}: {1}")), plain=False),
    )
    yield Case(
        name="gmail-bottom",
        sent="module",
        answers=MODULE,
        raw=c.gmail(module, Written(bottom="Hello,\n" + numbered(MODULE))),
    )
    yield Case(
        name="gmail-clipped",
        sent="library",
        answers=SHORT,
        raw=c.gmail(
            lib,
            Written(top=numbered(SHORT)),
            clipped='<br><br>[Message clipped]&nbsp;&nbsp;<a href="https://mail.google.com/mail/u/0?ui=2&amp;view=lg">View entire message</a>',
        ),
    )
    yield Case(
        name="gmail-signature",
        sent="tour",
        answers=some(TOUR, 8, 11, 20, 27),
        raw=c.gmail(tour, Written(top=numbered(some(TOUR, 8, 11, 20, 27), "Q{0} {1}")), signature=SIGNATURE),
    )
    yield Case(name="apple-split", sent="library", answers=LIBRARY, raw=c.apple(lib, Written(inline=LIBRARY)))
    yield Case(
        name="apple-within", sent="module", answers=MODULE, raw=c.apple(module, Written(inline=MODULE), split=False)
    )
    yield Case(
        name="apple-behind-signature",
        sent="tour",
        answers=TOUR,
        raw=c.apple(
            tour,
            Written(top="Hi Rowan, see below.", inline=TOUR, same_line=True),
            split=False,
            signature="Jane Whitlock\nHillside Gardens\n4 High Street, HS1 1AA",
        ),
    )
    yield Case(
        name="iphone-q", sent="library", answers=SHORT, raw=c.iphone(lib, Written(top=numbered(SHORT, "Q{0}: {1}")))
    )
    yield Case(
        name="iphone-base64",
        sent="module",
        answers=MODULE,
        raw=c.iphone(module, Written(top=numbered(MODULE, "{0}: {1}")), "base64"),
    )
    yield Case(name="iphone-within", sent="tour", answers=TOUR, raw=c.iphone(tour, Written(inline=TOUR)))
    yield Case(name="samsung-top", sent="library", answers=SHORT, raw=c.samsung(lib, Written(top=numbered(SHORT))))
    yield Case(name="samsung-within", sent="module", answers=MODULE, raw=c.samsung(module, Written(inline=MODULE)))
    yield Case(name="yahoo-within", sent="library", answers=LIBRARY, raw=c.yahoo(lib, Written(inline=LIBRARY)))
    yield Case(
        name="yahoo-top",
        sent="tour",
        answers=some(TOUR, 5, 8, 11, 25),
        raw=c.yahoo(tour, Written(top=numbered(some(TOUR, 5, 8, 11, 25)))),
    )
    yield Case(name="proton-within", sent="module", answers=MODULE, raw=c.proton(module, Written(inline=MODULE)))
    yield Case(
        name="proton-top", sent="library", answers=SHORT, raw=c.proton(lib, Written(top=numbered(SHORT, "{0} - {1}")))
    )
