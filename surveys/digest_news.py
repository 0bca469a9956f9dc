"""The organisers' digest: what is new since the last one, what waits for a person, and whether that is worth a mail.

News is what the last digest to the same address has not told: a return, another word on an invitation, a mail that
waits to be sorted or that bounced, somebody who can't be reached, a message that was refused, a channel in trouble, a
close that was moved, a round that waits to be opened, and, from three days before the close, voices that are missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from surveys.calendars import WorkingCalendar
from surveys.clock_times import zone_of
from surveys.digest import Concerned, Digest, RoundDigest, RoundStanding, Silence, Standing, Told
from surveys.digest_times import warns_from
from surveys.dispositions import Disposition
from surveys.figures import CoverageState
from surveys.moment_words import days_left, say_day, say_moment
from surveys.programme import Mode, Programme
from surveys.rounds import Round, RoundState

LANGUAGE = "en-GB"
# Said of an invitation that nobody need chase any more.
SPOKEN_FOR = (Disposition.DECLINED, Disposition.DELEGATED, Disposition.JOINT_RETURN, Disposition.NOT_ELIGIBLE)


def digest_of(
    programme: Programme, standing: Standing, told: Told, now: datetime, calendar: WorkingCalendar, *, names: bool
) -> Digest:
    """The digest at `now` (aware) for someone who was `told` so much; `names`: whether they may see who."""
    marks: set[str] = set()
    rounds = tuple(
        found
        for each in standing.rounds
        if (found := _round(programme, each, told, now, calendar, marks, names=names)) is not None
    )
    to_sort = tuple(each for each in standing.waiting if each.kind == "human")
    noted: dict[str, int] = {}
    for each in standing.waiting:
        if each.kind != "human":
            noted[each.kind] = noted.get(each.kind, 0) + 1
    marks |= {f"trouble:{account}" for account, _ in standing.troubles}
    fresh = any(each.new and each.kind in ("human", "bounce") for each in standing.waiting)
    fresh = fresh or any(each.new for each in standing.requests)
    tells = Told(
        dispositions=standing.highest.dispositions,
        triage=standing.highest.triage,
        moves=standing.highest.moves,
        requests=standing.highest.requests,
        at=now,
        marks=frozenset(marks),
    )
    said_of = {each.name for each in rounds}
    new_of_rounds = any(_shown(one) or one.moves for one in standing.rounds if one.round.name in said_of)
    return Digest(
        title=programme.title.within(LANGUAGE),
        day=say_day(now.astimezone(zone_of(programme)).date()),
        rounds=rounds,
        to_sort=to_sort,
        noted=noted,
        requests=tuple(f"{each.name}: {each.why}" for each in standing.requests) if names else (),
        request_count=len(standing.requests),
        troubles=standing.troubles,
        names=names,
        news=fresh or new_of_rounds or bool(marks - told.marks),
        tells=tells,
    )


def _shown(standing: RoundStanding) -> tuple[Concerned, ...]:
    """Whose disposition may be told of; in an unlinked round nobody's (see `_round`)."""
    if standing.round.mode is Mode.UNLINKED:
        return ()
    return tuple(each for each in standing.changed if each.disposition in (Disposition.COMPLETE, *SPOKEN_FOR))


def _round(
    programme: Programme,
    standing: RoundStanding,
    told: Told,
    now: datetime,
    calendar: WorkingCalendar,
    marks: set[str],
    *,
    names: bool,
) -> RoundDigest | None:
    """What is said of a round; None where it is over and nothing of it is new.

    Of an unlinked round no name is told, and its returns only in whole steps of the minimum group: two digests can
    then never differ by fewer people than that, so neither says what a single one of them did.
    """
    round_, zone = standing.round, zone_of(programme)
    unlinked = round_.mode is Mode.UNLINKED
    here: set[str] = set()
    at_least = 0
    if unlinked:
        complete = standing.counts.of(Disposition.COMPLETE)
        at_least = complete - complete % standing.min_group
        if at_least:
            here.add(f"returns:{round_.id}:{at_least}")
    shown = _shown(standing)
    heard = [each for each in shown if each.disposition is Disposition.COMPLETE]
    others = [each for each in shown if each.disposition is not Disposition.COMPLETE]
    silent = silences(programme, standing, now, calendar)
    if silent:
        here.add(f"silent:{round_.id}:{round_.closes_at.isoformat()}")
    to_open = round_.state is RoundState.HELD and round_.opens_at <= now
    if to_open:
        here.add(f"held:{round_.id}")
    if standing.refused:
        here.add(f"refused:{round_.id}:{standing.refused}")
    struck = () if unlinked else standing.struck
    here |= {each.mark for each in (*standing.unreachable, *struck)}
    marks |= here
    over = round_.state not in (RoundState.OPEN, RoundState.HELD)
    if over and not (shown or standing.moves or here - told.marks):
        return None
    return RoundDigest(
        name=round_.name,
        title=standing.title,
        state=round_.state,
        mode=round_.mode,
        to_open=to_open,
        closes=say_moment(round_.closes_at, zone, LANGUAGE),
        left=days_left(round_.closes_at, now, zone, LANGUAGE),
        counts=standing.counts,
        at_least=at_least,
        min_group=standing.min_group,
        heard=tuple(_placed(programme, each) for each in heard) if names else (),
        new_returns=len(heard),
        others=tuple((each.name if names else "", each.disposition) for each in others),
        unreachable=tuple((_placed(programme, each), each.phone, each.why) for each in standing.unreachable)
        if names
        else (),
        unreachable_count=len(standing.unreachable),
        struck=tuple(_placed(programme, each) for each in struck) if names else (),
        struck_count=len(struck),
        silent=silent,
        moves=tuple(
            (say_moment(each.before, zone, LANGUAGE), say_moment(each.after, zone, LANGUAGE), each.reason)
            for each in standing.moves
        ),
        refused=standing.refused,
    )


def is_warned(round_: Round, programme: Programme, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the round is open and so near its close that missing voices are listed."""
    today = now.astimezone(zone_of(programme)).date()
    return round_.state is RoundState.OPEN and today >= warns_from(round_.closes_at, programme, calendar)


def silences(
    programme: Programme, standing: RoundStanding, now: datetime, calendar: WorkingCalendar
) -> tuple[Silence, ...]:
    """By area: the voices that were asked for and not heard, as `soundings coverage` has them.

    In an unlinked round a voice of few people is left out: that it is silent, or is so no more, would speak of them.
    """
    if not is_warned(standing.round, programme, now, calendar):
        return ()
    least = standing.min_group if standing.round.mode is Mode.UNLINKED else 0
    needed = {each.key for each in programme.perspectives if each.required}
    found: dict[str, list[tuple[str, bool, bool]]] = {}
    for (area, perspective), state in standing.cells.items():
        silent = state in (CoverageState.INVITED, CoverageState.MISSING)
        if not silent or standing.asked.get((area, perspective), 0) < least:
            continue
        words = _perspective(programme, perspective)
        found.setdefault(area, []).append((words, perspective in needed, state is CoverageState.INVITED))
    return tuple(
        Silence(area=_area(programme, area), voices=tuple(sorted(voices, key=lambda each: not each[1])))
        for area, voices in found.items()
    )


def _placed(programme: Programme, person: Concerned) -> str:
    """`Ana Example (Host, North)`; the name alone where no place belongs to it."""
    places = [
        ", ".join(filter(None, (_perspective(programme, perspective), _area(programme, area))))
        for area, perspective in sorted(person.voices)
    ]
    said = "; ".join(dict.fromkeys(filter(None, places)))
    return f"{person.name} ({said})" if said else person.name


def _perspective(programme: Programme, key: str) -> str:
    found = programme.perspective(key)
    return found.label.within(LANGUAGE) if found else key


def _area(programme: Programme, key: str) -> str:
    found = programme.area(key)
    return found.name.within(LANGUAGE) if found else key


def rounds_for(programme: Programme, address: str, rounds: Iterable[Round]) -> tuple[Round, ...]:
    """The rounds that an organiser of this address hears of: all, or those whose own entry names them."""
    wanted = address.lower()
    if hears_of_all(programme, address):
        return tuple(rounds)
    entries = {entry.key for entry in programme.rounds if wanted in {each.lower() for each in entry.notify}}
    return tuple(each for each in rounds if each.entry in entries)


def hears_of_all(programme: Programme, address: str) -> bool:
    """Whether the programme itself names this address, not a round alone."""
    return address.lower() in {each.lower() for each in programme.notify}


def readers_of(programme: Programme) -> tuple[str, ...]:
    """Every address that the programme or one of its rounds names in `notify`, each once."""
    found: dict[str, str] = {}
    for address in (*programme.notify, *(each for entry in programme.rounds for each in entry.notify)):
        found.setdefault(address.lower(), address)
    return tuple(found.values())
