"""Greetings, thanks and questions about the assistant have a status of their own."""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = "'answered', 'partial', 'refused', 'interrupted'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_messages_status"), "messages")
    op.create_check_constraint(op.f("ck_messages_status"), "messages", f"status IN ({_BEFORE}, 'social')")


def downgrade() -> None:
    op.execute("UPDATE messages SET status = 'answered' WHERE status = 'social'")
    op.drop_constraint(op.f("ck_messages_status"), "messages")
    op.create_check_constraint(op.f("ck_messages_status"), "messages", f"status IN ({_BEFORE})")
