"""Answers that are given again, for as long as the corpus has the revision that they were made from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("corpora", sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "answer_cache",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("corpus_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.Column("provenance", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["corpus_id"], ["corpora.id"], name=op.f("fk_answer_cache_corpus_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_cache")),
        sa.UniqueConstraint("corpus_id", "key", name=op.f("uq_answer_cache_corpus_id_key")),
    )
    op.create_index(op.f("ix_answer_cache_created_at_id"), "answer_cache", ["created_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("answer_cache")
    op.drop_column("corpora", "revision")
