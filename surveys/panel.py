"""The people of a programme, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where a person can be reached: `channel` is mail, slack or teams; `bad` says why it can't be used.

    `learnt`: it came to light by a reply, and no panel file names it.
    """

    id: int
    channel: str
    value: str
    bad: str = ""
    learnt: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Attendance:
    """A perspective a person speaks from, at a session ("" = whatever the session)."""

    session: str
    perspective: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Whom an informant is asked about; `id` is the participant's row, `key` the panel file's."""

    id: int
    key: str
    name: str
    greeting: str = ""
    organisation: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """One person of the panel, however many hats they wear.

    `id` is the row's, `key` the panel file's. `timezone` and `language` are "" for the programme's own.
    `timezone` is what the person has chosen, else the panel's, which is `panel_timezone`.
    `working_days`: Monday is 0; None means the working week.
    `addresses` stand in order of preference. `area` is the person's own; a voice counts for its session's.
    """

    id: int
    key: str
    name: str
    greeting: str = ""
    organisation: str = ""
    area: str = ""
    timezone: str = ""
    panel_timezone: str = ""
    working_days: frozenset[int] | None = None
    language: str = ""
    preferred: str = ""
    phone: str = ""
    cc: tuple[str, ...] = ()
    perspectives: tuple[str, ...] = ()
    attendances: tuple[Attendance, ...] = ()
    manager_of: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    paused_until: datetime | None = None
    away_until: datetime | None = None
    opted_out: bool = False
    removed: bool = False

    @property
    def as_subject(self) -> Subject:
        return Subject(id=self.id, key=self.key, name=self.name, greeting=self.greeting, organisation=self.organisation)

    @property
    def usable_addresses(self) -> tuple[Address, ...]:
        return tuple(address for address in self.addresses if not address.bad)


def is_called(name: str, said: str) -> bool:
    """Whether someone of that `name` may be meant by what was `said`: `ann` or `Host Ann` for Ann Host."""
    words = set(said.casefold().split())
    return bool(words) and words <= set(name.casefold().split())
