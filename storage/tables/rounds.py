"""Rounds, invitations and what became of each."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from storage.tables.base import Id, UtcTime, metadata

rounds = Table(
    "rounds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("programme_id", Id, ForeignKey("programmes.id", ondelete="CASCADE"), nullable=False),
    # `entry` is the id in the file; `key` is that, or ENTRY--SESSION.
    Column("key", String, nullable=False),
    Column("entry", String, nullable=False),
    Column("session_id", Id, ForeignKey("sessions.id"), nullable=True),
    Column("instrument_id", Id, ForeignKey("instruments.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("state", String, nullable=False),
    Column("opens_at", UtcTime, nullable=False),
    Column("closes_at", UtcTime, nullable=False),
    # The close as the file last said it: an organiser's extension is not undone by loading the same file again.
    Column("file_closes_at", UtcTime, nullable=False),
    Column("file_opens_at", UtcTime, nullable=False),
    Column("closes_before", UtcTime, nullable=True),
    Column("extensions", Integer, nullable=False, default=0),
    Column("extended_at", UtcTime, nullable=True),
    Column("opened_at", UtcTime, nullable=True),
    Column("closed_at", UtcTime, nullable=True),
    # From then on consents to quote stand as they are.
    Column("frozen_at", UtcTime, nullable=True),
    # No line of this round falls due before this time; None: nothing known, look at the next tick (storage.looks).
    Column("look_again_at", UtcTime, nullable=True, index=True),
    # From then on a look is at everyone, whoever's time has come.
    Column("look_whole_at", UtcTime, nullable=True),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("programme_id", "key"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("round_id", Id, ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False),
    Column("participant_id", Id, ForeignKey("participants.id", ondelete="CASCADE"), nullable=False, index=True),
    # What tells a person's invitations to a round apart: the session's row, minus the row of whom an informant is asked
    # about, or 0. NULLs would not be unique.
    Column("session_ref", Id, nullable=False, default=0),
    Column("session_id", Id, ForeignKey("sessions.id"), nullable=True),
    # What correlates a mail; neither opens anything.
    Column("reference", String, nullable=False, unique=True),
    Column("mail_token", String, nullable=False, unique=True),
    Column("generation", Integer, nullable=False, default=0),
    Column("entry_generation", Integer, nullable=False, default=0),
    Column("disposition", String, nullable=False),
    Column("snoozed_until", UtcTime, nullable=True),
    # Perspective and area are the invitee's for a delegate, who has no attendance of their own.
    Column("delegated_from_id", Id, ForeignKey("invitations.id"), nullable=True),
    Column("invited_at", UtcTime, nullable=True),
    Column("last_contact_at", UtcTime, nullable=True),
    Column("reminders_sent", Integer, nullable=False, default=0),
    Column("last_reminder_at", UtcTime, nullable=True),
    Column("created_at", UtcTime, nullable=False),
    # The participant whom an informant is asked about; `storage.erasing` keeps it true.
    Column("about_id", Id, nullable=True),
    # No line of this invitation falls due before this time; None: nothing known.
    Column("look_again_at", UtcTime, nullable=True),
    UniqueConstraint("round_id", "participant_id", "session_ref"),
    Index("ix_invitations_about_id", "about_id"),
    Index("ix_invitations_round_id_disposition", "round_id", "disposition"),
    Index("ix_invitations_round_id_look_again_at", "round_id", "look_again_at"),
    # The link of an invitation that was erased must not open another one.
    sqlite_autoincrement=True,
)

# Which (area, perspective) the invitation speaks for: fixed when it is made, so that figures don't move.
invitation_voices = Table(
    "invitation_voices",
    metadata,
    Column("invitation_id", Id, ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True),
    Column("area", String, primary_key=True),
    Column("perspective", String, primary_key=True),
)

dispositions = Table(
    "dispositions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("invitation_id", Id, ForeignKey("invitations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("disposition", String, nullable=False),
    Column("reason", String, nullable=False, default=""),
    Column("channel", String, nullable=False),
    Column("at", UtcTime, nullable=False),
)

deadline_changes = Table(
    "deadline_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("round_id", Id, ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("before", UtcTime, nullable=False),
    Column("after", UtcTime, nullable=False),
    Column("reason", String, nullable=False, default=""),
    Column("at", UtcTime, nullable=False),
    Column("told", Boolean, nullable=False, default=False),
)

delegations = Table(
    "delegations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("invitation_id", Id, ForeignKey("invitations.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("delegate_invitation_id", Id, ForeignKey("invitations.id", ondelete="CASCADE"), nullable=False),
    Column("given_by", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("detail", JSON, nullable=False, default=dict),
)
