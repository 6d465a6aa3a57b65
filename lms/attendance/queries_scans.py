"""The scans of a register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, lazyload

from lms.accounts.models import Person
from lms.attendance.models_paper import RegisterScan
from lms.extensions import db


@dataclass(frozen=True, slots=True)
class ScanLine:
    """A scan as lists show it, with who brought it and who took it back."""

    scan: RegisterScan
    by: str
    withdrawn_by: str


def scans(register_id: int) -> list[ScanLine]:
    """The scans of a register, oldest first, without their bytes (one query)."""
    other = aliased(Person)
    query: Select[Any] = (
        select(
            RegisterScan, Person.given_name, Person.family_name, other.given_name, other.family_name
        )
        .outerjoin(Person, Person.id == RegisterScan.uploaded_by_id)
        .outerjoin(other, other.id == RegisterScan.withdrawn_by_id)
        .where(RegisterScan.register_id == register_id)
        .order_by(RegisterScan.id)
        .options(lazyload(RegisterScan.register))
    )
    return [
        ScanLine(
            scan, f"{given} {family}" if family else "", f"{given_2} {family_2}" if family_2 else ""
        )
        for scan, given, family, given_2, family_2 in db.session.execute(query)
    ]


def known_scan(register_id: int, sha256: str) -> RegisterScan | None:
    """The scan with these bytes, if the register has it already."""
    return db.session.scalar(
        select(RegisterScan).where(
            RegisterScan.register_id == register_id, RegisterScan.sha256 == sha256
        )
    )


def count_scans(register_id: int) -> int:
    """How many scans a register has, those taken back among them."""
    query = select(func.count(RegisterScan.id)).where(RegisterScan.register_id == register_id)
    return db.session.scalar(query) or 0


def content_of(scan_id: int) -> bytes:
    """The bytes of a scan; empty once its time is over."""
    found = db.session.scalar(select(RegisterScan.content).where(RegisterScan.id == scan_id))
    return found or b""
