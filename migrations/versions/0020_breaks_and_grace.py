"""Breaks of a lesson, and grace for short drops in a cycle's rule"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lesson", sa.Column("breaks", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("lesson", sa.Column("breaks_to_come", sa.JSON(), nullable=True))
    # In place, with the check on the column: SQLite can then drop the column in place, too.
    op.execute(
        "ALTER TABLE cycle ADD COLUMN grace_minutes INTEGER DEFAULT 0 NOT NULL "
        "CONSTRAINT ck_cycle_grace_minutes CHECK (grace_minutes BETWEEN 0 AND 60)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE cycle DROP COLUMN grace_minutes")
    op.execute("ALTER TABLE lesson DROP COLUMN breaks_to_come")
    op.execute("ALTER TABLE lesson DROP COLUMN breaks")
