"""How a contest stands, in the words of the pages."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.attendance.contesting import ContestStatus
from lms.attendance.models_contests import Contest, ContestEventKind
from lms.attendance.rules import Cell
from lms.attendance.words import cell_words


def contest_word(status: ContestStatus) -> str:
    """How a contest stands."""
    return str(
        {
            ContestStatus.OPEN: _("Contest waiting"),
            ContestStatus.ACCEPTED: _("Contest accepted"),
            ContestStatus.REFUSED: _("Contest not accepted"),
            ContestStatus.WITHDRAWN: _("Contest withdrawn"),
        }[status]
    )


def contest_tone(status: ContestStatus) -> str:
    """The tone of its badge."""
    return {
        ContestStatus.OPEN: "warning",
        ContestStatus.ACCEPTED: "success",
        ContestStatus.REFUSED: "danger",
        ContestStatus.WITHDRAWN: "neutral",
    }[status]


def contest_event_word(kind: ContestEventKind) -> str:
    """What happened to a contest."""
    return str(
        {
            ContestEventKind.OPENED: _("Presence contested"),
            ContestEventKind.ACCEPTED: _("Contest accepted"),
            ContestEventKind.REFUSED: _("Contest not accepted"),
            ContestEventKind.WITHDRAWN: _("Contest withdrawn"),
        }[kind]
    )


def contested_words(contest: Contest) -> str:
    """What the register said when it was contested."""
    return cell_words(Cell(contest.mark, contest.minutes))


FILTERS = (contest_word, contest_tone, contest_event_word, contested_words)
