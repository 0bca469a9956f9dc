"""A record of changes to be looked at and tampered with."""

from datetime import UTC, datetime, timedelta

from storage import audit, audit_chain
from storage.engine import Store, Tx

COLUMNS = "at, actor, channel, programme_id, what, subject, before, after, reason, seal"
AT = datetime(2024, 12, 9, 9, 30, tzinfo=UTC)


def add(tx: Tx, what: str, *, at: datetime = AT, actor: str = "cli", programme: int | None = None, **more) -> None:
    audit.append(tx, at=at, actor=actor, channel="command", programme_id=programme, what=what, **more)


def chained_record(store: Store, many: int) -> None:
    """So many lines, a minute apart, sealed now and then and at the end."""
    for number in range(many):
        with store.writing() as tx:
            add(
                tx,
                "round opened",
                at=AT + timedelta(minutes=number),
                subject=f"round:{number}",
                before={"b": 1, "a": [None, 2.5]},
                after="é",
                typed="Snow" if number == 1 else "",
            )
            if number % 2:
                audit_chain.seal_new(tx)
    with store.writing() as tx:
        audit_chain.seal_new(tx)


def verified(store: Store, noted: str = "") -> audit_chain.Whole | audit_chain.Broken | audit_chain.Unknown:
    with store.reading() as tx:
        return audit_chain.verify(tx, noted=noted)


def head(store: Store) -> str:
    with store.reading() as tx:
        return audit_chain.head_of(tx)
