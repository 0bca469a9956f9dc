"""When each invitation is to be looked at again; messages are found from their lines, and lines from their message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = storage.tables.base.UtcTime(timezone=True)
    op.add_column("rounds", sa.Column("look_whole_at", time, nullable=True))
    op.add_column("invitations", sa.Column("look_again_at", time, nullable=True))
    op.create_index("ix_deliveries_message_id", "deliveries", ["message_id"])
    op.create_index("ix_invitations_round_id_look_again_at", "invitations", ["round_id", "look_again_at"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_message_id", "deliveries")
    op.drop_index("ix_invitations_round_id_look_again_at", "invitations")
    op.drop_column("invitations", "look_again_at")
    op.drop_column("rounds", "look_whole_at")
