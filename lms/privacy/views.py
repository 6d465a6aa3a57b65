"""One's own data: the notice accepted, everything we hold as a file, and the wish to be erased."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms.accounts.security_log import SecurityEvent, note
from lms.clock import ROME, now
from lms.errors import UserError
from lms.factors.blueprint import recently_proved
from lms.joining.notices import accept_notice, notice_in_force
from lms.joining.queries import has_accepted
from lms.links import safe_next
from lms.privacy import actions, exporting, notices, queries
from lms.privacy.forms import AcceptForm, AskForm
from lms.privacy.models import RequestStatus
from lms.privacy.words import obstacle_in_words, state_in_words, tone_of

Page = str | Response | tuple[str, int]

blueprint = Blueprint("privacy", __name__)
blueprint.add_app_template_filter(state_in_words, "erasure_status")
blueprint.add_app_template_filter(tone_of, "erasure_tone")
blueprint.add_app_template_filter(obstacle_in_words)
blueprint.add_app_template_global(notices.text_of, "notice_text")


@blueprint.app_template_global()
def notice_to_read() -> bool:
    """Whether who looks has not accepted the notice in force."""
    if not current_user.is_authenticated:
        return False
    return not has_accepted(current_user.person_id, notice_in_force())


@blueprint.get("/profilo/dati")
def my_data() -> str:
    """What a person may do about their own data."""
    person = current_user.person
    return render_template(
        "privacy/my_data.html",
        acceptances=queries.acceptances(person.id),
        in_force=notice_in_force(),
        request_of=queries.last_request(person.id),
        form=FlaskForm(formdata=None),
        RequestStatus=RequestStatus,
    )


@blueprint.post("/profilo/dati/scarica")
def export() -> Response:
    """Everything we hold about who asks. POST, because the account's log notes it."""
    person = current_user.person
    as_csv = request.form.get("format") == "csv"
    who = [queries.whose(one) for one in queries.united(person)]  # records found to be theirs
    file = exporting.as_zip(who) if as_csv else exporting.as_json(who)
    note(current_user.account.id, SecurityEvent.DATA_EXPORTED)
    day = now().astimezone(ROME).date().isoformat()
    response: Response = send_file(
        file,
        mimetype="application/zip" if as_csv else "application/json",
        as_attachment=True,
        download_name=f"percorso-dati-{day}.{'zip' if as_csv else 'json'}",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/privacy/accetta", methods=["GET", "POST"])
def accept() -> Page:
    """Read the notice in force, and say so."""
    form, version = AcceptForm(), notice_in_force()
    after = safe_next(request.args.get("next"))
    if form.validate_on_submit():
        accept_notice(current_user.person_id, version)
        flash(_("Thank you: we have noted that you read the notice."), "success")
        return redirect(after, 303)
    page = render_template("privacy/accept.html", form=form, version=version)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/profilo/dati/cancellazione", methods=["GET", "POST"])
@recently_proved
def ask_erasure() -> Page:
    """Ask to be erased; somebody of the office decides."""
    person, form = current_user.person, AskForm()
    against = queries.obstacles_of(person)
    if form.validate_on_submit():
        try:
            actions.ask_erasure(person, form.note.data or "", by=person.id)
        except UserError as error:
            flash(error.message, "danger")
        else:
            flash(
                _("Your request has arrived. You are told by e-mail when it is decided."), "success"
            )
        return redirect(url_for("privacy.my_data"), 303)
    page = render_template("privacy/ask_erasure.html", form=form, against=against)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/profilo/dati/cancellazione/ritira")
def take_back() -> Response:
    """Take the wish back while nobody has decided."""
    actions.take_back(current_user.person_id)
    flash(_("Your request is taken back: nothing changes."), "success")
    return redirect(url_for("privacy.my_data"), 303)
