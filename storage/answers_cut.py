"""Answers at the end of their period: deleted, or cut from whoever gave them.

Either way the row of the return stays, with its state and whose voices it carried: it is what figures count.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, delete, insert, select, update

from storage.engine import Tx
from storage.instruments import instrument
from storage.programmes import programme_by_id
from storage.redactions import carry_over
from storage.rounds import round_by_id
from storage.tables.answers import answers, consents, redactions, responses, unlinked_returns, voices
from storage.tables.rounds import invitation_voices
from storage.unlinked import NOT_SAID, said_of, shared_combinations
from surveys.answer_values import voiced_name
from surveys.unlinked import asks_who

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
    All of them belong to one round. `ids` are drawn at random, and stored by their new ids: so nothing in the file
    says in which order they came.
    """
    rows = tx.execute(select(responses).where(responses.c.id.in_(ids))).all()
    said = _last_words(tx, ids)
    spoken = _spoken_for(tx, [row.invitation_id for row in rows])
    kept = shared_combinations(tx, rows[0].round_id, _least(tx, rows[0].round_id)) if rows else frozenset()
    moved: dict[int, str] = {}
    made = []
    for row in rows:
        withheld = {item.key for item in instrument(tx, row.instrument_id).items() if asks_who(item)}
        answered = [each for each in said.get(row.id, {}).values() if each.value is not None]
        left = {voiced_name((each.item, each.row), each.voice): each for each in answered if each.item not in withheld}
        if not left:
            continue
        pairs = frozenset(spoken.get(row.invitation_id, ()))
        area, perspectives = said_of(pairs) if pairs in kept else NOT_SAID
        moved[row.id] = secrets.token_hex(16)
        made.append(
            {
                "id": moved[row.id],
                "round_id": row.round_id,
                "answers": {name: each.value for name, each in left.items()},
                "raw": {name: each.raw for name, each in left.items()},
                "area": area,
                "perspectives": sorted(perspectives),
                "state": row.state,
            }
        )
    if made:
        tx.execute(insert(unlinked_returns), sorted(made, key=lambda each: str(each["id"])))
    carry_over(tx, moved, now)
    delete_returns(tx, ids, now)


def _last_words(tx: Tx, ids: Sequence[Any]) -> dict[int, dict[tuple[str, str, str], Row[Any]]]:
    """By response, the last revision of each answer."""
    found: dict[int, dict[tuple[str, str, str], Row[Any]]] = {}
    query = select(answers).where(answers.c.response_id.in_(ids)).order_by(answers.c.revision)
    for row in tx.execute(query):
        found.setdefault(row.response_id, {})[row.item, row.row, row.voice] = row
    return found


def _spoken_for(tx: Tx, invited: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    for row in tx.execute(select(invitation_voices).where(invitation_voices.c.invitation_id.in_(invited))):
        found.setdefault(row.invitation_id, set()).add((row.area, row.perspective))
    return found


def _least(tx: Tx, round_id: int) -> int:
    round_ = round_by_id(tx, round_id)
    stored = None if round_ is None else programme_by_id(tx, round_.programme_id)
    if round_ is None or stored is None:
        raise LookupError(f"round {round_id} has lost its programme")
    entry = next((each for each in stored.programme.rounds if each.key == round_.entry), None)
    return entry.min_group if entry is not None and entry.min_group is not None else stored.programme.min_group
