"""Marks sent by devices, scans of signed registers, countersignatures, register PDFs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

REFUSAL = "this row is kept as it was written"
OPEN = "EXISTS (SELECT 1 FROM redaction_gate)"
KEPT_OF_A_SCAN = "register_id, sha256, size, media_type, uploaded_at, uploaded_by_id"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _forbid(name: str, table: str, deed: str, *, gated: bool = False) -> None:
    if _sqlite():
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


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(
    table: str, column: str, other: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete
    )


def _device_mark() -> None:
    op.create_table(
        "device_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        _instant("marked_at"),
        _instant("received_at"),
        sa.Column(
            "outcome",
            _choice("outcome", "saved", "unchanged", "conflict", "refused"),
            nullable=False,
        ),
        sa.Column(
            "refusal",
            _choice(
                "refusal", "closed", "cancelled", "too_early", "not_enrolled", "bad_mark",
                "not_yours",
            ),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mark", _choice("mark", "present", "absent", "excused"), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_device_mark_refused_why")
        ),
        _key("device_mark", "register_id", "attendance_register"),
        _key("device_mark", "author_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_mark")),
        sa.UniqueConstraint("client_id", name=op.f("uq_device_mark_client_id")),
    )  # fmt: skip
    for column in ("register_id", "author_id", "received_at"):
        op.create_index(op.f(f"ix_device_mark_{column}"), "device_mark", [column])


def _register_scan() -> None:
    op.create_table(
        "register_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "media_type",
            _choice("media_type", "application/pdf", "image/jpeg", "image/png"),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _instant("uploaded_at"),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        _instant("withdrawn_at", nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_register_scan_not_empty")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')",
            name=op.f("ck_register_scan_withdrawn_with_reason"),
        ),
        _key("register_scan", "register_id", "attendance_register"),
        _key("register_scan", "uploaded_by_id", "person"),
        _key("register_scan", "withdrawn_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_scan")),
        sa.UniqueConstraint(
            "register_id", "sha256", name=op.f("uq_register_scan_register_id_sha256")
        ),
    )  # fmt: skip
    _forbid("register_scan_no_update", "register_scan", f"UPDATE OF {KEPT_OF_A_SCAN}")
    _forbid(
        "register_scan_no_redaction", "register_scan", "UPDATE OF filename, content", gated=True
    )
    _forbid("register_scan_no_delete", "register_scan", "DELETE")


def _countersignature() -> None:
    table = "register_countersignature"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        _instant("at"),
        sa.Column("by_id", sa.Integer(), nullable=True),
        _key(table, "register_id", "attendance_register"),
        _key(table, "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("register_id", name=op.f(f"uq_{table}_register_id")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{table}_number")),
        sa.UniqueConstraint("hash", name=op.f(f"uq_{table}_hash")),
    )
    op.create_index(op.f(f"ix_{table}_by_id"), table, ["by_id"])
    _forbid(f"{table}_no_update", table, "UPDATE")
    _forbid(f"{table}_no_delete", table, "DELETE")
    op.add_column(
        "seal_chain", sa.Column("countersigned", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "seal_chain",
        sa.Column("countersignature", sa.String(length=64), server_default="", nullable=False),
    )


def _register_document() -> None:
    table = "register_document"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("kind", "sheet", "lesson", "cycle"), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        _instant("asked_at"),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        _instant("made_at", nullable=True),
        sa.CheckConstraint(
            "(kind = 'cycle') = (lesson_id IS NULL)",
            name=op.f("ck_register_document_of_lesson_or_cycle"),
        ),
        sa.CheckConstraint(
            "(pdf IS NULL) = (made_at IS NULL) AND (pdf IS NULL) = (sha256 IS NULL)",
            name=op.f("ck_register_document_made"),
        ),
        _key(table, "cycle_id", "cycle", ondelete="CASCADE"),
        _key(table, "lesson_id", "lesson", ondelete="CASCADE"),
        _key(table, "asked_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_document")),
    )
    for column in ("cycle_id", "lesson_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    _device_mark()
    _register_scan()
    _countersignature()
    _register_document()


def downgrade() -> None:
    for column in ("countersignature", "countersigned"):
        op.execute(f"ALTER TABLE seal_chain DROP COLUMN {column}")
    for table in ("register_document", "register_countersignature", "register_scan", "device_mark"):
        op.drop_table(table)
