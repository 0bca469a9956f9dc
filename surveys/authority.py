"""Who may do what: one table for every command, button and page, whatever the channel it comes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from surveys.organisers import OrganiserRole, Role


class Deed(StrEnum):
    """What can be asked of the program by someone who runs it; the words stand in a refusal."""

    SEE_FIGURES = "see rounds and figures"
    SEE_PEOPLE = "see who was asked and who answered"
    SEE_ANSWERS = "see what people said"
    STEER = "open, hold, remind, extend and close rounds"
    LOAD = "load programmes and people"
    SORT = "sort what came in by mail"
    ENTER = "enter a return for a person"
    REDACT = "take a passage out of an answer"
    CARE = "pause a person or opt them out"
    COPY = "write out all that is stored about a person"
    ERASE = "erase a person"
    FREEZE = "freeze the quotes of a round"
    RETAIN = "delete what has been kept long enough"
    APPOINT = "say who may do what"
    AUDIT = "read the record of changes"
    KEEP = "run, check, back up, restore and upgrade the installation"


# A viewer sees figures and no names. An organiser sees who answered, and what was said as the round's mode lets it
# leave; with names beside it, as in a person's copy of everything, only an admin (design: Confidentiality modes).
_VIEWER = frozenset({Deed.SEE_FIGURES})
_ORGANISER = _VIEWER | {
    Deed.SEE_PEOPLE,
    Deed.SEE_ANSWERS,
    Deed.STEER,
    Deed.LOAD,
    Deed.SORT,
    Deed.ENTER,
    Deed.REDACT,
    Deed.CARE,
    Deed.FREEZE,
    Deed.AUDIT,
}
ALLOWED: Mapping[Role, frozenset[Deed]] = {
    Role.VIEWER: _VIEWER,
    Role.ORGANISER: _ORGANISER,
    Role.ADMIN: frozenset(Deed),
}


class NotAllowed(Exception):
    """The actor has not the right; the message is a sentence for them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who acts: `name` as the audit has it (`cli`, `schedule`, `organiser:3`, `participant:17`) and through what.

    `roles` are an organiser's; an actor with `whole` may do everything, as whoever holds the database can anyway.
    """

    name: str
    channel: str
    roles: tuple[OrganiserRole, ...] = ()
    whole: bool = False

    def may(self, deed: Deed, programme: str) -> bool:
        """Whether the table allows it in that programme; "" asks for a right in every programme."""
        if self.whole:
            return True
        return any(deed in ALLOWED[each.role] for each in self.roles if each.programme in ("", programme))

    def may_somewhere(self, deed: Deed) -> bool:
        """Whether the table allows it in at least one programme."""
        return self.whole or any(deed in ALLOWED[each.role] for each in self.roles)

    def must(self, deed: Deed, programme: str) -> None:
        """Pass, or refuse.

        Raises:
            NotAllowed: the table does not allow it.
        """
        if not self.may(deed, programme):
            where = f" in {programme}" if programme else ""
            raise NotAllowed(f"you may not {deed.value}{where}; an admin can give you the right")


CONSOLE = Actor(name="cli", channel="command", whole=True)
"""Whoever types commands on the machine that holds the database."""

SCHEDULE = Actor(name="schedule", channel="schedule", whole=True)
"""What falls due by itself."""

ENTRY = Actor(name="entry link", channel="web", whole=False)
"""Whoever holds a link that an organiser was given to type in a return; the audit says who was given links."""

SETTINGS = Actor(name="settings", channel="settings", whole=True)
"""What the deployer has written into the settings."""
