"""Answers at the end of their period: deleted, or cut from whoever gave them.

Either way the row of the return stays, with its state and whose voices it carried: it is what figures count.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, select, update

from storage.engine import Tx
from storage.instruments import instrument
from storage.programmes import programme_by_id
from storage.redactions import carry_over
from storage.responses import current_answers
from storage.rounds import round_by_id
from storage.tables.answers import answers, consents, redactions, responses, unlinked_returns, voices
from storage.tables.rounds import invitation_voices
from storage.unlinked import NOT_SAID, NewReturn, keep, said_of, shared_combinations
from surveys.answer_values import voiced_name
from surveys.instrument import Instrument
from surveys.unlinked import Combination, asks_who

_TYPISTS = ("", "organiser")


def delete_returns(tx: Tx, ids: Sequence[Any], now: datetime) -> None:
    """Every revision of every answer, the consents, and how voices were consulted."""
    tx.execute(delete(answers).where(answers.c.response_id.in_(ids)))
    tx.execute(delete(consents).where(consents.c.response_id.in_(ids)))
    tx.execute(update(voices).where(voices.c.response_id.in_(ids)).values(how=""))
    # Who typed may be a name.
    typist = case((responses.c.typed_by.in_(_TYPISTS), responses.c.typed_by), else_="someone else")
    tx.execute(update(responses).where(responses.c.id.in_(ids)).values(cut_at=now, typed_by=typist))


def delete_unlinked(tx: Tx, ids: Sequence[Any], _now: datetime) -> None:
    """Returns that belong to nobody."""
    tx.execute(delete(redactions).where(redactions.c.unlinked_id.in_(ids)))
    tx.execute(delete(unlinked_returns).where(unlinked_returns.c.id.in_(ids)))


def anonymise_returns(tx: Tx, ids: Sequence[Any], now: datetime) -> None:
    """Keep the last wording of each answer as an unlinked round keeps it, and delete the rest.

    Random ids, no times, no order; without what is personal, prefilled or about contact, and without history and
    consents; with area and perspectives only where enough invited people share them (design: Confidentiality modes).
    """
    rows = tx.execute(select(responses).where(responses.c.id.in_(ids))).all()
    moved: dict[int, str] = {}
    for row in rows:
        asked = instrument(tx, row.instrument_id)
        said = _kept_answers(tx, asked, row.id)
        if not said:
            continue
        kept = shared_combinations(tx, row.round_id, _least(tx, row.round_id))
        pairs = _spoken_for(tx, row.invitation_id)
        moved[row.id] = secrets.token_hex(16)
        keep(
            tx,
            NewReturn(
                id=moved[row.id],
                round_id=row.round_id,
                answers={name: value for name, value, _ in said},
                raw={name: raw for name, _, raw in said},
                shared=said_of(pairs) if pairs in kept else NOT_SAID,
                state=row.state,
            ),
            still_shared={said_of(each) for each in kept},
        )
    carry_over(tx, moved, now)
    delete_returns(tx, ids, now)


def _kept_answers(tx: Tx, asked: Instrument, response_id: int) -> list[tuple[str, object, str]]:
    withheld = {item.key for item in asked.items() if asks_who(item)}
    return [
        (voiced_name((item, row), voice), each.value, each.raw)
        for (item, row, voice), each in current_answers(tx, response_id).items()
        if item not in withheld and each.value is not None
    ]


def _spoken_for(tx: Tx, invitation_id: int) -> Combination:
    spoken = select(invitation_voices).where(invitation_voices.c.invitation_id == invitation_id)
    return frozenset((row.area, row.perspective) for row in tx.execute(spoken))


def _least(tx: Tx, round_id: int) -> int:
    round_ = round_by_id(tx, round_id)
    stored = None if round_ is None else programme_by_id(tx, round_.programme_id)
    if round_ is None or stored is None:
        raise LookupError(f"round {round_id} has lost its programme")
    entry = next((each for each in stored.programme.rounds if each.key == round_.entry), None)
    return entry.min_group if entry is not None and entry.min_group is not None else stored.programme.min_group
