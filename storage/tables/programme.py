"""Programmes, what they promise, their sessions and questionnaires."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from storage.tables.base import Id, UtcTime, metadata

programmes = Table(
    "programmes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    # The checked file as plain JSON; surveys.programme_file reads it again.
    Column("definition", JSON, nullable=False),
    Column("digest", String, nullable=False),
    Column("pseudonym_key", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

notice_versions = Table(
    "notice_versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("programme_id", Id, ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("words", JSON, nullable=False),
    Column("digest", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("programme_id", "version"),
)

areas = Table(
    "areas",
    metadata,
    Column("id", Id, primary_key=True),
    Column("programme_id", Id, ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("key", String, nullable=False),
    Column("name", JSON, nullable=False),
    Column("interested", Boolean, nullable=False),
    UniqueConstraint("programme_id", "key"),
)

perspectives = Table(
    "perspectives",
    metadata,
    Column("id", Id, primary_key=True),
    Column("programme_id", Id, ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("key", String, nullable=False),
    Column("label", JSON, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("calendar", String, nullable=False),
    UniqueConstraint("programme_id", "key"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("programme_id", Id, ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("key", String, nullable=False),
    Column("area_id", Id, ForeignKey("areas.id"), nullable=True),
    Column("starts_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("topic", JSON, nullable=True),
    Column("status", String, nullable=False),
    UniqueConstraint("programme_id", "key"),
)

instruments = Table(
    "instruments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("programme_id", Id, ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("survey", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition", JSON, nullable=False),
    Column("digest", String, nullable=False),
    # Ids of items whose wording differs from the version before: not comparable with it.
    Column("not_comparable", JSON, nullable=False),
    # Once a round that uses it has opened, the same version can't change any more.
    Column("used_at", UtcTime, nullable=True),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("programme_id", "survey", "version"),
)
