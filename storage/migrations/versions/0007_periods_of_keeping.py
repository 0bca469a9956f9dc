"""What is kept goes after a time: what was cut from people, when to look again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = storage.tables.base.UtcTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cut_at", _TIME, nullable=True))
    with op.batch_alter_table("unlinked_returns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(), nullable=False, server_default="complete"))
    op.create_table(
        "retention_looks",
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("look_at", _TIME, nullable=True),
        sa.Column("sweep_owed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_retention_looks_programme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_retention_looks")),
    )


def downgrade() -> None:
    op.drop_table("retention_looks")
    with op.batch_alter_table("unlinked_returns", schema=None) as batch_op:
        batch_op.drop_column("state")
    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.drop_column("cut_at")
