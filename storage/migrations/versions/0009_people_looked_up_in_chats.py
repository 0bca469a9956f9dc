"""Mail addresses that chat platforms were asked about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.tables.base import Id, UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chat_lookups",
        sa.Column("address_id", Id, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["addresses.id"],
            name=op.f("fk_chat_lookups_address_id_addresses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("address_id", "channel", name=op.f("pk_chat_lookups")),
    )


def downgrade() -> None:
    op.drop_table("chat_lookups")
