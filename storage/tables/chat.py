"""What stands in people's chats: the messages that ask, so that each can be brought up to date."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from storage.tables.base import Id, UtcTime, metadata

# No words are kept, only where each page was asked and how the message stands.
chat_prompts = Table(
    "chat_prompts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    # The platform's names for the conversation and the message in it.
    Column("conversation", String, nullable=False),
    Column("message", String, nullable=False),
    Column("invitation_id", Id, ForeignKey("invitations.id", ondelete="CASCADE"), nullable=False, index=True),
    # The key of the page's first item, and which part of a page that came in several messages.
    Column("page", String, nullable=False),
    Column("part", Integer, nullable=False, default=0),
    # asking | answered | over
    Column("state", String, nullable=False),
    # Answers newer than this are not shown in it yet.
    Column("shown_at", UtcTime, nullable=False),
    UniqueConstraint("channel", "conversation", "message"),
    Index("ix_chat_prompts_channel_state", "channel", "state"),
)

# Mail addresses that a chat platform was asked about: it takes a thousand look-ups twenty minutes to answer.
chat_lookups = Table(
    "chat_lookups",
    metadata,
    Column("address_id", Id, ForeignKey("addresses.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String, primary_key=True),
    Column("found", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# Where a person's own chat with the bot is: the Bot Connector names it by no address of theirs.
chat_conversations = Table(
    "chat_conversations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    # The id that the panel may hold, folded, and the platform's own for the same person ("" if it is that).
    Column("user", String, nullable=False),
    Column("also", String, nullable=False, server_default=""),
    Column("conversation", String, nullable=False),
    Column("service_url", String, nullable=False),
    # False once the app was taken away there.
    Column("open", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("channel", "user"),
    Index("ix_chat_conversations_also", "channel", "also"),
)
