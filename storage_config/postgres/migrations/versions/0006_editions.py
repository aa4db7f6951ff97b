"""Versions and locales of pages; those of before are of the default edition, which has no names here."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("version", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("locale", sa.Text(), nullable=True))
    op.add_column(
        "corpora",
        sa.Column("editions", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("corpora", "editions")
    op.drop_column("documents", "locale")
    op.drop_column("documents", "version")
