"""`soundings round link`: the public address of an open round, as a QR code, and as posters to hang up."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.commands.naming import json_option, programme_of, round_argument, the_open_rounds
from bot.commands.sheet import Sheet, draw, write_sheets
from bot.failures import CommandRefused
from bot.printing import as_json, table
from bot.web.links import share_link
from bot.wiring import desk, needed_secret
from storage.engine import Tx
from storage.instruments import instrument as instrument_by_id
from surveys.authority import Deed
from surveys.moment_words import say_day, say_moment
from surveys.programme import Programme, RoundKind
from surveys.rounds import Round


@click.command()
@round_argument
@click.option("--qr", "picture", type=click.Path(dir_okay=False, path_type=Path), help="Also draw it, as .svg or .png.")
@click.option("--sheet", type=click.Path(dir_okay=False, path_type=Path), help="Also write a poster, as .html.")
@json_option
def link(round_name: str, picture: Path | None, sheet: Path | None, *, json_: bool) -> None:
    """Show the public link of an open round, and draw it as a QR code.

    An entry that makes an open round for each session has a link for each, and a sheet with a poster for each.
    """
    with desk() as here, here.store.reading() as tx:
        found = the_open_rounds(tx, round_name, here.actor, Deed.SEE_FIGURES)
        for each in found:
            if each.kind is not RoundKind.OPEN:
                raise CommandRefused(f"{each.name} has no public link: everyone has a link of their own, in their mail")
        if picture is not None and len(found) > 1:
            raise CommandRefused(f"a picture has room for one code: --sheet draws all {len(found)}, or name one round")
        secret = needed_secret(here.settings)
        links = {each.id: share_link(here.settings.public_url, secret, each.id) for each in found}
        if sheet is not None:
            write_sheets([_sheet(tx, each, links[each.id]) for each in found], sheet)
    if picture is not None:
        draw(links[found[0].id], picture)
    said = [{"round": each.name, "link": links[each.id]} for each in found]
    if json_:
        drawn = {"qr": None if picture is None else str(picture), **({} if sheet is None else {"sheet": str(sheet)})}
        as_json({**said[0], **drawn} if len(said) == 1 else {"rounds": said, **drawn})
    elif len(said) == 1:
        click.echo(said[0]["link"])
    else:
        table(("round", "link"), [(each["round"], each["link"]) for each in said])


def _sheet(tx: Tx, round_: Round, address: str) -> Sheet:
    programme, instrument = programme_of(tx, round_), instrument_by_id(tx, round_.instrument_id)
    language = instrument.language
    return Sheet(
        title=instrument.title.within(language, language),
        about=_about(programme, round_, language),
        programme=programme.title.within(language),
        address=address,
        close=say_moment(round_.closes_at, ZoneInfo(programme.timezone), language),
        mode=round_.mode.value,
        language=language,
    )


def _about(programme: Programme, round_: Round, language: str) -> str:
    """The session that a poster is for, so that nobody hangs up the wrong one."""
    session = programme.session(round_.session) if round_.session else None
    if session is None:
        return ""
    area = next((each.name.within(language) for each in programme.areas if each.key == session.area), "")
    topic = "" if session.topic is None else session.topic.within(language)
    day = say_day(session.starts.astimezone(ZoneInfo(programme.timezone)).date(), language, year=True)
    return ", ".join(part for part in (topic, area, day) if part)
