"""Who wrote what an answer cites, and when. Citations of before name nobody."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "citations", sa.Column("authors", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False)
    )
    op.add_column("citations", sa.Column("published", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("citations", "published")
    op.drop_column("citations", "authors")
