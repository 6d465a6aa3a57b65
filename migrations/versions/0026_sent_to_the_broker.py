"""When a job's id was handed to the broker; errors keep no words that somebody may have typed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("job") as table:
        table.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("turn", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE job SET error = 'An error before this version' WHERE error IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("job") as table:
        table.drop_column("turn")
        table.drop_column("sent_at")
