"""The reader of `programme.yaml`: a node in, a programme out, and every problem with its place (design: Files)."""

from __future__ import annotations

from datetime import UTC, time, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from surveys.addresses import CHANNELS
from surveys.moment_text import read_days, read_quiet_hours, read_time
from surveys.programme import Programme
from surveys.programme_parts import (
    addresses,
    areas,
    calendars,
    each_of,
    parsed_each,
    perspectives,
    privacy,
    sender,
    sessions,
)
from surveys.programme_parts import parsed as parsed_word
from surveys.retention_file import retention
from surveys.round_entries import MOST_IN_GROUP, Ground, round_entries
from surveys.source import Fields, Node, Problems, nearest
from surveys.text import Text

CLOSE_OF_PLAY = time(17, 0)
MIN_GROUP = 10


def read_programme(
    node: Node, problems: Problems, *, known_calendars: frozenset[str] | None = None
) -> Programme | None:
    """The programme that `node` says; None, with problems noted, where anything is wrong.

    `known_calendars` are the codes of public holidays that can be named (`GB-ENG`); None leaves that unchecked.
    """
    before = len(problems.errors)
    programme = draft_programme(node, problems, known_calendars=known_calendars)
    return programme if len(problems.errors) == before else None


def draft_programme(node: Node, problems: Problems, *, known_calendars: frozenset[str] | None = None) -> Programme:
    """As much of the programme as can be read, so that other files can be checked against it; problems are noted."""
    fields = Fields(node, problems)
    key = fields.identifier("programme")
    title = fields.text("title", needed=True) or Text.plain(key)
    timezone = fields.word("timezone", needed=True)
    zone = _zone(fields, timezone)
    close_of_play = parsed_word(fields, "close_of_play", read_time, CLOSE_OF_PLAY)
    named_calendars = calendars(fields)
    roles = perspectives(fields, tuple(named_calendars))
    places = areas(fields)
    events, event_keys = sessions(fields, tuple(area.key for area in places), zone, close_of_play)
    ground = Ground(
        areas=tuple(area.key for area in places),
        perspectives=tuple(role.key for role in roles),
        sessions=event_keys,
        zone=zone,
        close_of_play=close_of_play,
    )
    programme = Programme(
        key=key,
        title=title,
        timezone=timezone,
        calendar=_calendar(fields, known_calendars),
        closed_days=parsed_each(each_of(fields, "closed_days"), read_days, problems),
        calendars=named_calendars,
        close_of_play=close_of_play,
        quiet_hours=parsed_word(fields, "quiet_hours", read_quiet_hours, None),
        sender=sender(fields),
        notify=addresses(fields, "notify"),
        privacy=privacy(fields),
        budget_per_week=_budget(fields),
        min_group=fields.integer("min_group", MIN_GROUP, least=1, most=MOST_IN_GROUP) or MIN_GROUP,
        retention=retention(fields),
        channels=_channels(fields),
        perspectives=roles,
        areas=places,
        sessions=events,
        sessions_file=fields.word("sessions_file"),
        panel=fields.word("panel"),
        rounds=round_entries(fields, ground),
    )
    fields.done()
    return programme


@lru_cache(maxsize=1024)
def zone_fault(name: str) -> str:
    """Why `name` is no time zone, as words that follow it; "" where it is one."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return f"is not a time zone such as Europe/London{nearest(name, available_timezones())}"
    return ""


def _zone(fields: Fields, name: str) -> tzinfo:
    if not name:
        return UTC
    if fault := zone_fault(name):
        fields.problems.add(fields.at("timezone"), f"'{name}' {fault}")
        return UTC
    return ZoneInfo(name)


def _calendar(fields: Fields, known_calendars: frozenset[str] | None) -> str:
    word = fields.word("calendar")
    if word and known_calendars is not None and word not in known_calendars:
        near = nearest(word, known_calendars)
        fields.problems.add(
            fields.at("calendar"), f"'{word}' is not a calendar of public holidays such as GB-ENG{near}"
        )
    return word


def _budget(fields: Fields) -> int | None:
    inner = fields.inner("budget")
    if inner is None:
        return None
    per_week = inner.integer("per_week", least=1, most=100)
    inner.done()
    return per_week


def _channels(fields: Fields) -> tuple[str, ...]:
    found: list[str] = []
    nodes = each_of(fields, "channels")
    if not nodes and fields.has("channels"):
        fields.problems.add(fields.at("channels"), "nobody could be asked; name a channel, or leave it out for mail")
    for node in nodes:
        if not isinstance(node.value, str):
            fields.problems.add(node, f"text is needed here, not {node.says()}")
        elif node.value in CHANNELS:
            found.append(node.value)
        else:
            near = nearest(node.value, CHANNELS)
            fields.problems.add(node, f"'{node.value}' is not one of {', '.join(CHANNELS)}{near}")
    return tuple(dict.fromkeys(found)) or ("mail",)
