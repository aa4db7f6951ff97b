"""Clients' own ids of questions, several reasons for a rating, answers by time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_REASONS = '["incorrect", "not_what_i_asked", "slow_or_buggy", "style_or_tone", "safety_or_legal", "other"]'


def upgrade() -> None:
    op.add_column("messages", sa.Column("client_id", sa.Text(), nullable=True))
    op.drop_index(op.f("ix_messages_created_at"), table_name="messages")
    op.create_index(
        op.f("ix_messages_created_at"),
        "messages",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status IS NOT NULL"),
    )
    op.add_column(
        "feedback",
        sa.Column("reasons", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
    )
    # A reason was free text; what is none of today's becomes `other`.
    op.execute(
        f"""
        UPDATE feedback SET reasons = CASE WHEN '{_REASONS}'::jsonb ? reason THEN jsonb_build_array(reason)
                                           ELSE '["other"]'::jsonb END
        WHERE reason IS NOT NULL
        """
    )
    op.drop_column("feedback", "reason")
    op.create_check_constraint(op.f("ck_feedback_reasons"), "feedback", f"reasons <@ '{_REASONS}'::jsonb")


def downgrade() -> None:
    op.add_column("feedback", sa.Column("reason", sa.Text(), nullable=True))
    op.execute("UPDATE feedback SET reason = reasons ->> 0")
    op.drop_constraint(op.f("ck_feedback_reasons"), "feedback")
    op.drop_column("feedback", "reasons")
    op.drop_index(op.f("ix_messages_created_at"), table_name="messages")
    op.create_index(
        op.f("ix_messages_created_at"),
        "messages",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('refused', 'partial')"),
    )
    op.drop_column("messages", "client_id")
