"""Parts of register documents, documents that are a ZIP; the grace a register was counted by"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


# Minutes of open registers were counted by the grace of then, most likely today's.
COUNTED = """
UPDATE attendance_register SET grace_minutes = (
    SELECT cycle.grace_minutes FROM lesson JOIN module ON module.id = lesson.module_id
    JOIN cycle ON cycle.id = module.cycle_id WHERE lesson.id = attendance_register.lesson_id)
WHERE status = 'open' AND EXISTS (
    SELECT 1 FROM report_file
    WHERE report_file.register_id = attendance_register.id AND report_file.status = 'imported')
"""


def upgrade() -> None:
    op.add_column("attendance_register", sa.Column("grace_minutes", sa.Integer(), nullable=True))
    op.execute(COUNTED)
    op.add_column(
        "register_document",
        sa.Column("bundle", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "register_document_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "position >= 0 AND section >= 0 AND parts > 0",
            name=op.f("ck_register_document_part_counted"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["register_document.id"],
            name=op.f("fk_register_document_part_document_id_register_document"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_document_part")),
        sa.UniqueConstraint(
            "document_id",
            "section",
            "position",
            name=op.f("uq_register_document_part_document_id_section_position"),
        ),
    )


def downgrade() -> None:
    # A ZIP would be taken for a PDF by the version before; documents can be made again.
    op.execute("DELETE FROM register_document WHERE bundle")
    op.drop_table("register_document_part")
    op.drop_column("register_document", "bundle")
    op.drop_column("attendance_register", "grace_minutes")
