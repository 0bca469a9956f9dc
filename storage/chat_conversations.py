"""Where a person's own chat with the bot is, on platforms that name it by no address of theirs (Teams)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from storage.dialects import insert_into
from storage.engine import Tx
from storage.tables.chat import chat_conversations
from storage.tables.people import addresses, participant_addresses, participants
from surveys.addresses import folded


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """`user` is the id that panels hold, `also` the platform's own for the same person, or "".

    `open` is False once the app was taken away there. `at`: when that was heard last (UTC).
    """

    channel: str
    user: str
    conversation: str
    service_url: str
    at: datetime
    also: str = ""
    open: bool = True


def day_of(now: datetime) -> datetime:
    """When something was heard, no nearer than its day: what is stored of a chat tells nobody who answered when."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def keep_conversation(tx: Tx, found: Conversation) -> None:
    """What is known of it now; whatever was known before is replaced, as addresses of services change."""
    values: dict[str, Any] = {
        "channel": found.channel,
        "user": folded(found.channel, found.user),
        "also": folded(found.channel, found.also),
        "conversation": found.conversation,
        "service_url": found.service_url,
        "open": found.open,
        "at": found.at,
    }
    statement = insert_into(tx, chat_conversations).values(values)
    told = {name: statement.excluded[name] for name in ("conversation", "service_url", "open", "at")}
    # An id of the platform's own that was learnt once stays known.
    if found.also:
        told["also"] = statement.excluded.also
    tx.execute(statement.on_conflict_do_update(index_elements=["channel", "user"], set_=told))


_WITH = (
    select(chat_conversations)
    .where(
        chat_conversations.c.channel == bindparam("by_channel"),
        or_(chat_conversations.c.user == bindparam("wanted"), chat_conversations.c.also == bindparam("wanted")),
    )
    .order_by(chat_conversations.c.at.desc())
    .limit(1)
)


def conversation_with(tx: Tx, channel: str, user: str) -> Conversation | None:
    """The person's own chat, by either id of theirs."""
    row = tx.execute(_WITH, {"by_channel": channel, "wanted": folded(channel, user)}).first()
    return None if row is None else _conversation(row)


def conversation_named(tx: Tx, channel: str, conversation: str) -> Conversation | None:
    """The chat of that name."""
    query = select(chat_conversations).where(
        chat_conversations.c.channel == channel, chat_conversations.c.conversation == conversation
    )
    row = tx.execute(query.limit(1)).first()
    return None if row is None else _conversation(row)


def close_conversation(tx: Tx, channel: str, conversation: str, now: datetime) -> None:
    """The app was taken away there."""
    closed = update(chat_conversations).where(
        chat_conversations.c.channel == channel, chat_conversations.c.conversation == conversation
    )
    tx.execute(closed.values(open=False, at=now))


def newest_service(tx: Tx, channel: str) -> str:
    """Where the platform was heard from last, "" if never."""
    query = (
        select(chat_conversations.c.service_url)
        .where(chat_conversations.c.channel == channel)
        .order_by(chat_conversations.c.at.desc())
        .limit(1)
    )
    return tx.execute(query).scalar_one_or_none() or ""


_IN_PANEL = (
    select(addresses.c.id)
    .join(participant_addresses, participant_addresses.c.address_id == addresses.c.id)
    .join(participants, participants.c.id == participant_addresses.c.participant_id)
    .where(
        addresses.c.channel == bindparam("by_channel"),
        addresses.c.folded == bindparam("value"),
        participants.c.removed_at.is_(None),
    )
    .limit(1)
)


def user_in_panel(tx: Tx, channel: str, ids: tuple[str, ...]) -> str:
    """Which of somebody's ids stands in a panel; the first of them if none does."""
    for each in ids:
        if tx.execute(_IN_PANEL, {"by_channel": channel, "value": folded(channel, each)}).first() is not None:
            return each
    return ids[0] if ids else ""


def usable_again(tx: Tx, channel: str, user: str) -> None:
    """The person can be written to there after all: the app was installed."""
    tx.execute(
        update(addresses)
        .where(addresses.c.channel == channel, addresses.c.folded == folded(channel, user))
        .values(bad_at=None, bad_reason="")
    )


def forget_conversations(tx: Tx, found: Iterable[tuple[str, str]]) -> None:
    """Nothing of the chats at these addresses, as (channel, address), is kept."""
    for channel, value in found:
        gone = folded(channel, value)
        tx.execute(
            delete(chat_conversations).where(
                chat_conversations.c.channel == channel,
                or_(chat_conversations.c.user == gone, chat_conversations.c.also == gone),
            )
        )


def _conversation(row: Any) -> Conversation:
    return Conversation(
        channel=row.channel,
        user=row.user,
        also=row.also,
        conversation=row.conversation,
        service_url=row.service_url,
        open=row.open,
        at=row.at,
    )
