"""Organisations, for the organisers: list, page, add, edit; and the type-ahead, for everybody."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from lms import access
from lms.errors import UserError
from lms.lists import page_of, search_text
from lms.organisations import actions, followers, queries, words
from lms.organisations.forms import OrganisationForm
from lms.organisations.models import Organisation, OrganisationKind, OrganisationStatus
from lms.organisations.suggestions import suggest

blueprint = Blueprint("organisations", __name__)
for _filter in (
    words.kind_in_words, words.told_apart, words.standing_in_words, words.standing_tone,
    words.name_reason_in_words, words.deed_in_words,
):  # fmt: skip
    blueprint.add_app_template_filter(_filter)
SUGGESTIONS_KEPT = 300  # seconds a browser may reuse an answer while somebody types


@blueprint.get("/enti")
def index() -> str:
    """The organisations known, searched by name or code, filtered by kind, region, standing."""
    text = search_text()
    asked = {name: request.args.get(name, "") for name in ("kind", "region", "status")}
    kind = OrganisationKind(asked["kind"]) if asked["kind"] in set(OrganisationKind) else None
    status = _standing(asked["status"])
    regions = queries.regions()
    region = asked["region"] if asked["region"] in regions else None
    page = page_of(queries.searched(text, kind, region, status))
    names = queries.names_of([body.id for body in page.items]) if text else {}
    found_by = {b.id: queries.found_by(text, b, names[b.id]) for b in page.items} if text else {}
    return render_template(
        "organisations/index.html",
        page=page, text=text, kind=kind, region=region, status=status, regions=regions,
        kinds=words.KINDS, statuses=words.STATUSES, found_by=found_by,
        waiting=queries.count_proposals(),
    )  # fmt: skip


def _standing(text: str) -> OrganisationStatus | None:
    return OrganisationStatus(text) if text in set(OrganisationStatus) else None


@blueprint.get("/enti/suggerimenti")
def suggestions() -> Response:
    """What the type-ahead shows: confirmed bodies only, few, nothing about people."""
    answer = jsonify(suggest(search_text()))
    answer.headers["Cache-Control"] = f"private, max-age={SUGGESTIONS_KEPT}"
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer


@blueprint.get("/enti/<int:organisation_id>")
def organisation(**_address: int) -> str:
    """One body: codes, other names, what went into it, what was done to it."""
    body = access.subject(Organisation)
    return render_template(
        "organisations/organisation.html",
        body=body,
        names=queries.names_of([body.id])[body.id],
        successor=queries.successor_of(body),
        predecessors=queries.predecessors_of(body),
        counts=followers.counts([body.id])[body.id],
        labels=followers.labels(),
        deeds=queries.deeds(body),
    )


@blueprint.route("/enti/nuovo", methods=["GET", "POST"])
def add() -> str | Answer | tuple[str, int]:
    """Add an organisation."""
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            body = actions.add_organisation(
                form.name.data or "", form.chosen_kind, by=current_user.person_id, **form.codes()
            )
        except UserError as error:
            return _page(form, None, error)
        return _saved(body)
    return _page(form, None)


@blueprint.route("/enti/<int:organisation_id>/modifica", methods=["GET", "POST"])
def edit(**_address: int) -> str | Answer | tuple[str, int]:
    """Change an organisation."""
    body = access.subject(Organisation)
    form = OrganisationForm(obj=body)
    if form.validate_on_submit():
        try:
            actions.edit_organisation(
                body, form.name.data or "", form.chosen_kind, by=current_user.person_id,
                keep_name=form.keep_name.data, **form.codes(),
            )  # fmt: skip
        except UserError as error:
            return _page(form, body, error)
        return _saved(body)
    return _page(form, body)


def _saved(body: Organisation) -> Answer:
    flash(_("The organisation is saved."), "success")
    return redirect(url_for("organisations.organisation", organisation_id=body.id), 303)


def _page(
    form: OrganisationForm, body: Organisation | None, error: UserError | None = None
) -> tuple[str, int]:
    if error is not None:
        form.form_errors.append(error.message)
    status = error.status if error else 422 if form.is_submitted() else 200
    return render_template("organisations/edit.html", form=form, body=body), status
