"""The other pages of one's own: profile, sessions, and what was noted of the account."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts import own_data, queries, sessions
from lms.accounts.forms_own import ProfileForm, SessionNameForm
from lms.accounts.models import UserSession
from lms.accounts.signing_in import end_session as sign_this_browser_out
from lms.accounts.views import blueprint
from lms.accounts.words import device_in_words, event_in_words
from lms.lists import page_of
from lms.organisations.actions_life import propose
from lms.pages import select_locale

blueprint.add_app_template_filter(device_in_words)
blueprint.add_app_template_filter(event_in_words)


@blueprint.route("/profilo/modifica", methods=["GET", "POST"])
def edit_profile() -> str | Response | tuple[str, int]:
    """Correct one's own name, organisation and language."""
    account, person = current_user.account, current_user.person
    form = ProfileForm(
        current=person.organisation,
        given_name=person.given_name,
        family_name=person.family_name,
        organisation=person.organisation.name if person.organisation else "",
        language=account.language or select_locale(),
    )
    if not form.validate_on_submit():
        page = render_template("accounts/edit_profile.html", form=form)
        return page, 422 if form.is_submitted() else 200
    own_data.edit_own_profile(
        account,
        form.given_name.data or "",
        form.family_name.data or "",
        organisation_id=_organisation_of(form),
        language=form.language.data,
    )
    session["language"] = form.language.data
    flash(_("Saved."), "success")
    return redirect(url_for("accounts.profile"), 303)


def _organisation_of(form: ProfileForm) -> int | None:
    if not form.wants_new:
        return form.organisation_id
    name = form.organisation.data or ""
    return propose(name, form.new_kind, by=current_user.person_id).id


@blueprint.get("/profilo/sessioni", endpoint="sessions")
def own_sessions() -> str:
    """The browsers in which one is signed in."""
    return _sessions_page(SessionNameForm(formdata=None))


def _sessions_page(form: SessionNameForm, named: int | None = None) -> str:
    """The list; `form` is what was refused for the session `named`."""
    return render_template(
        "accounts/sessions.html",
        sessions=queries.sessions_of(current_user.account.id),
        this=current_user.session_id,
        form=form,
        named=named,
        blank=SessionNameForm(formdata=None),
    )


@blueprint.post("/profilo/sessioni/<int:session_id>/nome")
def name_session(**_address: int) -> str | Response | tuple[str, int]:
    """Call a session by a name."""
    row, form = access.subject(UserSession), SessionNameForm()
    if not form.validate_on_submit():
        return _sessions_page(form, row.id), 422
    sessions.name_session(row, form.name.data or "")
    flash(_("Saved."), "success")
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.post("/profilo/sessioni/<int:session_id>/chiudi")
def end_session(**_address: int) -> Response:
    """Sign one browser out: another, or this one."""
    row = access.subject(UserSession)
    if row.id == current_user.session_id:
        sign_this_browser_out(row.id)
        flash(_("You have signed out."), "success")
        return redirect(url_for("home.index"), 303)
    sessions.end_own_session(row)
    flash(_("That session is closed: it has to sign in again."), "success")
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.post("/profilo/sessioni/chiudi-le-altre")
def end_other_sessions() -> Response:
    """Sign out every other browser."""
    sessions.end_other_sessions(current_user.account.id, keep=current_user.session_id)
    flash(_("Every other session is closed."), "success")
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.get("/profilo/registro")
def security_log() -> str:
    """What was noted of one's own account."""
    page = page_of(queries.security_log_of(current_user.account.id))
    return render_template("accounts/security_log.html", page=page)
