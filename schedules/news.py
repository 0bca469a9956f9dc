"""News for organisers in a chat: each thing one line of the ledger for each of them, so that nobody is told twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from channels.base import NewsLetter
from storage import digest_facts, ledger, organisers, rounds
from storage.bank_holidays import calendar_book
from storage.engine import Store, Tx
from storage.ledger import NewLine
from storage.organisers import Organiser
from storage.programmes import StoredProgramme, all_programmes, programme_by_id
from surveys.authority import Actor, Deed
from surveys.delivery import Line, LineKind
from surveys.digest import Told
from surveys.digest_news import LANGUAGE
from surveys.news import News, may_be_news, news_of, next_missing
from surveys.rounds import Round


def queue_news(store: Store, channel: str, now: datetime) -> datetime | None:
    """Queue what organisers with an id in that chat are to hear at `now`; when there may be more (UTC), None if never.

    Every organiser who may see a programme's figures hears of its rounds.
    """
    with store.reading() as tx:
        readers = [each for each in organisers.all_organisers(tx) if _id_in(each, channel)]
        if not readers:
            return None
        stored = all_programmes(tx)
        wanted = [line for each in stored for line in _lines(tx, each, readers, channel, now)]
        times = [next_missing(rounds.all_rounds(tx, each.id), now) for each in stored]
    if wanted:
        with store.writing() as tx:
            ledger.queue(tx, wanted, now)
    return min((each for each in times if each is not None), default=None)


def _lines(tx: Tx, stored: StoredProgramme, readers: list[Organiser], channel: str, now: datetime) -> Iterator[NewLine]:
    hearing = [each for each in readers if _may(each, channel, stored.key)]
    for round_ in rounds.all_rounds(tx, stored.id) if hearing else ():
        fresh = [
            (each, what)
            for what in may_be_news(round_, _goal(stored, round_), now)
            for each in hearing
            if ledger.line_by_key(tx, _key(round_, what, each)) is None
        ]
        # Most ticks find that all was told: only then are figures read.
        said = {each.what for each in _news(tx, stored, round_, now)} if fresh else set()
        for each, what in fresh:
            if what in said:
                yield NewLine(
                    key=_key(round_, what, each),
                    kind=LineKind.NEWS,
                    programme_id=stored.id,
                    due_at=now,
                    why="organisers hear of it as it happens",
                    channel=channel,
                )


def news_letter(tx: Tx, line: Line, now: datetime, *, channel: str) -> NewsLetter | str:
    """The letter of a claimed line as things stand; or why nothing is to go."""
    stored = programme_by_id(tx, line.programme_id)
    if stored is None:
        return "the programme is gone"
    reader = reader_of(tx, line)
    if reader is None or not _id_in(reader, channel) or not _may(reader, channel, stored.key):
        return "they have no right to see the programme any more"
    name, _, rest = line.key.partition("/news/")
    what = rest.partition("/")[0]
    round_ = rounds.find_round(tx, name)
    found = _news(tx, stored, round_, now) if isinstance(round_, Round) else ()
    said = next((each for each in found if each.what == what), None)
    if said is None:
        return "it is no news any more"
    return NewsLetter(
        key=line.key,
        address=_id_in(reader, channel),
        programme_title=stored.programme.title.within(LANGUAGE),
        lines=said.lines,
        written_at=now,
    )


def reader_of(tx: Tx, line: Line) -> Organiser | None:
    """The organiser whom a line of news is for; None if they are none any more."""
    number = line.key.rpartition("/")[2]
    return next((each for each in organisers.all_organisers(tx) if str(each.id) == number), None)


def address_of(tx: Tx, line: Line, channel: str) -> str:
    """The id in the chat that a line of news goes to; "" where there is none any more."""
    reader = reader_of(tx, line)
    return "" if reader is None else _id_in(reader, channel)


def _news(tx: Tx, stored: StoredProgramme, round_: Round, now: datetime) -> tuple[News, ...]:
    calendar = calendar_book(stored.programme, now=now).for_programme()
    standing = digest_facts.standing(tx, stored, [round_], Told(), now, calendar, whole=False, by="")
    found = (news_of(stored.programme, each, _goal(stored, round_), now, calendar) for each in standing.rounds)
    return tuple(each for one in found for each in one)


def _goal(stored: StoredProgramme, round_: Round) -> float | None:
    entry = rounds.entry_of(stored.programme, round_.entry)
    return None if entry is None else entry.goal


def _key(round_: Round, what: str, reader: Organiser) -> str:
    return f"{round_.name}/news/{what}/{reader.id}"


def _id_in(reader: Organiser, channel: str) -> str:
    return str(getattr(reader, channel, ""))


def _may(reader: Organiser, channel: str, programme: str) -> bool:
    actor = Actor(name=f"organiser:{reader.id}", channel=channel, roles=reader.roles)
    return actor.may(Deed.SEE_FIGURES, programme)
