"""Responses, answers with their history, voices, consents, and what could not be placed."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from storage.tables.base import Id, UtcTime, metadata

responses = Table(
    "responses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("invitation_id", Id, ForeignKey("invitations.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("round_id", Id, ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("instrument_id", Id, ForeignKey("instruments.id"), nullable=False),
    Column("session_id", Id, ForeignKey("sessions.id"), nullable=True),
    Column("notice_version_id", Id, ForeignKey("notice_versions.id"), nullable=True),
    # "partial" until sent, then "complete".
    Column("state", String, nullable=False),
    # Where it was begun and where the last answer came from; mode is self, telephone, paper or interview.
    Column("channel", String, nullable=False),
    Column("last_channel", String, nullable=False),
    Column("mode", String, nullable=False, default="self"),
    Column("typed_by", String, nullable=False, default=""),
    Column("started_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("submitted_at", UtcTime, nullable=True),
    # When what was answered was deleted, or cut from the person; that a return came stays, for the figures.
    Column("cut_at", UtcTime, nullable=True),
    # Exports name a return by its id, under a key: one that was erased is never used again.
    sqlite_autoincrement=True,
)

# Append-only: the highest revision of (item, row, voice) is the answer; value NULL means taken back.
answers = Table(
    "answers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("response_id", Id, ForeignKey("responses.id", ondelete="CASCADE"), nullable=False),
    Column("item", String, nullable=False),
    Column("row", String, nullable=False, default=""),
    # The perspective answered for in a collated return; "" for the return itself.
    Column("voice", String, nullable=False, default=""),
    Column("revision", Integer, nullable=False),
    Column("value", JSON(none_as_null=True), nullable=True),
    Column("raw", Text, nullable=False),
    Column("channel", String, nullable=False),
    Column("typed_by", String, nullable=False, default=""),
    Column("at", UtcTime, nullable=False),
    Column("redacted_at", UtcTime, nullable=True),
    UniqueConstraint("response_id", "item", "row", "voice", "revision"),
)

voices = Table(
    "voices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("response_id", Id, ForeignKey("responses.id", ondelete="CASCADE"), nullable=False),
    Column("perspective", String, nullable=False),
    Column("how", Text, nullable=False, default=""),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("response_id", "perspective"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("response_id", Id, ForeignKey("responses.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("item", String, nullable=False),
    # none | perspective | perspective_area | name
    Column("level", String, nullable=False),
    Column("text_version", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime, nullable=True),
)

# Whether and what of an unlinked round are apart: random ids, no times, no order (design: Confidentiality modes).
unlinked_returns = Table(
    "unlinked_returns",
    metadata,
    Column("id", String, primary_key=True),
    Column("round_id", Id, ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("answers", JSON, nullable=False),
    Column("raw", JSON, nullable=False),
    Column("area", String, nullable=True),
    Column("perspectives", JSON, nullable=False),
    # "partial" only where a return that was not finished has been cut from the person.
    Column("state", String, nullable=False, default="complete"),
    sqlite_with_rowid=False,
)

# Events of platforms that were handled: they deliver again, and must find the door shut.
received_events = Table(
    "received_events",
    metadata,
    Column("channel", String, primary_key=True),
    Column("event_id", String, primary_key=True),
    Column("at", UtcTime, nullable=False),
)

# A reply that belongs to nothing known, or came too late: kept whole.
triage = Table(
    "triage",
    metadata,
    Column("id", Id, primary_key=True),
    Column("received_at", UtcTime, nullable=False),
    Column("channel", String, nullable=False),
    Column("sender", String, nullable=False),
    # human | auto_reply | bounce | other
    Column("kind", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("round_id", Id, ForeignKey("rounds.id", ondelete="SET NULL"), nullable=True),
    Column("participant_id", Id, ForeignKey("participants.id", ondelete="CASCADE"), nullable=True),
    Column("invitation_id", Id, ForeignKey("invitations.id", ondelete="CASCADE"), nullable=True),
    Column("text", Text, nullable=False),
    # {"item" or "item.row": raw} where the reply came in fields.
    Column("fields", JSON, nullable=False, default=dict),
    Column("settled_at", UtcTime, nullable=True),
    Column("settled_how", String, nullable=False, default=""),
    Column("unread", Boolean, nullable=False, default=True),
    Index("ix_triage_settled_at", "settled_at"),
)

# What was taken out of an answer, by whom and why; never the words. `item` "" is the whole return. The answer is one of
# `response_id`, or one of an unlinked return.
redactions = Table(
    "redactions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("round_id", Id, ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("response_id", Id, ForeignKey("responses.id", ondelete="CASCADE"), nullable=True, index=True),
    # No foreign key: with every return its neighbours are taken out and put in again (`storage.unlinked`).
    Column("unlinked_id", String, nullable=True),
    Column("item", String, nullable=False),
    Column("row", String, nullable=False, default=""),
    Column("voice", String, nullable=False, default=""),
    # Whether the whole answer went, or a passage of it.
    Column("whole", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
)
