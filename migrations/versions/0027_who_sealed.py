"""Who sealed a certificate's document, and the instant a timestamp vouches for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

REFUSAL = "this row is kept as it was written"
TABLE, TRIGGER = "certificate_document", "certificate_document_no_update"
BEFORE = ("certificate_id", "sha256", "size", "rendered_at")
ADDED = ("sealed_by", "stamped_at")


def _keep(columns: tuple[str, ...]) -> None:
    """These columns of a row never change."""
    deed = f"BEFORE UPDATE OF {', '.join(columns)} ON {TABLE}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {TRIGGER} {deed} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
    else:
        op.execute(f"CREATE TRIGGER {TRIGGER} {deed} FOR EACH ROW EXECUTE FUNCTION keep_row()")


def _release() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER {TRIGGER}" if sqlite else f"DROP TRIGGER {TRIGGER} ON {TABLE}")


def upgrade() -> None:
    _release()
    op.add_column(TABLE, sa.Column("sealed_by", sa.String(200), nullable=True))
    op.add_column(TABLE, sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True))
    _keep((*BEFORE, *ADDED))


def downgrade() -> None:
    _release()
    for name in reversed(ADDED):
        op.drop_column(TABLE, name)
    _keep(BEFORE)
