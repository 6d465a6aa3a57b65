"""A personal calendar speaks the language it was made in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calendar_feed") as table:
        table.add_column(
            sa.Column("language", sa.String(length=5), nullable=False, server_default="it")
        )


def downgrade() -> None:
    with op.batch_alter_table("calendar_feed") as table:
        table.drop_column("language")
