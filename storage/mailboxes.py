"""How far each mailbox has been read: its own bookmark, which means nothing to us."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from storage.dialects import insert_into
from storage.engine import Tx
from storage.tables.mail import mailboxes


def place_in(tx: Tx, account: str) -> str:
    """The bookmark in that mailbox; "" if it was never read."""
    return tx.execute(select(mailboxes.c.place).where(mailboxes.c.account == account)).scalar_one_or_none() or ""


def go_on_from(tx: Tx, account: str, place: str, now: datetime) -> None:
    """Everything before that bookmark is dealt with."""
    made = insert_into(tx, mailboxes).values(account=account, place=place, read_at=now)
    tx.execute(made.on_conflict_do_update(index_elements=["account"], set_={"place": place, "read_at": now}))
