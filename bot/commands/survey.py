"""`soundings survey`: a questionnaire's file by itself."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.naming import json_option
from bot.failures import CommandRefused, WrongInput
from bot.printing import as_json, note
from bot.wiring import clock_now
from channels.word.layout import lines_of
from channels.word.writing import word_of
from handlers.load import check_survey
from handlers.load_files import check_questionnaire
from reports import preview as previews
from reports.preview_web import as_web
from surveys.instrument import Instrument
from surveys.source import Problems, nearest

file_argument = click.argument("file", type=click.Path(path_type=Path))
CHANNELS = ("text", "mail", "web", "slack", "teams")
# Beside Word files: what `reports.questionnaire_files` writes, which is slow to load.
_WRITTEN = (".xlsx", ".yaml", ".yml")


@click.group()
def survey() -> None:
    """Check a questionnaire, see how it looks, or turn it into another file."""


@survey.command()
@file_argument
@json_option
def check(file: Path, *, json_: bool) -> None:
    """List every problem of a questionnaire's file."""
    found = check_survey(file)
    if json_:
        as_json(found)
    else:
        for problem in found:
            if problem.warning:
                note(f"warning: {problem}")
    errors = [problem for problem in found if not problem.warning]
    if errors:
        raise WrongInput(errors)
    if not json_:
        click.echo(f"{file} can be used.")


@survey.command()
@file_argument
@click.option("--channel", type=click.Choice(CHANNELS), default="text", show_default=True, help="Where it is shown.")
@click.option("--language", default="", help="A language tag such as cy; left out, the questionnaire's own.")
@click.option("--perspective", "perspectives", multiple=True, help="As this perspective sees it; may be repeated.")
def preview(file: Path, channel: str, language: str, perspectives: tuple[str, ...]) -> None:
    """Show how a questionnaire looks, to an invented person.

    `web` prints the pages as HTML, one after the other; `slack` and `teams` the messages as one page of HTML.
    """
    instrument = _readable(file)
    said = language or instrument.language
    asked = frozenset(perspectives) or None
    _warn_of_unknown(instrument, language, perspectives)
    if channel == "mail":
        click.echo(previews.as_mail(instrument, said, clock_now(), asked), nl=False)
    elif channel == "web":
        click.echo(as_web(instrument, said, asked), nl=False)
    elif channel in {"slack", "teams"}:
        from reports.preview_chat import as_slack, as_teams  # noqa: PLC0415 - slow to load, and only needed here

        shown = as_slack if channel == "slack" else as_teams
        click.echo(shown(instrument, said, clock_now(), asked))
    else:
        click.echo(previews.as_text(instrument, said, asked), nl=False)


@survey.command()
@file_argument
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--language", default="", help="For Word: a language tag such as cy; left out, the questionnaire's own.")
@click.option("--perspective", "perspectives", multiple=True, help="For Word: as this perspective sees it; repeatable.")
def convert(file: Path, out: Path, language: str, perspectives: tuple[str, ...]) -> None:
    """Write a questionnaire as another kind of file, told by what OUT ends in.

    .xlsx is an XLSForm, the spreadsheet of ODK and others; .yaml our own file; .docx a Word file to be filled in and
    sent back by mail. FILE is a YAML file or an XLSForm; nothing is lost on the way from one to the other and back.
    """
    suffix = out.suffix.lower()
    if suffix not in {*_WRITTEN, ".docx"}:
        ends = ", ".join(sorted({*_WRITTEN, ".docx"}))
        raise CommandRefused(f"{out.name} is no kind of file that can be written: its name must end in {ends}")
    if out.exists() and file.exists() and out.samefile(file):
        raise CommandRefused(f"{out.name} is the file itself, and its comments would be lost; name another")
    instrument = _readable(file)
    if suffix == ".docx":
        _warn_of_unknown(instrument, language, perspectives)
        said = language or instrument.language
        everyone = frozenset(each for item in instrument.items() for each in item.audience)
        raw = word_of(lines_of(instrument, said, frozenset(perspectives) or everyone), said)
    else:
        from reports.questionnaire_files import WRITERS  # noqa: PLC0415 - slow to load, and only needed here

        raw = WRITERS[suffix](instrument)
    try:
        out.write_bytes(raw)
    except OSError as error:
        raise CommandRefused(f"{out} can't be written: {error.strerror}") from None
    click.echo(f"{out} is written.")


def _warn_of_unknown(instrument: Instrument, language: str, perspectives: tuple[str, ...]) -> None:
    """What was asked for and the questionnaire has nothing of, so that it looks as it does to everyone."""
    known = sorted({each for item in instrument.items() for each in item.audience})
    for each in perspectives:
        if each not in known:
            among = f"; it names {', '.join(known)}{nearest(each, known)}" if known else ""
            note(f"warning: no question names the perspective '{each}'{among}")
    if language and language.split("-")[0] not in {each.split("-")[0] for each in instrument.languages()}:
        has = ", ".join(sorted(instrument.languages()))
        note(f"warning: no words are in '{language}'; it is shown in {instrument.language} (there is {has})")


def _readable(file: Path) -> Instrument:
    problems = Problems()
    found = check_questionnaire(file, problems)
    if found is None:
        raise WrongInput(problems.errors)
    for warning in problems.warnings:
        note(f"warning: {warning}")
    return found.instrument
