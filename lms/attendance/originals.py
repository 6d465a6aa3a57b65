"""What seals were computed over, kept encrypted where an erasure emptied the readable text."""

from __future__ import annotations

from sqlalchemy import select

from lms import secretbox
from lms.attendance.models import AttendanceRegister, ReportEntry, ReportFile, SealedOriginal
from lms.clock import now
from lms.extensions import db

PURPOSE = "attendance original"


def keep(text: str, *, register: int = 0, entry: int = 0, file: int = 0) -> None:
    """Encrypt what stood in a register, in a report's entry or in a report file (as Latin-1)."""
    of = _mark(register, entry, file)
    db.session.add(
        SealedOriginal(
            register_id=register or None,
            report_entry_id=entry or None,
            report_file_id=file or None,
            sealed=secretbox.seal(text, PURPOSE, of=of),
            at=now(),
        )
    )
    db.session.flush()


def rows_before_erasures(register: AttendanceRegister) -> str:
    """The text a register's seal was computed over. Raises `SealError`."""
    row = db.session.scalar(select(SealedOriginal).where(SealedOriginal.register_id == register.id))
    if row is None:
        return register.sealed_rows or ""
    return secretbox.open_sealed(row.sealed, PURPOSE, of=_mark(register.id, 0, 0))


def names_before_erasures(register_id: int) -> dict[int, str]:
    """Names as the reports of a register had them, by entry; only of entries made anonymous.

    One that no key opens is missing: the seal then tells.
    """
    rows = db.session.execute(
        select(SealedOriginal.report_entry_id, SealedOriginal.sealed)
        .join(ReportEntry, ReportEntry.id == SealedOriginal.report_entry_id)
        .join(ReportFile, ReportFile.id == ReportEntry.report_file_id)
        .where(ReportFile.register_id == register_id)
    )
    found: dict[int, str] = {}
    for entry_id, sealed in rows:
        try:
            found[entry_id] = secretbox.open_sealed(sealed, PURPOSE, of=_mark(0, entry_id, 0))
        except secretbox.SealError:
            continue
    return found


def reseal() -> int:
    """Seal again by the newest key what an older one sealed; how many there were."""
    done = 0
    for row in db.session.scalars(select(SealedOriginal)):
        if not secretbox.is_current(row.sealed):
            of = _mark(row.register_id or 0, row.report_entry_id or 0, row.report_file_id or 0)
            row.sealed = secretbox.seal(
                secretbox.open_sealed(row.sealed, PURPOSE, of=of), PURPOSE, of=of
            )
            done += 1
    return done


def _mark(register: int, entry: int, file: int) -> str:
    return f"{register}/{entry}/{file}"
