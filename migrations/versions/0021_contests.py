"""Contested presences, their history and attachments; for how long a cycle lets people contest"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

REFUSAL = "this row is kept as it was written"
OPEN = "EXISTS (SELECT 1 FROM redaction_gate)"
# Rows that never change, but for the columns an erasure may empty, through the gate.
KEPT = {
    "contest_event": ("contest_id, kind, at, actor_id", "note"),
    "contest_attachment": ("contest_id, sha256, size, kind", "filename, content"),
}


def _choice(name, *words):
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def _forbid(name, table, deed, *, gated=False) -> None:
    if op.get_bind().dialect.name == "sqlite":
        condition = f"WHEN NOT {OPEN} " if gated else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        return
    function = "keep_row_unless_redacting" if gated else "keep_row"
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def upgrade() -> None:
    op.execute(
        "ALTER TABLE cycle ADD COLUMN contest_days INTEGER DEFAULT 15 NOT NULL "
        "CONSTRAINT ck_cycle_contest_days CHECK (contest_days BETWEEN 1 AND 365)"
    )
    op.create_table(
        "contest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column(
            "status", _choice("status", "open", "accepted", "refused", "withdrawn"), nullable=False
        ),
        sa.Column("mark", _choice("mark", "present", "absent", "excused"), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(status = 'open') = (closed_at IS NULL)", name=op.f("ck_contest_closed")
        ),
        sa.CheckConstraint(
            "(status = 'accepted') = (evidence_id IS NOT NULL)", name=op.f("ck_contest_accepted")
        ),
        sa.ForeignKeyConstraint(
            ["register_id"], ["attendance_register.id"], name=op.f("fk_contest_register_id")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_contest_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_contest_evidence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
    )
    op.create_index(op.f("ix_contest_enrolment_id"), "contest", ["enrolment_id"])
    still_open = sa.text("status = 'open'")
    op.create_index(
        "uq_contest_open", "contest", ["register_id", "enrolment_id"],
        unique=True, sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip
    _history()


def _history() -> None:
    op.create_table(
        "contest_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", _choice("kind", "opened", "accepted", "refused", "withdrawn"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "kind = 'withdrawn' OR length(note) > 0", name=op.f("ck_contest_event_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("fk_contest_event_contest_id")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_contest_event_actor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_event")),
    )
    op.create_index(op.f("ix_contest_event_contest_id"), "contest_event", ["contest_id"])
    op.create_table(
        "contest_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("kind", _choice("kind", "pdf", "jpeg", "png"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("fk_contest_attachment_contest_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_attachment")),
        sa.UniqueConstraint("contest_id", name=op.f("uq_contest_attachment_contest_id")),
    )
    for table, (kept, redactable) in KEPT.items():
        _forbid(f"{table}_no_update", table, f"UPDATE OF {kept}")
        _forbid(f"{table}_no_redaction", table, f"UPDATE OF {redactable}", gated=True)
        _forbid(f"{table}_no_delete", table, "DELETE")


def downgrade() -> None:
    for table in ("contest_attachment", "contest_event", "contest"):
        op.drop_table(table)
    op.execute("ALTER TABLE cycle DROP COLUMN contest_days")
