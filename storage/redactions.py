"""The rows that tell what was taken out of answers: by whom, when and why; never the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from storage.engine import Tx
from storage.redacting import KeptReturn
from storage.tables.answers import redactions
from surveys.answer_values import AnswerKey, voiced_key, voiced_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Redaction:
    """One thing that was taken out: by whom, when, why; never what. `item` "" is the whole return."""

    at: datetime
    actor: str
    item: str
    row: str
    voice: str
    whole: bool
    reason: str


def note(
    tx: Tx,
    kept: KeptReturn,
    names: Iterable[str],
    *,
    whole: bool,
    reason: str,
    actor: str,
    channel: str,
    now: datetime,
) -> None:
    """Keep what was taken out of which answers (`item`, `item.row`, either with `@voice`); "" is the whole return."""
    rows = []
    for name in dict.fromkeys(names):
        (item, row), voice = voiced_key(name)
        rows.append(
            {
                "at": now,
                "actor": actor,
                "channel": channel,
                "round_id": kept.round_id,
                "response_id": kept.response_id,
                "unlinked_id": kept.unlinked_id,
                "item": item,
                "row": row,
                "voice": voice,
                "whole": whole,
                "reason": reason,
            }
        )
    if rows:
        tx.execute(insert(redactions), rows)


def redacted_before(tx: Tx, kept: KeptReturn, key: AnswerKey | None) -> Redaction | None:
    """The last redaction of that answer (None: of any of the return)."""
    own = (
        redactions.c.unlinked_id == kept.unlinked_id
        if kept.unlinked_id is not None
        else redactions.c.response_id == kept.response_id
    )
    query = select(redactions).where(own).order_by(redactions.c.id.desc())
    if key is not None:
        query = query.where(redactions.c.item == key[0], redactions.c.row == key[1])
    row = tx.execute(query.limit(1)).one_or_none()
    return None if row is None else _redaction(row)


def redacted_in(tx: Tx, round_id: int) -> tuple[Mapping[int, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """What was redacted in the round: by response, and by unlinked return; names like `item.row@voice`."""
    linked: dict[int, list[str]] = {}
    apart: dict[str, list[str]] = {}
    for row in tx.execute(select(redactions).where(redactions.c.round_id == round_id).order_by(redactions.c.id)):
        name = voiced_name((row.item, row.row), row.voice)
        if row.response_id is not None:
            linked.setdefault(row.response_id, []).append(name)
        elif row.unlinked_id is not None:
            apart.setdefault(row.unlinked_id, []).append(name)
    return _distinct(linked), _distinct(apart)


def _distinct(found: Mapping[Any, Sequence[str]]) -> dict[Any, tuple[str, ...]]:
    return {key: tuple(dict.fromkeys(names)) for key, names in found.items()}


def carry_over(tx: Tx, moved: Mapping[int, str], now: datetime) -> None:
    """The marks go with answers that are cut from their people: response -> unlinked return.

    When, by whom and why stays in the record of changes, beside the response: here it would join the two again, and so
    would the order of the marks.
    """
    if not moved:
        return
    cut = redactions.c.response_id.in_(moved)
    marks = [dict(row) for row in tx.execute(select(redactions).where(cut)).mappings()]
    tx.execute(delete(redactions).where(cut))
    blank = {"at": now, "actor": "", "channel": "", "reason": "", "response_id": None}
    apart = [{**mark, **blank, "unlinked_id": moved[mark.pop("response_id")]} for mark in marks]
    for mark in apart:
        # A number of its own, in the new order.
        del mark["id"]
    apart.sort(key=lambda mark: (mark["unlinked_id"], mark["item"], mark["row"], mark["voice"]))
    if apart:
        tx.execute(insert(redactions), apart)


def _redaction(row: Any) -> Redaction:
    return Redaction(
        at=row.at,
        actor=row.actor,
        item=row.item,
        row=row.row,
        voice=row.voice,
        whole=row.whole,
        reason=row.reason,
    )
