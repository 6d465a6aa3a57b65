"""Certificates whose facts changed after issue, what is decided on each, revocations taken back."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts.scopes import organised
from lms.errors import UserError
from lms.issuance import actions_life, queries, queries_tasks, words
from lms.issuance.blueprint import blueprint
from lms.issuance.corrections import as_seen, to_be_looked_at
from lms.issuance.forms import KeepForm, ReasonForm, RestoreForm
from lms.issuance.models import Certificate
from lms.issuance.models_tasks import Change
from lms.lists import page_of, search_text

Answer = str | Response | tuple[str, int]

blueprint.add_app_template_global(words.change, "certificate_change")


@blueprint.get("/attestati/da-controllare")
def tasks() -> str:
    """Certificates that no longer say what the facts say, in all the cycles one organises."""
    text = search_text()
    page = page_of(queries_tasks.waiting(organised(), text))
    changes = queries_tasks.open_of([each.id for each in page.items])
    return render_template("issuance/tasks.html", page=page, text=text, changes=changes)


@blueprint.route("/attestati/<int:certificate_id>/ripristino", methods=["GET", "POST"])
def restore(**_address: int) -> Answer:
    """Make a revoked certificate valid again, after a confirmation and with a reason."""
    shown, form = access.subject(Certificate), RestoreForm()
    refusal, status = actions_life.against_restoring(shown), 200
    if form.validate_on_submit():
        try:
            actions_life.restore(shown, form.reason.data or "", by=current_user.person_id)
        except UserError as error:
            refusal, status = error.message, error.status
        else:
            told = _("The certificate %(serial)s is valid again.", serial=shown.serial)
            return _back(shown, told)
    elif form.is_submitted():
        status = 422
    page = render_template("issuance/restore.html", certificate=shown, form=form, refusal=refusal)
    return page, status


@blueprint.route("/attestati/<int:certificate_id>/conferma", methods=["GET", "POST"])
def keep(**_address: int) -> Answer:
    """Leave a certificate as it is though the facts changed, with a reason."""
    shown, form = access.subject(Certificate), KeepForm()
    candidate = queries.candidate_of(shown.enrolment)
    newest = candidate.certificate is not None and candidate.certificate.id == shown.id
    kept = queries_tasks.kept_in(shown.cycle_id)
    found = to_be_looked_at(candidate, kept) if newest else {}
    if form.validate_on_submit():
        try:
            actions_life.keep(
                shown, form.reason.data or "", seen=_lines(form), by=current_user.person_id
            )
        except UserError as error:
            form.form_errors.append(error.message)
            form.seen.data = as_seen(found)  # the page now shows what holds now
            return _keeping(shown, form, words_of(shown, found)), error.status
        told = _("The certificate %(serial)s stays as it is.", serial=shown.serial)
        return _back(shown, told)
    if not form.is_submitted():
        form.seen.data = as_seen(found)
    return _keeping(shown, form, words_of(shown, found)), 422 if form.is_submitted() else 200


def _lines(form: KeepForm) -> str:
    """What was seen; browsers send a line's end as two letters."""
    return (form.seen.data or "").replace("\r\n", "\n")


def words_of(shown: Certificate, found: dict[Change, str]) -> list[str]:
    """The differences in sentences."""
    return [words.change(shown, change, fact) for change, fact in found.items()]


def _keeping(shown: Certificate, form: ReasonForm, found: list[str]) -> str:
    return render_template("issuance/keep.html", certificate=shown, form=form, differences=found)


def _back(shown: Certificate, told: str) -> Response:
    flash(told, "success")
    return redirect(url_for("issuance.certificate", certificate_id=shown.id), 303)
