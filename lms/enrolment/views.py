"""Enrolling oneself, leaving, and the box on a cycle's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts.scopes import organised
from lms.accounts.tax_codes import tax_code_of
from lms.catalogue.models import Cycle, TaxCodePolicy
from lms.clock import now
from lms.enrolment import actions, queries
from lms.enrolment.forms import EnrolForm, WithdrawForm
from lms.enrolment.loading import any_own_enrolment, own_enrolment
from lms.enrolment.models import Enrolment, EnrolmentStatus
from lms.enrolment.rules import Refusal, against_withdrawing, refusals
from lms.enrolment.words import refusal_in_words, status_in_words, status_tone
from lms.joining.notices import accept_notice, notice_in_force
from lms.joining.queries import has_accepted
from lms.permissions import ORGANISING

blueprint = Blueprint("enrolment", __name__)
blueprint.add_app_template_filter(status_in_words, "enrolment_status")
blueprint.add_app_template_filter(status_tone, "enrolment_tone")


@dataclass(frozen=True)
class EnrolmentState:
    """What the box says: the own enrolment, or whether one is possible and why not."""

    enrolment: Enrolment | None
    nominated: Enrolment | None
    refusals: tuple[Refusal, ...]
    reasons: tuple[str, ...]
    places: int | None
    places_left: int | None
    may_withdraw: bool
    asks_tax_code: bool
    asks_notice: bool

    @property
    def is_full(self) -> bool:
        """Whether somebody who may enrol finds no place."""
        return self.refusals == (Refusal.FULL,)

    @property
    def can_enrol(self) -> bool:
        """Whether who looks (signed in or not yet) could enrol now."""
        return not self.refusals


@blueprint.app_template_global()
def enrolment_state(cycle: Cycle, last_end: datetime | None = None) -> EnrolmentState:
    """How who looks stands towards `cycle`; `last_end` of its lessons is for who might leave."""
    mine, any_of_mine = own_enrolment(cycle.id), any_own_enrolment(cycle.id)
    waits = any_of_mine is not None and any_of_mine.status is EnrolmentStatus.REQUESTED
    facts = queries.facts_of(cycle)
    instant, enrolled = now(), mine is not None
    against = refusals(facts, enrolled=enrolled, at=instant, by_organiser=False)
    stay = against_withdrawing(
        active=enrolled or waits,
        status=cycle.status,
        last_end=last_end,
        at=instant,
        by_organiser=False,
    )
    return EnrolmentState(
        enrolment=mine,
        nominated=any_of_mine if waits else None,
        refusals=against,
        reasons=tuple(refusal_in_words(reason, facts) for reason in against),
        places=facts.places,
        places_left=facts.places_left,
        may_withdraw=stay is None,
        asks_tax_code=mine is None and _asks_tax_code(cycle),
        asks_notice=not against and _asks_notice(),
    )


def _asks_notice() -> bool:
    """Whether who looks has yet to read the privacy notice in force."""
    if not current_user.is_authenticated:
        return False
    return not has_accepted(current_user.person_id, notice_in_force())


def _asks_tax_code(cycle: Cycle) -> bool:
    """Whether the cycle wants the tax code of who looks and does not know it yet."""
    if cycle.tax_code_policy is TaxCodePolicy.NOT_ASKED or not current_user.is_authenticated:
        return False
    return tax_code_of(current_user.person_id) is None


@blueprint.app_template_global()
def enrolments_of_person(person_id: int) -> list[Enrolment]:
    """A person's enrolments with their cycles, for the person's page: those within reach."""
    tracks = organised()
    return [row for row in queries.enrolments_of(person_id) if row.cycle.track_id in tracks]


@blueprint.route("/cicli/<cycle_slug>/iscrizione", methods=["GET", "POST"])
def enrol(**_address: str) -> Response | tuple[str, int]:
    """Enrol oneself; the page is where a stranger arrives after signing in."""
    cycle, person = access.subject(Cycle), current_user.person
    needed = cycle.tax_code_policy is TaxCodePolicy.REQUIRED and _asks_tax_code(cycle)
    form, version = EnrolForm(person, needed=needed), notice_in_force()
    if has_accepted(person.id, version):
        del form.notice
    to_cycle = redirect(url_for("catalogue.cycle", cycle_slug=cycle.slug), 303)
    if not form.validate_on_submit():
        if own_enrolment(cycle.id) is not None:
            return to_cycle
        page = render_template("enrolment/enrol.html", cycle=cycle, form=form, person=person)
        return page, 422 if form.is_submitted() else 200
    actions.enrol_self(cycle.id, person, form.tax_code.data or "")
    accept_notice(person.id, version)
    flash(_("You are enrolled. The lessons are on your first page."), "success")
    return to_cycle


@blueprint.route("/iscrizioni/<int:enrolment_id>/ritiro", methods=["GET", "POST"])
def withdraw(**_address: int) -> str | Response | tuple[str, int]:
    """Leave a cycle, or let somebody leave, after a confirmation."""
    enrolment, form = access.subject(Enrolment), WithdrawForm()
    own = enrolment.person_id == current_user.person_id
    organises = access.allowed_to(ORGANISING)
    actions.demand_withdrawable(enrolment, enrolment.cycle, by_organiser=organises)
    if not form.validate_on_submit():
        page = render_template("enrolment/withdraw.html", enrolment=enrolment, form=form, own=own)
        return page, 422 if form.is_submitted() else 200
    slug = enrolment.cycle.slug
    actions.withdraw(
        enrolment,
        reason=form.reason.data or "",
        by=current_user.person_id,
        by_organiser=organises,
    )
    if own:
        flash(_("You have left the cycle."), "success")
        return redirect(url_for("catalogue.cycle", cycle_slug=slug), 303)
    flash(_("%(name)s is withdrawn.", name=enrolment.full_name), "success")
    return redirect(url_for("enrolment.participants", cycle_slug=slug), 303)
