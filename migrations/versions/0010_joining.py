"""Joining: an account's security log, its sessions told apart, links by mail, notices accepted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
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


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _columns() -> dict[str, list[sa.Column]]:
    """Added in place: SQLite would lose what points to a table that is made anew."""
    return {
        "account": [
            sa.Column("language", sa.String(2)),
            _instant("login_confirmed_at", nullable=True),
            sa.Column(
                "must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False
            ),
        ],
        "user_session": [
            _instant("last_used_at", nullable=True),
            sa.Column("device", sa.String(60), server_default="", nullable=False),
            sa.Column("network", sa.String(60), server_default="", nullable=False),
            sa.Column("name", sa.String(60), server_default="", nullable=False),
        ],
    }


def _tables_of_joining() -> None:
    op.create_table(
        "notice_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        _instant("accepted_at"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_acceptance_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_acceptance")),
    )
    op.create_index(
        "uq_notice_acceptance", "notice_acceptance", ["person_id", "version"], unique=True
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("new_organisation", sa.String(length=200), nullable=False),
        sa.Column("new_kind", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("notice_version", sa.String(length=40), nullable=False),
        _instant("asked_at"),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_registration_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    op.create_index(op.f("ix_registration_asked_at"), "registration", ["asked_at"])
    op.create_table(
        "login_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("old_login", sa.String(length=254), nullable=False),
        sa.Column("new_login", sa.String(length=254), nullable=False),
        _instant("asked_at"),
        _instant("old_agreed_at", nullable=True),
        _instant("new_agreed_at", nullable=True),
        _instant("ended_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_change_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_change")),
    )
    op.create_index(
        "uq_login_change_open",
        "login_change",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    _mailed_link()


def _mailed_link() -> None:
    purposes = ("registration", "reset", "invitation", "old_login", "new_login")
    op.create_table(
        "mailed_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                *purposes, name="purpose", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        _instant("asked_at"),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        _instant("expires_at", nullable=True),
        _instant("used_at", nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("login_change_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(purpose = 'registration') = (registration_id IS NOT NULL)",
            name=op.f("ck_mailed_link_of_registration"),
        ),
        sa.CheckConstraint(
            "(purpose IN ('old_login', 'new_login')) = (login_change_id IS NOT NULL)",
            name=op.f("ck_mailed_link_of_login_change"),
        ),
        sa.CheckConstraint(
            "(token_hash IS NULL) = (expires_at IS NULL)",
            name=op.f("ck_mailed_link_token_expires"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_mailed_link_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_mailed_link_registration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["login_change_id"], ["login_change.id"], name=op.f("fk_mailed_link_login_change_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailed_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mailed_link_token_hash")),
    )
    for column in ("asked_at", "account_id", "registration_id", "login_change_id"):
        op.create_index(op.f(f"ix_mailed_link_{column}"), "mailed_link", [column])


def upgrade() -> None:
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
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
    _tables_of_joining()
    for deed in ("UPDATE", "DELETE"):
        _forbid("security_event", deed)


def downgrade() -> None:
    for table in ("mailed_link", "login_change", "registration", "notice_acceptance"):
        op.drop_table(table)
    op.drop_table("security_event")  # its triggers go with it
    for table, columns in _columns().items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
