"""Every stored row about one person, as plain values, for their own copy of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select

from storage.engine import Tx
from storage.tables.answers import answers, consents, redactions, responses, triage, voices
from storage.tables.chat import chat_conversations
from storage.tables.delivery import deliveries, messages
from storage.tables.mail import raw_messages
from storage.tables.people import addresses, attendances, opt_outs, participant_addresses, participants, person_requests
from storage.tables.programme import areas, instruments, notice_versions, programmes, sessions
from storage.tables.rounds import delegations, dispositions, invitation_voices, invitations, rounds

Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitationRecord:
    """One round the person was asked in; `answers` are all revisions, in the order they were given.

    `unlinked`: what was answered is stored apart, and can't be found by anyone.
    """

    round: str
    session: str
    survey: str
    unlinked: bool
    invitation: Mapping[str, Any]
    speaks_for: Rows
    states: Rows
    named: Rows
    response: Mapping[str, Any] | None
    answers: Rows
    voices: Rows
    consents: Rows
    redactions: Rows = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRecord:
    """One person with all that is stored about them."""

    programme: str
    person: Mapping[str, Any]
    chats: Rows
    addresses: Rows
    attendances: Rows
    opt_outs: Rows
    requests: Rows
    invitations: tuple[InvitationRecord, ...]
    messages: Rows
    mails: Rows
    triage: Rows


# Numbers of rows say nothing to a person; a mail's token belongs to nobody but the mailbox.
_HIDDEN = frozenset({"id", "mail_token", "message_id", "instrument_id", "definition", "generation", "entry_generation"})


def person_record(tx: Tx, participant_id: int) -> PersonRecord | None:
    """All that is stored about the person; None if there is no such one."""
    found = _rows(
        tx,
        select(*_shown(participants), areas.c.key.label("area"), programmes.c.key.label("programme"))
        .join(programmes, programmes.c.id == participants.c.programme_id)
        .outerjoin(areas, areas.c.id == participants.c.area_id)
        .where(participants.c.id == participant_id),
    )
    if not found:
        return None
    invited = select(invitations.c.id).where(invitations.c.participant_id == participant_id)
    ids = tuple(tx.execute(invited.order_by(invitations.c.id)).scalars())
    shown = (*_shown(addresses), participant_addresses.c.learnt)
    linked = select(*shown).join(participant_addresses).order_by(participant_addresses.c.position)
    attended = select(sessions.c.key.label("session"), attendances.c.perspective).join(sessions)
    out = select(rounds.c.key.label("round"), opt_outs.c.at, opt_outs.c.channel).outerjoin_from(opt_outs, rounds)
    sent = select(*_shown(deliveries), messages.c.subject, messages.c.body, messages.c.sent_at).outerjoin(messages)
    return PersonRecord(
        programme=str(found[0]["programme"]),
        person=found[0],
        chats=_rows(tx, _chats(participant_id)),
        addresses=_rows(tx, linked.where(participant_addresses.c.participant_id == participant_id)),
        attendances=_rows(tx, attended.where(attendances.c.participant_id == participant_id)),
        opt_outs=_rows(tx, out.where(opt_outs.c.participant_id == participant_id)),
        requests=_all(tx, person_requests, person_requests.c.participant_id == participant_id),
        invitations=tuple(_invitation(tx, each) for each in ids),
        messages=_rows(tx, sent.where(deliveries.c.participant_id == participant_id).order_by(deliveries.c.due_at)),
        mails=_all(tx, raw_messages, _theirs(raw_messages, participant_id, ids)),
        triage=_all(tx, triage, _theirs(triage, participant_id, ids)),
    )


def _chats(participant_id: int) -> Select[Any]:
    """Where the person's own chats with the bot are."""
    here = (chat_conversations.c.channel == addresses.c.channel) & or_(
        chat_conversations.c.user == addresses.c.folded, chat_conversations.c.also == addresses.c.folded
    )
    return (
        select(*_shown(chat_conversations))
        .select_from(chat_conversations.join(addresses, here).join(participant_addresses))
        .where(participant_addresses.c.participant_id == participant_id)
    )


def _invitation(tx: Tx, invitation_id: int) -> InvitationRecord:
    where = tx.execute(
        select(
            rounds.c.key,
            rounds.c.mode,
            sessions.c.key.label("session"),
            instruments.c.survey,
            instruments.c.version,
            *_shown(invitations),
        )
        .select_from(invitations)
        .join(rounds, rounds.c.id == invitations.c.round_id)
        .join(instruments, instruments.c.id == rounds.c.instrument_id)
        .outerjoin(sessions, sessions.c.id == invitations.c.session_id)
        .where(invitations.c.id == invitation_id)
    ).one()
    begun = tx.execute(select(responses.c.id).where(responses.c.invitation_id == invitation_id)).scalar_one_or_none()
    response = _rows(
        tx,
        select(*_shown(responses), notice_versions.c.version.label("notice_version"))
        .outerjoin(notice_versions, notice_versions.c.id == responses.c.notice_version_id)
        .where(responses.c.invitation_id == invitation_id),
    )
    return InvitationRecord(
        round=where.key,
        session=where.session or "",
        survey=f"{where.survey} {where.version}",
        unlinked=where.mode == "unlinked",
        invitation={column.name: getattr(where, column.name) for column in _shown(invitations)},
        speaks_for=_all(tx, invitation_voices, invitation_voices.c.invitation_id == invitation_id, ordered=False),
        states=_all(tx, dispositions, dispositions.c.invitation_id == invitation_id),
        named=_rows(
            tx,
            select(participants.c.name, delegations.c.at)
            .select_from(delegations)
            .join(invitations, invitations.c.id == delegations.c.delegate_invitation_id)
            .join(participants, participants.c.id == invitations.c.participant_id)
            .where(delegations.c.invitation_id == invitation_id),
        ),
        response=response[0] if response else None,
        answers=_all(tx, answers, answers.c.response_id == begun),
        voices=_all(tx, voices, voices.c.response_id == begun),
        consents=_all(tx, consents, consents.c.response_id == begun),
        redactions=_all(tx, redactions, redactions.c.response_id == begun),
    )


def _theirs(table: Table, participant_id: int, invited: tuple[int, ...]) -> ColumnElement[bool]:
    return or_(table.c.participant_id == participant_id, table.c.invitation_id.in_(invited))


def _shown(table: Table) -> list[ColumnElement[Any]]:
    return [each for each in table.c if each.name not in _HIDDEN and not each.name.endswith("_id")]


def _all(tx: Tx, table: Table, which: ColumnElement[bool], *, ordered: bool = True) -> Rows:
    query = select(*_shown(table)).where(which)
    return _rows(tx, query.order_by(table.c.id) if ordered else query)


def _rows(tx: Tx, query: Select[Any]) -> Rows:
    return tuple(dict(row) for row in tx.execute(query).mappings())
