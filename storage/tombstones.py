"""Tombstones: keyed hashes of whoever was erased, so that no file, no backup and no invitee brings them back.

The key is the programme's own `pseudonym_key`. It stands in the database, so it goes into every backup and comes
back with it, and it does not change when `SECRET_KEY` does. Whoever has the whole database can therefore try whether
one given address was erased, but can't read any from it (docs/privacy.md).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage.dialects import insert_into
from storage.engine import Tx
from storage.tables.people import tombstones
from storage.tables.programme import programmes
from surveys.addresses import folded

Place = tuple[str, str]
"""(channel, address)"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tombstones:
    """What one programme must not take in again; `hashes` are those of every programme."""

    secret: str
    hashes: frozenset[str]

    def bars(self, name: str, places: Iterable[Place], *, key: str = "") -> bool:
        """Whether a person of that panel id, name or any of these addresses has been erased."""
        if not self.hashes:
            return False
        marks = [_hash(self.secret, "id", key)] if key else []
        for place in places:
            marks += [address_mark(self.secret, place), person_mark(self.secret, name, place)]
        return not self.hashes.isdisjoint(marks)

    def bars_id(self, key: str) -> bool:
        """Whether whoever had that panel id has been erased."""
        return bool(self.hashes) and id_mark(self.secret, key) in self.hashes

    def bars_address(self, place: Place) -> bool:
        """Whether the address itself is never to be written to again."""
        return bool(self.hashes) and address_mark(self.secret, place) in self.hashes


def standing(tx: Tx, programme_id: int) -> Tombstones:
    """The tombstones of a programme."""
    secret = tx.execute(select(programmes.c.pseudonym_key).where(programmes.c.id == programme_id)).scalar_one()
    return Tombstones(secret=secret, hashes=frozenset(tx.execute(select(tombstones.c.keyed_hash)).scalars()))


def id_mark(secret: str, key: str) -> str:
    """The keyed hash of a panel id."""
    return _hash(secret, "id", key)


def address_mark(secret: str, place: Place) -> str:
    """The keyed hash of an address that was one person's alone."""
    return _hash(secret, "address", place[0], folded(*place))


def person_mark(secret: str, name: str, place: Place) -> str:
    """The keyed hash of a name at an address, for one that others share."""
    return _hash(secret, "person", " ".join(name.casefold().split()), place[0], folded(*place))


def put_up(tx: Tx, hashes: Iterable[str], now: datetime) -> int:
    """Keep the hashes; how many were not there before."""
    rows = [{"keyed_hash": each, "created_at": now, "permanent": True} for each in dict.fromkeys(hashes)]
    if not rows:
        return 0
    statement = insert_into(tx, tombstones).on_conflict_do_nothing(index_elements=["keyed_hash"])
    return sum(tx.execute(statement.values(row)).rowcount for row in rows)


def _hash(secret: str, *said: str) -> str:
    return hmac.new(secret.encode(), "\x1f".join(("tombstone", *said)).encode(), hashlib.sha256).hexdigest()
