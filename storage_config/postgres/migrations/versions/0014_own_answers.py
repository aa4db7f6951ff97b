"""Answers and questions to begin with that an owner writes over the API; which runs change one page alone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = "'markdown', 'html', 'pdf'"


def upgrade() -> None:
    op.add_column("ingestion_runs", sa.Column("of_page", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_constraint(op.f("ck_uploads_kind"), "uploads")
    op.create_check_constraint(op.f("ck_uploads_kind"), "uploads", f"kind IN ({_BEFORE}, 'answer')")
    op.create_table(
        "suggested_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("corpus_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("questions", postgresql.JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["corpus_id"], ["corpora.id"], name=op.f("fk_suggested_questions_corpus_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggested_questions")),
        sa.UniqueConstraint("corpus_id", "path", name=op.f("uq_suggested_questions_corpus_id_path")),
    )


def downgrade() -> None:
    op.drop_column("ingestion_runs", "of_page")
    op.drop_table("suggested_questions")
    # What was made of these answers stays; what it was made of cannot be kept.
    op.execute("DELETE FROM uploads WHERE kind = 'answer'")
    op.drop_constraint(op.f("ck_uploads_kind"), "uploads")
    op.create_check_constraint(op.f("ck_uploads_kind"), "uploads", f"kind IN ({_BEFORE})")
