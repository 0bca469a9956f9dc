"""The messages that ask in people's chats: where each page was asked, and which of them are out of date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from sqlalchemy import Executable, and_, bindparam, exists, or_, select, update

from storage.dialects import insert_for
from storage.engine import Tx
from storage.tables.answers import answers, responses
from storage.tables.chat import chat_prompts
from storage.tables.people import addresses, participant_addresses, participants
from storage.tables.rounds import invitations, rounds
from surveys.addresses import folded
from surveys.dispositions import Disposition
from surveys.rounds import RoundState


class PromptState(StrEnum):
    """`asking` takes an answer, `answered` shows one, `over` is never touched again."""

    ASKING = "asking"
    ANSWERED = "answered"
    OVER = "over"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatPrompt:
    """One message in one conversation; `page` is the key of the page it asks, `part` which part of that."""

    id: int
    channel: str
    conversation: str
    message: str
    invitation_id: int
    page: str
    part: int
    state: PromptState
    shown_at: datetime


def note_prompt(
    tx: Tx,
    *,
    channel: str,
    conversation: str,
    message: str,
    invitation_id: int,
    page: str,
    part: int,
    state: PromptState,
    now: datetime,
) -> None:
    """How the message stands now; a message that is known already is brought up to date."""
    values = {
        "channel": channel,
        "conversation": conversation,
        "message": message,
        "invitation_id": invitation_id,
        "page": page,
        "part": part,
        "state": state,
        "shown_at": now,
    }
    tx.execute(_noting(tx.dialect.name), values)


@cache
def _noting(dialect: str) -> Executable:
    """Said once: building the statement anew for each message would cost more than running it."""
    statement = insert_for(dialect, chat_prompts)
    told = {name: statement.excluded[name] for name in ("page", "part", "state", "shown_at")}
    return statement.on_conflict_do_update(index_elements=["channel", "conversation", "message"], set_=told)


def newest_asking(tx: Tx, channel: str, conversation: str) -> ChatPrompt | None:
    """The last message there that still asks: what a person types answers that."""
    query = (
        select(chat_prompts)
        .where(
            chat_prompts.c.channel == channel,
            chat_prompts.c.conversation == conversation,
            chat_prompts.c.state == PromptState.ASKING,
        )
        .order_by(chat_prompts.c.shown_at.desc(), chat_prompts.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).first()
    return None if row is None else _prompt(row)


def outdated(tx: Tx, channel: str, limit: int) -> tuple[ChatPrompt, ...]:
    """Messages that do not show what stands: answered or redacted since, or their round takes no answers any more."""
    newer = exists().where(
        responses.c.invitation_id == chat_prompts.c.invitation_id,
        answers.c.response_id == responses.c.id,
        or_(answers.c.at > chat_prompts.c.shown_at, answers.c.redacted_at > chat_prompts.c.shown_at),
    )
    left = and_(
        chat_prompts.c.state == PromptState.ASKING,
        or_(
            rounds.c.state != RoundState.OPEN,
            invitations.c.disposition.not_in([Disposition.PENDING, Disposition.PARTIAL]),
        ),
    )
    query = (
        select(chat_prompts)
        .join(invitations, invitations.c.id == chat_prompts.c.invitation_id)
        .join(rounds, rounds.c.id == invitations.c.round_id)
        .where(chat_prompts.c.channel == channel, chat_prompts.c.state != PromptState.OVER, or_(newer, left))
        .order_by(chat_prompts.c.id)
        .limit(limit)
    )
    return tuple(_prompt(row) for row in tx.execute(query))


@dataclass(frozen=True, kw_only=True, slots=True)
class LastAnswer:
    """Where and when a page was answered last; `changed_at` is later if a passage was taken out since."""

    channel: str
    at: datetime
    changed_at: datetime


def last_answer(tx: Tx, invitation_id: int, items: Sequence[str]) -> LastAnswer | None:
    """The newest answer of the invitation to any of these items."""
    query = (
        select(answers.c.channel, answers.c.at, answers.c.redacted_at)
        .join(responses, responses.c.id == answers.c.response_id)
        .where(responses.c.invitation_id == invitation_id, answers.c.item.in_(items))
        .order_by(answers.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    return LastAnswer(channel=row.channel, at=row.at, changed_at=max(row.at, row.redacted_at or row.at))


def settle_prompt(tx: Tx, prompt_id: int, state: PromptState, shows_until: datetime) -> None:
    """The message shows what was recorded until then."""
    change = update(chat_prompts).where(chat_prompts.c.id == prompt_id)
    tx.execute(change.values(state=state, shown_at=shows_until))


def invitations_of_owner(tx: Tx, channel: str, value: str, *, limit: int) -> tuple[int, ...]:
    """The invitations of whoever has that address, the newest first; rounds that have not opened are left out."""
    query = (
        select(invitations.c.id)
        .join(participant_addresses, participant_addresses.c.participant_id == invitations.c.participant_id)
        .join(addresses, addresses.c.id == participant_addresses.c.address_id)
        .join(participants, participants.c.id == invitations.c.participant_id)
        .join(rounds, rounds.c.id == invitations.c.round_id)
        .where(
            addresses.c.channel == channel,
            addresses.c.folded == folded(channel, value),
            participants.c.removed_at.is_(None),
            rounds.c.opened_at.is_not(None),
        )
        .order_by(rounds.c.closes_at.desc(), invitations.c.id.desc())
        .limit(limit)
    )
    return tuple(dict.fromkeys(tx.execute(query).scalars()))


_OWNERS = (
    select(participant_addresses.c.participant_id)
    .join(addresses, addresses.c.id == participant_addresses.c.address_id)
    .join(participants, participants.c.id == participant_addresses.c.participant_id)
    .where(
        addresses.c.channel == bindparam("by_channel"),
        addresses.c.folded == bindparam("value"),
        participants.c.removed_at.is_(None),
    )
)


def owners_of(tx: Tx, channel: str, value: str) -> frozenset[int]:
    """The participants whose address that is; those who were taken off the panel are not among them."""
    return frozenset(tx.execute(_OWNERS, {"by_channel": channel, "value": folded(channel, value)}).scalars())


def _prompt(row: object) -> ChatPrompt:
    fields = {name: getattr(row, name) for name in ChatPrompt.__slots__}
    return ChatPrompt(**{**fields, "state": PromptState(fields["state"])})
