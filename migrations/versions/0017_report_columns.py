"""Tables explained by their columns, and people of reports matched by tax code"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MATCH = "ck_report_entry_method"
NAMES = "ck_report_entry_match_names_enrolment"
WITH_ENROLMENT = (
    "(match IS NULL AND enrolment_id IS NULL) "
    "OR (match = 'dismissed' AND enrolment_id IS NULL) "
    "OR (match IN ({}) AND enrolment_id IS NOT NULL)"
)
BEFORE = ("email", "name", "human")
AFTER = ("email", "tax_code", "name", "human")


def _methods(methods: tuple[str, ...]) -> None:
    """Other ways in which a person of a report is known. SQLite 3.53 takes PostgreSQL's words."""
    listed = ", ".join(f"'{each}'" for each in methods)
    for name, condition in (
        # where rows stand already, SQLite takes a condition of NULL for a breach
        (MATCH, f"match IS NULL OR match IN ({listed}, 'dismissed')"),
        (NAMES, WITH_ENROLMENT.format(listed)),
    ):
        op.execute(f"ALTER TABLE report_entry DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE report_entry ADD CONSTRAINT {name} CHECK ({condition})")


def upgrade() -> None:
    _methods(AFTER)
    op.create_table(
        "saved_columns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name="fk_saved_columns_track_id"),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name="fk_saved_columns_saved_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_columns"),
        sa.UniqueConstraint("track_id", "signature", name="uq_saved_columns_track_id_signature"),
    )


def downgrade() -> None:
    op.drop_table("saved_columns")
    op.execute("UPDATE report_entry SET match = 'name' WHERE match = 'tax_code'")
    _methods(BEFORE)
