"""What administrators do to jobs."""

from __future__ import annotations

from flask_babel import gettext as _

from lms import audit, jobs
from lms.errors import UserError
from lms.jobs import Job, JobStatus


def retry(job: Job, *, by: int) -> None:
    """Have a job that was given up carried out once more."""
    if not may_retry(job):
        raise UserError(_("Only a job that failed can be tried again."), 409)
    attempts = job.attempts
    jobs.again(job.kind, job.key, job.payload)
    audit.record("job.retried", job, actor_id=by, detail={"attempts_before": attempts})


def may_retry(job: Job) -> bool:
    """Whether it was given up; what waits or runs comes to its turn by itself."""
    return job.status is JobStatus.FAILED
