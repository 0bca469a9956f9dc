"""Whom an informant is asked about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Without a constraint: SQLite would rebuild the table for it, and begin to count its rows anew.
    op.add_column("invitations", sa.Column("about_id", _ID, nullable=True))
    op.create_index("ix_invitations_about_id", "invitations", ["about_id"])


def downgrade() -> None:
    op.drop_index("ix_invitations_about_id", "invitations")
    op.drop_column("invitations", "about_id")
