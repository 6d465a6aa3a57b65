"""Scans of the signed paper: kept byte for byte beside the register, before and after its seal."""

from __future__ import annotations

import hashlib
from pathlib import PureWindowsPath

from flask_babel import gettext as _

from lms import audit
from lms.attendance import queries_scans
from lms.attendance.models_paper import RegisterScan, ScanType
from lms.attendance.records import lock_register
from lms.attendance.rules_scan import EXTENSIONS, LARGEST_SCAN, MOST_SCANS, scan_type
from lms.catalogue.models import Lesson, LessonStatus
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.text import clean_line

FILENAME_LENGTH = 200


def keep_scan(lesson: Lesson, filename: str, content: bytes, *, by: int | None) -> RegisterScan:
    """Keep a scan as it is. UserError for what is no scan, is too large, or is there already."""
    kind = _checked(content)
    if lesson.status is LessonStatus.CANCELLED:
        raise UserError(_("This lesson was cancelled: its register takes no scans."), 409)
    register = lock_register(lesson)
    sha256 = hashlib.sha256(content).hexdigest()
    known = queries_scans.known_scan(register.id, sha256)
    if known is not None and known.withdrawn_at is None:
        raise UserError(_("This file is already here: nothing has changed."), 409)
    if known is not None:
        raise UserError(_("This very file was taken back: scan the paper again."), 409)
    if queries_scans.count_scans(register.id) >= MOST_SCANS:
        raise UserError(_("A register takes %(most)s scans at most.", most=MOST_SCANS), 409)
    scan = RegisterScan(
        register_id=register.id,
        filename=_clean_filename(filename, kind),
        sha256=sha256,
        size=len(content),
        media_type=kind,
        content=content,
        uploaded_at=now(),
        uploaded_by_id=by,
    )
    db.session.add(scan)
    db.session.flush()
    audit.record("scan.kept", scan, actor_id=by, detail={"sha256": sha256, "size": len(content)})
    return scan


def _checked(content: bytes) -> ScanType:
    if not content:
        raise UserError(_("The file is empty."))
    if len(content) > LARGEST_SCAN:
        most = LARGEST_SCAN // 2**20
        raise UserError(_("The file is larger than %(most)s MB: scan fewer pages.", most=most), 413)
    kind = scan_type(content)
    if kind is None:
        raise UserError(_("This is no PDF, JPEG or PNG, or the file is cut short."))
    return ScanType(kind)


def _clean_filename(filename: str, kind: ScanType) -> str:
    """The name alone, with the extension that its bytes deserve."""
    name = clean_line(PureWindowsPath(filename).name)
    stem = name.rpartition(".")[0] or name or "scan"
    extension = EXTENSIONS[kind.value]
    return f"{stem[: FILENAME_LENGTH - len(extension) - 1]}.{extension}"


def withdraw_scan(scan: RegisterScan, reason: str, *, by: int) -> None:
    """Take a scan back: it stays, is marked, and stands in no seal or countersignature to come."""
    lock_register(scan.register.lesson)
    db.session.refresh(scan, ["withdrawn_at"])
    if scan.withdrawn_at is not None:
        raise UserError(_("This scan was already taken back."), 409)
    scan.withdrawn_at, scan.withdrawn_by_id, scan.withdrawn_reason = now(), by, reason
    db.session.flush()
    audit.record("scan.withdrawn", scan, actor_id=by, detail={"sha256": scan.sha256})
