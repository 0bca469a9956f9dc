"""What was taken out of answers, by whom and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.tables.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "redactions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", storage.tables.base.UtcTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("round_id", _ID, nullable=False),
        sa.Column("response_id", _ID, nullable=True),
        sa.Column("unlinked_id", sa.String(), nullable=True),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("row", sa.String(), nullable=False),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_redactions_response_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_redactions_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redactions")),
    )
    with op.batch_alter_table("redactions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redactions_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_redactions_response_id"), ["response_id"], unique=False)


def downgrade() -> None:
    op.drop_table("redactions")
