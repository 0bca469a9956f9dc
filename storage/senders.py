"""Who may send: one holder at a time for each channel account, under a lease and a fencing number.

Every change is one conditional UPDATE. A sender that was frozen and wakes up late finds that its fence has been
passed, and settles nothing any more (design: The life of one reminder, 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, update

from storage.dialects import insert_into
from storage.engine import Tx
from storage.tables.base import UtcTime
from storage.tables.delivery import senders

LEASE = timedelta(seconds=120)
# The account of whoever keeps the clock, on a server (`storage.run_lock`); nothing is sent through it.
CLOCK = "the clock"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """A channel account in our hands; nothing goes through it before `resume_at`."""

    account: str
    holder: str
    fence: int
    resume_at: datetime | None
    failures: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountState:
    """How an account is: `trouble` is "" when its last message went through."""

    account: str
    resume_at: datetime | None
    trouble: str
    failures: int


def take(tx: Tx, account: str, *, holder: str, now: datetime, alone: bool, lease: timedelta = LEASE) -> Sender | None:
    """Take the account, if nobody else has it. `alone`: whoever has it is gone or passed, whatever the row says."""
    tx.execute(
        insert_into(tx, senders)
        .values(account=account, holder="", fence=0, expires_at=now, trouble="", failures=0)
        .on_conflict_do_nothing(index_elements=["account"])
    )
    change = update(senders).where(senders.c.account == account)
    if not alone:
        change = change.where(or_(senders.c.expires_at <= now, senders.c.holder.in_(["", holder])))
    row = tx.execute(
        change.values(holder=holder, fence=senders.c.fence + 1, expires_at=now + lease).returning(
            senders.c.fence, senders.c.resume_at, senders.c.failures
        )
    ).one_or_none()
    if row is None:
        return None
    return Sender(account=account, holder=holder, fence=row.fence, resume_at=row.resume_at, failures=row.failures)


_RENEW = (
    update(senders)
    .where(
        senders.c.account == bindparam("name"),
        senders.c.holder == bindparam("who"),
        senders.c.fence == bindparam("number"),
    )
    .values(expires_at=bindparam("until", type_=UtcTime()))
)


def renew(tx: Tx, sender: Sender, *, now: datetime, lease: timedelta = LEASE) -> bool:
    """Hold on to the account; False if another has passed us, and then nothing more may be settled or sent."""
    given = {"name": sender.account, "who": sender.holder, "number": sender.fence, "until": now + lease}
    return tx.execute(_RENEW, given).rowcount == 1


def give_back(tx: Tx, sender: Sender, *, now: datetime) -> None:
    """Let the account go, so that the next sender need not wait for the lease to end."""
    tx.execute(
        update(senders)
        .where(senders.c.account == sender.account, senders.c.fence == sender.fence)
        .values(holder="", expires_at=now)
    )


def pause(tx: Tx, sender: Sender, *, until: datetime, trouble: str) -> None:
    """Nothing gets through: the whole account waits."""
    tx.execute(
        update(senders)
        .where(senders.c.account == sender.account, senders.c.fence == sender.fence)
        .values(resume_at=until, trouble=trouble, failures=senders.c.failures + 1)
    )


def clear_trouble(tx: Tx, sender: Sender) -> None:
    """A message went through."""
    tx.execute(
        update(senders)
        .where(senders.c.account == sender.account, senders.c.fence == sender.fence)
        .values(resume_at=None, trouble="", failures=0)
    )


def account_states(tx: Tx) -> tuple[AccountState, ...]:
    """Every account that was ever used."""
    query = select(senders.c.account, senders.c.resume_at, senders.c.trouble, senders.c.failures)
    shown = query.where(senders.c.account != CLOCK).order_by(senders.c.account)
    return tuple(AccountState(**row) for row in tx.execute(shown).mappings())
