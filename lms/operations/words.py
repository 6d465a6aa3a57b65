"""What kinds of jobs there are and how they stand, in words. A test holds the kinds to the code."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.attendance.actions_documents import JOB_KIND as REGISTER_DOCUMENT
from lms.attendance.actions_reports import SWEEP
from lms.clock import now
from lms.issuance.making import JOB_KIND as CERTIFICATES
from lms.issuance.reviewing import JOB_KIND as REVIEW
from lms.jobs import Job
from lms.joining.asking import LOGIN_CHANGE_JOB, REGISTRATION_JOB, RESET_JOB
from lms.messages.models import JOB_KIND as MAIL
from lms.operations.rules import Standing, standing_of

KINDS: dict[str, LazyString] = {
    CERTIFICATES: _l("Documents of certificates"),
    REVIEW: _l("What changed after certificates were issued"),
    REGISTER_DOCUMENT: _l("PDF of a register"),
    MAIL: _l("Sending a message"),
    REGISTRATION_JOB: _l("Answer to a registration"),
    RESET_JOB: _l("Answer to a forgotten password"),
    LOGIN_CHANGE_JOB: _l("Answer to a change of address"),
    SWEEP: _l("Clearing a report that nobody confirmed"),
}
STANDINGS: dict[Standing, LazyString] = {
    Standing.WAITING: _l("Waiting"),
    Standing.PLANNED: _l("Planned"),
    Standing.RUNNING: _l("Under way"),
    Standing.DONE: _l("Done"),
    Standing.FAILED: _l("Failed"),
}
TONES: dict[Standing, str] = {
    Standing.WAITING: "info",
    Standing.PLANNED: "neutral",
    Standing.RUNNING: "info",
    Standing.DONE: "success",
    Standing.FAILED: "danger",
}


def kind_in_words(kind: str) -> str:
    """What such a job does, in the page's language; of a kind that is no more, its name."""
    return str(KINDS.get(kind, kind))


def standing(job: Job) -> Standing:
    """How a job stands now."""
    return standing_of(job.status.value, job.run_at, now())


def standing_in_words(standing: Standing) -> str:
    """The standing in the page's language."""
    return str(STANDINGS[standing])


def tone_of(standing: Standing) -> str:
    """The badge's tone."""
    return TONES[standing]
