"""Who acts at this command line: whoever holds the machine, or the organiser named by `--as` or ACT_AS."""

from __future__ import annotations

import click

from bot.failures import CommandRefused
from bot.settings import Settings
from handlers.organisers import actor_of
from storage.engine import Store
from storage.opening import revision
from surveys.authority import CONSOLE, Actor, Deed


def acting(store: Store, settings: Settings) -> Actor:
    """The actor of this command.

    ACT_AS is how a shared server ties an account to an organiser, so `--as` can't go past it.

    Raises:
        CommandRefused: whoever is named is no organiser here, or another than ACT_AS says.
    """
    said = _said()
    if settings.act_as and said.lower() not in ("", settings.act_as.lower()):
        raise CommandRefused(f"ACT_AS is set to {settings.act_as}, and --as names someone else")
    email = settings.act_as or said
    if not email:
        return CONSOLE
    found = None
    if revision(store):
        with store.reading() as tx:
            found = actor_of(tx, email=email, channel=CONSOLE.channel)
    if found is None:
        raise CommandRefused(f"{email} is not an organiser here")
    return found


def must_keep(store: Store, settings: Settings) -> Actor:
    """The actor, who may run and keep the installation.

    Raises:
        CommandRefused: whoever is named is no organiser here.
        NotAllowed: they have not the right.
    """
    actor = acting(store, settings)
    actor.must(Deed.KEEP, "")
    return actor


def _said() -> str:
    """What `soundings --as` says; "" where no command line runs."""
    context = click.get_current_context(silent=True)
    return "" if context is None else str(context.find_root().params.get("acting") or "").strip()
