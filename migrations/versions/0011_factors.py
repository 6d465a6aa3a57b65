"""The second factor: apps, passkeys, recovery codes, the step that asks them, proofs made again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    "session_proof",
    "passkey_challenge",
    "second_step",
    "recovery_code",
    "passkey",
    "totp_factor",
)


def instant(name, *, nullable=False):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def account(table):
    return (
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id_account")
        ),
    )


def session(table, **options):
    return (
        sa.Column("session_id", sa.Integer(), **options),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["user_session.id"],
            name=op.f(f"fk_{table}_session_id_user_session"),
            ondelete="CASCADE",
        ),
    )


def numbered(table):
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def upgrade() -> None:
    op.create_table(
        "totp_factor",
        *numbered("totp_factor"),
        *account("totp_factor"),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        instant("created_at"),
        instant("confirmed_at", nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
    )
    for name, where in (
        ("confirmed", "confirmed_at IS NOT NULL"),
        ("pending", "confirmed_at IS NULL"),
    ):
        op.create_index(
            f"uq_totp_factor_{name}",
            "totp_factor",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_table(
        "passkey",
        *numbered("passkey"),
        *account("passkey"),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential", sa.String(length=1364), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        instant("created_at"),
        instant("used_at", nullable=True),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_passkey_account_id_name")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    op.create_table(
        "recovery_code",
        *numbered("recovery_code"),
        *account("recovery_code"),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        instant("created_at"),
        instant("used_at", nullable=True),
        sa.UniqueConstraint(
            "account_id", "code_hash", name=op.f("uq_recovery_code_account_id_code_hash")
        ),
    )
    steps()


def steps() -> None:
    op.create_table(
        "second_step",
        *numbered("second_step"),
        *account("second_step"),
        *session("second_step", nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("password_mark", sa.String(length=64), nullable=False),
        sa.Column("destination", sa.String(length=2000), nullable=False),
        instant("created_at"),
        instant("expires_at"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_second_step_token_hash")),
    )
    for column in ("account_id", "session_id", "expires_at"):
        op.create_index(op.f(f"ix_second_step_{column}"), "second_step", [column])
    op.create_table(
        "passkey_challenge",
        *numbered("passkey_challenge"),
        *session("passkey_challenge", nullable=True),
        sa.Column("second_step_id", sa.Integer(), nullable=True),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        instant("expires_at"),
        sa.ForeignKeyConstraint(
            ["second_step_id"],
            ["second_step.id"],
            name=op.f("fk_passkey_challenge_second_step_id_second_step"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "(session_id IS NULL) <> (second_step_id IS NULL)",
            name=op.f("ck_passkey_challenge_one_owner"),
        ),
        sa.UniqueConstraint("session_id", name=op.f("uq_passkey_challenge_session_id")),
        sa.UniqueConstraint("second_step_id", name=op.f("uq_passkey_challenge_second_step_id")),
    )
    op.create_index(op.f("ix_passkey_challenge_expires_at"), "passkey_challenge", ["expires_at"])
    op.create_table(
        "session_proof",
        *session("session_proof", nullable=False, autoincrement=False),
        instant("proved_at"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_proof")),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
