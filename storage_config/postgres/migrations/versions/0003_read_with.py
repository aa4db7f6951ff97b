"""The rules that a fetched page was read by: only under the same ones do its validators count."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("read_with", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "read_with")
