"""Consents to quote: which words were agreed to, how far, when; the newest of an item holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from storage.engine import Tx
from storage.tables.answers import consents, responses
from surveys.replies import QUOTE_WORDS_VERSION, QuoteLevel

_STANDING = (
    select(consents.c.item, consents.c.level)
    .where(consents.c.response_id == bindparam("response"), consents.c.withdrawn_at.is_(None))
    .order_by(consents.c.id)
)


def consents_of(tx: Tx, response_id: int) -> dict[str, QuoteLevel]:
    """What holds now, by item; items without a consent are left out."""
    rows = tx.execute(_STANDING, {"response": response_id})
    return {row.item: QuoteLevel(row.level) for row in rows}


def set_consents(
    tx: Tx, response_id: int, wanted: Mapping[str, QuoteLevel], *, channel: str, now: datetime
) -> tuple[str, ...]:
    """Record what the person agrees to from now on; the items for which that is a change.

    What held before is kept, marked as withdrawn: the history says who agreed to what, and until when.
    """
    standing = consents_of(tx, response_id)
    changed = [item for item, level in wanted.items() if standing.get(item, QuoteLevel.NONE) is not level]
    for item in changed:
        tx.execute(
            update(consents)
            .where(consents.c.response_id == response_id, consents.c.item == item, consents.c.withdrawn_at.is_(None))
            .values(withdrawn_at=now)
        )
        if wanted[item] is not QuoteLevel.NONE:
            tx.execute(
                insert(consents).values(
                    response_id=response_id,
                    item=item,
                    level=wanted[item].value,
                    text_version=QUOTE_WORDS_VERSION,
                    channel=channel,
                    at=now,
                )
            )
    return tuple(changed)


def quotable(tx: Tx, round_id: int) -> int:
    """How many answers of the round may be quoted as things stand."""
    query = (
        select(func.count())
        .select_from(consents.join(responses, responses.c.id == consents.c.response_id))
        .where(responses.c.round_id == round_id, consents.c.withdrawn_at.is_(None))
    )
    return int(tx.execute(query).scalar_one())
