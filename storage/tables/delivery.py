"""The ledger: lines apart from the messages that settle them, attempts, and who may send."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from storage.tables.base import Id, UtcTime, metadata

# What left us, with link tokens masked; a message may settle several lines.
messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("address_id", Id, ForeignKey("addresses.id"), nullable=True),
    # The platform's name for it: a Message-ID, a Slack ts.
    Column("ref", String, nullable=False, index=True),
    Column("subject", Text, nullable=False, default=""),
    Column("body", Text, nullable=False, default=""),
    Column("instrument_id", Id, ForeignKey("instruments.id"), nullable=True),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime, nullable=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    # Has a meaning: programme/round/participant/reminder/2. This is what makes a second reminder impossible.
    Column("key", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("number", Integer, nullable=False, default=1),
    Column("programme_id", Id, ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("round_id", Id, ForeignKey("rounds.id", ondelete="CASCADE"), nullable=True),
    Column("invitation_id", Id, ForeignKey("invitations.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("participant_id", Id, ForeignKey("participants.id", ondelete="CASCADE"), nullable=True),
    Column("due_at", UtcTime, nullable=False),
    Column("state", String, nullable=False),
    Column("why", String, nullable=False, default=""),
    # What the line needs beyond its invitation: who gave the address, the old close.
    Column("detail", JSON, nullable=False, default=dict),
    Column("claimed_by", String, nullable=False, default=""),
    Column("lease_until", UtcTime, nullable=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("reason", String, nullable=False, default=""),
    Column("channel", String, nullable=False, default=""),
    Column("message_id", Id, ForeignKey("messages.id"), nullable=True, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime, nullable=True),
    Index("ix_deliveries_state_due_at", "state", "due_at"),
    Index("ix_deliveries_round_id_state", "round_id", "state"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("delivery_id", Id, ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("address_id", Id, ForeignKey("addresses.id"), nullable=True),
    Column("ref", String, nullable=False),
    # Whose attempt it was, and the platform's name for the message before it was sent: what is in doubt is looked
    # up by these.
    Column("account", String, nullable=False, default=""),
    Column("draft", String, nullable=False, default=""),
    # The sender's fencing number: an attempt under an older one can't settle.
    Column("fence", BigInteger, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    # None while open. An open attempt whose lease ran out is in doubt.
    Column("ended_at", UtcTime, nullable=True),
    # sent | deferred | refused | not_tried | not_sent | in_doubt_sent | in_doubt_again
    Column("outcome", String, nullable=False, default=""),
    Column("reason", String, nullable=False, default=""),
)

# One sender at a time for each channel account (design: The life of one reminder, 5).
senders = Table(
    "senders",
    metadata,
    Column("account", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    # The whole account waits until then (server down), with why.
    Column("resume_at", UtcTime, nullable=True),
    Column("trouble", String, nullable=False, default=""),
    Column("failures", Integer, nullable=False, default=0),
)
