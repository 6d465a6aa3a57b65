"""Search keys on tracks and cycles"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEYS = {"track": ("title", "project_code", "issuer"), "cycle": ("title", "code")}
KEY_LENGTH = 400
WITHOUT_DECOMPOSITION = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i"})


def search_key(text):
    """As the application makes it on the day of this migration."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.casefold().translate(WITHOUT_DECOMPOSITION)
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return " ".join(words)[:KEY_LENGTH].rstrip()


def upgrade() -> None:
    connection = op.get_bind()
    for table, columns in KEYS.items():
        op.add_column(
            table, sa.Column("search_key", sa.String(KEY_LENGTH), server_default="", nullable=False)
        )
        rows = sa.table(table, sa.column("id"), sa.column("search_key"), *map(sa.column, columns))
        found = connection.execute(sa.select(rows.c.id, *(rows.c[name] for name in columns)))
        for row in found.all():
            key = search_key(" ".join(row[1:]))
            connection.execute(rows.update().where(rows.c.id == row.id).values(search_key=key))


def downgrade() -> None:
    for table in KEYS:
        # Not through a batch: SQLite drops the column in place, and the rows that point here stay.
        op.execute(f"ALTER TABLE {table} DROP COLUMN search_key")
