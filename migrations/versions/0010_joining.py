"""Joining: the security log of an account"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

REFUSAL = "this row is kept as it was written"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _forbid(table: str, deed: str) -> None:
    name = f"{table}_no_{deed.lower()}"
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    else:  # the function is migration 0002's
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION keep_row()"
        )


def upgrade() -> None:
    op.create_table(
        "security_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("network", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_security_event_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_event")),
    )
    op.create_index("ix_security_event_account", "security_event", ["account_id", "id"])
    for deed in ("UPDATE", "DELETE"):
        _forbid("security_event", deed)


def downgrade() -> None:
    op.drop_table("security_event")  # its triggers go with it
