"""The organisers' digest as values: how things stand, what the last one told, and what the next one says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from surveys.dispositions import Disposition
from surveys.figures import CoverageState, Dispositions, Pair
from surveys.programme import Mode
from surveys.rounds import Round, RoundState


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """How far the digests to one address have come.

    The numbers are the highest rows that were looked at, `at` when that was; `marks` names what has been said once.
    A row's number can come again after an erasure, its time does not.
    """

    dispositions: int = 0
    triage: int = 0
    moves: int = 0
    requests: int = 0
    at: datetime | None = None
    marks: frozenset[str] = frozenset()

    def plain(self) -> dict[str, object]:
        """For the ledger line's detail."""
        return {
            "dispositions": self.dispositions,
            "triage": self.triage,
            "moves": self.moves,
            "requests": self.requests,
            "at": self.at.isoformat() if self.at else None,
            "marks": sorted(self.marks),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, object]) -> Told:
        """What `plain` wrote."""
        numbers = {name: plain.get(name) for name in ("dispositions", "triage", "moves", "requests")}
        at, marks = plain.get("at"), plain.get("marks")
        return cls(
            **{name: value for name, value in numbers.items() if isinstance(value, int)},
            at=datetime.fromisoformat(at) if isinstance(at, str) else None,
            marks=frozenset(str(each) for each in marks) if isinstance(marks, list) else frozenset(),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Concerned:
    """Somebody a digest speaks of; `new` since the last one. `voices` are (area, perspective) pairs."""

    name: str
    disposition: Disposition = Disposition.PENDING
    voices: frozenset[Pair] = frozenset()
    phone: str = ""
    why: str = ""
    new: bool = True
    mark: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A close that was moved, at `at`; times are aware."""

    before: datetime
    after: datetime
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundStanding:
    """A round as it stands when a digest is written.

    `changed` are the invitations whose disposition is new, `unreachable` all that can't be reached, `struck` people
    whose mail goes to another address now. `cells` and `asked` (how many, by voice) are filled from three days before
    the close. `refused` counts its messages that were refused for good.
    """

    round: Round
    title: str
    min_group: int
    counts: Dispositions
    changed: tuple[Concerned, ...] = ()
    unreachable: tuple[Concerned, ...] = ()
    struck: tuple[Concerned, ...] = ()
    cells: Mapping[Pair, CoverageState] = field(default_factory=dict)
    asked: Mapping[Pair, int] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    refused: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ToSort:
    """One entry of the triage queue. `why` is our own word for it, never what the mail says."""

    id: int
    kind: str
    who: str
    why: str
    held: bool
    new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Everything a digest to one address may speak of. `troubles` are channel accounts with what ails them."""

    rounds: tuple[RoundStanding, ...] = ()
    waiting: tuple[ToSort, ...] = ()
    requests: tuple[Concerned, ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()
    highest: Told = Told()


@dataclass(frozen=True, kw_only=True, slots=True)
class Silence:
    """Voices of one area not heard yet: each with whether it is needed, and whether somebody may still speak."""

    area: str
    voices: tuple[tuple[str, bool, bool], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundDigest:
    """What is said of one round. `at_least` is the only figure of an unlinked round: a multiple of the minimum group.

    `to_open`: it is held though its time has come. `heard` and the like are names with their place; empty where the
    reader may see numbers only, hence the counts.
    """

    name: str
    title: str
    state: RoundState
    mode: Mode
    to_open: bool
    closes: str
    left: str
    counts: Dispositions
    at_least: int
    min_group: int
    heard: tuple[str, ...]
    new_returns: int
    others: tuple[tuple[str, Disposition], ...]
    unreachable: tuple[tuple[str, str, str], ...]
    unreachable_count: int
    struck: tuple[str, ...]
    struck_count: int
    silent: tuple[Silence, ...]
    moves: tuple[tuple[str, str, str], ...]
    refused: int

    @property
    def unlinked(self) -> bool:
        return self.mode is Mode.UNLINKED


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """One mail's content; without `news` it is not sent. `tells` is what will have been told once it has gone."""

    title: str
    day: str
    rounds: tuple[RoundDigest, ...]
    to_sort: tuple[ToSort, ...]
    noted: Mapping[str, int]
    requests: tuple[str, ...]
    request_count: int
    troubles: tuple[tuple[str, str], ...]
    names: bool
    news: bool
    tells: Told

    @property
    def held(self) -> int:
        return sum(each.held for each in self.to_sort)
