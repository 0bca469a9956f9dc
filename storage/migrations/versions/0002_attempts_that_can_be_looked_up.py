"""Attempts that can be looked up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attempts") as batch_op:
        batch_op.add_column(sa.Column("account", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("draft", sa.String(), nullable=False, server_default=""))
