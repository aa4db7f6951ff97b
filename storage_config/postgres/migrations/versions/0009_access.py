"""Which groups may read a page; those of before are for everybody."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("access", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "access")
