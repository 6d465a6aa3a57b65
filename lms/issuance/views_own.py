"""What people see of themselves: their certificates, and how far they are in each cycle."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, render_template
from flask_login import current_user

from lms import access
from lms.catalogue.models import Cycle
from lms.enrolment.loading import own_enrolment
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.enrolment.queries import enrolments_of
from lms.issuance import facts, queries_certificates, words
from lms.issuance.blueprint import blueprint
from lms.issuance.facts import Progress
from lms.issuance.models import CertificateStatus
from lms.issuance.queries_certificates import OwnCertificate
from lms.lists import page_of, search_text
from lms.pages import Page

blueprint.add_app_template_global(words.standing, "lesson_standing")


@dataclass(frozen=True)
class MyCycle:
    """One cycle of somebody: how far they are, and their certificate."""

    enrolment: Enrolment
    progress: Progress
    certificate: OwnCertificate | None

    @property
    def state(self) -> str:
        """Which sentence tells how things stand."""
        answer = self.progress.answer
        if self.certificate is not None:
            return "issued"
        if self.enrolment.status is not EnrolmentStatus.CONFIRMED:
            return "withdrawn"
        if answer.entitled:
            return "entitled"
        if answer.due == 0:
            return "nothing"
        if not answer.reachable:
            return "lost"
        return "reached" if answer.missing == 0 else "missing"


def _my_cycles(enrolments: list[Enrolment]) -> dict[int, MyCycle]:
    found = facts.progress(enrolments)
    certificates = queries_certificates.valid_certificates([each.id for each in enrolments])
    return {
        each.id: MyCycle(each, found[each.id], certificates.get(each.id)) for each in enrolments
    }


@blueprint.app_template_global()
def my_cycle(enrolment: Enrolment) -> MyCycle:
    """How far `enrolment` is; the first call of a page answers for all cycles of that person."""
    known: dict[int, MyCycle] = g.setdefault("my_cycles", {})
    if enrolment.id not in known:
        known.update(_my_cycles(enrolments_of(enrolment.person_id)))
    return known[enrolment.id]


@blueprint.app_template_global()
def my_enrolment(cycle: Cycle) -> Enrolment | None:
    """The confirmed enrolment of who looks in `cycle`; asks how far it is, and no other."""
    mine = own_enrolment(cycle.id)
    if mine is not None:
        g.setdefault("my_cycles", {}).update(_my_cycles([mine]))
    return mine


@blueprint.get("/attestati")
def my_certificates() -> str:
    """One's own certificates, with their downloads."""
    text = search_text()
    found = page_of(queries_certificates.certificates_of_person(current_user.person_id, text))
    own = queries_certificates.own_certificates(found.items)
    return render_template(
        "issuance/my_certificates.html",
        page=Page(own, found.number, found.size, found.total),
        text=text,
        CertificateStatus=CertificateStatus,
    )


@blueprint.get("/i-miei-cicli/<cycle_slug>")
def my_progress(**_address: str) -> str:
    """One's own minutes in a cycle, lesson by lesson, and what is missing to the certificate."""
    cycle = access.subject(Cycle)
    mine = my_enrolment(cycle)
    assert mine is not None, "the table lets participants in only"  # noqa: S101 # nosec B101
    return render_template("issuance/my_progress.html", cycle=cycle, my=my_cycle(mine))
