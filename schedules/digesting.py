"""The organisers' digest: one line a working day for each reader, and what it says at the moment it goes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.base import DigestLetter
from storage import digest_facts, ledger, organisers, rounds
from storage.bank_holidays import calendar_book
from storage.engine import Store, Tx
from storage.ledger import NewLine
from storage.programmes import StoredProgramme, all_programmes, programme_by_id
from surveys.authority import Actor, Deed
from surveys.delivery import Line, LineKind, LineState
from surveys.digest import Told
from surveys.digest_news import LANGUAGE, digest_of, hears_of_all, readers_of, rounds_for
from surveys.digest_times import hours_now, next_opening
from surveys.rounds import Round, RoundState

# A round that was over for so long when the first digest is written is no news any more.
_LATE = timedelta(days=7)


def queue_digests(store: Store, now: datetime) -> datetime | None:
    """Queue today's digests, where `now` is within their hours; when the next may fall due (UTC), None if never.

    A day's line is made once, whether there is news or not: that is looked at when its turn comes. So all that came
    since stands in the mail, and what comes later in the day is in tomorrow's. Lines of days before that still wait
    are cancelled, as today's says what they would have said.
    """
    times: list[datetime] = []
    with store.reading() as tx:
        due = [(stored, each) for stored in all_programmes(tx) for each in _due(tx, stored, now, times)]
        wanted = [(stored, line) for stored, line in due if ledger.line_by_key(tx, line.key) is None]
    if wanted:
        with store.writing() as tx:
            for stored in {stored.id: stored for stored, _ in wanted}.values():
                digest_facts.overtake(tx, stored.id, [line.key for of, line in due if of.id == stored.id], now)
            ledger.queue(tx, [line for _, line in wanted], now)
    return min(times, default=None)


def _due(tx: Tx, stored: StoredProgramme, now: datetime, times: list[datetime]) -> list[NewLine]:
    readers = readers_of(stored.programme)
    if not readers or not any(_lives(each, now) for each in rounds.all_rounds(tx, stored.id)):
        return []
    calendar = calendar_book(stored.programme, now=now).for_programme()
    following = next_opening(now, stored.programme, calendar)
    if following is not None:
        times.append(following)
    hours = hours_now(now, stored.programme, calendar)
    if hours is None:
        return []
    return [
        NewLine(
            key=f"{stored.key}/digest/{hours.day.isoformat()}/{_mark(address)}",
            kind=LineKind.DIGEST,
            programme_id=stored.id,
            due_at=hours.opens,
            why="the organisers' digest of the day",
        )
        for address in readers
    ]


def _lives(round_: Round, now: datetime) -> bool:
    """Whether anything may still happen in a round that an organiser would want to hear of."""
    if round_.state is RoundState.CLOSED:
        return round_.closed_at is not None and now - round_.closed_at <= timedelta(days=60)
    return round_.state is RoundState.HELD or (round_.state is RoundState.OPEN and round_.opened_at is not None)


def _mark(address: str) -> str:
    """Tells one reader's lines from another's; the address itself is not kept in the ledger."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestFacts:
    """A claimed line of a digest, or of news; `channel` is the one that it goes by."""

    line: Line
    channel: str = ledger.DEFAULT_CHANNEL
    doubts: int = field(default=0)


def digest_letter(tx: Tx, line: Line, now: datetime, *, by: str) -> DigestLetter | str:
    """The letter of a claimed line as things stand, noted as told; or why nothing is to go.

    `by` is the channel account that it goes through.
    """
    stored = programme_by_id(tx, line.programme_id)
    if stored is None:
        return "the programme is gone"
    programme = stored.programme
    suffix = line.key.rpartition("/")[2]
    address = next((each for each in readers_of(programme) if _mark(each) == suffix), None)
    if address is None:
        return "nobody of this address is named in notify any more"
    calendar = calendar_book(programme, now=now).for_programme()
    hours = hours_now(now, programme, calendar)
    if hours is None or hours.day.isoformat() != line.key.split("/")[-2]:
        return "its hours are over: the next digest says it"
    names = _may_see_names(tx, address, programme.key)
    if names is None:
        return "they have no right to see the programme"
    told = digest_facts.last_told(tx, stored.id, suffix)
    scope = rounds_for(programme, address, rounds.all_rounds(tx, stored.id))
    if told is None:
        scope = tuple(each for each in scope if each.closed_at is None or now - each.closed_at <= _LATE)
    told = told or Told()
    found = digest_of(
        programme,
        digest_facts.standing(tx, stored, scope, told, now, calendar, whole=hears_of_all(programme, address), by=by),
        told,
        now,
        calendar,
        names=names,
    )
    digest_facts.note_told(tx, line.id, found.tells)
    if not found.news:
        return digest_facts.NOTHING_NEW
    return DigestLetter(
        key=line.key,
        address=address,
        sender=programme.sender,
        programme_title=programme.title.within(LANGUAGE),
        written_at=now,
        digest=found,
    )


def _may_see_names(tx: Tx, address: str, programme: str) -> bool | None:
    """Whether this reader may see who; None where they have no right in the programme, or had one and lost it.

    Whoever never was an organiser by the table of organisers is one by the programme's file, which names them.
    """
    known = organisers.find_organiser(tx, email=address)
    if known is None:
        return None if organisers.was_known(tx, address) else True
    reader = Actor(name=f"organiser:{known.id}", channel="mail", roles=known.roles)
    return reader.may(Deed.SEE_PEOPLE, programme) if reader.may(Deed.SEE_FIGURES, programme) else None


def cancel_digest(tx: Tx, line: Line, reason: str, now: datetime) -> None:
    """It is not to go. That is how most days end, so no tick counts it."""
    ledger.settle(tx, line.id, LineState.CANCELLED, now=now, reason=reason)
