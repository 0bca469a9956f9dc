"""What was redacted since a backup was made stays redacted when that backup is put back.

Nobody knows the passages any more; but the database that is replaced holds every row without them, and both come from
the same one. So the words of each place that a redaction may have changed are taken from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, insert, inspect, or_, select, update

from storage import audit
from storage.engine import Tx
from storage.tables.answers import answers, redactions, responses, triage, unlinked_returns, voices
from storage.tables.delivery import deliveries, messages
from storage.tables.mail import raw_messages
from storage.tables.oversight import audit_lines, audit_reasons
from storage.tables.programme import programmes
from storage.tables.rounds import dispositions, invitations, rounds

# Table -> what makes a row the same in both databases, and what of it is taken over.
_ANSWER = (answers, ("response_id", "item", "row", "voice", "revision", "at"), ("value", "raw", "redacted_at"))
_VOICE = (voices, ("response_id", "perspective", "at"), ("how",))
_MAIL = (raw_messages, ("digest",), ("content",))
_TRIAGE = (triage, ("received_at", "channel"), ("text", "fields", "reason", "settled_how"))
_MESSAGE = (messages, ("ref", "created_at"), ("subject", "body"))
_STATE = (dispositions, ("invitation_id", "at"), ("reason",))
_UNLINKED = (unlinked_returns, ("round_id",), ("answers", "raw"))
_KEPT = tuple(column.name for column in redactions.columns if column.name != "id")
_Kind = tuple[Table, tuple[str, ...], tuple[str, ...]]


def carry_redactions(old: Tx, new: Tx) -> int:
    """Take over what was redacted in the `old` database since the `new` one was its copy; how many redactions."""
    if not inspect(old).has_table(redactions.name):
        return 0
    carried = 0
    for row in old.execute(select(redactions).order_by(redactions.c.id)).all():
        if not _same_round(old, new, row.round_id):
            continue
        if row.unlinked_id is not None:
            there = _copy(old, new, _UNLINKED, unlinked_returns.c.id == row.unlinked_id)
        else:
            there = _copy_linked(old, new, row.response_id)
        if there and not _known(new, row):
            new.execute(insert(redactions).values({key: row._mapping[key] for key in _KEPT}))  # noqa: SLF001
            carried += 1
    _forget_reasons(old, new)
    return carried


def _forget_reasons(old: Tx, new: Tx) -> None:
    """Reasons that organisers typed and that have been taken out since: their lines are there without them."""
    typed = select(audit_lines.c.id, audit_lines.c.reason).join(
        audit_reasons, audit_reasons.c.line_id == audit_lines.c.id
    )
    still = {row.id for row in old.execute(typed)}
    for row in new.execute(typed).all():
        line = select(audit_lines.c.reason).where(audit_lines.c.id == row.id)
        if row.id not in still and old.execute(line).scalar_one_or_none() == row.reason:
            audit.forget_reasons(new, [row.id])


def _same_round(old: Tx, new: Tx, round_id: int) -> bool:
    """Whether both databases mean the same round by that number: the programme's key was drawn once, at random."""
    query = (
        select(rounds.c.key, programmes.c.pseudonym_key)
        .join(programmes, programmes.c.id == rounds.c.programme_id)
        .where(rounds.c.id == round_id)
    )
    one, other = old.execute(query).one_or_none(), new.execute(query).one_or_none()
    return one is not None and other is not None and tuple(one) == tuple(other)


def _copy_linked(old: Tx, new: Tx, response_id: int) -> bool:
    query = (
        select(responses.c.started_at, responses.c.invitation_id, invitations.c.participant_id)
        .join(invitations, invitations.c.id == responses.c.invitation_id)
        .where(responses.c.id == response_id)
    )
    one, other = old.execute(query).one_or_none(), new.execute(query).one_or_none()
    if one is None or other is None or tuple(one) != tuple(other):
        return False
    sent = select(deliveries.c.message_id).where(
        or_(deliveries.c.invitation_id == one.invitation_id, deliveries.c.participant_id == one.participant_id)
    )
    _copy(old, new, _ANSWER, and_(answers.c.response_id == response_id, answers.c.redacted_at.is_not(None)))
    _copy(old, new, _VOICE, voices.c.response_id == response_id)
    _copy(old, new, _MAIL, _theirs(raw_messages, one))
    _copy(old, new, _TRIAGE, _theirs(triage, one))
    _copy(old, new, _MESSAGE, or_(messages.c.id.in_(sent), messages.c.kind == "digest"))
    _copy(old, new, _STATE, dispositions.c.invitation_id == one.invitation_id)
    return True


def _theirs(table: Table, one: Any) -> ColumnElement[bool]:
    nobodys = and_(table.c.invitation_id.is_(None), table.c.participant_id.is_(None))
    return or_(table.c.invitation_id == one.invitation_id, table.c.participant_id == one.participant_id, nobodys)


def _copy(old: Tx, new: Tx, kind: _Kind, which: ColumnElement[bool]) -> bool:
    """Give the rows of the new database the words they have in the old; whether any of them is there."""
    table, same, words = kind
    there = False
    for row in old.execute(select(table).where(which)).all():
        told = row._mapping  # noqa: SLF001 - SQLAlchemy's own public name
        here = and_(table.c.id == told["id"], *(table.c[name] == told[name] for name in same))
        found = new.execute(select(*(table.c[name] for name in words)).where(here)).one_or_none()
        if found is None:
            continue
        there = True
        if tuple(found) != tuple(told[name] for name in words):
            new.execute(update(table).where(here).values({name: told[name] for name in words}))
    return there


def _known(new: Tx, row: Row[Any]) -> bool:
    columns: Sequence[str] = ("at", "item", "row", "voice", "round_id")
    same = and_(*(redactions.c[name] == row._mapping[name] for name in columns))  # noqa: SLF001
    theirs = (
        redactions.c.unlinked_id == row.unlinked_id
        if row.unlinked_id is not None
        else redactions.c.response_id == row.response_id
    )
    return new.execute(select(redactions.c.id).where(same, theirs)).first() is not None
