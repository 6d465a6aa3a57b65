"""What becomes of marks that waited on a device without network: values in, decision out."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from lms.attendance.rules import Cell


class DeviceOutcome(enum.StrEnum):
    """What was done with a mark sent by a device."""

    SAVED = "saved"
    UNCHANGED = "unchanged"  # the register said so already
    CONFLICT = "conflict"  # somebody else changed the row meanwhile: a person decides
    REFUSED = "refused"


class Refusal(enum.StrEnum):
    """Why a mark cannot be taken, now or ever."""

    CLOSED = "closed"
    CANCELLED = "cancelled"
    TOO_EARLY = "too_early"
    NOT_ENROLLED = "not_enrolled"
    BAD_MARK = "bad_mark"
    NOT_YOURS = "not_yours"


@dataclass(frozen=True, slots=True)
class Sent:
    """A mark as a device sends it.

    `version` and `shown` are the row it was made on; `after` is the mark this device made on the
    same row just before, whose result it builds upon. `cell` None: it could not be read.
    """

    client_id: str
    enrolment_id: int
    cell: Cell | None
    version: int
    shown: Cell | None
    marked_at: datetime
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a device is told of one mark: the outcome, and the row as it stood afterwards."""

    client_id: str
    enrolment_id: int
    outcome: DeviceOutcome
    refusal: Refusal | None
    version: int
    cell: Cell
