"""Everything one message is made of, loaded for many lines at once in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from storage.engine import Tx
from storage.instruments import instrument_of
from storage.invitation_facts import facts_of_invitations
from storage.invitations import Invitation, fewer_invited, invitations_by_ids
from storage.ledger import Claimed
from storage.people import participants_by_ids
from storage.programmes import StoredProgramme, programme_by_id
from storage.responses import answered_values, current_answers
from storage.rounds import entry_of, round_by_id
from storage.tables.answers import responses, triage
from storage.tables.delivery import attempts, deliveries, messages
from storage.tables.people import participants
from storage.tables.programme import instruments
from storage.tables.rounds import delegations, invitations
from storage.unlinked import heeds_perspectives, shared_combinations
from surveys.answer_values import AnswerKey, AnswerValue
from surveys.delivery import Line, LineKind, LineState
from surveys.instrument import Instrument
from surveys.invitation_facts import InvitationFacts
from surveys.programme import Mode, RoundEntry, smallest_group
from surveys.rounds import Round
from surveys.unlinked import Combination, answers_as

# From so many people on a round's mails are what mail programs call bulk (platform facts: Mail).
IN_BULK = 501


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterFacts:
    """One claimed line with all that its message may say.

    `instrument_ref` names this very content of the questionnaire; `doubts` counts attempts that ended in doubt.
    `fewer_than` is the round's minimum group size if it asks fewer people, else 0; `asked_as` are the perspectives
    that the person of an unlinked round is asked as. `in_bulk`: the round asks more than 500 people.
    """

    line: Line
    detail: Mapping[str, Any]
    stored: StoredProgramme
    round: Round
    entry: RoundEntry | None
    invitation: Invitation
    facts: InvitationFacts
    instrument: Instrument
    instrument_ref: str
    thread_key: str = ""
    doubts: int = 0
    # What was written in answer to a question and could not be taken, by `item` or `item.row`: from triage.
    unclear: Mapping[str, str] = field(default_factory=dict)
    fewer_than: int = 0
    in_bulk: bool = False
    asked_as: frozenset[str] = frozenset()


def letter_facts(tx: Tx, claimed: Sequence[Claimed]) -> dict[int, LetterFacts]:
    """By line: what its message is made of. A line whose invitation or programme is gone has none."""
    ids = {each.line.invitation_id for each in claimed if each.line.invitation_id is not None}
    invited = invitations_by_ids(tx, ids)
    people = participants_by_ids(tx, {each.participant_id for each in invited.values()})
    facts = facts_of_invitations(tx, ids, people)
    threads = _threads(tx, ids)
    given_by = _given_by(tx, ids)
    doubts = _doubts(tx, [each.line.id for each in claimed if each.line.attempts])
    waiting = _waiting_words(tx, {each.detail["entry"] for each in claimed if each.detail.get("entry")})
    rounds = {key: round_by_id(tx, key) for key in {each.round_id for each in invited.values()}}
    programmes = {key: programme_by_id(tx, key) for key in {each.line.programme_id for each in claimed}}
    asked = _instruments(tx, {each.instrument_id for each in rounds.values() if each is not None})
    few: dict[int, bool] = {}
    many: dict[int, bool] = {}
    shared: dict[int, frozenset[Combination]] = {}
    found: dict[int, LetterFacts] = {}
    for each in claimed:
        invitation = invited.get(each.line.invitation_id or 0)
        stored = programmes[each.line.programme_id]
        if invitation is None or stored is None or invitation.id not in facts:
            continue
        round_ = rounds[invitation.round_id]
        if round_ is None:
            continue
        instrument, ref = asked[round_.instrument_id]
        entry = entry_of(stored.programme, round_.entry)
        least = smallest_group(stored.programme, entry)
        if round_.id not in few:
            few[round_.id] = fewer_invited(tx, round_.id, least)
            many[round_.id] = not fewer_invited(tx, round_.id, IN_BULK)
            unlinked = round_.mode is Mode.UNLINKED and heeds_perspectives(instrument)
            shared[round_.id] = shared_combinations(tx, round_.id, least) if unlinked else frozenset()
        found[each.line.id] = LetterFacts(
            line=each.line,
            detail={"given_by": given_by.get(invitation.id, ""), **each.detail},
            stored=stored,
            round=round_,
            entry=entry,
            invitation=invitation,
            facts=facts[invitation.id],
            instrument=instrument,
            instrument_ref=ref,
            thread_key=threads.get(invitation.id, ""),
            doubts=doubts.get(each.line.id, 0),
            unclear=waiting.get(each.detail.get("entry", 0), {}),
            fewer_than=least if few[round_.id] else 0,
            in_bulk=many[round_.id],
            asked_as=answers_as(facts[invitation.id].voices, shared[round_.id]),
        )
    return found


def _waiting_words(tx: Tx, entries: Collection[int]) -> dict[int, Mapping[str, str]]:
    if not entries:
        return {}
    query = select(triage.c.id, triage.c.fields).where(triage.c.id.in_(list(entries)))
    return {row.id: {name: str(words) for name, words in (row.fields or {}).items()} for row in tx.execute(query)}


def answers_of(tx: Tx, invitation_id: int) -> dict[AnswerKey, AnswerValue | None]:
    """What the invitation's person has answered so far, for themselves."""
    response = tx.execute(select(responses.c.id).where(responses.c.invitation_id == invitation_id)).scalar_one_or_none()
    return {} if response is None else answered_values(current_answers(tx, response))


_KEEP = insert(messages)


def keep_message(
    tx: Tx,
    *,
    channel: str,
    kind: LineKind,
    address_id: int | None,
    ref: str,
    subject: str,
    body: str,
    instrument_id: int | None,
    now: datetime,
) -> int:
    """Store what left us, its link tokens masked already."""
    kept = tx.execute(
        _KEEP,
        {
            "channel": channel,
            "kind": str(kind),
            "address_id": address_id,
            "ref": ref,
            "subject": subject,
            "body": body,
            "instrument_id": instrument_id,
            "created_at": now,
            "sent_at": now,
        },
    )
    key = kept.inserted_primary_key
    if key is None:
        raise LookupError("the database gave no id for the message it kept")
    return int(key[0])


def attempts_of(tx: Tx, line_id: int) -> tuple[tuple[str, str], ...]:
    """(outcome, reason) of every attempt of a line, in order; an open one has "" for both."""
    query = select(attempts.c.outcome, attempts.c.reason).where(attempts.c.delivery_id == line_id)
    return tuple((row.outcome, row.reason) for row in tx.execute(query.order_by(attempts.c.id)))


def _instruments(tx: Tx, ids: set[int]) -> dict[int, tuple[Instrument, str]]:
    query = select(instruments.c.id, instruments.c.digest, instruments.c.definition).where(instruments.c.id.in_(ids))
    return {
        row.id: (instrument_of(row.id, row.digest, row.definition), f"{row.id}:{row.digest}")
        for row in tx.execute(query)
    }


def _given_by(tx: Tx, invitation_ids: set[int]) -> dict[int, str]:
    """By delegate's invitation: the name of whoever gave their address."""
    query = (
        select(delegations.c.delegate_invitation_id, participants.c.name)
        .select_from(
            delegations.join(invitations, invitations.c.id == delegations.c.invitation_id).join(
                participants, participants.c.id == invitations.c.participant_id
            )
        )
        .where(delegations.c.delegate_invitation_id.in_(invitation_ids))
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def _doubts(tx: Tx, line_ids: Sequence[int]) -> dict[int, int]:
    """By line that was tried before: how many of its attempts ended in doubt."""
    if not line_ids:
        return {}
    query = (
        select(attempts.c.delivery_id, func.count())
        .where(attempts.c.delivery_id.in_(line_ids), attempts.c.outcome == "in_doubt_again")
        .group_by(attempts.c.delivery_id)
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def _threads(tx: Tx, invitation_ids: set[int]) -> dict[int, str]:
    """By invitation: the ledger key of the message that invited the person."""
    query = (
        select(deliveries.c.invitation_id, func.min(deliveries.c.key))
        .where(
            deliveries.c.invitation_id.in_(invitation_ids),
            deliveries.c.kind.in_([LineKind.INVITATION, LineKind.DELEGATE]),
            deliveries.c.state != LineState.CANCELLED,
        )
        .group_by(deliveries.c.invitation_id)
    )
    return {row[0]: row[1] for row in tx.execute(query)}
