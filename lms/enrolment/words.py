"""Why somebody cannot enrol, and how an enrolment stands, in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.enrolment.matching import Doubt
from lms.enrolment.models import EnrolmentStatus
from lms.enrolment.pasted import LineFault
from lms.enrolment.planning import Outcome
from lms.enrolment.rules import CycleFacts, Refusal, Stay
from lms.pages import local_datetime

STATUSES: dict[EnrolmentStatus, LazyString] = {
    EnrolmentStatus.REQUESTED: _l("Nominated"),
    EnrolmentStatus.CONFIRMED: _l("Enrolled"),
    EnrolmentStatus.WITHDRAWN: _l("Withdrawn"),
    EnrolmentStatus.REFUSED: _l("Refused"),
}
STATUS_TONES: dict[EnrolmentStatus, str] = {
    EnrolmentStatus.REQUESTED: "warning",
    EnrolmentStatus.CONFIRMED: "success",
    EnrolmentStatus.WITHDRAWN: "neutral",
    EnrolmentStatus.REFUSED: "neutral",
}
OUTCOMES: dict[Outcome, LazyString] = {
    Outcome.KNOWN: _l("To enrol"),
    Outcome.NEW: _l("New, to enrol"),
    Outcome.ENROLLED: _l("Enrolled already"),
    Outcome.WAITING: _l("Nominated already"),
    Outcome.LEFT_OUT: _l("Left out"),
}
DOUBTS: dict[LineFault | Doubt, LazyString] = {
    LineFault.COLUMNS: _l(
        "At most five columns are expected: family name; given name; mail; organisation; tax code"
    ),
    LineFault.NAME: _l("Family name and given name are both needed"),
    LineFault.EMAIL: _l("The e-mail address is not well written"),
    LineFault.TAX_CODE: _l("The tax code is not well written"),
    LineFault.TOO_LONG: _l("A cell is too long"),
    LineFault.REPEATED: _l("The same person stands above"),
    Doubt.MAIL_OF_ANOTHER: _l("This e-mail address belongs to somebody with another name"),
    Doubt.CODE_OF_ANOTHER: _l("This tax code belongs to somebody with another name"),
    Doubt.OTHER_CODE: _l("We know this person with another tax code"),
    Doubt.NAMESAKE: _l("Somebody with this name is known: choose them from the list of people"),
    Doubt.SEVERAL: _l("Several people or organisations match this line"),
    Doubt.OTHER_BODY: _l("Another organisation: you nominate the people of yours"),
}


def refusal_in_words(refusal: Refusal, facts: CycleFacts) -> str:
    """Why enrolment is refused, with the date that matters."""
    if refusal is Refusal.NOT_YET_OPEN and facts.opens_at:
        return str(_("Enrolment opens on %(date)s.", date=local_datetime(facts.opens_at)))
    if refusal is Refusal.NO_LONGER_OPEN and facts.closes_at:
        return str(_("Enrolment closed on %(date)s.", date=local_datetime(facts.closes_at)))
    words: dict[Refusal, str] = {
        Refusal.ALREADY_ENROLLED: _("Already enrolled in this cycle."),
        Refusal.NOT_PUBLISHED: _("This cycle is not published yet."),
        Refusal.OVER: _("This cycle is over."),
        Refusal.BY_ORGANISER: _("The organisers enrol people in this cycle: write to them."),
        Refusal.FULL: _("No places are left."),
    }
    return str(words[refusal])


def stay_in_words(stay: Stay) -> str:
    """Why an enrolment cannot be ended, and what to do."""
    words: dict[Stay, str] = {
        Stay.ALREADY_WITHDRAWN: _("Already withdrawn."),
        Stay.OVER: _("The cycle is over: ask the organisers."),
        Stay.LESSONS_HELD: _(
            "All lessons of the cycle have been held, so there is nothing left to leave. "
            "To have the enrolment ended all the same, ask the organisers."
        ),
    }
    return str(words[stay])


def status_in_words(status: EnrolmentStatus) -> str:
    """The status in the page's language."""
    return str(STATUSES[status])


def status_tone(status: EnrolmentStatus) -> str:
    """The colour of the status's badge."""
    return STATUS_TONES[status]


def outcome_in_words(outcome: Outcome) -> str:
    """What becomes of a line of a pasted list."""
    return str(OUTCOMES[outcome])


def doubt_in_words(doubt: LineFault | Doubt | None) -> str:
    """Why a line is left out; empty when it is not."""
    return str(DOUBTS[doubt]) if doubt else ""
