"""How a dry run tells which messages it would add, move and cancel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from bot.printing import note, table
from bot.wiring import Desk
from reports.changed_messages import ChangedMessage, Planned, changes_between, planned_of_programme
from reports.plan import PlannedMessage
from storage.engine import Tx
from storage.programmes import programme_by_key

# More than anybody reads on a terminal; --json has them all.
_SHOWN = 60


class Seen:
    """Given to a dry run: sees which messages it would change, before everything is rolled back."""

    def __init__(self, here: Desk) -> None:
        self._here = here
        self.changed: tuple[ChangedMessage, ...] = ()

    def __call__(self, tx: Tx, programme: str) -> None:
        """`tx` holds what the change would leave; what stands is read beside it."""
        with self._here.store.reading() as standing:
            before = _planned(standing, programme, self._here.now)
        self.changed = changes_between(before, _planned(tx, programme, self._here.now))


def _planned(tx: Tx, programme: str, now: datetime) -> Planned:
    stored = programme_by_key(tx, programme)
    return {} if stored is None else planned_of_programme(tx, stored.id, now)


def tell_changed(changed: Sequence[ChangedMessage]) -> None:
    """A line for each, and how many there are."""
    if not changed:
        click.echo("No message changes.")
        return
    rows = []
    for each in changed[:_SHOWN]:
        message, before = each.message, each.before
        when = f"{message.local:%a %d %b %Y %H:%M}"
        if each.what == "moved" and before is not None and before.local != message.local:
            when += f" (was {before.local:%a %d %b %H:%M})"
        where = f"{message.channel} {message.address}".strip()
        rows.append((each.what, each.round, when, whom(message), message.kind, where, message.why))
    table(("Change", "Round", "When (theirs)", "Who", "What", "Where", "Why"), rows)
    if len(changed) > _SHOWN:
        note(f"… and {len(changed) - _SHOWN} more; --json lists them all")
    counted = Counter(each.what for each in changed)
    click.echo(
        ", ".join(f"{counted[what]} messages {what}" for what in ("added", "moved", "cancelled") if counted[what])
    )


def whom(message: PlannedMessage) -> str:
    """Who gets it, and whom they are asked about."""
    return f"{message.name} (about {message.about})" if message.about else message.name


def changed_as_plain(changed: Sequence[ChangedMessage]) -> list[dict[str, Any]]:
    """The same for --json."""
    return [
        {"change": each.what, "round": each.round, "message": each.message, "was_due": each.before and each.before.due}
        for each in changed
    ]
