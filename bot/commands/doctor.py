"""`soundings doctor`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot.commands.naming import json_option
from bot.doctor import Finding, Health, examine
from bot.failures import CommandRefused
from bot.printing import as_json, table
from bot.settings import gather
from bot.wiring import desk
from surveys.authority import Deed

_SIGNS = {Health.WORKS: "ok", Health.OFF: "off", Health.ADVICE: "look", Health.BROKEN: "BROKEN"}


@click.command()
@json_option
def doctor(*, json_: bool) -> None:
    """Check each setting and channel, and say what to do.

    Ends with 1 if something is broken.
    """
    given = gather(os.environ, Path.cwd())
    with desk() as here:
        here.actor.must(Deed.KEEP, "")
        findings = list(examine(here.settings, given.values, here.store, here.now))
    if json_:
        as_json(findings)
    else:
        table(("", "What", "Finding"), [(_SIGNS[each.health], each.what, each.words) for each in findings])
    broken = [each for each in findings if each.health is Health.BROKEN]
    if broken:
        raise CommandRefused(_sum(broken))


def _sum(broken: list[Finding]) -> str:
    return f"{len(broken)} to mend: {', '.join(each.what for each in broken)}"
