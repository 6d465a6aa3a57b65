"""Roles towards a track or an organisation; nominations; the log of looks at people's data"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ROLES = ("organiser", "referent", "auditor", "administrator")
STATUSES = ("requested", "confirmed", "withdrawn", "refused")
SCOPE = """
(role = 'organiser' AND organisation_id IS NULL)
OR (role = 'referent' AND organisation_id IS NOT NULL AND track_id IS NULL)
OR (role = 'auditor' AND track_id IS NOT NULL AND organisation_id IS NULL)
OR (role = 'administrator' AND track_id IS NULL AND organisation_id IS NULL)
"""
OPEN = {
    "uq_role_grant_open": (
        ["person_id", "role"],
        "ended_at IS NULL AND track_id IS NULL AND organisation_id IS NULL",
    ),
    "uq_role_grant_open_track": (
        ["person_id", "role", "track_id"],
        "ended_at IS NULL AND track_id IS NOT NULL",
    ),
    "uq_role_grant_open_organisation": (
        ["person_id", "role", "organisation_id"],
        "ended_at IS NULL AND organisation_id IS NOT NULL",
    ),
}
REFUSAL = "this row is kept as it was written"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _choices(table: str, column: str, values: tuple[str, ...]) -> None:
    """Another set of values for a column. SQLite 3.53 takes the same words as PostgreSQL."""
    name = f"ck_{table}_{column}"
    listed = ", ".join(f"'{value}'" for value in values)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed}))")


def _unique_open(name: str, columns: list[str], condition: str) -> None:
    held = sa.text(condition)
    op.create_index(
        name, "role_grant", columns, unique=True, sqlite_where=held, postgresql_where=held
    )


def _forbid(table: str, deed: str) -> None:
    name = f"{table}_no_{deed.lower()}"
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION keep_row()"
        )


def _allow(table: str, deed: str) -> None:
    on_table = "" if _sqlite() else f" ON {table}"
    op.execute(f"DROP TRIGGER {table}_no_{deed.lower()}{on_table}")


def _looks() -> None:
    op.create_table(
        "audit_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_audit_session_person_id"),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name="fk_audit_session_track_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_session"),
    )
    op.create_index("ix_audit_session_person", "audit_session", ["person_id", "track_id"])
    op.create_table(
        "access_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(length=60), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_look"),
    )
    op.create_index("ix_access_look_actor_id", "access_look", ["actor_id"])
    op.create_index("ix_access_look_person_id", "access_look", ["person_id"])
    _forbid("access_look", "UPDATE")
    _forbid("access_look", "DELETE")


def upgrade() -> None:
    for table, column, target in (
        ("role_grant", "track_id", "track"),
        ("role_grant", "organisation_id", "organisation"),
        ("person", "added_by_id", "person"),
    ):
        # In words both databases take: SQLite adds a foreign key with its column only.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
        )
    for column in ("reason", "end_reason"):
        op.execute(f"ALTER TABLE role_grant ADD COLUMN {column} VARCHAR(300) DEFAULT '' NOT NULL")
    op.create_index("ix_person_added_by_id", "person", ["added_by_id"])
    op.create_index("ix_role_grant_person", "role_grant", ["person_id"])
    op.create_index("ix_role_grant_organisation", "role_grant", ["organisation_id"])
    op.drop_index("uq_role_grant_open", "role_grant")
    for name, (columns, condition) in OPEN.items():
        _unique_open(name, columns, condition)
    _choices("role_grant", "role", ROLES)
    op.execute(f"ALTER TABLE role_grant ADD CONSTRAINT ck_role_grant_scope CHECK ({SCOPE})")
    _choices("enrolment", "status", STATUSES)
    _choices("enrolment_event", "status", STATUSES)
    _looks()


def downgrade() -> None:
    op.drop_table("access_look")  # its triggers go with it
    op.drop_table("audit_session")
    # Who waited for an answer, or was refused, does not take part.
    _allow("enrolment_event", "UPDATE")
    for table in ("enrolment", "enrolment_event"):
        op.execute(
            f"UPDATE {table} SET status = 'withdrawn' "  # noqa: S608 - two names, above
            "WHERE status IN ('requested', 'refused')"
        )
        _choices(table, "status", ("confirmed", "withdrawn"))
    _forbid("enrolment_event", "UPDATE")
    # A role that held towards something must not come to hold towards everything.
    op.execute(
        "DELETE FROM role_grant WHERE track_id IS NOT NULL OR organisation_id IS NOT NULL "
        "OR role NOT IN ('organiser', 'administrator')"
    )
    op.execute("ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_scope")
    _choices("role_grant", "role", ("organiser", "administrator"))
    for name in (*OPEN, "ix_role_grant_person", "ix_role_grant_organisation"):
        op.drop_index(name, "role_grant")
    op.drop_index("ix_person_added_by_id", "person")
    _unique_open("uq_role_grant_open", ["person_id", "role"], "ended_at IS NULL")
    for table, column in (
        ("role_grant", "track_id"),
        ("role_grant", "organisation_id"),
        ("role_grant", "reason"),
        ("role_grant", "end_reason"),
        ("person", "added_by_id"),
    ):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
