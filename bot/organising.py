"""What an organiser says in a chat about a round: answered at once, or shown what would happen before it is done.

The words are those of the command line. Whoever speaks is known by their id in the chat, and what they may do is the
one table of rights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import round_commands as acts
from reports.coverage import SYMBOLS, programme_coverage
from reports.plan import planned_messages
from reports.status import round_status
from reports.who import who_was_asked
from schedules.moving import close_round, open_round
from storage.bank_holidays import calendar_book
from storage.engine import Store, Tx
from storage.figures import time_in_round
from storage.programmes import programme_by_id
from storage.rounds import NoSuchRound, all_rounds, find_round
from surveys.authority import Actor, Deed, NotAllowed
from surveys.clock_times import resolve
from surveys.moment_text import MomentError, read_moment
from surveys.moment_words import say_moment
from surveys.moments import RelativeMoment
from surveys.programme import Programme
from surveys.round_life import Command
from surveys.rounds import Round, RoundState

LOOKING = ("status", "plan", "who", "report")
STEERING = ("open", "remind", "extend", "close")
_MOST_LINES = 40
_HELP = (
    "Say what, and of which round: status, plan, who, report, open, remind, extend or close.",
    "For example: status valley/mid-cycle, or extend valley/mid-cycle 2024-12-20 close of play.",
    "What changes something is shown before it is done.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An answer; `lines` are plain text. `refused`: nothing was done, and why stands there."""

    lines: tuple[str, ...]
    refused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What would happen, to be confirmed. `needs_close`: the new close is still to be said."""

    command: str
    round: str
    lines: tuple[str, ...]
    button: str
    new_close: str = ""
    needs_close: bool = False


def hear(store: Store, actor: Actor | None, words: str, now: datetime) -> Told | Asked:
    """Answer one line of an organiser. Nothing is changed by it."""
    if actor is None:
        return Told(
            lines=(
                "Only organisers can do that. If you are one, ask an admin to add your id: soundings organiser add.",
            ),
            refused=True,
        )
    command, _, rest = words.strip().partition(" ")
    command = command.lower()
    name, _, more = rest.strip().partition(" ")
    if command not in (*LOOKING, *STEERING):
        return Told(lines=_HELP)
    try:
        with store.reading() as tx:
            found = _round(tx, name, actor, Deed.STEER if command in STEERING else _DEEDS[command])
            if isinstance(found, Told):
                return found
            if command in LOOKING:
                return Told(lines=_LOOKS[command](tx, found, actor, now))
        return _ask(store, actor, command, found, more.strip(), now)
    except NotAllowed as refused:
        return Told(lines=(f"Sorry, {refused}.",), refused=True)


def do(store: Store, actor: Actor | None, command: str, name: str, new_close: str, reason: str, now: datetime) -> Told:
    """Do what was confirmed. The right and the state are looked at anew: much may have happened since it was shown.

    Raises:
        DatabaseBusyError: it could not be stored in time; nothing was changed.
    """
    if actor is None or command not in STEERING:
        return Told(lines=("Only organisers can do that.",), refused=True)
    try:
        with store.reading() as tx:
            round_ = _round(tx, name, actor, Deed.STEER)
            if isinstance(round_, Told):
                return round_
            then = time_in_round(tx, round_, now)
            closes = _close(tx, round_, new_close, now) if command == "extend" else None
        if isinstance(closes, Told):
            return closes
        outcome: object
        if command == "open":
            outcome = acts.turn_round(round_.id, Command.OPEN, _open, store, then, actor=actor)
        elif command == "close":
            outcome = acts.turn_round(round_.id, Command.CLOSE, _shut, store, then, actor=actor)
        elif command == "remind":
            outcome = acts.remind_now(round_.id, store, then, actor=actor)
        else:
            outcome = acts.extend_round(round_.id, closes or then, reason, store, then, actor=actor)
        return _done(store, outcome, command)
    except NotAllowed as refused:
        return Told(lines=(f"Sorry, {refused}.",), refused=True)


# ------------------------------------------------------------------ before it is done


def _ask(store: Store, actor: Actor, command: str, round_: Round, more: str, now: datetime) -> Told | Asked:
    with store.reading() as tx:
        then, zone = time_in_round(tx, round_, now), _zone(tx, round_)
        closes = _close(tx, round_, more, now) if command == "extend" and more else None
        plan = planned_messages(tx, round_, then) if command == "open" else ()
    if isinstance(closes, Told):
        return closes
    if command == "extend":
        if closes is None:
            stands = f"{round_.name} closes on {say_moment(round_.closes_at, zone, year=True)}."
            return Asked(command=command, round=round_.name, lines=(stands,), button="Go on", needs_close=True)
        outcome = acts.extend_round(
            round_.id, closes, "", store, then, actor=actor, looking=lambda _tx, _programme: None
        )
        if isinstance(outcome, acts.Declined):
            return Told(lines=(outcome.reason,), refused=True)
        after, before = (say_moment(each, zone, year=True) for each in (closes, outcome.before))
        moved = (
            f"{round_.name} closes on {after}, not on {before}.",
            f"{_people(outcome.told)} told of it once. What is unsent is planned again.",
        )
        return Asked(command=command, round=round_.name, lines=moved, button="Move the close", new_close=more)
    if command == "remind":
        reminded = acts.remind_now(round_.id, store, then, actor=actor, dry_run=True)
        if isinstance(reminded, acts.Declined):
            return Told(lines=(reminded.reason,), refused=True)
        return Asked(command=command, round=round_.name, lines=_remind_lines(reminded), button="Remind now")
    refused = acts.refusal(store, round_.id, Command(command), then)
    if refused is not None:
        return Told(lines=(refused.reason,), refused=True)
    if command == "open":
        kinds = Counter(each.channel for each in plan if each.kind == "invitation")
        opens = f"{round_.name} opens now: {_by_channel(kinds)} with the next tick."
        return Asked(command=command, round=round_.name, lines=(opens,), button="Open it")
    with store.reading() as tx:
        waiting = round_status(tx, round_, then).figures.overall.plain()
    lines = (
        f"{round_.name} closes now, and takes no answers any more.",
        f"{waiting['complete']} complete, {waiting['partial']} partial, {waiting['pending']} still to answer.",
    )
    return Asked(command=command, round=round_.name, lines=lines, button="Close it")


def _remind_lines(reminded: acts.Reminded) -> tuple[str, ...]:
    kinds = Counter(channel for _, channel, _ in reminded.people)
    lines = [
        f"Remind {len(reminded.people)} people now: {_by_channel(kinds)}." if kinds else "Nobody would be reminded."
    ]
    lines += [f"{many} left out: {reason}" for reason, many in Counter(why for _, why in reminded.left_out).items()]
    return tuple(lines)


def _done(store: Store, outcome: object, command: str) -> Told:
    match outcome:
        case acts.Declined(reason=reason):
            return Told(lines=(reason,), refused=True)
        case acts.Extended(round=round_, told=told):
            with store.reading() as tx:
                said = say_moment(round_.closes_at, _zone(tx, round_), year=True)
            return Told(lines=(f"{round_.name} closes on {said}. {_people(told)} told, with the next tick.",))
        case acts.Reminded(people=people):
            return Told(lines=(f"{len(people)} reminders go with the next tick.",))
        case acts.Done(round=round_):
            return Told(lines=(f"{round_.name} is {'open' if command == 'open' else 'closed'}.",))
        case _:
            return Told(lines=())


# ------------------------------------------------------------------ looking


def _status(tx: Tx, round_: Round, actor: Actor, now: datetime) -> tuple[str, ...]:  # noqa: ARG001 - all are called alike
    then, zone = time_in_round(tx, round_, now), _zone(tx, round_)
    found = round_status(tx, round_, then)
    said = found.figures.overall.plain()
    rate = found.figures.overall.response_rate
    lines = [
        f"{round_.name} is {round_.state.value}; it closes on {say_moment(round_.closes_at, zone, year=True)}.",
        ", ".join(f"{said[key]} {key.replace('_', ' ')}" for key in said if isinstance(said[key], int) and said[key])
        + ("" if rate is None else f"; response rate {rate:.0%}"),
    ]
    if found.next_reminder:
        lines.append(f"The next reminder goes on {say_moment(found.next_reminder, zone, year=True)}.")
    lines += [f"{account.account.partition(':')[0]} is in trouble: {account.trouble}" for account in found.accounts]
    return tuple(lines)


def _plan(tx: Tx, round_: Round, actor: Actor, now: datetime) -> tuple[str, ...]:  # noqa: ARG001
    found = planned_messages(tx, round_, time_in_round(tx, round_, now))
    if not found:
        return ("Nothing more will be sent.",)
    lines = [
        f"{each.local:%a %d %b %H:%M} · {each.name} · {each.kind} by {each.channel} · {each.why}" for each in found
    ]
    return _first(lines, f"soundings round plan {round_.name}")


def _who(tx: Tx, round_: Round, actor: Actor, now: datetime) -> tuple[str, ...]:  # noqa: ARG001
    found = who_was_asked(tx, round_)
    lines = [
        " · ".join(filter(None, (each.name, each.perspective, each.area, each.phone, each.state))) for each in found
    ]
    return _first(lines or ["Nobody has been asked yet."], f"soundings round who {round_.name}")


def _report(tx: Tx, round_: Round, actor: Actor, now: datetime) -> tuple[str, ...]:
    """The fieldwork summary: how it stands, and which voices have been heard."""
    lines = list(_status(tx, round_, actor, now))
    stored = programme_by_id(tx, round_.programme_id)
    if stored is None:
        return tuple(lines)
    for each in programme_coverage(tx, stored):
        if each.round.id == round_.id:
            for area in each.areas:
                cells = [
                    f"{SYMBOLS[each.cells[area, key]]} {_label(stored.programme, key)}" for key in each.perspectives
                ]
                lines.append(f"{_area(stored.programme, area)}: {', '.join(cells)}")
    return _first(lines, f"soundings coverage {round_.programme}")


_LOOKS = {"status": _status, "plan": _plan, "who": _who, "report": _report}
_DEEDS = {"status": Deed.SEE_FIGURES, "plan": Deed.SEE_PEOPLE, "who": Deed.SEE_PEOPLE, "report": Deed.SEE_FIGURES}


# ------------------------------------------------------------------ parts


def _round(tx: Tx, name: str, actor: Actor, deed: Deed) -> Round | Told:
    if not name:
        open_now = (each for each in all_rounds(tx) if each.state is RoundState.OPEN)
        mine = [each for each in open_now if actor.may(deed, each.programme)]
        if len(mine) == 1:
            return mine[0]
        known = ", ".join(each.name for each in mine)
        return Told(
            lines=(f"Say which round: {known}." if mine else "No round of yours is open; name the one you mean.",)
        )
    found = find_round(tx, name)
    if isinstance(found, NoSuchRound):
        near = f" Did you mean {' or '.join(found.near)}?" if found.near else ""
        return Told(lines=(f"There is no round '{name}'.{near}",), refused=True)
    actor.must(deed, found.programme)
    return found


def _close(tx: Tx, round_: Round, words: str, now: datetime) -> datetime | Told:
    programme = _programme(tx, round_)
    try:
        moment = read_moment(words)
    except MomentError as wrong:
        return Told(lines=(f"The new close can't be read: {wrong.what}",), refused=True)
    if isinstance(moment, RelativeMoment):
        return Told(lines=("The new close needs a day and a time, like 2024-12-20 17:00.",), refused=True)
    return resolve(moment, programme=programme, calendar=calendar_book(programme, now=now).for_programme()).at


def _programme(tx: Tx, round_: Round) -> Programme:
    stored = programme_by_id(tx, round_.programme_id)
    if stored is None:
        raise LookupError(f"round {round_.name} has lost its programme")
    return stored.programme


def _zone(tx: Tx, round_: Round) -> ZoneInfo:
    return ZoneInfo(_programme(tx, round_).timezone)


def _label(programme: Programme, key: str) -> str:
    found = programme.perspective(key)
    return found.label.within("en-GB") if found else key


def _area(programme: Programme, key: str) -> str:
    found = programme.area(key)
    return found.name.within("en-GB") if found else key


def _first(lines: Sequence[str], whole: str) -> tuple[str, ...]:
    """What a chat can hold of a long list, and where all of it stands."""
    if len(lines) <= _MOST_LINES:
        return tuple(lines)
    return (*lines[:_MOST_LINES], f"and {len(lines) - _MOST_LINES} more; {whole} shows all of them")


def _by_channel(kinds: Counter[str]) -> str:
    total = sum(kinds.values())
    if not total:
        return "no messages"
    ways = ", ".join(f"{many} by {channel}" for channel, many in sorted(kinds.items()))
    return f"{total} message{'s' if total > 1 else ''} ({ways})"


def _people(count: int) -> str:
    return "1 person is" if count == 1 else f"{count} people are"


def _open(tx: Tx, round_: Round, now: datetime, actor: Actor) -> bool:
    return open_round(tx, round_, now, actor=actor)


def _shut(tx: Tx, round_: Round, now: datetime, actor: Actor) -> bool:
    return close_round(tx, round_, now, actor=actor)
