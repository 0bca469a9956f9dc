"""Messages that ask in chats."""

import sqlalchemy as sa
from alembic import op

from storage.tables.base import Id, UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "chat_prompts",
        sa.Column("id", Id, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("invitation_id", Id, nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("shown_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_chat_prompts_invitation_id_invitations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_prompts")),
        sa.UniqueConstraint(
            "channel", "conversation", "message", name=op.f("uq_chat_prompts_channel_conversation_message")
        ),
    )
    op.create_index("ix_chat_prompts_channel_state", "chat_prompts", ["channel", "state"])
    op.create_index(op.f("ix_chat_prompts_invitation_id"), "chat_prompts", ["invitation_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("chat_prompts")
