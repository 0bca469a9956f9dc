"""A person asks to be erased: one transaction, then the file is swept; and nobody erased comes back by a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from storage import audit, erasing, retention_looks, tombstones
from storage.engine import Store, Tx
from storage.erasing import Removed
from storage.looks import look_again_everywhere
from storage.rights import programme_key_of
from surveys.authority import Actor, Deed
from surveys.panel_file import PanelRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """The person is gone. `swept`: no byte of them is left in free pages or in the write-ahead log."""

    removed: Removed
    swept: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OnItsWay:
    """Nothing was erased: a message to the person is being sent at this moment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotThere:
    """There is no such person (any more)."""


def erase(participant_id: int, store: Store, now: datetime, *, actor: Actor) -> Erased | OnItsWay | NotThere:
    """Take the person out of every table, leave tombstones and an audit line of ids and keyed hashes.

    Raises:
        NotAllowed: the actor has not the right.
        DatabaseBusyError: another writer held the database for too long; nothing was erased.
    """
    with store.writing() as tx:
        actor.must(Deed.ERASE, programme_key_of(tx, participant_id) or "")
        # Its sender would store the message again after we had taken it out.
        if erasing.on_its_way(tx, participant_id, now):
            return OnItsWay()
        removed = erasing.erase_person(tx, participant_id, now)
        if removed is None:
            return NotThere()
        look_again_everywhere(tx, removed.programme_id)
        retention_looks.owe_sweep(tx, removed.programme_id)
        audit.append(
            tx,
            at=now,
            actor=actor.name,
            channel=actor.channel,
            programme_id=removed.programme_id,
            what="person erased",
            subject=f"participant:{participant_id}",
            after={"keyed_hash": removed.keyed_hash, "tombstones": removed.tombstones},
        )
    return Erased(removed=removed, swept=retention_looks.sweep_now(store))


def without_erased(
    tx: Tx, programme_id: int, file: str, rows: Iterable[PanelRow], notes: list[str]
) -> tuple[PanelRow, ...]:
    """The rows of a panel that may be stored; each that would bring an erased person back is noted and left out."""
    stones = tombstones.standing(tx, programme_id)
    if not stones.hashes:
        return tuple(rows)
    kept = []
    for row in rows:
        if stones.bars(row.name, row.addresses, key=row.key):
            notes.append(
                f"{file}:{row.row}: participant {row.key}: left out, as someone of that id or address was erased; "
                "take the row out of the file"
            )
            continue
        copied = tuple(each for each in row.cc if not stones.bars_address(("mail", each)))
        if copied != row.cc:
            notes.append(f"{file}:{row.row}: participant {row.key}: no copies go to an address that was erased")
        kept.append(
            replace(row, cc=copied, manager_of=tuple(each for each in row.manager_of if not stones.bars_id(each)))
        )
    return tuple(kept)
