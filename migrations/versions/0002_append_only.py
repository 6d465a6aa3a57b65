"""What is written once stays: triggers on histories, evidence, issued certificates and seals"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "audit_event",
    "enrolment_event",
    "evidence",
    "certificate_event",
    "certificate_document",
)
# Of these rows some columns may change (a certificate's status), the named ones never.
FROZEN = {
    "certificate": (
        "cycle_id, enrolment_id, number, serial, code, snapshot, holder_name, holder_family_name, "
        "minutes, completed_on, issued_at, issued_by_id, replaces_id"
    ),
    "report_file": "register_id, filename, sha256, size, content, uploaded_at, uploaded_by_id",
}
REFUSAL = "this row is kept as it was written"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _forbid(table: str, deed: str, when: str = "") -> None:
    name = f"{table}_no_{deed.split()[0].lower()}"
    condition = f"WHEN ({when}) " if when else ""
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW {condition}"
            "EXECUTE FUNCTION keep_row()"
        )


def upgrade() -> None:
    if not _sqlite():
        op.execute(
            "CREATE FUNCTION keep_row() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        )
    for table in APPEND_ONLY:
        _forbid(table, "UPDATE")
        _forbid(table, "DELETE")
    for table, columns in FROZEN.items():
        _forbid(table, f"UPDATE OF {columns}")
    _forbid("certificate", "DELETE")
    # A report that is only being looked at may be thrown away; once imported it is evidence.
    _forbid("report_file", "DELETE", "OLD.status = 'imported'")
    # A sealed register is neither opened again nor sealed anew.
    _forbid("attendance_register", "UPDATE", "OLD.status = 'closed'")
    _forbid("attendance_register", "DELETE", "OLD.status = 'closed'")
    op.execute("INSERT INTO seal_chain (id, number, seal) VALUES (1, 0, '')")


def downgrade() -> None:
    op.execute("DELETE FROM seal_chain")
    tables = [(table, deed) for table in APPEND_ONLY for deed in ("update", "delete")]
    tables += [(table, "update") for table in FROZEN]
    tables += [("certificate", "delete"), ("report_file", "delete")]
    tables += [("attendance_register", "update"), ("attendance_register", "delete")]
    for table, deed in tables:
        on_table = "" if _sqlite() else f" ON {table}"
        op.execute(f"DROP TRIGGER {table}_no_{deed}{on_table}")
    if not _sqlite():
        op.execute("DROP FUNCTION keep_row()")
