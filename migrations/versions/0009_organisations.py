"""Bodies have a standing, a history of names and successors, and words they are found by"""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = ("municipality", "union", "province", "region", "ambit", "third_sector", "other")
NEW_KINDS = (*KINDS, "metropolitan_city")
STATUSES = ("confirmed", "proposed", "refused", "merged", "closed")
REASONS = ("former", "predecessor", "other")
CODES = ("ipa_code", "fiscal_code", "istat_code", "cadastral_code")
COLUMNS = ("id", "name", *CODES)
WORD_LENGTH = 40
WORD = sa.String(WORD_LENGTH).with_variant(sa.String(WORD_LENGTH, collation="C"), "postgresql")
WITHOUT_DECOMPOSITION = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i"})


def is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def one_of(column, values):
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def words(text):
    """As the application makes them on the day of this migration."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.casefold().translate(WITHOUT_DECOMPOSITION)
    return {w[:WORD_LENGTH] for w in "".join(c if c.isalnum() else " " for c in plain).split()}


def alter(kinds, ipa_length) -> None:
    """Let `kind` hold these values and `ipa_code` be so long."""
    name = "ck_organisation_kind"
    if not is_sqlite():
        op.drop_constraint(op.f(name), "organisation", type_="check")
        op.create_check_constraint(op.f(name), "organisation", one_of("kind", kinds))
        op.alter_column("organisation", "ipa_code", type_=sa.String(ipa_length))
        return
    # SQLite keeps checks and lengths in the text of the table only. Building the table anew would
    # let go every row that points here, so the text is changed in the way that
    # https://sqlite.org/lang_altertable.html gives for such changes.
    bind = op.get_bind()
    where = "type = 'table' AND name = 'organisation'"
    before = bind.scalar(sa.text(f"SELECT sql FROM sqlite_master WHERE {where}"))  # noqa: S608
    start = before.index(f"CONSTRAINT {name} CHECK (")
    end = before.index(")", before.index(" IN (", start)) + 1
    check = f"CONSTRAINT {name} CHECK ({one_of('kind', kinds)}"
    after = re.sub(
        r"\bipa_code VARCHAR\(\d+\)",
        f"ipa_code VARCHAR({ipa_length})",
        f"{before[:start]}{check}{before[end:]}",
    )
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    change = sa.text(f"UPDATE sqlite_master SET sql = :after WHERE {where}")  # noqa: S608
    bind.execute(change, {"after": after})
    bind.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")


def add_columns() -> None:
    # In words both databases take: SQLite adds a constraint with its column only.
    for column in (
        "status VARCHAR(24) DEFAULT 'confirmed' NOT NULL "
        f"CONSTRAINT ck_organisation_status CHECK ({one_of('status', STATUSES)})",
        "successor_id INTEGER "
        "CONSTRAINT fk_organisation_successor_id REFERENCES organisation (id) "
        "CONSTRAINT ck_organisation_successor "
        "CHECK ((status = 'merged') = (successor_id IS NOT NULL)) "
        "CONSTRAINT ck_organisation_not_its_own_successor CHECK (successor_id <> id)",
    ):
        op.execute(f"ALTER TABLE organisation ADD COLUMN {column}")
    op.add_column("organisation", sa.Column("closed_on", sa.Date()))
    op.add_column("organisation", sa.Column("proposed_at", sa.DateTime(timezone=True)))
    op.create_index("ix_organisation_status", "organisation", ["status"])
    op.create_index("ix_organisation_successor_id", "organisation", ["successor_id"])


def create_tables() -> None:
    op.create_table(
        "organisation_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("search_key", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_organisation_name_name_not_empty")),
        sa.CheckConstraint(one_of("reason", REASONS), name=op.f("ck_organisation_name_reason")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_name_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_name")),
    )
    op.create_index("ix_organisation_name_search_key", "organisation_name", ["search_key"])
    op.create_index(
        "uq_organisation_name_key",
        "organisation_name",
        ["organisation_id", "search_key"],
        unique=True,
    )
    op.create_table(
        "organisation_word",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_word_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "word", name=op.f("pk_organisation_word")),
    )
    op.create_index("ix_organisation_word_word", "organisation_word", ["word", "organisation_id"])


def fill_words() -> None:
    bodies = sa.table("organisation", *map(sa.column, COLUMNS))
    rows = [
        {"organisation_id": body.id, "word": word}
        for body in op.get_bind().execute(sa.select(bodies))
        for word in words(" ".join(filter(None, (body.name, *(getattr(body, c) for c in CODES)))))
    ]
    if rows:
        table = sa.table("organisation_word", sa.column("organisation_id"), sa.column("word"))
        op.get_bind().execute(table.insert(), rows)


def upgrade() -> None:
    alter(NEW_KINDS, 40)
    add_columns()
    create_tables()
    fill_words()


def downgrade() -> None:
    op.drop_table("organisation_word")
    op.drop_table("organisation_name")
    op.drop_index("ix_organisation_successor_id", "organisation")
    op.drop_index("ix_organisation_status", "organisation")
    for column in ("proposed_at", "closed_on", "successor_id", "status"):
        # Not through a batch: SQLite drops the column in place, and the rows that point here stay.
        op.execute(f"ALTER TABLE organisation DROP COLUMN {column}")
    op.execute("UPDATE organisation SET kind = 'province' WHERE kind = 'metropolitan_city'")
    op.execute("UPDATE organisation SET ipa_code = NULL WHERE length(ipa_code) > 20")
    alter(KINDS, 20)
