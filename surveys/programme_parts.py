"""The parts of a programme's file: calendars, people who send and are told, perspectives, areas, sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from typing import TypeVar

from surveys.addresses import control_fault, is_mail_address
from surveys.moment_text import BARE_OPENING, MomentError, read_days, read_moment
from surveys.moments import AbsoluteMoment
from surveys.programme import Area, DateSpan, Perspective, Privacy, Sender, Session, SessionStatus
from surveys.source import Fields, Node, Problems, nearest
from surveys.text import Text

T = TypeVar("T")


def parsed(fields: Fields, key: str, read: Callable[[str], T], default: T) -> T:
    """The key's text through `read`; its MomentError becomes a problem at the key."""
    word = fields.word(key)
    if not word:
        return default
    try:
        return read(word)
    except MomentError as error:
        fields.problems.add(fields.at(key), error.what)
        return default


def parsed_each(nodes: Iterable[Node], read: Callable[[str], T], problems: Problems) -> tuple[T, ...]:
    """Each node's text through `read`; what is no text, or refused, becomes a problem at its node."""
    found: list[T] = []
    for node in nodes:
        if not isinstance(node.value, str):
            problems.add(node, f"text is needed here, not {node.says()}")
            continue
        try:
            found.append(read(node.value))
        except MomentError as error:
            problems.add(node, error.what)
    return tuple(found)


def each_of(fields: Fields, key: str) -> tuple[Node, ...]:
    """The nodes of a list; a single text counts as a list of one."""
    node = fields.get(key)
    return (node,) if node is not None and isinstance(node.value, str) else fields.nodes(key)


def known(node: Node, word: str, allowed: Sequence[str], what: str, problems: Problems) -> bool:
    """Whether `word` is among `allowed`; a problem where it is not. `what` is like "an area"."""
    if word in allowed:
        return True
    problems.add(node, f"'{word}' is not {what} of this programme{nearest(word, allowed)}")
    return False


class Ids:
    """Notes the ids of one list, and a problem for each that stands twice."""

    def __init__(self, what: str, problems: Problems) -> None:
        self._what = what
        self._problems = problems
        self._lines: dict[str, int] = {}

    def take(self, node: Node, key: str) -> bool:
        """Whether `key` is new; "" never is."""
        if key in self._lines:
            first = f"; the first is on line {self._lines[key]}" if self._lines[key] != node.line else ""
            self._problems.add(node, f"the {self._what} '{key}' stands here twice{first}")
            return False
        if key:
            self._lines[key] = node.line
        return bool(key)

    @property
    def seen(self) -> tuple[str, ...]:
        return tuple(self._lines)


def addresses(fields: Fields, key: str) -> tuple[str, ...]:
    """A list of e-mail addresses."""
    found: list[str] = []
    for node in each_of(fields, key):
        if isinstance(node.value, str) and is_mail_address(node.value):
            found.append(node.value)
        else:
            fields.problems.add(node, f"{node.says()} is not an e-mail address")
    return tuple(dict.fromkeys(found))


def sender(fields: Fields) -> Sender | None:
    """`sender: {name, email}`."""
    inner = fields.inner("sender")
    if inner is None:
        return None
    name, email = inner.word("name", needed=True), inner.word("email", needed=True)
    if fault := control_fault(name):
        inner.problems.add(inner.at("name"), f"the sender's name {fault}")
    if email and not is_mail_address(email):
        inner.problems.add(inner.at("email"), f"'{email}' is not an e-mail address")
    inner.done()
    return Sender(name=name, email=email)


def privacy(fields: Fields) -> Privacy:
    """`privacy: {controller, contact, dpo, lawful_basis, retention, processors, rights, url}`, all optional."""
    inner = fields.inner("privacy")
    if inner is None:
        return Privacy()
    url = inner.word("url")
    if url and not url.startswith(("https://", "http://")):
        inner.problems.add(inner.at("url"), f"'{url}' is not a web address that begins with https://")
    found = Privacy(
        controller=inner.text("controller"),
        contact=inner.text("contact"),
        dpo=inner.text("dpo"),
        lawful_basis=inner.text("lawful_basis"),
        retention=inner.text("retention"),
        processors=inner.text("processors"),
        rights=inner.text("rights"),
        url=url,
    )
    inner.done()
    return found


def calendars(fields: Fields) -> Mapping[str, tuple[DateSpan, ...]]:
    """`calendars: {school: {closed: [2024-12-23/2025-01-03]}}`."""
    inner = fields.inner("calendars")
    if inner is None or not isinstance(inner.node.value, Mapping):
        return {}
    found: dict[str, tuple[DateSpan, ...]] = {}
    for key in inner.node.value:
        calendar = inner.inner(key)
        found[key] = ()
        if calendar is not None:
            found[key] = parsed_each(each_of(calendar, "closed"), read_days, fields.problems)
            calendar.done()
    return found


def perspectives(fields: Fields, known_calendars: Sequence[str]) -> tuple[Perspective, ...]:
    """`perspectives: [{id, label, required, calendar}]`; a label left out is the id."""
    ids = Ids("perspective", fields.problems)
    found: list[Perspective] = []
    for node in fields.nodes("perspectives"):
        inner = Fields(node, fields.problems)
        key, calendar = inner.identifier("id"), inner.word("calendar")
        if calendar:
            known(inner.at("calendar"), calendar, known_calendars, "a calendar", fields.problems)
        label = inner.text("label") or Text.plain(key)
        required = inner.boolean("required")
        inner.done()
        if ids.take(inner.at("id"), key):
            found.append(Perspective(key=key, label=label, required=required, calendar=calendar))
    return tuple(found)


def areas(fields: Fields) -> tuple[Area, ...]:
    """`areas: [{id, name, status: active|interested}]`; a name left out is the id."""
    ids = Ids("area", fields.problems)
    found: list[Area] = []
    for node in fields.nodes("areas"):
        inner = Fields(node, fields.problems)
        key = inner.identifier("id")
        name = inner.text("name") or Text.plain(key)
        status = inner.one_of("status", ("active", "interested"), "active")
        inner.done()
        if ids.take(inner.at("id"), key):
            found.append(Area(key=key, name=name, interested=status == "interested"))
    return tuple(found)


def sessions(
    fields: Fields, area_keys: Sequence[str], zone: tzinfo, close_of_play: time
) -> tuple[tuple[Session, ...], tuple[str, ...]]:
    """`sessions: [{id, area, starts, ends, topic, status}]`, and every id there, be its session right or wrong.

    Times without an offset are the programme's. A date alone starts at 09:00 and ends at close of play.
    """
    ids = Ids("session", fields.problems)
    found: list[Session] = []
    for node in fields.nodes("sessions"):
        inner = Fields(node, fields.problems)
        key, area = inner.identifier("id"), inner.word("area")
        if area:
            known(inner.at("area"), area, area_keys, "an area", fields.problems)
        starts = _session_time(inner, "starts", BARE_OPENING, zone)
        ends = _session_time(inner, "ends", close_of_play, zone)
        if starts and ends and ends < starts:
            fields.problems.add(inner.at("ends"), f"the session ends before it starts ({inner.word('starts')})")
        topic = inner.text("topic")
        status = inner.one_of("status", ("planned", "cancelled"), "planned")
        inner.done()
        if ids.take(inner.at("id"), key) and starts and ends:
            found.append(
                Session(key=key, area=area, starts=starts, ends=ends, topic=topic, status=SessionStatus(status))
            )
    return tuple(found), ids.seen


def _session_time(fields: Fields, key: str, bare: time, zone: tzinfo) -> datetime | None:
    if not fields.word(key, needed=True):
        return None
    moment = parsed(fields, key, lambda text: read_moment(text, bare=bare), None)
    if moment is None:
        return None
    if not isinstance(moment, AbsoluteMoment) or moment.at is None:
        fields.problems.add(
            fields.at(key), f"a session needs a day and a time, such as 2024-11-20 09:30, not {fields.at(key).says()}"
        )
        return None
    local = aware(moment, moment.at, zone)
    if moment.offset_minutes is None and local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(
        tzinfo=None
    ):
        fields.problems.warn(
            fields.at(key),
            f"{moment.at:%H:%M} does not exist on that day: the clocks go forward; an hour later is meant",
        )
        local = local.astimezone(UTC).astimezone(zone)
    return local


def aware(moment: AbsoluteMoment, at: time, zone: tzinfo) -> datetime:
    """The moment's day at `at`, in its own offset where it has one, else in `zone`; told in `zone`."""
    if moment.offset_minutes is None:
        return datetime.combine(moment.day, at, tzinfo=zone)
    own = timezone(timedelta(minutes=moment.offset_minutes))
    return datetime.combine(moment.day, at, tzinfo=own).astimezone(zone)
