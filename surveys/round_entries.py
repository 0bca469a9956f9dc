"""The entries of `rounds:` in a programme's file (design: Files)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo

from surveys.moment_text import BARE_OPENING, read_moment, read_offset, read_span, read_time
from surveys.moments import AbsoluteMoment, Anchor, Moment, RelativeMoment
from surveys.programme import Audience, Mode, Offset, ReminderPolicy, RoundEntry, RoundKind, makes_for_sessions
from surveys.programme_parts import Ids, addresses, aware, each_of, known, parsed, parsed_each
from surveys.repeats import read_repeats, turns
from surveys.retention_file import retention
from surveys.source import Fields, Node, Problems

MOST_REMINDERS = 10
MOST_IN_GROUP = 1000
_STAND_IN = AbsoluteMoment(day=date(1970, 1, 1), at=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What a round may name, and how its times are told."""

    areas: tuple[str, ...]
    perspectives: tuple[str, ...]
    sessions: tuple[str, ...]
    zone: tzinfo
    close_of_play: time


def round_entries(fields: Fields, ground: Ground) -> tuple[RoundEntry, ...]:
    """Every right entry of `rounds:`; problems are noted for the others, and for names of rounds that are not there."""
    problems = fields.problems
    ids = Ids("round", problems)
    nodes = fields.nodes("rounds")
    found: list[RoundEntry] = []
    for node in nodes:
        inner = Fields(node, problems)
        before = len(problems.errors)
        entry = _entry(inner, ground)
        inner.done()
        fresh = ids.take(inner.at("id"), plain_word(node, "id"))
        if entry is not None and fresh and len(problems.errors) == before:
            found.append(entry)
    rounds = (*ids.seen, *_made_names(nodes, found, ids.seen, ground.sessions, problems))
    for node in nodes:
        for key in ("compare_with", "informs_about", "repeats"):
            if word := plain_word(node, key):
                place = Fields(node, problems).at(key)
                if word == plain_word(node, "id"):
                    problems.add(place, "names its own round")
                elif key == "repeats" and word not in rounds:
                    what = f"'{word}' is not a round of this programme; one that comes again by itself says "
                    problems.add(place, f"{what}{{every: 6 months, times: 3}}")
                else:
                    known(place, word, rounds, "a round", problems)
    return tuple(found)


def plain_word(node: Node, key: str) -> str:
    """The text at `key` of a mapping, whatever else is wrong with it; "" where there is none."""
    inner = node.value.get(key) if isinstance(node.value, Mapping) else None
    return inner.value if inner is not None and isinstance(inner.value, str) else ""


def _made_names(
    nodes: Sequence[Node],
    entries: Sequence[RoundEntry],
    ids: Sequence[str],
    sessions: Sequence[str],
    problems: Problems,
) -> tuple[str, ...]:
    """The names ROUND--SESSION that post_session entries make, and ROUND--2 of those that repeat.

    One that an entry has too is a problem.
    """
    again = {entry.key: [turn.key for turn in turns(entry)][1:] for entry in entries}
    made: list[str] = []
    for node in nodes:
        key = plain_word(node, "id")
        of_sessions = _says_for_sessions(node)
        names = [f"{key}--{session}" for session in sessions] if of_sessions else again.get(key, [])
        made += names
        for name in sorted(set(names) & set(ids)):
            problems.add(node, f"makes a round called '{name}', and another entry is called that too")
    return tuple(made)


def _says_for_sessions(node: Node) -> bool:
    kind = plain_word(node, "kind")
    return kind in tuple(RoundKind) and makes_for_sessions(
        RoundKind(kind), per_session=plain_word(node, "per") == "session"
    )


def _entry(fields: Fields, ground: Ground) -> RoundEntry | None:
    """One entry, or None where its times are missing or wrong; every key is looked at in either case."""
    kind = RoundKind(fields.one_of("kind", tuple(RoundKind), RoundKind.MID_CYCLE) or RoundKind.MID_CYCLE)
    # Nobody need say who they are where everybody may come.
    usual = Mode.UNLINKED if kind is RoundKind.OPEN else Mode.CONFIDENTIAL
    per_session = fields.one_of("per", ("person", "session"), "person") == "session"
    for_sessions = makes_for_sessions(kind, per_session=per_session)
    opens, closes = _moment(fields, "opens", BARE_OPENING), _moment(fields, "closes", None)
    if opens is not None and closes is not None:
        _check_order(fields, for_sessions, opens, closes, ground)
    mode = Mode(fields.one_of("mode", tuple(Mode), usual) or usual)
    if kind is RoundKind.INFORMANT and mode is Mode.UNLINKED:
        what = "what is said about somebody must be kept with whom it is about: confidential or identified"
        fields.problems.add(fields.at("mode"), what)
    # A stand-in lets the other keys be read where a time is wrong; the entry is not used then.
    entry = RoundEntry(
        key=fields.identifier("id"),
        survey=fields.word("survey", needed=True),
        kind=kind,
        opens=opens or _STAND_IN,
        closes=closes or _STAND_IN,
        title=fields.text("title"),
        per_session=per_session,
        audience=_audience(fields, ground),
        mode=mode,
        reminders=_policy(fields),
        hold=fields.boolean("hold"),
        thanks=fields.text("thanks"),
        goal=_goal(fields),
        notify=addresses(fields, "notify"),
        compare_with=fields.word("compare_with"),
        informs_about=fields.word("informs_about"),
        post_in=_post_in(fields, kind),
        repeats=read_repeats(fields, opens, for_sessions=for_sessions),
        min_group=fields.integer("min_group", least=1, most=MOST_IN_GROUP),
        retention=retention(fields, of_round=True),
    )
    return entry if opens is not None and closes is not None else None


# Ids of channels in Slack (docs.slack.dev: reference/objects/conversation-object) and in Teams
# (learn.microsoft.com: get-teams-context).
_CHANNEL = re.compile(r"(?:slack:)?([CG][A-Z0-9]{2,})")
_TEAMS_CHANNEL = re.compile(r"teams:(19:[A-Za-z0-9_.@-]{3,200})")


def _post_in(fields: Fields, kind: RoundKind) -> str:
    said = fields.word("post_in")
    if not said:
        return ""
    found, in_teams = _CHANNEL.fullmatch(said), _TEAMS_CHANNEL.fullmatch(said)
    if found is None and in_teams is None:
        what = f"a channel is named by its id, like slack:C0123456789 or teams:19:…@thread.tacv2, not as '{said}'"
        fields.problems.add(fields.at("post_in"), what)
        return ""
    if kind is not RoundKind.OPEN:
        fields.problems.add(
            fields.at("post_in"), "only a round of kind open is posted: everyone else is asked in person"
        )
    return said if found is None else f"slack:{found[1]}"


def _goal(fields: Fields) -> float | None:
    goal = fields.number("goal")
    if goal is not None and not 0 < goal <= 100:  # noqa: PLR2004 - per cent
        fields.problems.add(fields.at("goal"), f"a goal is a share in per cent, up to 100, not {goal:g}")
    return goal


def _moment(fields: Fields, key: str, bare: time | None) -> Moment | None:
    if not fields.word(key, needed=True):
        return None
    return parsed(fields, key, lambda text: read_moment(text, bare=bare), None)


def _check_order(fields: Fields, for_sessions: bool, opens: Moment, closes: Moment, ground: Ground) -> None:
    """What can be said of the times before sessions are known: nonsense anchors, and a close before the opening."""
    for key, moment in (("opens", opens), ("closes", closes)):
        if isinstance(moment, RelativeMoment):
            if moment.anchor is Anchor.SESSION and not for_sessions:
                what = "only a round of kind post_session, or an open one per session, has a session to count from"
                fields.problems.add(fields.at(key), what)
            elif moment.anchor is Anchor.OPENS and (key == "opens" or moment.amount < 0):
                what = "a round can't open by its own opening" if key == "opens" else "the round closes before it opens"
                fields.problems.add(fields.at(key), what)
    if isinstance(opens, AbsoluteMoment) and isinstance(closes, AbsoluteMoment):
        begin = aware(opens, opens.at or ground.close_of_play, ground.zone)
        end = aware(closes, closes.at or ground.close_of_play, ground.zone)
        if end <= begin:
            fields.problems.add(fields.at("closes"), f"the round closes before it opens ({fields.word('opens')})")


def _audience(fields: Fields, ground: Ground) -> Audience:
    inner = fields.inner("audience")
    if inner is None:
        return Audience()
    chosen = _named(inner, "sessions", ("held", "all", *ground.sessions), "a session")
    areas = _named(inner, "areas", ("all", *ground.areas), "an area")
    perspectives = _named(inner, "perspectives", ("all", *ground.perspectives), "a perspective")
    inner.done()
    return Audience(
        held_only="held" in chosen,
        sessions=chosen - {"held", "all"},
        areas=areas - {"all"},
        perspectives=perspectives - {"all"},
    )


def _named(fields: Fields, key: str, allowed: Sequence[str], what: str) -> frozenset[str]:
    """The ids of a list; `all` stands for an empty one."""
    found: set[str] = set()
    for node in each_of(fields, key):
        if not isinstance(node.value, str):
            fields.problems.add(node, f"text is needed here, not {node.says()}")
        elif known(node, node.value, allowed, what, fields.problems):
            found.add(node.value)
    return frozenset({"all"} if "all" in found else found)


def _policy(fields: Fields) -> ReminderPolicy | None:
    """`reminders: {before_close, at, cap, gap}`; `none` for a round without any, the default where left out."""
    node = fields.get("reminders")
    if node is None:
        return ReminderPolicy()
    if isinstance(node.value, str) and node.value.lower() in ("none", "false"):
        return None
    if node.value == ():
        return None
    problems = fields.problems
    if not isinstance(node.value, Mapping):
        problems.add(
            node, f"a mapping such as {{before_close: [7 days, 2 days]}}, or none, is needed here, not {node.says()}"
        )
        return ReminderPolicy()
    inner = Fields(node, problems)
    standard = ReminderPolicy()
    offsets = _offsets(inner) if inner.has("before_close") else standard.before_close
    policy = ReminderPolicy(
        before_close=offsets,
        at=parsed(inner, "at", read_time, standard.at),
        cap=inner.integer("cap", standard.cap, most=MOST_REMINDERS) or 0,
        gap=parsed(inner, "gap", read_span, standard.gap),
    )
    inner.done()
    return policy


def _offsets(fields: Fields) -> tuple[Offset, ...]:
    nodes = each_of(fields, "before_close")
    offsets = parsed_each(nodes, read_offset, fields.problems)
    if len(nodes) > MOST_REMINDERS:
        fields.problems.add(fields.at("before_close"), f"at most {MOST_REMINDERS} reminders can be planned")
    for node, again in zip(nodes, _repeated(offsets), strict=False):
        if again:
            fields.problems.warn(node, f"{node.says()} stands here twice; it counts once")
    # The earliest first: the longest before the close.
    return tuple(sorted(dict.fromkeys(offsets), key=lambda offset: -(timedelta(days=offset.days) + offset.span)))


def _repeated(offsets: Sequence[Offset]) -> list[bool]:
    return [offset in offsets[:position] for position, offset in enumerate(offsets)]
