"""The organisers' pages: who may be one, side by side; uniting, parting, telling apart."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms import access
from lms.accounts import queries as people
from lms.accounts.models import Person
from lms.duplicates import actions, queries, undoing
from lms.duplicates.loading import TwoPeople
from lms.duplicates.models import PersonMerge
from lms.duplicates.plan import consequences
from lms.duplicates.rules import hindrances
from lms.duplicates.words import clue_in_words, hindrance_in_words
from lms.errors import UserError
from lms.lists import page_of, search_text
from lms.pages import page_number, paginate

blueprint = Blueprint("duplicates", __name__)
blueprint.add_app_template_filter(clue_in_words)
View = str | Response | tuple[str, int]


@blueprint.get("/doppioni")
def index() -> str:
    """Pairs of records that may be one person, the strongest clue first."""
    text = search_text()
    page = paginate(queries.queue(text), page_number())
    known = queries.people_of([proposal.pair for proposal in page.items])
    return render_template("duplicates/index.html", page=page, text=text, people=known)


@blueprint.get("/doppioni/<int:person_id>/<int:other_id>")
def compare(**_address: int) -> str:
    """Two records side by side, and what can be decided of them."""
    two = access.subject(TwoPeople)
    return render_template(
        "duplicates/compare.html",
        two=queries.portraits(two.person, two.other),
        apart=queries.told_apart(two.person.id, two.other.id),
    )


@blueprint.route("/doppioni/<int:person_id>/unisci/<int:other_id>", methods=["GET", "POST"])
def unite(**_address: int) -> View:
    """Unite the second record into the first, after a confirmation that says what happens."""
    two, form = access.subject(TwoPeople), FlaskForm()
    if form.validate_on_submit():
        try:
            actions.merge(two.person.id, two.other.id, by=current_user.person_id)
        except UserError as error:
            form.form_errors.append(error.message)
        else:
            flash(
                _("The two records of %(name)s are one now.", name=two.person.full_name), "success"
            )
            return redirect(url_for("people.person", person_id=two.person.id), 303)
    return _unite_page(two, form)


def _unite_page(two: TwoPeople, form: FlaskForm) -> View:
    kept, other = queries.portraits(two.person, two.other)
    against = hindrances(
        kept.party,
        other.party,
        by=current_user.person_id,
        by_administrator=access.holds(access.Role.ADMINISTRATOR),
    )
    page = render_template(
        "duplicates/unite.html",
        kept=kept,
        other=other,
        form=form,
        against=[hindrance_in_words(each) for each in against],
        consequences=consequences(kept, other),
    )
    return page, 409 if form.is_submitted() else 200


@blueprint.post("/doppioni/<int:person_id>/<int:other_id>/diversi")
def tell_apart(**_address: int) -> Response:
    """Remember that the two are not the same person."""
    two = access.subject(TwoPeople)
    actions.tell_apart(two.person.id, two.other.id, by=current_user.person_id)
    flash(_("Noted: two different people. The pair is proposed no more."), "success")
    return redirect(url_for("duplicates.index"), 303)


@blueprint.post("/doppioni/<int:person_id>/<int:other_id>/riproponi")
def propose_again(**_address: int) -> Response:
    """Forget that the two are not the same person."""
    two = access.subject(TwoPeople)
    actions.propose_again(two.person.id, two.other.id, by=current_user.person_id)
    flash(_("The pair may be proposed again."), "success")
    address = url_for("duplicates.compare", person_id=two.person.id, other_id=two.other.id)
    return redirect(address, 303)


@blueprint.get("/persone/<int:person_id>/doppione")
def find(**_address: int) -> str:
    """Search for the other record of a person, where no clue proposes it."""
    shown, text = access.subject(Person), search_text()
    page = page_of(people.searched(text).where(Person.id != shown.id)) if text else None
    emails = people.emails_of([person.id for person in page.items]) if page else {}
    return render_template(
        "duplicates/find.html", person=shown, text=text, page=page, emails=emails
    )


@blueprint.get("/doppioni/unioni")
def merges() -> str:
    """Every union, the latest first; those that hold can be undone."""
    text = search_text()
    return render_template("duplicates/merges.html", page=page_of(queries.merges(text)), text=text)


@blueprint.route("/doppioni/unioni/<int:merge_id>/annulla", methods=["GET", "POST"])
def undo(**_address: int) -> View:
    """Part two records again, after a confirmation."""
    merge, form = access.subject(PersonMerge), FlaskForm()
    if form.validate_on_submit():
        try:
            undoing.undo(merge.id, by=current_user.person_id)
        except UserError as error:
            form.form_errors.append(error.message)
        else:
            flash(_("The two records are two again, as they were."), "success")
            return redirect(url_for("duplicates.merges"), 303)
    page = render_template("duplicates/undo.html", merge=merge, form=form)
    return page, 409 if form.is_submitted() else 200
