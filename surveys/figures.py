"""Figures of a round: dispositions, response rate, and which voices have been heard (design: When things go)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from surveys.dispositions import Disposition
from surveys.programme import Programme

Pair = tuple[str, str]
# These leave the denominator: somebody else answers in their place, or the round does not concern them.
_NOT_COUNTED = (Disposition.DELEGATED, Disposition.JOINT_RETURN, Disposition.NOT_ELIGIBLE)
# Whoever leans on a joint return may yet be heard in it.
_MAY_BE_HEARD = frozenset({Disposition.PENDING, Disposition.PARTIAL, Disposition.JOINT_RETURN})


@dataclass(frozen=True, slots=True)
class Dispositions:
    """How many invitations stand at each disposition; every invitation at exactly one."""

    counts: Mapping[Disposition, int] = field(default_factory=dict)
    # Of an open round nobody knows how many might have answered.
    of_everyone: bool = True

    def of(self, disposition: Disposition) -> int:
        return self.counts.get(disposition, 0)

    @property
    def invited(self) -> int:
        return sum(self.counts.values())

    @property
    def response_rate(self) -> float | None:
        """Complete / (invited - delegated - joint_return - not_eligible); None where that leaves nobody.

        None too where people came by themselves: whoever came and did not answer is no denominator.
        """
        if not self.of_everyone:
            return None
        counted = self.invited - sum(self.of(each) for each in _NOT_COUNTED)
        return self.of(Disposition.COMPLETE) / counted if counted else None

    def plain(self) -> dict[str, int | float | None]:
        """Every figure by its name in `round status --json`."""
        by_name: dict[str, int | float | None] = {"invited": self.invited}
        by_name |= {each.value: self.of(each) for each in Disposition}
        return by_name | {"response_rate": self.response_rate}


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """A round's figures overall, by area and by perspective; a voice without one of them isn't in its table."""

    overall: Dispositions
    by_area: Mapping[str, Dispositions]
    by_perspective: Mapping[str, Dispositions]


def figures(items: Iterable[tuple[Disposition, AbstractSet[Pair]]], *, of_everyone: bool = True) -> Figures:
    """The figures of invitations given as (disposition, voices), voices being (area, perspective) pairs.

    `of_everyone`: everyone who might answer is among them, as is so of every round but an open one.

    Someone with two hats counts once in each of their areas and perspectives, and once overall.
    """
    overall: Counter[Disposition] = Counter()
    areas: dict[str, Counter[Disposition]] = {}
    perspectives: dict[str, Counter[Disposition]] = {}
    for disposition, voices in items:
        overall[disposition] += 1
        for key in {area for area, _ in voices if area}:
            areas.setdefault(key, Counter())[disposition] += 1
        for key in {perspective for _, perspective in voices if perspective}:
            perspectives.setdefault(key, Counter())[disposition] += 1
    return Figures(
        overall=Dispositions(overall, of_everyone=of_everyone),
        by_area={key: Dispositions(areas[key], of_everyone=of_everyone) for key in sorted(areas)},
        by_perspective={key: Dispositions(perspectives[key], of_everyone=of_everyone) for key in sorted(perspectives)},
    )


class CoverageState(StrEnum):
    """How it stands with one perspective in one area."""

    HEARD = "heard"
    INVITED = "invited"
    MISSING = "missing"
    NOT_ASKED = "not asked"


def coverage(
    programme: Programme,
    invitations: Iterable[tuple[AbstractSet[Pair], Disposition]],
    collated: AbstractSet[Pair],
    *,
    closed: bool = False,
) -> dict[Pair, CoverageState]:
    """How each perspective of the programme stands in each area of the round.

    `invitations` are (voices, disposition); `collated` the voices that complete returns carry for others.
    - heard: a complete return speaks for it, or carries its voice;
    - invited: somebody asked may still be heard, and the round isn't closed;
    - missing: it is required, or somebody was asked, and nobody is left who may be heard;
    - not asked: neither.
    An area belongs to the round if anybody invited speaks for it.
    """
    asked: set[Pair] = set()
    waiting: set[Pair] = set()
    heard: set[Pair] = set(collated)
    for voices, disposition in invitations:
        asked |= voices
        if disposition is Disposition.COMPLETE:
            heard |= voices
        elif disposition in _MAY_BE_HEARD and not closed:
            waiting |= voices
    states: dict[Pair, CoverageState] = {}
    for area in _in_order(programme, {area for area, _ in asked}):
        for perspective in programme.perspectives:
            cell = (area, perspective.key)
            if cell in heard:
                states[cell] = CoverageState.HEARD
            elif cell in waiting:
                states[cell] = CoverageState.INVITED
            elif perspective.required or cell in asked:
                states[cell] = CoverageState.MISSING
            else:
                states[cell] = CoverageState.NOT_ASKED
    return states


def missing_voices(
    programme: Programme,
    invitations: Iterable[tuple[AbstractSet[Pair], Disposition]],
    collated: AbstractSet[Pair],
) -> frozenset[Pair]:
    """The (area, perspective) pairs that are required and not heard, in every area of the round.

    Whether somebody is left to be asked plays no part: these are the voices a coverage reminder is for.
    """
    standing = list(invitations)
    required = {each.key for each in programme.perspectives if each.required}
    states = coverage(programme, standing, collated)
    return frozenset(
        (area, perspective)
        for (area, perspective), state in states.items()
        if perspective in required and state is not CoverageState.HEARD
    )


def unheard(programme: Programme, voices: Iterable[AbstractSet[Pair]], heard: AbstractSet[Pair]) -> frozenset[Pair]:
    """Of the voices of some people those that are required and not heard: the same as `missing_voices` says of them."""
    required = {each.key for each in programme.perspectives if each.required}
    return frozenset(pair for mine in voices for pair in mine if pair[1] in required and pair not in heard)


def _in_order(programme: Programme, areas: set[str]) -> list[str]:
    """As the programme lists them, any others after those."""
    listed = [area.key for area in programme.areas if area.key in areas]
    return listed + sorted(areas.difference(listed))
