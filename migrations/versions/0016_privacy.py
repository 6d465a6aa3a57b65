"""Privacy: legal holds, requests to be erased, what is kept of certificates, the redaction gate"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

REFUSAL = "this row is kept as it was written"
# Rows that never change but for the columns an erasure or retention may empty, through the gate.
REDACTABLE = {
    "audit_event": (("at", "actor_id", "action", "object_type", "object_id"), ("detail",)),
    "enrolment_event": (("enrolment_id", "status", "at", "actor_id"), ("note",)),
    "evidence": (
        (
            "register_id", "enrolment_id", "kind", "mark", "minutes", "report_entry_id",
            "author_id", "at",
        ),
        ("reason",),
    ),
    "certificate_event": (("certificate_id", "kind", "at", "actor_id"), ("reason",)),
    "certificate_document": (("certificate_id", "sha256", "size", "rendered_at"), ("pdf",)),
    "certificate": (
        (
            "cycle_id", "enrolment_id", "number", "serial", "code", "minutes", "completed_on",
            "issued_at", "issued_by_id", "replaces_id",
        ),
        ("snapshot", "holder_name", "holder_family_name"),
    ),
    "report_file": (
        ("register_id", "sha256", "size", "uploaded_at", "uploaded_by_id"),
        ("filename", "content"),
    ),
    "attendance_register": (
        ("lesson_id", "status", "closed_at", "closed_by_id", "seal_number", "seal",
         "previous_seal"),
        ("sealed_rows",),
    ),
}  # fmt: skip
# Rows that never change, and may be dropped through the gate once their time is over.
DROPPABLE = ("security_event", "access_look")
# As migration 0002 had them.
FROZEN = {
    "certificate": (
        "cycle_id, enrolment_id, number, serial, code, snapshot, holder_name, holder_family_name, "
        "minutes, completed_on, issued_at, issued_by_id, replaces_id"
    ),
    "report_file": "register_id, filename, sha256, size, content, uploaded_at, uploaded_by_id",
}
WHEN = {"attendance_register": "OLD.status = 'closed'"}
OPEN = "EXISTS (SELECT 1 FROM redaction_gate)"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _forbid(name: str, table: str, deed: str, when: str = "", *, gated: bool = False) -> None:
    if _sqlite():
        conditions = [f"({when})"] if when else []
        conditions += [f"NOT {OPEN}"] if gated else []
        condition = f"WHEN {' AND '.join(conditions)} " if conditions else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        return
    condition = f"WHEN ({when}) " if when else ""
    function = "keep_row_unless_redacting" if gated else "keep_row"
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW {condition}"
        f"EXECUTE FUNCTION {function}()"
    )


def _drop(name: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {name}" if _sqlite() else f"DROP TRIGGER {name} ON {table}")


def _gate() -> None:
    op.create_table(
        "redaction_gate",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_redaction_gate_single_row")),
        sa.CheckConstraint("missing = 0", name=op.f("ck_redaction_gate_never_there")),
        sa.ForeignKeyConstraint(
            ["missing"],
            ["redaction_gate.id"],
            name=op.f("fk_redaction_gate_missing"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction_gate")),
    )
    if not _sqlite():
        op.execute(
            "CREATE FUNCTION keep_row_unless_redacting() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {OPEN} THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; "
            f"END IF; RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        )
    for table, (kept, redactable) in REDACTABLE.items():
        _drop(f"{table}_no_update", table)
        when = WHEN.get(table, "")
        _forbid(f"{table}_no_update", table, f"UPDATE OF {', '.join(kept)}", when)
        _forbid(
            f"{table}_no_redaction", table, f"UPDATE OF {', '.join(redactable)}", when, gated=True
        )
    for table in DROPPABLE:
        _drop(f"{table}_no_delete", table)
        _forbid(f"{table}_no_delete", table, "DELETE", gated=True)


def upgrade() -> None:
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    _gate()
    op.create_table(
        "sealed_original",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=True),
        sa.Column("report_entry_id", sa.Integer(), nullable=True),
        sa.Column("report_file_id", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN register_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN report_entry_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN report_file_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_sealed_original_of_one"),
        ),
        sa.ForeignKeyConstraint(
            ["register_id"], ["attendance_register.id"], name=op.f("fk_sealed_original_register_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_entry_id"],
            ["report_entry.id"],
            name=op.f("fk_sealed_original_report_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["report_file_id"], ["report_file.id"], name=op.f("fk_sealed_original_report_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_original")),
        sa.UniqueConstraint("register_id", name=op.f("uq_sealed_original_register_id")),
        sa.UniqueConstraint("report_entry_id", name=op.f("uq_sealed_original_report_entry_id")),
        sa.UniqueConstraint("report_file_id", name=op.f("uq_sealed_original_report_file_id")),
    )
    _tables_of_privacy()


def _tables_of_privacy() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_reason", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (cycle_id IS NULL)", name=op.f("ck_legal_hold_of_one")
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_legal_hold_has_reason")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)", name=op.f("ck_legal_hold_lifted_by")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_legal_hold_person_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_legal_hold_cycle_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_legal_hold_set_by_id")),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["person.id"], name=op.f("fk_legal_hold_lifted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(op.f("ix_legal_hold_person_id"), "legal_hold", ["person_id"])
    op.create_index(op.f("ix_legal_hold_cycle_id"), "legal_hold", ["cycle_id"])
    op.create_table(
        "erasure_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open", "erased", "refused", "taken_back",
                name="status", native_enum=False, create_constraint=True, length=24,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.CheckConstraint(
            "(status = 'open') = (decided_at IS NULL)", name=op.f("ck_erasure_request_decided")
        ),
        sa.CheckConstraint(
            "status <> 'refused' OR length(reason) > 0",
            name=op.f("ck_erasure_request_refused_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_erasure_request_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_erasure_request_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_erasure_request_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_request")),
    )  # fmt: skip
    op.create_index(
        "uq_erasure_request_open",
        "erasure_request",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "retained_certificate",
        sa.Column("certificate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_retained_certificate_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_retained_certificate")),
    )


def downgrade() -> None:
    for table in ("retained_certificate", "erasure_request", "legal_hold", "sealed_original"):
        op.drop_table(table)
    for table in DROPPABLE:
        _drop(f"{table}_no_delete", table)
        _forbid(f"{table}_no_delete", table, "DELETE")
    for table in REDACTABLE:
        _drop(f"{table}_no_redaction", table)
        _drop(f"{table}_no_update", table)
        columns = f" OF {FROZEN[table]}" if table in FROZEN else ""
        _forbid(f"{table}_no_update", table, f"UPDATE{columns}", WHEN.get(table, ""))
    if not _sqlite():
        op.execute("DROP FUNCTION keep_row_unless_redacting()")
    op.drop_table("redaction_gate")
    op.drop_column("person", "erased_at")
