"""`soundings round link`: codes, and pages to hang up with one large enough to be read from across a room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from bot.failures import CommandRefused

if TYPE_CHECKING:
    from segno import QRCode

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
.about {{ font-size: 1.2em; }}
section + section {{ break-before: page; border-top: 1px dashed #666; margin-top: 2em; padding-top: 1em; }}
@media print {{ section + section {{ border: 0; margin: 0; padding: 0; }} }}
</style>
<main>
{posters}</main>
</html>
"""
_POSTER = """<section>
<h1>{title}</h1>
{about}<p>{programme}</p>
<p>{scan}</p>
<div class="code">{code}</div>
<p class="address">{address}</p>
<p>{until}</p>
<p>{promise}</p>
</section>
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """What stands on it; `close` is said in `language` already, `mode` is the round's; `about`: its session, or ""."""

    title: str
    about: str
    programme: str
    address: str
    close: str
    mode: str
    language: str


def write_sheets(sheets: Sequence[Sheet], path: Path) -> None:
    """Write them as one file of HTML that any browser prints on A4, one a page; there is at least one.

    Raises:
        CommandRefused: the file is no .html, or can't be written.
    """
    if path.suffix.lower() not in {".html", ".htm"}:
        raise CommandRefused(f"a sheet is written as .html, to be printed by a browser, not as '{path.name}'")
    page = _PAGE.format(
        language=escape(sheets[0].language),
        title=escape(sheets[0].title),
        posters="".join(_poster(each) for each in sheets),
    )
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CommandRefused(f"{path} can't be written: {error.strerror}") from error


def _poster(sheet: Sheet) -> str:
    words = _WORDS.get(sheet.language.split("-")[0], _WORDS["en"])
    code = _code(sheet.address).svg_inline(
        scale=8, border=4, svgclass=None, lineclass=None, omitsize=True, title=sheet.address
    )
    return _POSTER.format(
        title=escape(sheet.title),
        about=f'<p class="about">{escape(sheet.about)}</p>\n' if sheet.about else "",
        programme=escape(sheet.programme),
        scan=words["scan"],
        code=code,
        address=escape(sheet.address),
        until=escape(words["until"].format(close=sheet.close)),
        promise=words[sheet.mode],
    )


def draw(address: str, picture: Path) -> None:
    """The code alone, as .svg or .png.

    Raises:
        CommandRefused: the file is neither, or can't be written.
    """
    if picture.suffix.lower() not in {".svg", ".png"}:
        raise CommandRefused(f"a QR code is drawn as .svg or .png, not as '{picture.name}'")
    try:
        _code(address).save(str(picture), scale=10, border=4)
    except OSError as error:
        raise CommandRefused(f"{picture} can't be written: {error.strerror}") from error


def _code(address: str) -> QRCode:
    """High error correction: a code on a wall is read from afar, and may be creased."""
    import segno  # noqa: PLC0415 - needed by these options alone

    return segno.make_qr(address, error="q")
