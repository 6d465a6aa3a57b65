"""An import may be taken back: its rows stay as evidence, marked as withdrawn"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_entry", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    # Not through a batch: SQLite drops the column in place, and the rows that point here stay.
    op.execute("ALTER TABLE report_entry DROP COLUMN withdrawn_at")
