"""The hash of the text that a source was cited from. Pages and citations of before have none, and need none."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("text_hash", sa.Text(), nullable=True))
    op.add_column("citations", sa.Column("text_hash", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("citations", "text_hash")
    op.drop_column("documents", "text_hash")
