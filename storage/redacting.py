"""Every place where words of a return are kept, so that a passage can be taken out of all of them.

Where a passage stands and what takes its place is decided by whoever calls: `Blot` gives the words without it, and how
often it stood there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, or_, select, update

from storage import audit
from storage.engine import Tx
from storage.tables.answers import answers, responses, triage, unlinked_returns, voices
from storage.tables.delivery import deliveries, messages
from storage.tables.mail import raw_messages
from storage.tables.oversight import audit_lines
from storage.tables.people import participants
from storage.tables.rounds import dispositions, invitations, rounds
from surveys.answer_values import AnswerKey, AnswerValue, voiced_key, voiced_name
from surveys.delivery import LineKind

Blot = Callable[[str], tuple[str, int]]
# (question, value, raw) -> value and raw without it, and how often it stood there.
BlotAnswer = Callable[[AnswerKey, AnswerValue | None, str], tuple[AnswerValue | None, str, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptReturn:
    """One return of a round: linked by its rows, or unlinked by its random id alone."""

    round_id: int
    response_id: int | None = None
    unlinked_id: str | None = None
    invitation_id: int | None = None
    participant_id: int | None = None
    participant: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One place that held the passage: `what` is answer, voice, message, mail, triage …, `where` says which."""

    what: str
    where: str
    times: int


def returns_of(tx: Tx, round_id: int) -> tuple[KeptReturn, ...]:
    """Every return of the round whose answers are still there."""
    linked = (
        select(responses.c.id, responses.c.invitation_id, participants)
        .select_from(responses)
        .join(invitations, invitations.c.id == responses.c.invitation_id)
        .join(participants, participants.c.id == invitations.c.participant_id)
        .where(responses.c.round_id == round_id, responses.c.cut_at.is_(None))
    )
    found = [
        KeptReturn(
            round_id=round_id,
            response_id=row[0],
            invitation_id=row.invitation_id,
            participant_id=row[2],
            participant=row.key,
            language=row.language,
        )
        for row in tx.execute(linked.order_by(responses.c.id))
    ]
    apart = select(unlinked_returns.c.id).where(unlinked_returns.c.round_id == round_id)
    return (*found, *(KeptReturn(round_id=round_id, unlinked_id=each) for each in tx.execute(apart).scalars()))


def lock(tx: Tx, kept: KeptReturn) -> None:
    """Nobody else redacts this return meanwhile; on SQLite a writing transaction has that already."""
    table, key = (unlinked_returns, kept.unlinked_id) if kept.unlinked_id else (responses, kept.response_id)
    tx.execute(select(table.c.id).where(table.c.id == key).with_for_update())


def words_of(tx: Tx, kept: KeptReturn, key: AnswerKey | None) -> tuple[str, ...]:
    """What was typed in answer to that question (None: to any), in every revision."""
    if kept.unlinked_id is not None:
        row = tx.execute(select(unlinked_returns).where(unlinked_returns.c.id == kept.unlinked_id)).one()
        return tuple(raw for name, raw in row.raw.items() if key in (None, voiced_key(name)[0]))
    query = select(answers.c.raw).where(answers.c.response_id == kept.response_id, _of(key))
    return tuple(tx.execute(query).scalars())


def blot_answers(tx: Tx, kept: KeptReturn, key: AnswerKey | None, blot: BlotAnswer, now: datetime) -> list[Place]:
    """Every revision of the answers to that question (None: to any), for the return itself and for voices."""
    if kept.unlinked_id is not None:
        return _blot_unlinked(tx, kept.unlinked_id, key, blot)
    places = []
    query = select(answers).where(answers.c.response_id == kept.response_id, _of(key)).order_by(answers.c.id)
    for row in tx.execute(query).all():
        value, raw, times = blot((row.item, row.row), row.value, row.raw)
        if times:
            change = update(answers).where(answers.c.id == row.id)
            tx.execute(change.values(value=value, raw=raw, redacted_at=now))
            where = f"{voiced_name((row.item, row.row), row.voice)}, revision {row.revision}"
            places.append(Place(what="answer", where=where, times=times))
    return places


def _of(key: AnswerKey | None) -> ColumnElement[bool]:
    return answers.c.id.is_not(None) if key is None else and_(answers.c.item == key[0], answers.c.row == key[1])


def _blot_unlinked(tx: Tx, return_id: str, key: AnswerKey | None, blot: BlotAnswer) -> list[Place]:
    row = tx.execute(select(unlinked_returns).where(unlinked_returns.c.id == return_id)).one()
    values, raws, places = dict(row.answers), dict(row.raw), []
    for name in dict.fromkeys((*values, *raws)):
        question, _ = voiced_key(name)
        if key not in (None, question):
            continue
        value, raw, times = blot(question, values.get(name), raws.get(name, ""))
        if times:
            values[name], raws[name] = value, raw
            places.append(Place(what="answer", where=name, times=times))
    if places:
        kept = {name: value for name, value in values.items() if value is not None}
        change = update(unlinked_returns).where(unlinked_returns.c.id == return_id)
        tx.execute(change.values(answers=kept, raw=raws))
    return places


def blot_copies(tx: Tx, kept: KeptReturn, blot: Blot) -> list[Place]:
    """What repeats the answers of a linked return: voices, messages to the person, texts that waited to be sorted.

    Texts that belong to nobody known are looked at too: one of them may be what was assigned to the return.
    """
    if kept.unlinked_id is not None:
        return []
    sent = select(deliveries.c.message_id).where(
        or_(deliveries.c.invitation_id == kept.invitation_id, deliveries.c.participant_id == kept.participant_id)
    )
    programme = select(rounds.c.programme_id).where(rounds.c.id == kept.round_id).scalar_subquery()
    digests = select(deliveries.c.message_id).where(
        deliveries.c.kind == LineKind.DIGEST, deliveries.c.programme_id == programme
    )
    told = or_(messages.c.id.in_(sent), messages.c.id.in_(digests))
    # What is known to be of another round is nobody's business here.
    here = or_(triage.c.round_id.is_(None), triage.c.round_id == kept.round_id)
    waited = and_(_theirs_or_nobodys(triage, kept), or_(here, triage.c.participant_id == kept.participant_id))
    places = []
    for what, column, which in (
        ("voice", voices.c.how, voices.c.response_id == kept.response_id),
        ("message", messages.c.subject, told),
        ("message", messages.c.body, told),
        ("triage", triage.c.text, waited),
        ("triage", triage.c.reason, waited),
        ("triage", triage.c.settled_how, waited),
        ("reason", dispositions.c.reason, dispositions.c.invitation_id == kept.invitation_id),
    ):
        places += list(_blot_column(tx, what, column, which, blot))
    for row in tx.execute(select(triage.c.id, triage.c.fields).where(waited)).all():
        fields, times = _blot_fields(row.fields or {}, blot)
        if times:
            tx.execute(update(triage).where(triage.c.id == row.id).values(fields=fields))
            places.append(Place(what="triage", where=f"{row.id}, by question", times=times))
    return places


def _blot_column(
    tx: Tx, what: str, column: ColumnElement[str], which: ColumnElement[bool], blot: Blot
) -> Iterator[Place]:
    table: Table = column.table
    for row_id, said in tx.execute(select(table.c.id, column).where(which, column != "")).all():
        blotted, times = blot(said)
        if times:
            tx.execute(update(table).where(table.c.id == row_id).values({column: blotted}))
            yield Place(what=what, where=f"{row_id}, {column.key}", times=times)


def _blot_fields(fields: Mapping[str, Any], blot: Blot) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    total = 0
    for name, said in fields.items():
        parts = [blot(each) for each in ([said] if isinstance(said, str) else said)]
        total += sum(times for _, times in parts)
        words = [each for each, _ in parts]
        found[name] = words[0] if isinstance(said, str) else words
    return found, total


def _theirs_or_nobodys(table: Table, kept: KeptReturn) -> ColumnElement[bool]:
    theirs = or_(table.c.invitation_id == kept.invitation_id, table.c.participant_id == kept.participant_id)
    return or_(theirs, and_(table.c.invitation_id.is_(None), table.c.participant_id.is_(None)))


def mails_of(tx: Tx, kept: KeptReturn) -> Iterator[tuple[int, bytes]]:
    """The stored mails that may repeat the return, one at a time: the person's, and those of nobody known."""
    if kept.unlinked_id is not None:
        return
    for mail_id in tx.execute(select(raw_messages.c.id).where(_theirs_or_nobodys(raw_messages, kept))).scalars().all():
        content = tx.execute(select(raw_messages.c.content).where(raw_messages.c.id == mail_id)).scalar()
        if content:
            yield mail_id, bytes(content)


def put_mail(tx: Tx, mail_id: int, content: bytes) -> None:
    """Keep the mail as it is now; it still counts as the one that came in."""
    tx.execute(update(raw_messages).where(raw_messages.c.id == mail_id).values(content=content))


def forget_reasons(tx: Tx, programme_id: int, blot: Blot) -> list[Place]:
    """Reasons that the programme's organisers typed for the record of changes and that repeat the passage go whole."""
    own = select(audit_lines.c.id).where(audit_lines.c.programme_id == programme_id)
    lines = set(tx.execute(own).scalars())
    telling = [(line, blot(words)[1]) for line, words in audit.typed_reasons(tx) if line in lines]
    found = [(line, times) for line, times in telling if times]
    audit.forget_reasons(tx, [line for line, _ in found])
    return [Place(what="audit reason", where=str(line), times=times) for line, times in found]
