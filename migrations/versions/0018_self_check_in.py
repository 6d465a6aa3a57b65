"""Self check-in: its kinds of evidence, which lessons take it, which device each came from"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NEW_KINDS = ("checkin", "checkout", "joined_link")
NEW_SOURCE = "checkin"


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _allowed(table: str, column: str) -> list[str]:
    """The values that a column's CHECK lists now, whoever added them."""
    name = f"ck_{table}_{column}"
    bind = op.get_bind()
    if _sqlite():
        made = bind.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE name = :table"), {"table": table}
        )
        text = str(made.scalar_one()).partition(name)[2].partition("))")[0]
    else:
        made = bind.execute(
            sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
            {"name": name},
        )
        text = str(made.scalar_one())
    return text.split("'")[1::2]


def _choices(table: str, column: str, values: list[str]) -> None:
    """Another set of values for a column. SQLite 3.53 takes the same words as PostgreSQL."""
    name = f"ck_{table}_{column}"
    listed = ", ".join(f"'{value}'" for value in values)
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed}))")


def _with(table: str, column: str, *more: str) -> None:
    _choices(table, column, [*_allowed(table, column), *more])


def _without(table: str, column: str, *less: str) -> None:
    _choices(table, column, [each for each in _allowed(table, column) if each not in less])


def upgrade() -> None:
    _with("evidence", "kind", *NEW_KINDS)
    _with("attendance_record", "source", NEW_SOURCE)
    op.create_table(
        "self_check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("asks_check_out", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_self_check_in_lesson_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_self_check_in_opened_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_check_in")),
        sa.UniqueConstraint("lesson_id", name=op.f("uq_self_check_in_lesson_id")),
    )
    op.create_table(
        "check_in_trace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_check_in_trace_evidence_id")
        ),
        sa.ForeignKeyConstraint(
            ["register_id"],
            ["attendance_register.id"],
            name=op.f("fk_check_in_trace_register_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in_trace")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_check_in_trace_evidence_id")),
    )
    op.create_index("ix_check_in_trace_device", "check_in_trace", ["register_id", "device"])
    op.create_index(op.f("ix_check_in_trace_at"), "check_in_trace", ["at"])


@contextmanager
def _unguarded(*triggers: str) -> Iterator[None]:
    """Without these guards of `evidence`, which stand again afterwards as they stood."""
    bind = op.get_bind()
    if not _sqlite():
        for name in triggers:
            op.execute(f"ALTER TABLE evidence DISABLE TRIGGER {name}")
        yield
        for name in triggers:
            op.execute(f"ALTER TABLE evidence ENABLE TRIGGER {name}")
        return
    made = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    known = [str(bind.execute(made, {"name": name}).scalar_one()) for name in triggers]
    for name in triggers:
        op.execute(f"DROP TRIGGER {name}")
    yield
    for sql in known:
        bind.exec_driver_sql(sql)


def downgrade() -> None:
    """Check-ins are not known before: they become their authors' words, worth what was credited.

    A followed link credits nothing and goes.
    """
    op.drop_table("check_in_trace")
    op.drop_table("self_check_in")
    records = sa.table(
        "attendance_record",
        sa.column("register_id"), sa.column("enrolment_id"), sa.column("minutes"),
        sa.column("source"),
    )  # fmt: skip
    evidence = sa.table(
        "evidence",
        sa.column("register_id"), sa.column("enrolment_id"), sa.column("kind"),
        sa.column("mark"), sa.column("minutes"),
    )  # fmt: skip
    credited = (
        sa.select(records.c.minutes)
        .where(
            records.c.register_id == evidence.c.register_id,
            records.c.enrolment_id == evidence.c.enrolment_id,
        )
        .correlate(evidence)
        .scalar_subquery()
    )
    with _unguarded("evidence_no_update", "evidence_no_delete"):
        op.execute(evidence.delete().where(evidence.c.kind == "joined_link"))
        op.execute(
            evidence.update()
            .where(evidence.c.kind.in_(("checkin", "checkout")))
            .values(kind="trainer_mark", mark="present", minutes=sa.func.coalesce(credited, 0))
        )
    op.execute(records.update().where(records.c.source == NEW_SOURCE).values(source="trainer"))
    _without("attendance_record", "source", NEW_SOURCE)
    _without("evidence", "kind", *NEW_KINDS)
