"""Search keys on people, organisations and enrolments; sign-in attempts, counted"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Table → the columns its search key is made of, and whether the key is indexed.
KEYS = {
    "organisation": (("name",), True),
    "person": (("family_name", "given_name"), True),
    "enrolment": (("family_name", "given_name", "organisation_name"), False),
}
KEY_LENGTH = 400
WITHOUT_DECOMPOSITION = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i"})


def search_key(text):
    """As the application makes it on the day of this migration."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.casefold().translate(WITHOUT_DECOMPOSITION)
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return " ".join(words)[:KEY_LENGTH].rstrip()


def fill(table, columns):
    rows = sa.table(table, sa.column("id"), sa.column("search_key"), *map(sa.column, columns))
    connection = op.get_bind()
    keys = [
        {"row": row.id, "key": search_key(" ".join(row[1:]))}
        for row in connection.execute(sa.select(rows.c.id, *(rows.c[name] for name in columns)))
    ]
    if keys:
        change = rows.update().where(rows.c.id == sa.bindparam("row"))
        connection.execute(change.values(search_key=sa.bindparam("key")), keys)


def upgrade() -> None:
    for table, (columns, indexed) in KEYS.items():
        column = sa.Column("search_key", sa.String(KEY_LENGTH), server_default="", nullable=False)
        op.add_column(table, column)
        fill(table, columns)
        if indexed:
            op.create_index(f"ix_{table}_search_key", table, ["search_key"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_key", "sign_in_attempt", ["key", "at"])
    op.create_index("ix_sign_in_attempt_at", "sign_in_attempt", ["at"])


def downgrade() -> None:
    op.drop_table("sign_in_attempt")
    for table, (_columns, indexed) in KEYS.items():
        if indexed:
            op.drop_index(f"ix_{table}_search_key", table)
        # Not through a batch: SQLite drops the column in place, and the rows that point here stay.
        op.execute(f"ALTER TABLE {table} DROP COLUMN search_key")
