"""What a trainer does to a register by hand: mark people, and mark all the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from lms import audit
from lms.attendance import queries, queries_evidence
from lms.attendance.lesson_time import window_of
from lms.attendance.models import AttendanceRegister
from lms.attendance.queries import RegisterRow
from lms.attendance.records import add_evidence, lock_open_register, write_outcomes
from lms.attendance.rules import (
    Cell,
    EvidenceKind,
    Mark,
    Outcome,
    Proof,
    Typed,
    Verdict,
    derive,
    judge,
    too_early,
)
from lms.catalogue.models import Lesson
from lms.clock import now
from lms.errors import UserError


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that two people changed: what one typed, and the row as another left it."""

    typed: Typed
    row: RegisterRow


class MarkConflictError(Exception):
    """Nothing was saved: these cells were changed by somebody else in the meantime."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = conflicts
        super().__init__(f"{len(conflicts)} cells were changed by somebody else")


def record_marks(lesson: Lesson, typed: Sequence[Typed], *, by: int | None) -> int:
    """Save the cells that were changed, all or none; returns how many records changed.

    Raises MarkConflictError when a changed cell was changed by another person meanwhile, and
    UserError when the register takes no marks, or not these.
    """
    register = lock_open_register(lesson)
    wanted = {each.enrolment_id: each for each in typed}
    rows = {row.enrolment_id: row for row in queries.rows_of(lesson, register.id, wanted.keys())}
    if rows.keys() != wanted.keys():
        raise UserError(_("Somebody in this form is not enrolled in the cycle."))
    verdicts = {key: judge(wanted[key], row.cell, row.version) for key, row in rows.items()}
    conflicts = [
        Conflict(wanted[key], rows[key])
        for key, verdict in verdicts.items()
        if verdict is Verdict.CONFLICT
    ]
    if conflicts:
        raise MarkConflictError(conflicts)
    return write_marks(
        lesson,
        register,
        {key: wanted[key].cell for key, verdict in verdicts.items() if verdict is Verdict.SAVE},
        by=by,
    )


def mark_rest(lesson: Lesson, mark: Mark, *, expected: int, by: int | None) -> int:
    """Give `mark` to everybody without one; returns how many.

    `expected` is the number somebody agreed to: UserError (409) if it is another by now.
    """
    register = lock_open_register(lesson)
    cell = Cell(mark, lesson.minutes if mark is Mark.PRESENT else 0)
    rest = {
        row.enrolment_id: cell for row in queries.rows(lesson, register.id) if row.cell.mark is None
    }
    if len(rest) != expected:
        raise UserError(
            _("Meanwhile somebody else wrote in the register: look at the numbers again."), 409
        )
    return write_marks(lesson, register, rest, by=by)


def write_marks(
    lesson: Lesson, register: AttendanceRegister, cells: dict[int, Cell], *, by: int | None
) -> int:
    """Write these cells as somebody's word, under the register's lock; returns how many changed."""
    instant = now()
    if any(too_early(cell.mark, lesson.starts_at, instant) for cell in cells.values()):
        raise UserError(
            _("The lesson is still to come: for now only excused absences can be noted.")
        )
    if not cells:
        return 0
    add_evidence(
        [
            {
                "register_id": register.id,
                "enrolment_id": enrolment_id,
                "kind": EvidenceKind.TRAINER_MARK,
                "mark": cell.mark,
                "minutes": cell.minutes if cell.mark else None,
                "author_id": by,
                "at": instant,
            }
            for enrolment_id, cell in cells.items()
        ]
    )
    taken_back = [key for key, cell in cells.items() if cell.mark is None]
    proofs = queries_evidence.proofs(register.id, taken_back) if taken_back else {}
    changed = write_outcomes(
        register,
        {key: _outcome(cell, proofs.get(key, []), lesson) for key, cell in cells.items()},
        by=by,
    )
    audit.record("register.marked", register, actor_id=by, detail={"people": len(cells)})
    return changed


def _outcome(cell: Cell, proofs: list[Proof], lesson: Lesson) -> Outcome | None:
    word = Proof(EvidenceKind.TRAINER_MARK, cell.mark, cell.minutes)
    return derive([*proofs, word], window_of(lesson))
