"""Tags of pages; those of before have none."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    empty = sa.text("'[]'::jsonb")
    op.add_column("documents", sa.Column("tags", postgresql.JSONB(), server_default=empty, nullable=False))


def downgrade() -> None:
    op.drop_column("documents", "tags")
