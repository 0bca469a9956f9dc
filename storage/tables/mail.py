"""Mails as they arrived, whole: stored before anything is made of them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, Text

from storage.tables.base import Id, UtcTime, metadata

raw_messages = Table(
    "raw_messages",
    metadata,
    Column("id", Id, primary_key=True),
    # The same message fetched twice is one: by its Message-ID and what it says.
    Column("digest", String, nullable=False, unique=True),
    Column("received_at", UtcTime, nullable=False),
    # What a mail to an unlinked round said is taken out again as soon as that is known.
    Column("content", LargeBinary, nullable=False),
    # None while it waits to be handled.
    Column("handled_at", UtcTime, nullable=True),
    # mapped | triage | automatic | bounce | other | unlinked
    Column("outcome", String, nullable=False, default=""),
    Column("participant_id", Id, ForeignKey("participants.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("invitation_id", Id, ForeignKey("invitations.id", ondelete="CASCADE"), nullable=True),
    Index("ix_raw_messages_handled_at", "handled_at"),
)

# Mails that were stored once and are deleted: a mailbox that still holds one does not bring it back. A digest says
# nothing to whoever does not have the mail.
deleted_mails = Table("deleted_mails", metadata, Column("digest", String, primary_key=True))

# How far each mailbox has been read.
mailboxes = Table(
    "mailboxes",
    metadata,
    Column("account", String, primary_key=True),
    # The mailbox's own bookmark: UIDVALIDITY and UID, or a link of Graph's.
    Column("place", Text, nullable=False),
    Column("read_at", UtcTime, nullable=False),
)
