"""Who hears by mail that a nomination was decided: the person, and the referent who made it.

The reason of a refusal was written for the organisation: the person is sent there for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from flask_babel import ngettext

from lms.accounts.letters import whom_to_ask
from lms.accounts.models import Person
from lms.accounts.queries import accounts_of
from lms.accounts.scopes import organisations_of
from lms.accounts.writing import owner_of, readers_of, write
from lms.catalogue.models import Cycle
from lms.enrolment.models import Enrolment, EnrolmentEvent
from lms.links import address_under, public_root
from lms.messages.letters import Button, Letter

# By enrolment: the event by which it was nominated, and who did that.
Nominated = Mapping[int, tuple[EnrolmentEvent, Person | None]]


@dataclass(frozen=True)
class Decision:
    """What the organisers decided of some nominations of a cycle."""

    cycle: Cycle
    accepted: bool
    reason: str = ""


def tell(decision: Decision, decided: Iterable[Enrolment], nominated: Nominated) -> None:
    """Write to each person, and one letter to each referent, in the decision's transaction."""
    rows = list(decided)
    _tell_people(decision, rows, nominated)
    made: dict[int, list[Enrolment]] = {}
    for row in rows:
        referent = nominated[row.id][1]
        if referent is not None and row.organisation_id in organisations_of(referent.id):
            made.setdefault(referent.id, []).append(row)
    accounts = accounts_of(made)
    for referent_id, theirs in made.items():
        account = accounts.get(referent_id)
        first = min(nominated[row.id][0].id for row in theirs)
        if account is not None and account.is_active:
            letter = partial(_to_referent, decision, theirs)
            write(f"nominations:{first}:{referent_id}", owner_of(account), letter)


def _tell_people(decision: Decision, rows: list[Enrolment], nominated: Nominated) -> None:
    readers = readers_of([row.person_id for row in rows])
    for row in rows:
        letter = partial(_to_person, decision, row)
        write(f"nomination:{nominated[row.id][0].id}", readers.get(row.person_id), letter)


def _to_person(decision: Decision, row: Enrolment) -> Letter:
    title = decision.cycle.title
    words = {"organisation": row.organisation_name, "cycle": title}
    if decision.accepted:
        subject = _("You are enrolled: %(cycle)s", cycle=title)
        said = [
            _("%(organisation)s nominated you for “%(cycle)s”: you are enrolled now.", **words),
            _("The page of the cycle shows when its lessons are, and how to take part."),
        ]
    else:
        subject = _("You are not enrolled: %(cycle)s", cycle=title)
        said = [
            _("%(organisation)s nominated you for “%(cycle)s”: the organisers have not "
              "accepted the nomination.", **words),
            _("Your organisation was told why: ask whoever nominated you."),
        ]  # fmt: skip
    root = public_root()
    page = address_under(root, "catalogue.cycle", cycle_slug=decision.cycle.slug)
    button = Button(_("Open the cycle"), page) if root else None
    return Letter(subject, tuple(said), button, (whom_to_ask(),))


def _to_referent(decision: Decision, rows: list[Enrolment]) -> Letter:
    words = {"cycle": decision.cycle.title}
    if decision.accepted:
        subject = ngettext(
            "%(num)d nomination accepted: %(cycle)s",
            "%(num)d nominations accepted: %(cycle)s",
            len(rows),
            **words,
        )
        said = _("The organisers have enrolled in “%(cycle)s”:", **words)
    else:
        subject = ngettext(
            "%(num)d nomination not accepted: %(cycle)s",
            "%(num)d nominations not accepted: %(cycle)s",
            len(rows),
            **words,
        )
        said = _("The organisers have not accepted for “%(cycle)s”:", **words)
    why = _("The reason: %(reason)s", reason=decision.reason) if decision.reason else ""
    names = ", ".join(sorted(row.full_name for row in rows))
    root = public_root()
    page = address_under(root, "referents.nominations", organisation_id=rows[0].organisation_id)
    button = Button(_("See the nominations"), page) if root else None
    return Letter(subject, (f"{said} {names}.", why), button, (whom_to_ask(),))
