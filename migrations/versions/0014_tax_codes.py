"""Tax codes, sealed and found by a keyed hash; whether a cycle asks for them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

POLICIES = ("not_asked", "optional", "required")
SOURCES = ("declared", "organiser", "provider")


def one_of(column, words):
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def upgrade() -> None:
    op.create_table(
        "tax_code",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("keyed_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=24), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer()),
        sa.CheckConstraint(one_of("source", SOURCES), name=op.f("ck_tax_code_source")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tax_code_person_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_tax_code_set_by_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_tax_code")),
    )
    op.create_index("ix_tax_code_keyed_hash", "tax_code", ["keyed_hash"])
    vouched = sa.text("source <> 'declared'")
    op.create_index(
        "uq_tax_code_vouched", "tax_code", ["keyed_hash"],
        unique=True, sqlite_where=vouched, postgresql_where=vouched,
    )  # fmt: skip
    # In place, with the check on the column: SQLite can then drop the column in place, too.
    op.execute(
        "ALTER TABLE cycle ADD COLUMN tax_code_policy VARCHAR(24) DEFAULT 'not_asked' NOT NULL "
        f"CONSTRAINT ck_cycle_tax_code_policy CHECK ({one_of('tax_code_policy', POLICIES)})"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE cycle DROP COLUMN tax_code_policy")
    op.drop_table("tax_code")
