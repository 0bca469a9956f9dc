"""Someone who holds a copy of every file of the database and knows in which order people answered.

Each strategy puts the returns of a round into an order that could be the order in which they came. Whoever answered
third is then taken to have given the third return. Guessing gets one right in each group of people who can't be told
apart by what is openly kept (area and perspective), whatever the group's size.
"""

import itertools
import sqlite3
import struct
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Orders = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Loot:
    """The bytes of the file and of the log beside it, copied while the program was still at work."""

    path: Path
    file: bytes
    log: bytes

    @property
    def page_size(self) -> int:
        return struct.unpack(">H", self.file[16:18])[0] or 65536

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as opened:
            return opened.execute(sql).fetchall()


def looted(database: Path, into: Path) -> Loot:
    """A copy to read at leisure; the log is kept as bytes, and the copy is opened without the original's locks."""
    file, log = database.read_bytes(), Path(f"{database}-wal")
    left = log.read_bytes() if log.exists() else b""
    copy = into / f"{database.stem}.looted.db"
    copy.write_bytes(file)
    if left:
        Path(f"{copy}-wal").write_bytes(left)
    return Loot(path=copy, file=file, log=left)


def orders_of_people(loot: Loot) -> Orders:
    """By strategy: the invitations that were answered, in the order in which that may have been."""
    table = "select invitation_id from dispositions where disposition = 'complete' order by"
    cancelled = "select invitation_id from deliveries where reason = 'answered' order by"
    answered = {str(row[0]) for row in loot.rows(f"{table} id")}
    found = {
        "order of dispositions": loot.rows(f"{table} id"),
        "times of dispositions": loot.rows(f"{table} at, id"),
        "times of cancellations": loot.rows(f"{cancelled} settled_at, id"),
        "order of cancellations": loot.rows(f"{cancelled} rowid"),
        "order of invitations": loot.rows("select id from invitations order by id"),
        "audit lines": loot.rows("select substr(subject, 12) from audit_lines where subject like 'invitation:%'"),
    }
    ordered = {name: [str(row[0]) for row in rows if str(row[0]) in answered] for name, rows in found.items()}
    # In place within the pages that hold them: what was changed last may have moved.
    references = {str(row[0]): str(row[1]).encode() for row in loot.rows("select id, reference from invitations")}
    ordered["place of invitations"] = sorted(answered, key=lambda each: loot.file.rfind(references[each]))
    return {name: order for name, order in ordered.items() if set(order) == answered}


def orders_of_returns(loot: Loot) -> Orders:
    """By strategy: the returns, in the order in which they may have come."""
    columns = [str(row[1]) for row in loot.rows("pragma table_info(unlinked_returns)")]
    found = {f"by {column}": f"select id from unlinked_returns order by {column}" for column in columns}
    found["as they lie"] = "select id from unlinked_returns"
    found["as the index lies"] = "select id from unlinked_returns order by round_id"
    found["by length"] = "select id from unlinked_returns order by length(answers) + length(raw)"
    ordered = {name: [str(row[0]) for row in loot.rows(sql)] for name, sql in found.items()}
    ids = ordered["as they lie"]
    # What has not been brought from the log into the file yet has no place there.
    places = {each: _places(loot.file, each.encode()) or [0] for each in ids}
    size = loot.page_size
    # A page is filled from its end: within it, what came first lies last.
    ordered["first place in the file"] = sorted(ids, key=lambda each: places[each][0])
    ordered["last place in the file"] = sorted(ids, key=lambda each: places[each][-1])
    ordered["page, then place from its end"] = sorted(ids, key=lambda each: _filled(places[each][0], size))
    ordered["the same in the index"] = sorted(ids, key=lambda each: _filled(places[each][-1], size))
    ordered["traces left elsewhere"] = sorted(ids, key=lambda each: -len(places[each]))
    logged = {each: _places(loot.log, each.encode()) for each in ids}
    if all(logged.values()):
        ordered["first place in the log"] = sorted(ids, key=lambda each: logged[each][0])
        ordered["traces in the log"] = sorted(ids, key=lambda each: -len(logged[each]))
        ordered["commits in the log"] = sorted(ids, key=lambda each: _commit(loot.log, logged[each][0]))
    return {**ordered, **{f"{name}, turned round": order[::-1] for name, order in ordered.items()}}


def hits(
    loot: Loot, truth: Mapping[str, str], group_of: Callable[[str], object], group_of_return: Mapping[str, object]
) -> dict[str, int]:
    """By pair of strategies: how many of `truth` (invitation -> return) they find, group by group."""
    found = {}
    people, returns = orders_of_people(loot), orders_of_returns(loot)
    for (one, by_person), (other, by_return) in itertools.product(people.items(), returns.items()):
        answered, given = defaultdict(list), defaultdict(list)
        for each in by_person:
            answered[group_of(each)].append(each)
        for each in by_return:
            given[group_of_return[each]].append(each)
        guessed = {
            person: guess
            for group, members in answered.items()
            for person, guess in zip(members, given[group], strict=False)
        }
        found[f"{one} / {other}"] = sum(truth[person] == guess for person, guess in guessed.items())
    return found


def _places(content: bytes, wanted: bytes) -> list[int]:
    places, at = [], content.find(wanted)
    while at >= 0:
        places.append(at)
        at = content.find(wanted, at + 1)
    return places


def _filled(place: int, page_size: int) -> tuple[int, int]:
    return place // page_size, -(place % page_size)


def _commit(log: bytes, place: int) -> int:
    """The number of the transaction a place in the log belongs to (SQLite: the WAL's frame header)."""
    page_size = struct.unpack(">I", log[8:12])[0]
    frame = page_size + 24
    ends = [at for at in range(32, len(log) - 24, frame) if struct.unpack(">I", log[at + 4 : at + 8])[0]]
    return sum(end + frame <= place for end in ends)
