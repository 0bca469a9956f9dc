"""The panel: people, addresses (many to many), attendances."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, UniqueConstraint

from storage.tables.base import Id, UtcTime, metadata

participants = Table(
    "participants",
    metadata,
    Column("id", Id, primary_key=True),
    Column("programme_id", Id, ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    Column("key", String, nullable=False),
    Column("name", String, nullable=False),
    Column("greeting", String, nullable=False, default=""),
    Column("organisation", String, nullable=False, default=""),
    Column("area_id", Id, ForeignKey("areas.id"), nullable=True),
    Column("timezone", String, nullable=False, default=""),
    # The person's own choice, which no panel file changes; "" for what the panel says.
    Column("own_timezone", String, nullable=False, default=""),
    Column("working_days", JSON, nullable=True),
    Column("language", String, nullable=False, default=""),
    Column("preferred", String, nullable=False, default=""),
    Column("phone", String, nullable=False, default=""),
    Column("cc", JSON, nullable=False, default=list),
    # Perspectives the person speaks from whatever the session, and the panel keys of those they manage.
    Column("perspectives", JSON, nullable=False, default=list),
    Column("manager_of", JSON, nullable=False, default=list),
    # "panel"; "delegate" for someone named by an invitee; "visitor" for who came to an open round.
    Column("source", String, nullable=False, default="panel"),
    # A pause that was asked for holds to the day; what an automatic reply told gives way before a close.
    Column("paused_until", UtcTime, nullable=True),
    Column("away_until", UtcTime, nullable=True),
    Column("opted_out_at", UtcTime, nullable=True),
    Column("removed_at", UtcTime, nullable=True),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("programme_id", "key"),
    # An id that was erased is never used again: links and audit lines name it.
    sqlite_autoincrement=True,
)

addresses = Table(
    "addresses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    # As it was written, and as it is compared (mail: lower case).
    Column("value", String, nullable=False),
    Column("folded", String, nullable=False),
    Column("bad_at", UtcTime, nullable=True),
    Column("bad_reason", String, nullable=False, default=""),
    # How often in a row a server could not take a mail for it, and since when; a reply from it ends the row.
    Column("soft_bounces", Integer, nullable=False, default=0),
    Column("soft_since", UtcTime, nullable=True),
    UniqueConstraint("channel", "folded"),
)

participant_addresses = Table(
    "participant_addresses",
    metadata,
    Column("participant_id", Id, ForeignKey("participants.id", ondelete="CASCADE"), primary_key=True),
    Column("address_id", Id, ForeignKey("addresses.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    # An organiser found out by a reply that it is theirs: no panel file takes it away again.
    Column("learnt", Boolean, nullable=False, default=False),
)

attendances = Table(
    "attendances",
    metadata,
    Column("id", Id, primary_key=True),
    Column("participant_id", Id, ForeignKey("participants.id", ondelete="CASCADE"), nullable=False),
    Column("session_id", Id, ForeignKey("sessions.id"), nullable=False),
    Column("perspective", String, nullable=False),
    UniqueConstraint("participant_id", "session_id", "perspective"),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("participant_id", Id, ForeignKey("participants.id", ondelete="CASCADE"), nullable=False),
    # None: the whole programme.
    Column("round_id", Id, ForeignKey("rounds.id", ondelete="CASCADE"), nullable=True),
    Column("at", UtcTime, nullable=False),
    Column("channel", String, nullable=False),
    UniqueConstraint("participant_id", "round_id"),
)

# What a person asks for that an organiser has to do; one of a kind stands at a time.
person_requests = Table(
    "person_requests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("participant_id", Id, ForeignKey("participants.id", ondelete="CASCADE"), nullable=False),
    # erasure | copy
    Column("kind", String, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("channel", String, nullable=False),
    # A link can be forwarded: whoever reads the stored mailbox has said that it was they who asked.
    Column("confirmed_at", UtcTime, nullable=True),
    UniqueConstraint("participant_id", "kind"),
    # The link that confirms a request must not confirm a later one.
    sqlite_autoincrement=True,
)

# Keyed hashes of what was erased; no person can be read from them.
tombstones = Table(
    "tombstones",
    metadata,
    Column("id", Id, primary_key=True),
    Column("keyed_hash", String, nullable=False, unique=True),
    Column("created_at", UtcTime, nullable=False),
    Column("permanent", Boolean, nullable=False, default=True),
)
