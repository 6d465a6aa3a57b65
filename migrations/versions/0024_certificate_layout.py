"""How the certificates of a cycle look"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In place, with the check on the column: SQLite can then drop the column in place, too.
    op.execute(
        "ALTER TABLE cycle ADD COLUMN certificate_layout VARCHAR(24) DEFAULT 'classic' NOT NULL "
        "CONSTRAINT ck_cycle_certificate_layout "
        "CHECK (certificate_layout IN ('classic', 'modern', 'bilingual'))"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE cycle DROP COLUMN certificate_layout")
