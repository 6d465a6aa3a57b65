"""Identity providers: linked identities, sign-ins under way, the log of 24 months"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OUTCOMES = (
    "signed_in", "arrived", "registered", "linked", "unlinked", "signed_out", "failed",
)  # fmt: skip
FAILURES = (
    "cancelled", "attempts", "level", "timeout", "consent", "blocked", "refused", "down",
    "expired", "untrusted", "incomplete", "disabled", "taken", "mismatch",
)  # fmt: skip
LINKED_BY = ("tax_code", "confirmation", "first_arrival")
REFUSAL = "this row is kept for 24 months"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _choice(values, name):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _instant(name):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def upgrade() -> None:
    _login_may_be_missing(missing=True)
    _identities()
    _under_way()
    _log()


def _identities() -> None:
    op.create_table(
        "federated_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(24), nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("linked_by", _choice(LINKED_BY, "linked_by"), nullable=False),
        _instant("linked_at"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_federated_identity_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federated_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_federated_identity_issuer_subject")),
    )
    op.create_index("ix_federated_identity_account_id", "federated_identity", ["account_id"])


def _under_way() -> None:
    op.create_table(
        "federation_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(24), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(128), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        _instant("expires_at"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_federation_request_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federation_request")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_federation_request_state_hash")),
    )
    op.create_table(
        "federation_arrival",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(24), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("transaction_hash", sa.String(64), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        _instant("expires_at"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_federation_arrival_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federation_arrival")),
        sa.UniqueConstraint("browser_hash", name=op.f("uq_federation_arrival_browser_hash")),
    )
    for table in ("federation_request", "federation_arrival"):
        op.create_index(f"ix_{table}_account_id", table, ["account_id"])
        op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])
    op.create_table(
        "federated_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("provider", sa.String(24), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _instant("created_at"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_federated_session_account_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["user_session.id"], name=op.f("fk_federated_session_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federated_session")),
        sa.UniqueConstraint("session_id", name=op.f("uq_federated_session_session_id")),
    )  # fmt: skip
    for column in ("account_id", "browser_hash"):
        op.create_index(f"ix_federated_session_{column}", "federated_session", [column])


def _log() -> None:
    op.create_table(
        "federation_transaction",
        sa.Column("id", sa.Integer(), nullable=False),
        _instant("at"),
        sa.Column("provider", sa.String(24), nullable=False),
        sa.Column("transaction_hash", sa.String(64), nullable=False),
        sa.Column("outcome", _choice(OUTCOMES, "outcome"), nullable=False),
        sa.Column("failure", _choice(FAILURES, "failure"), nullable=True),
        sa.Column("detail", sa.String(120), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("network", sa.String(60), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'failed') = (failure IS NOT NULL)",
            name=op.f("ck_federation_transaction_failure_of_failed"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_federation_transaction_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federation_transaction")),
    )
    for column in ("at", "transaction_hash", "person_id"):
        op.create_index(f"ix_federation_transaction_{column}", "federation_transaction", [column])
    for deed, condition in (("UPDATE", "TRUE"), ("DELETE", _younger())):
        name = f"federation_transaction_no_{deed.lower()}"
        if _sqlite():
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {deed} ON federation_transaction "
                f"WHEN ({condition}) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {deed} ON federation_transaction FOR EACH ROW "
                f"WHEN ({condition}) EXECUTE FUNCTION keep_row()"
            )


def _younger() -> str:
    """Whether a row is too young to be thrown away, by the database's own clock."""
    if _sqlite():
        return "OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-24 months')"
    return "OLD.at > CURRENT_TIMESTAMP - INTERVAL '24 months'"


def _login_may_be_missing(*, missing: bool) -> None:
    """An account that only an identity provider opens has no address to sign in with."""
    if not _sqlite():
        op.alter_column("account", "login", existing_type=sa.String(254), nullable=missing)
        return
    # SQLite knows no ALTER for this, and a batch would copy the table, which the rows that point at
    # it forbid. Its own way for a constraint without effect on what is stored: the schema's text
    # (https://sqlite.org/lang_altertable.html, section 7).
    old, new = "login VARCHAR(254) NOT NULL", "login VARCHAR(254)"
    before, after = (old, new) if missing else (new, old)
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' "
        "AND name = 'account' AND instr(sql, ?) > 0",
        (before, after, before),
    )
    if changed.rowcount != 1:
        raise RuntimeError("the table of accounts is not written as expected")
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def downgrade() -> None:
    for deed in ("update", "delete"):
        on_table = "" if _sqlite() else " ON federation_transaction"
        op.execute(f"DROP TRIGGER federation_transaction_no_{deed}{on_table}")
    for table in (
        "federation_transaction",
        "federated_session",
        "federation_arrival",
        "federation_request",
        "federated_identity",
    ):
        op.drop_table(table)
    op.execute(
        "UPDATE account SET login = 'account-' || id || '@sign-in.invalid' WHERE login IS NULL"
    )
    _login_may_be_missing(missing=False)
