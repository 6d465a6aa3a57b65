"""Certificates made valid again; tasks for what changed after issue; the key of credentials"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KINDS = "ck_certificate_event_kind"
BEFORE = ("issued", "replaced", "revoked")
AFTER = (*BEFORE, "restored")


def _choice(name, *words):
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def _kinds(kinds: tuple[str, ...]) -> None:
    """What may happen to a certificate. SQLite 3.53 takes PostgreSQL's words."""
    listed = ", ".join(f"'{each}'" for each in kinds)
    op.execute(f"ALTER TABLE certificate_event DROP CONSTRAINT {KINDS}")
    op.execute(f"ALTER TABLE certificate_event ADD CONSTRAINT {KINDS} CHECK (kind IN ({listed}))")


def upgrade() -> None:
    _kinds(AFTER)
    op.create_table(
        "certificate_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("change", _choice("change", "hours", "name", "entitlement"), nullable=False),
        sa.Column("fact", sa.String(length=250), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome", _choice("outcome", "replaced", "revoked", "kept", "moot"), nullable=True
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(outcome IS NULL) = (settled_at IS NULL)", name=op.f("ck_certificate_task_settled")
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome <> 'kept' OR length(note) > 0",
            name=op.f("ck_certificate_task_why"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_task_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_certificate_task_settled_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_task")),
    )
    op.create_index(
        op.f("ix_certificate_task_certificate_id"), "certificate_task", ["certificate_id"]
    )
    still_open = sa.text("outcome IS NULL")
    op.create_index(
        "uq_certificate_task_open", "certificate_task", ["certificate_id", "change"],
        unique=True, sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip
    op.create_table(
        "issuer_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer_key")),
        sa.UniqueConstraint("kid", name=op.f("uq_issuer_key_kid")),
    )


def downgrade() -> None:
    op.drop_table("issuer_key")
    op.drop_table("certificate_task")
    # A certificate made valid again counts as issued once more: the older release has no word.
    forbidden = "certificate_event_no_update"
    sqlite = op.get_bind().dialect.name == "sqlite"
    held = op.get_bind().scalar(
        sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": forbidden}
    ) if sqlite else None  # fmt: skip
    op.execute(
        f"DROP TRIGGER {forbidden}" if sqlite
        else f"ALTER TABLE certificate_event DISABLE TRIGGER {forbidden}"
    )  # fmt: skip
    op.execute("UPDATE certificate_event SET kind = 'issued' WHERE kind = 'restored'")
    op.execute(held or f"ALTER TABLE certificate_event ENABLE TRIGGER {forbidden}")
    _kinds(BEFORE)
