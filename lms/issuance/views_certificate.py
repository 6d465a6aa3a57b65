"""One certificate: its page for organisers, revoking, replacing, and the download."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.enrolment.queries import is_out_of_date
from lms.errors import UserError
from lms.issuance import actions, queries, queries_certificates, queries_tasks, words
from lms.issuance.blueprint import blueprint
from lms.issuance.corrections import differences, to_be_looked_at
from lms.issuance.forms import KEEP, TODAY, ReasonForm, ReplaceForm
from lms.issuance.models import Certificate, CertificateStatus
from lms.issuance.models_tasks import CertificateTask
from lms.issuance.queries import Candidate
from lms.issuance.serving import pdf_response
from lms.pages import minutes_in_words

Answer = str | Response | tuple[str, int]
Decisions = Sequence[tuple[CertificateTask, str]]
RETRY_SECONDS = 30


@blueprint.get("/attestati/<int:certificate_id>")
def certificate(**_address: int) -> str:
    """A certificate with its history, and a notice where the facts have changed since."""
    shown = access.subject(Certificate)
    candidate = queries.candidate_of(shown.enrolment)
    newest = candidate.certificate is not None and candidate.certificate.id == shown.id
    decisions = _decisions(shown, candidate)
    return render_template(
        "issuance/certificate.html",
        certificate=shown,
        candidate=candidate,
        newest=newest,
        events=queries_certificates.events_of(shown.id),
        replacement=None if newest else queries_certificates.replacement_of(shown.id),
        document=queries_certificates.document_facts(shown.id),
        stale=newest and is_out_of_date(shown.enrolment),
        differences=_differences(shown, candidate, decisions) if newest else [],
        decisions=decisions,
        CertificateStatus=CertificateStatus,
    )


def _decisions(shown: Certificate, candidate: Candidate) -> Decisions:
    """What somebody decided to leave; asked for only where the facts differ at all."""
    return queries_tasks.decisions_on(shown.id) if differences(candidate) else ()


def _differences(shown: Certificate, candidate: Candidate, decisions: Decisions) -> list[str]:
    """What the facts of today say that the certificate does not, but for what somebody left."""
    kept = {(task.certificate_id, task.change, task.fact) for task, _author in decisions}
    found = to_be_looked_at(candidate, kept)
    return [words.change(shown, change, fact) for change, fact in found.items()]


@blueprint.route("/attestati/<int:certificate_id>/revoca", methods=["GET", "POST"])
def revoke(**_address: int) -> Answer:
    """Take a certificate back, after a confirmation and with a reason."""
    shown, form = access.subject(Certificate), ReasonForm()
    if form.validate_on_submit():
        actions.revoke(shown, form.reason.data or "", by=current_user.person_id)
        flash(_("The certificate %(serial)s is revoked.", serial=shown.serial), "success")
        return redirect(url_for("issuance.certificate", certificate_id=shown.id), 303)
    page = render_template("issuance/revoke.html", certificate=shown, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/attestati/<int:certificate_id>/sostituzione", methods=["GET", "POST"])
def replace(**_address: int) -> Answer:
    """Issue another certificate in place of this one."""
    shown = access.subject(Certificate)
    candidate = queries.candidate_of(shown.enrolment)
    form = ReplaceForm(_hours(shown, candidate), shown.status)
    if form.validate_on_submit():
        try:
            new = actions.replace_certificate(
                shown, form.reason.data or "", keep_hours=form.keep_hours,
                seen=form.seen.data or "", by=current_user.person_id,
            )  # fmt: skip
        except UserError as error:
            form.form_errors.append(error.message)
            return _replacing(shown, candidate, form), error.status
        flash(_("The new certificate is %(serial)s.", serial=new.serial), "success")
        return redirect(url_for("issuance.certificate", certificate_id=new.id), 303)
    return _replacing(shown, candidate, form), 422 if form.is_submitted() else 200


def _replacing(shown: Certificate, candidate: Candidate, form: ReplaceForm) -> str:
    return render_template(
        "issuance/replace.html",
        certificate=shown,
        candidate=candidate,
        form=form,
        stale=is_out_of_date(shown.enrolment),
        differences=_differences(shown, candidate, _decisions(shown, candidate)),
        CertificateStatus=CertificateStatus,
    )


def _hours(shown: Certificate, candidate: Candidate) -> list[tuple[str, str]]:
    """The hours the new certificate may carry, in words."""
    answer = candidate.answer
    choices = []
    if shown.status is not CertificateStatus.REVOKED:
        choices.append((KEEP, _("As certified: %(hours)s", hours=minutes_in_words(shown.minutes))))
    if answer.entitled:
        hours = minutes_in_words(answer.credited)
        choices.append((TODAY, _("By the registers of today: %(hours)s", hours=hours)))
    return choices


@blueprint.get("/attestati/<int:certificate_id>.pdf")
def download(**_address: int) -> Answer | FlaskResponse:
    """The stored bytes, never made on request.

    Not prepared yet is a 404 with a page that says so, not a 202: what saves whatever comes with
    2xx would keep that page as "attestato.pdf". RFC 9110 leaves open whether a 404 is for ever.
    """
    shown = access.subject(Certificate)
    document = queries_certificates.document_of(shown.id)
    if document is None:
        page = render_template("issuance/not_ready.html", certificate=shown)
        return FlaskResponse(page, 404, {"Retry-After": str(RETRY_SECONDS)})
    if not document.pdf:
        raise UserError(
            _("The person's data were erased: of this certificate only the record is kept."), 404
        )
    return pdf_response(shown, document)
