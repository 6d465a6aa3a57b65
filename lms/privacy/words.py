"""How obstacles and states of requests are called on pages."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.privacy.models import RequestStatus
from lms.privacy.rules import Obstacle

OBSTACLES: dict[Obstacle, LazyString] = {
    Obstacle.ERASED: _l("This person's data are erased already."),
    Obstacle.HELD: _l("A legal hold forbids it: it comes before any erasure."),
    Obstacle.ROLES: _l("The person holds a role: an administrator has to end it first."),
    Obstacle.TEACHING: _l("The person trains in a cycle that is not closed."),
    Obstacle.RUNNING: _l(
        "The person takes part in a cycle that is not closed: withdraw them, or close the cycle."
    ),
}
STATES: dict[RequestStatus, LazyString] = {
    RequestStatus.OPEN: _l("Waits for a decision"),
    RequestStatus.ERASED: _l("Erased"),
    RequestStatus.REFUSED: _l("Request refused"),
    RequestStatus.TAKEN_BACK: _l("Taken back"),
}
TONES: dict[RequestStatus, str] = {
    RequestStatus.OPEN: "warning",
    RequestStatus.ERASED: "success",
    RequestStatus.REFUSED: "neutral",
    RequestStatus.TAKEN_BACK: "neutral",
}


def obstacle_in_words(obstacle: Obstacle) -> str:
    """Why somebody cannot be erased now."""
    return str(OBSTACLES[obstacle])


def state_in_words(status: RequestStatus) -> str:
    """Where a request stands."""
    return str(STATES[status])


def tone_of(status: RequestStatus) -> str:
    """The colour of its badge."""
    return TONES[status]
