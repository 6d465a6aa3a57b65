"""How jobs are loaded for `lms.access`."""

from __future__ import annotations

from typing import Any

from lms.access import Subject, loader
from lms.extensions import db
from lms.jobs import Job


@loader("job")
def _job(job_id: int, **_rest: Any) -> Subject | None:
    job = db.session.get(Job, job_id)
    return Subject(job) if job else None
