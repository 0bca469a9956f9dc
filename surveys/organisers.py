"""Who may steer rounds, and the setting that names the first of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an organiser may do: an admin everything, an organiser steers programmes, a viewer looks."""

    ADMIN = "admin"
    ORGANISER = "organiser"
    VIEWER = "viewer"


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganiserRole:
    """What someone may do where; `programme` "" means every programme."""

    role: Role
    programme: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganiserEntry:
    """One organiser as named: `programme` "" means every programme."""

    email: str
    slack: str = ""
    teams: str = ""
    programme: str = ""

    @property
    def role(self) -> Role:
        return Role.ORGANISER if self.programme else Role.ADMIN


_ENTRY = re.compile(
    r"(?P<email>[^@;,\s]+@[^@;,\s]+\.[^@;,\s]+)"
    r"(?:;slack:(?P<slack>[UW][A-Z0-9]+))?"
    r"(?:;teams:(?P<teams>[0-9a-fA-F-]{36}))?"
    r"(?:@(?P<programme>[a-z][a-z0-9_-]*))?"
)


def read_organisers(words: str) -> tuple[tuple[OrganiserEntry, ...], tuple[str, ...]]:
    """The organisers of `email[;slack:U…][;teams:GUID][@programme]`, comma-separated, and what is wrong with others."""
    entries: list[OrganiserEntry] = []
    wrong: list[str] = []
    for part in filter(None, (each.strip() for each in words.split(","))):
        shape = _ENTRY.fullmatch(part)
        if shape is None:
            wrong.append(f"'{part}' is not like name@example.org;slack:U01234567@programme")
        else:
            entries.append(
                OrganiserEntry(
                    email=shape["email"],
                    slack=shape["slack"] or "",
                    teams=shape["teams"] or "",
                    programme=shape["programme"] or "",
                )
            )
    return tuple(entries), tuple(wrong)
