"""`soundings round link --sheet`: a page to hang up, with the code large enough to be read from across a room."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from bot.failures import CommandRefused

_WORDS = {
    "en": {
        "scan": "Point your phone's camera here, or type the address.",
        "until": "Open until {close}.",
        "unlinked": "No name is asked, and none is kept.",
        "confidential": "Your answers are read by the organisers alone.",
        "identified": "Your name goes with your answers.",
    },
    "cy": {
        "scan": "Pwyntiwch gamera eich ffôn yma, neu deipiwch y cyfeiriad.",
        "until": "Ar agor tan {close}.",
        "unlinked": "Ni ofynnir am enw, ac ni chedwir un.",
        "confidential": "Y trefnwyr yn unig sy'n darllen eich atebion.",
        "identified": "Mae eich enw'n mynd gyda'ch atebion.",
    },
}
_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
@page {{ size: A4; margin: 15mm; }}
body {{ margin: 0 auto; max-width: 180mm; padding: 5mm; color: #000; background: #fff; text-align: center;
  font: 24px/1.4 "DejaVu Sans", Verdana, Arial, sans-serif; }}
h1 {{ font-size: clamp(32px, 9vw, 56px); line-height: 1.15; margin: 0 0 .4em; overflow-wrap: break-word; }}
p {{ margin: .5em 0; }}
.code svg {{ width: min(110mm, 90vw); height: auto; }}
.address {{ font-weight: bold; overflow-wrap: anywhere; }}
</style>
<main>
<h1>{title}</h1>
<p>{programme}</p>
<p>{scan}</p>
<div class="code">{code}</div>
<p class="address">{address}</p>
<p>{until}</p>
<p>{promise}</p>
</main>
</html>
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """What stands on it; `close` is said in `language` already, `mode` is the round's."""

    title: str
    programme: str
    address: str
    close: str
    mode: str
    language: str


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Write it as a page of HTML that any browser prints on A4.

    Raises:
        CommandRefused: the file is no .html, or can't be written.
    """
    if path.suffix.lower() not in {".html", ".htm"}:
        raise CommandRefused(f"a sheet is written as .html, to be printed by a browser, not as '{path.name}'")
    import segno  # noqa: PLC0415 - needed by this one option

    words = _WORDS.get(sheet.language.split("-")[0], _WORDS["en"])
    code = segno.make(sheet.address, error="q", micro=False)
    page = _PAGE.format(
        language=escape(sheet.language),
        title=escape(sheet.title),
        programme=escape(sheet.programme),
        scan=words["scan"],
        code=code.svg_inline(scale=8, border=4, svgclass=None, lineclass=None, omitsize=True, title=sheet.address),
        address=escape(sheet.address),
        until=escape(words["until"].format(close=sheet.close)),
        promise=words[sheet.mode],
    )
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CommandRefused(f"{path} can't be written: {error.strerror}") from error
