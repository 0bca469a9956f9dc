"""When what a programme keeps is to be looked at again, and whether the file is still to be swept."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from storage.dialects import insert_into
from storage.engine import DatabaseBusyError, Store, Tx
from storage.erasing import sweep
from storage.tables.oversight import retention_looks as looks
from storage.tables.programme import programmes

# A look that was set further ahead was set while a later time was being played.
_FURTHEST = timedelta(days=2)


def due(tx: Tx, now: datetime) -> frozenset[int]:
    """The programmes whose look is due, or was never set."""
    query = (
        select(programmes.c.id)
        .outerjoin(looks, looks.c.programme_id == programmes.c.id)
        .where(or_(looks.c.look_at.is_(None), looks.c.look_at <= now, looks.c.look_at > now + _FURTHEST))
    )
    return frozenset(tx.execute(query).scalars())


def look_at(tx: Tx, programme_id: int, at: datetime) -> None:
    """Look again then."""
    _there(tx, programme_id)
    tx.execute(update(looks).where(looks.c.programme_id == programme_id).values(look_at=at))


def owe_sweep(tx: Tx, programme_id: int | None) -> None:
    """Bytes of what was taken out may still be in the file: the next tick sweeps it, if nobody has by then.

    What belonged to no programme is noted at any.
    """
    chosen = programme_id or tx.execute(select(programmes.c.id).order_by(programmes.c.id).limit(1)).scalar()
    if chosen is not None:
        _there(tx, chosen)
        tx.execute(update(looks).where(looks.c.programme_id == chosen).values(sweep_owed=True, look_at=None))


def sweep_owed(tx: Tx) -> bool:
    """Whether the file is to be swept."""
    return tx.execute(select(looks.c.programme_id).where(looks.c.sweep_owed).limit(1)).first() is not None


def sweep_now(store: Store) -> bool:
    """Sweep the file, and note that nothing is owed any more; False if that can't be done now."""
    if not sweep(store):
        return False
    try:
        with store.writing() as tx:
            swept(tx)
    except DatabaseBusyError:
        # It is swept once more, then.
        return True
    return True


def swept(tx: Tx) -> None:
    """It has been."""
    tx.execute(update(looks).values(sweep_owed=False))


def sweep_again(tx: Tx, at: datetime) -> None:
    """It could not be: look again then, whatever else is due."""
    tx.execute(update(looks).where(looks.c.sweep_owed).values(look_at=at))


def _there(tx: Tx, programme_id: int) -> None:
    made = insert_into(tx, looks).on_conflict_do_nothing(index_elements=["programme_id"])
    tx.execute(made.values(programme_id=programme_id, sweep_owed=False))
