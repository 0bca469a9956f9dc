"""A time zone of one's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participants", sa.Column("own_timezone", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("participants", "own_timezone")
