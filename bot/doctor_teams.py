"""What doctor says of Teams: whether Microsoft lets the bot in, and whether Teams can reach it."""

from __future__ import annotations

from bot.settings import Settings
from bot.teams.wiring import directory_of, sign_in_of
from bot.wiring import clock_now
from channels.tokens import NoToken


def teams_health(settings: Settings) -> tuple[bool, str]:
    """(whether all is well, what was found and what to do)."""
    hears = f"{settings.public_url}/api/messages"
    if settings.teams_test_service_hosts:
        hosts = ", ".join(settings.teams_test_service_hosts)
        return True, f"{hosts} stands for Teams: nobody is reached; unset TEAMS_TEST_SERVICE_HOSTS after the test"
    try:
        sign_in_of(settings).token()
    except NoToken as error:
        return False, str(error)
    if not settings.public_url.startswith("https://"):
        return (
            False,
            f"signs in, but hears nothing: Teams speaks to https alone, and PUBLIC_URL is {settings.public_url}",
        )
    # It works without either: the panel's ids are used, and whoever has the app is written to.
    lacking = []
    directory = directory_of(settings)
    if directory is not None:
        trouble = directory.people.find(["nobody@example.org"], clock_now()).trouble
        lacking += [f"nobody is looked up by mail address: {trouble}"] if trouble else []
        if not directory.installer.is_possible():
            lacking.append(f"the bot installs itself for nobody: {directory.installer.trouble}")
    return True, "; ".join((f"signs in; the bot's messaging endpoint must be {hears}", *lacking))
