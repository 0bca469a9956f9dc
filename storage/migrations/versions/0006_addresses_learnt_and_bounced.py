"""Addresses learnt from a reply, and those that bounced for now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("addresses") as batch_op:
        batch_op.add_column(sa.Column("soft_bounces", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("soft_since", storage.tables.base.UtcTime(timezone=True), nullable=True))
    with op.batch_alter_table("participant_addresses") as batch_op:
        batch_op.add_column(sa.Column("learnt", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("participant_addresses") as batch_op:
        batch_op.drop_column("learnt")
    with op.batch_alter_table("addresses") as batch_op:
        batch_op.drop_column("soft_since")
        batch_op.drop_column("soft_bounces")
