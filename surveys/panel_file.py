"""The reader of a panel: a table in, the values of each person out, every bad row with its reason (design: Files)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from surveys.addresses import control_fault, folded
from surveys.panel import Attendance
from surveys.panel_cells import (
    CellError,
    Names,
    address_list,
    all_names,
    attendances_of,
    channel_of,
    language_of,
    listed,
    one_name,
    working_days_of,
    zone_of_cell,
)
from surveys.programme import Programme
from surveys.slugs import slug
from surveys.source import Problems, nearest
from surveys.table import Row, Table, cells_of, columns_of

COLUMNS = (
    "id", "name", "greeting", "email", "email2", "slack", "teams", "phone", "cc", "organisation", "area",
    "perspectives", "sessions", "manager_of", "timezone", "working_days", "language", "preferred",
)  # fmt: skip
_ALIASES = {
    "e_mail": "email",
    "e_mail2": "email2",
    "e_mail_2": "email2",
    "email_2": "email2",
    "organization": "organisation",
    "telephone": "phone",
    "time_zone": "timezone",
}
_ADDRESSES = (("email", "mail"), ("email2", "mail"), ("slack", "slack"), ("teams", "teams"))
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
LONGEST_WORDS = 300
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelRow:
    """One person as a panel file has them; `addresses` are (channel, value), in order of preference."""

    row: int
    key: str
    name: str
    greeting: str
    organisation: str
    area: str
    timezone: str
    working_days: frozenset[int] | None
    language: str
    preferred: str
    phone: str
    cc: tuple[str, ...]
    perspectives: tuple[str, ...]
    attendances: tuple[Attendance, ...]
    manager_of: tuple[str, ...]
    addresses: tuple[tuple[str, str], ...]

    @property
    def panel_timezone(self) -> str:
        """As a stored person calls it, who may have chosen another."""
        return self.timezone


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """The good rows, how many were bad, and every id that the file mentions, in good rows and bad."""

    rows: tuple[PanelRow, ...]
    bad_rows: frozenset[int]
    mentioned: frozenset[str]


# Who had an id made for them before, by name and first address, so that they keep it.
MadeKeys = Mapping[tuple[str, str, str], str]


def identity(name: str, channel: str, value: str) -> tuple[str, str, str]:
    """What a person without an id is known by from one file to the next."""
    return (" ".join(name.casefold().split()), channel, folded(channel, value))


def read_panel(
    table: Table,
    problems: Problems,
    programme: Programme,
    *,
    known_keys: frozenset[str] = frozenset(),
    made_keys: MadeKeys | None = None,
) -> Panel:
    """The people of the table; problems name the row and the column.

    `known_keys` are ids that `manager_of` may name besides those of the file. `made_keys` are the ids that people
    without one in the file have already, by `identity`.
    """
    at_first = len(problems.errors)
    columns = columns_of(table, COLUMNS, problems, aliases=_ALIASES)
    if not _has_needed(table, columns, problems):
        return Panel(rows=(), bad_rows=frozenset(), mentioned=frozenset())
    # A title that is not known spoils no row: what stands beneath the others is read all the same.
    before = len(problems.errors)
    reader = _Reader(table, problems, programme, made_keys or {})
    # Before anything else, so that a name made up for one row never takes the id that another row has.
    cells = [(row, cells_of(table, row, columns, problems)) for row in table.rows]
    reader.strange_titles = before > at_first
    reader.given = Counter(said["id"] for _, said in cells if said.get("id"))
    found = [reader.person(row, said) for row, said in cells]
    people = [each for each in found if each is not None]
    mentioned = frozenset(reader.given) | {each.key for each in people}
    if "id" in columns or not reader.strange_titles:
        reader.check_managed(people, mentioned | known_keys)
    # Table-wide faults (a cell too many) are told by row too.
    bad = reader.bad | {problem.line for problem in problems.errors[before:] if problem.file == table.file}
    return Panel(
        rows=tuple(each for each in people if each.row not in bad), bad_rows=frozenset(bad), mentioned=mentioned
    )


def _has_needed(table: Table, columns: tuple[str, ...], problems: Problems) -> bool:
    """Whether there are the columns without which no row can be read."""
    place = table.place(table.header.number)
    if "name" not in columns:
        problems.add(place, "there is no column 'name'; the first row must hold the titles of the columns")
    elif not any(column in columns for column, _ in _ADDRESSES):
        problems.add(place, "there is no column for an address: email, slack or teams")
    else:
        return True
    return False


class _Reader:
    """Reads the rows one by one; knows the ids given and made so far."""

    def __init__(self, table: Table, problems: Problems, programme: Programme, made_keys: MadeKeys) -> None:
        self._table = table
        self._problems = problems
        self._order = programme.channels
        self._names = Names.of(programme)
        self._made_keys = made_keys
        self._rows_of_keys: dict[str, int] = {}
        self._rows_of_people: dict[tuple[str, str, str], int] = {}
        self.given: Counter[str] = Counter()
        # Where a title is not known it may have been meant for the very column that is missed in every row.
        self.strange_titles = False
        self.bad: set[int] = set()

    def _fault(self, row: int, column: str, what: str) -> None:
        self._problems.add(self._table.place(row, column), what)
        self.bad.add(row)

    def person(self, row: Row, said: Mapping[str, str]) -> PanelRow | None:
        """The values of one row, or None with its problems noted."""
        number = row.number
        faults_before = len(self._problems.found)

        def read(column: str, reading: Callable[[str], T]) -> T | None:
            try:
                return reading(said.get(column, ""))
            except CellError as error:
                self._fault(number, column, error.what)
                return None

        name = read("name", _words) or ""
        if not said.get("name"):
            self._fault(number, "name", "is needed, and is missing")
        preferred = read("preferred", channel_of) or ""
        places: list[tuple[str, str]] = []
        for column, channel in _ADDRESSES:
            places += read(column, partial(address_list, channel)) or ()
        if not self.strange_titles and not any(said.get(column) for column, _ in _ADDRESSES):
            self._fault(number, "email", "at least one address is needed: email, slack or teams")
        own = read("perspectives", lambda cell: all_names(cell, self._names.perspectives, "a perspective")) or ()
        values = PanelRow(
            row=number,
            key=read("id", lambda cell: self._key(number, cell, name, places)) or "",
            name=name,
            greeting=read("greeting", _words) or "",
            organisation=read("organisation", _words) or "",
            area=read("area", lambda cell: one_name(cell, self._names.areas, "an area")) or "",
            timezone=read("timezone", zone_of_cell) or "",
            working_days=read("working_days", working_days_of),
            language=read("language", language_of) or "",
            preferred=preferred,
            phone=read("phone", _words) or "",
            cc=tuple(value for _, value in read("cc", partial(address_list, "mail")) or ()),
            perspectives=own,
            attendances=read("sessions", lambda cell: attendances_of(cell, own, self._names)) or (),
            manager_of=read("manager_of", listed) or (),
            addresses=self._ordered(places, preferred),
        )
        return values if len(self._problems.found) == faults_before else None

    def _ordered(self, places: list[tuple[str, str]], preferred: str) -> tuple[tuple[str, str], ...]:
        """Each address once: those of the preferred channel first, then by the programme's order, then the file's."""
        order = [preferred, *self._order]
        once = {(channel, folded(channel, value)): (channel, value) for channel, value in reversed(places)}
        unique = list(once.values())[::-1]
        return tuple(sorted(unique, key=lambda place: order.index(place[0]) if place[0] in order else len(order)))

    def _key(self, row: int, cell: str, name: str, places: list[tuple[str, str]]) -> str:
        """The id given; or the one made before for this name and address; or one made of the name."""
        if cell:
            if not _KEY.fullmatch(cell) or len(cell) > LONGEST_WORDS:
                raise CellError(f"'{cell}' is not an id: letters, digits, '.', '_' and '-'")
            if cell in self._rows_of_keys:
                raise CellError(f"the id '{cell}' stands here twice; the first is in row {self._rows_of_keys[cell]}")
            self._rows_of_keys[cell] = row
            return cell
        if not name or not places:
            return ""
        who = identity(name, *places[0])
        if who in self._rows_of_people:
            first = self._rows_of_people[who]
            raise CellError(f"'{name}' with this address stands in row {first} already; give each person an id")
        self._rows_of_people[who] = row
        mark = hashlib.sha256("|".join(who).encode()).hexdigest()
        base = slug(name) or "person"
        wanted = (self._made_keys.get(who, ""), base, f"{base}-{mark[:6]}", f"{base}-{mark[:12]}")
        for key in wanted:
            if key and key not in self._rows_of_keys and key not in self.given:
                self._rows_of_keys[key] = row
                return key
        raise CellError(f"no id can be made for '{name}'; give this person one")

    def check_managed(self, people: list[PanelRow], keys: frozenset[str]) -> None:
        """Those whom someone manages must be people of the panel, and not themselves."""
        for each in people:
            for managed in each.manager_of:
                if managed == each.key:
                    self._fault(each.row, "manager_of", f"'{managed}' is this person's own id")
                elif managed not in keys:
                    # Looking for a near one in a long panel takes too long to do for many rows.
                    near = nearest(managed, keys) if len(self.bad) < 20 else ""  # noqa: PLR2004
                    self._fault(each.row, "manager_of", f"'{managed}' is not the id of anyone in the panel{near}")


def _words(cell: str) -> str:
    if fault := control_fault(cell):
        raise CellError(fault)
    if len(cell) > LONGEST_WORDS:
        raise CellError(f"is longer than {LONGEST_WORDS} characters")
    return " ".join(cell.split())
