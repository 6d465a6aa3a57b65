"""Words of the organisers' own on a cycle's certificates, and logos"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WORDS = {"heading": 80, "introduction": 150, "closing": 400}


def upgrade() -> None:
    op.create_table(
        "certificate_words",
        sa.Column("cycle_id", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(name + of, sa.String(length=length), nullable=False)
            for of in ("", "_other")
            for name, length in WORDS.items()
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_certificate_words_cycle_id_cycle")
        ),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_certificate_words")),
    )
    op.create_table(
        "certificate_picture",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("issued", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_certificate_picture")),
    )
    op.create_table(
        "certificate_logo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("follows", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("picture_sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "follows >= 0 AND position >= 0", name=op.f("ck_certificate_logo_place")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_certificate_logo_cycle_id_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["picture_sha256"],
            ["certificate_picture.sha256"],
            name=op.f("fk_certificate_logo_picture_sha256_certificate_picture"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_logo")),
    )
    op.create_index("ix_certificate_logo_cycle", "certificate_logo", ["cycle_id", "position"])
    op.create_index(
        op.f("ix_certificate_logo_picture_sha256"), "certificate_logo", ["picture_sha256"]
    )


def downgrade() -> None:
    op.drop_table("certificate_logo")
    op.drop_table("certificate_picture")
    op.drop_table("certificate_words")
