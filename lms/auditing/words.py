"""What was looked at, in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from lms.looks import AccessLook

PAGES: dict[str, LazyString] = {
    "auditing.track": _l("Cycles of a track"),
    "auditing.cycle": _l("Registers of a cycle"),
    "auditing.people": _l("People of a cycle"),
    "auditing.register": _l("Register of a lesson"),
    "auditing.scan": _l("Scan of a signed register"),
    "auditing.register_pdf": _l("Register as PDF"),
    "auditing.ask_register_pdf": _l("Register as PDF, asked for"),
    "auditing.ask_cycle_pdf": _l("Registers of a cycle as PDF, asked for"),
    "auditing.contests": _l("Contests of a track"),
    "auditing.contest": _l("Contest of a presence"),
    "auditing.evidence": _l("Evidence of a presence"),
    "auditing.enrolment": _l("History of an enrolment"),
    "auditing.certificate": _l("Certificate"),
    "auditing.certificate_pdf": _l("Certificate, PDF"),
}


def look_in_words(look: AccessLook) -> str:
    """The page looked at; another room's is called by its name in the table of permissions."""
    return str(PAGES.get(look.endpoint, look.endpoint))
