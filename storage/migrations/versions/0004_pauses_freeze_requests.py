"""Pauses that were asked for apart from absences; the freeze of quotes; what people ask of the organisers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("participants") as batch_op:
        batch_op.add_column(sa.Column("away_until", storage.tables.base.UtcTime(timezone=True), nullable=True))
    with op.batch_alter_table("rounds") as batch_op:
        batch_op.add_column(sa.Column("frozen_at", storage.tables.base.UtcTime(timezone=True), nullable=True))
    op.create_table(
        "person_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("participant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("asked_at", storage.tables.base.UtcTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("confirmed_at", storage.tables.base.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_person_requests_participant_id_participants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_requests")),
        sa.UniqueConstraint("participant_id", "kind", name=op.f("uq_person_requests_participant_id_kind")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("person_requests")
    with op.batch_alter_table("rounds") as batch_op:
        batch_op.drop_column("frozen_at")
    with op.batch_alter_table("participants") as batch_op:
        batch_op.drop_column("away_until")
