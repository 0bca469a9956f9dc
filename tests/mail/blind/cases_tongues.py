"""Replies in other languages and encodings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.mail.blind import clients as c
from tests.mail.blind.quoting import Written, head, leaf
from tests.mail.blind.typed import (
    ATTRIBUTIONS,
    CINIO,
    LIBRARY,
    MODULE,
    SHORT,
    TOUR,
    Case,
    numbered,
    some,
)
from tests.mail.letters import Ours


def elsewhere(sent: Mapping[str, Ours]) -> Iterator[Case]:
    lib, tour, module, cinio = sent["library"], sent["tour"], sent["module"], sent["cinio"]
    yield Case(
        name="thunderbird-within", sent="library", answers=LIBRARY, raw=c.thunderbird(lib, Written(inline=LIBRARY))
    )
    long = {
        1: "A sentence that runs on for a good while so that the mail program must break it, and then again because it is longer than two lines.",
        4: "5",
    }
    yield Case(name="thunderbird-flowed", sent="library", answers=long, raw=c.thunderbird(lib, Written(inline=long)))
    yield Case(name="thunderbird-html", sent="tour", answers=TOUR, raw=c.thunderbird_html(tour, Written(inline=TOUR)))
    yield Case(
        name="thunderbird-bottom",
        sent="module",
        answers=MODULE,
        raw=c.thunderbird(module, Written(bottom=numbered(MODULE))),
    )
    yield Case(name="notes-within", sent="module", answers=MODULE, raw=c.notes(module, Written(inline=MODULE)))
    yield Case(
        name="notes-verse-top",
        sent="library",
        answers=SHORT,
        raw=c.notes(lib, Written(top=numbered(SHORT)), verse=True),
    )
    for language, line in ATTRIBUTIONS.items():
        yield Case(
            name=f"gmail-{language}",
            sent="library",
            answers=some(LIBRARY, 4, 7, 9, 10),
            raw=c.gmail(lib, Written(top=numbered(some(LIBRARY, 4, 7, 9, 10))), line),
        )
    yield Case(
        name="thunderbird-cy-within",
        sent="cinio",
        answers=CINIO,
        raw=c.thunderbird(cinio, Written(inline=CINIO), "Ar 25/11/2024 09:00, ysgrifennodd Rowan Achterberg:"),
    )
    yield Case(
        name="welsh-numbered",
        sent="cinio",
        answers=CINIO,
        raw=c.gmail(
            cinio, Written(top="Helo Rowan,\n\n" + numbered(CINIO) + "\n\nCofion gorau\nSiân"), ATTRIBUTIONS["cy"]
        ),
    )
    yield Case(
        name="welsh-words",
        sent="cinio",
        answers=CINIO,
        raw=c.owa(
            cinio,
            Written(top="Annwyl Rowan\n" + numbered(CINIO, "Cwestiwn {0}: {1}") + "\nDiolch yn fawr"),
            language="cy",
        ),
    )
    yield Case(
        name="welsh-outlook",
        sent="module_cy",
        answers=MODULE | {6: "Mwy o amser yn y grŵp, os gwelwch yn dda."},
        raw=c.outlook_desktop(
            sent["module_cy"], Written(inline=MODULE | {6: "Mwy o amser yn y grŵp, os gwelwch yn dda."}), "cy"
        ),
    )
    curly = {1: "It’s “fine” – really…", 4: "3", 15: "Café, naïve, Łódź no"}
    yield Case(
        name="windows-1252",
        sent="library",
        answers={1: curly[1], 4: "3"},
        raw=c.bare(lib, numbered({1: curly[1], 4: "3"}), "windows-1252", "quoted-printable"),
    )
    yield Case(
        name="iso-8859-15",
        sent="library",
        answers={1: "Costs € 5, said the Œuvre", 9: "4"},
        raw=c.bare(lib, numbered({1: "Costs € 5, said the Œuvre", 9: "4"}), "iso-8859-15"),
    )
    yield Case(
        name="utf-7",
        sent="library",
        answers={1: "Café for all", 9: "4"},
        raw=c.bare(lib, numbered({1: "Café for all", 9: "4"}), "utf-7", "7bit"),
    )
    yield Case(name="utf-16", sent="library", answers=curly, raw=c.bare(lib, numbered(curly), "utf-16", "base64"))
    delsp = "1. Words that were broken with del \nsp, so that the space is no w part of nothing.\n4. 5\n".replace(
        "no w", "now"
    )
    yield Case(
        name="flowed-delsp",
        sent="library",
        answers={1: "Words that were broken with delsp, so that the space is now part of nothing.", 4: "5"},
        raw=head(lib) + leaf("plain", delsp, coding="7bit", more="; format=flowed; delsp=yes"),
    )
