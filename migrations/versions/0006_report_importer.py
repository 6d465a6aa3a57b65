"""Who imported a report, beside who uploaded it"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In words both databases take: SQLite adds a foreign key with its column only.
    op.execute(
        "ALTER TABLE report_file ADD COLUMN imported_by_id INTEGER "
        "CONSTRAINT fk_report_file_imported_by_id REFERENCES person (id)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE report_file DROP COLUMN imported_by_id")
