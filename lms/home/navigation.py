"""The main sections by role, for the header of every page, error pages included."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from lms.access import Role, demanded_page, holds, holds_any
from lms.permissions import ADMINISTERING, ORGANISING

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Section:
    """A link of the header; `rooms` are the blueprints, `pages` the endpoints that belong to it."""

    label: LazyString
    endpoint: str
    rooms: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()


HOME = _Section(_l("My page"), "home.index")
CYCLES = _Section(
    _l("Cycles"),
    "catalogue.cycles",
    frozenset({"catalogue", "enrolment", "attendance"}),
    # The certificates of a cycle stand under its tabs; one's own have a section to themselves.
    frozenset(
        f"issuance.{page}"
        for page in (
            "cycle_certificates", "issue", "preparation", "certificate", "revoke", "replace",
            "restore", "keep", "tasks", "archive", "my_progress",
        )
    ),
)  # fmt: skip
CALENDAR = _Section(_l("Calendar"), "calendars.my_calendar", frozenset({"calendars"}))
CERTIFICATES = _Section(_l("Certificates"), "issuance.my_certificates", frozenset({"transcripts"}))
VERIFY = _Section(
    _l("Check a certificate"), "issuance.verify_start", pages=frozenset({"issuance.verify"})
)
PEOPLE = _Section(
    _l("People"),
    "people.index",
    frozenset({"people", "roles", "duplicates"}),
    frozenset(
        {"auditing.looks"}
        | {
            f"privacy.{page}"
            for page in ("requests", "decide", "request_for", "holds", "hold_person", "lift_hold")
        }
    ),
)
ORGANISATIONS = _Section(
    _l("Organisations"), "organisations.index", frozenset({"organisations"}),
    frozenset({"referents.of_organisation", "referents.dismiss"}),
)  # fmt: skip
REFERENT = _Section(
    _l("My organisation"), "referents.index",
    pages=frozenset(
        f"referents.{page}"
        for page in ("people", "person", "nominations", "nominate", "paste", "take_back")
    ),
)  # fmt: skip

INSPECTIONS = _Section(
    _l("Inspections"), "auditing.index",
    pages=frozenset(
        f"auditing.{page}"
        for page in (
            "open_session", "track", "cycle", "people", "register", "evidence", "enrolment",
            "certificate", "contests", "contest",
        )
    ),
)  # fmt: skip

MAIL = _Section(_l("Mail"), "messages.outbox", frozenset({"messages"}))
JOBS = _Section(_l("Jobs"), "operations.overview", frozenset({"operations"}),
    frozenset({"issuance.seal"}),
)  # fmt: skip

FOR_STRANGERS = (CYCLES, VERIFY)
FOR_PEOPLE = (HOME, CYCLES, CERTIFICATES, CALENDAR)
FOR_ORGANISERS = (HOME, CYCLES, PEOPLE, ORGANISATIONS, CALENDAR)
FOR_ADMINISTRATORS = (*FOR_ORGANISERS, MAIL, JOBS)
FOR_ROLES = ((Role.REFERENT, REFERENT), (Role.AUDITOR, INSPECTIONS))

Link = tuple[str, str, bool]


def navigation() -> list[Link]:
    """(label, address, whether this page belongs there) of each section who looks may enter.

    Never fails: where the role cannot be asked, it shows the public sections.
    """
    return [
        (str(section.label), url_for(section.endpoint), _is_here(section))
        for section in _sections()
    ]


def _sections() -> tuple[_Section, ...]:
    try:
        if not current_user.is_authenticated:
            return FOR_STRANGERS
        if demanded_page() is not None:
            return ()  # every link would only lead back there
        common: tuple[_Section, ...] = FOR_ORGANISERS if holds_any(ORGANISING) else FOR_PEOPLE
        if holds_any(ADMINISTERING):
            common = FOR_ADMINISTRATORS
        return common + tuple(section for role, section in FOR_ROLES if holds(role))
    except Exception:
        log.exception("the sections of the header could not be told")
        return FOR_STRANGERS


def _is_here(section: _Section) -> bool:
    if request.blueprint in section.rooms:
        return True
    return request.endpoint == section.endpoint or request.endpoint in section.pages
