"""`soundings teams`: what the Teams admin centre needs."""

from __future__ import annotations

from pathlib import Path

import click

from bot.failures import CommandRefused, WrongInput
from bot.printing import note
from bot.wiring import present_settings
from channels.teams.package import package


@click.group()
def teams() -> None:
    """What the Teams admin centre needs."""


@teams.command(name="package")
@click.option("--output", "-o", default="soundings-teams.zip", show_default=True, metavar="FILE", help="Where to.")
@click.option("--organisation", default="Soundings", show_default=True, help="Whose app it is, as Teams shows it.")
@click.option("--privacy", default="", metavar="URL", help="Your privacy notice. Left out: PUBLIC_URL.")
@click.option("--force", is_flag=True, help="Write over a file of that name.")
def write_package(output: str, organisation: str, privacy: str, *, force: bool) -> None:
    """Write the app package, ready to be uploaded in the Teams admin centre.

    It names TEAMS_APP_ID and PUBLIC_URL; no secret is in it.
    """
    settings = present_settings()
    problems = []
    if not settings.teams_app_id:
        problems.append("TEAMS_APP_ID is not set: it is the bot's app id (docs/teams.md)")
    if not settings.public_url.startswith("https://"):
        problems.append(f"PUBLIC_URL must begin with https:// for Teams, and is {settings.public_url}")
    if not organisation.strip():
        problems.append("--organisation is empty")
    if privacy and not privacy.startswith("https://"):
        problems.append("--privacy must begin with https://")
    if problems:
        raise WrongInput(tuple(problems))
    content = package(
        app_id=settings.teams_app_id,
        public_url=settings.public_url,
        organisation=organisation.strip(),
        privacy=privacy or settings.public_url,
    )
    path = Path(output)
    try:
        with path.open("wb" if force else "xb") as file:
            file.write(content)
    except FileExistsError:
        raise CommandRefused(f"{path} is there already; --force writes over it") from None
    except OSError as error:
        raise CommandRefused(f"{path} can't be written: {error.strerror or error}") from None
    note(f"{path}: upload it in the Teams admin centre, Teams apps, Manage apps, Upload new app.")
