"""Organisers, their rights, and the audit."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from storage.tables.base import Id, UtcTime, metadata

organisers = Table(
    "organisers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", String, nullable=False, unique=True),
    Column("slack", String, nullable=False, default=""),
    Column("teams", String, nullable=False, default=""),
    Column("created_at", UtcTime, nullable=False),
    Column("removed_at", UtcTime, nullable=True),
)

# role: admin | organiser | viewer; programme None = every programme.
organiser_roles = Table(
    "organiser_roles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("organiser_id", Id, ForeignKey("organisers.id", ondelete="CASCADE"), nullable=False),
    Column("role", String, nullable=False),
    Column("programme", String, nullable=False, default=""),
    UniqueConstraint("organiser_id", "programme"),
)

# Append-only, which triggers hold (see the migrations). `seal` is empty until the one sealing writer has chained the
# line (hash of the line and the seal before).
audit_lines = Table(
    "audit_lines",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcTime, nullable=False),
    # "organiser:3", "schedule", "participant:17", "cli"
    Column("actor", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("programme_id", Id, nullable=True),
    Column("what", String, nullable=False),
    Column("subject", String, nullable=False, default=""),
    Column("before", JSON, nullable=True),
    Column("after", JSON, nullable=True),
    Column("reason", Text, nullable=False, default=""),
    Column("seal", String, nullable=False, default=""),
    Index("ix_audit_lines_seal", "seal"),
)

# What an organiser typed as the reason of a line: it may name someone, so it can be taken out. The line holds a hash.
audit_reasons = Table(
    "audit_reasons",
    metadata,
    Column("line_id", Id, primary_key=True, autoincrement=False),
    Column("salt", String, nullable=False),
    Column("words", Text, nullable=False),
)

# Where the chain was cut: so many lines, the last of which was `up_to` with this seal. The newest one counts.
audit_anchors = Table(
    "audit_anchors",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("up_to", Id, nullable=False),
    Column("seal", String, nullable=False),
    Column("lines", Integer, nullable=False),
)

# When what a programme keeps is to be looked at again, and whether bytes of what went may still be in the file.
retention_looks = Table(
    "retention_looks",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id", ondelete="CASCADE"), primary_key=True),
    Column("look_at", UtcTime, nullable=True),
    Column("sweep_owed", Boolean, nullable=False, default=False),
)
