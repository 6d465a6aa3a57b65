"""The organisers' pages of tracks and cycles."""

from __future__ import annotations

from functools import partial

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _

from lms import access
from lms.accounts.scopes import organised
from lms.catalogue import actions, duplicating, presenting, programme, queries, rules
from lms.catalogue.forms import (
    CycleForm,
    DuplicateForm,
    StatusForm,
    TrackForm,
    cycle_values,
    track_values,
)
from lms.catalogue.models import Cycle, CycleStatus, Track
from lms.catalogue.queries import Whose
from lms.catalogue.saving import DONE, View, attempt, back_to, confirmation, person_id
from lms.catalogue.views import blueprint
from lms.catalogue.words import MISSING_WORDS
from lms.clock import now
from lms.extensions import db
from lms.lists import search_text
from lms.pages import phrase
from lms.permissions import ORGANISING

# --- tracks --------------------------------------------------------------------------------------


@blueprint.get("/gestione/percorsi")
def manage_tracks() -> str:
    """The tracks one organises, with a search."""
    text, reach = search_text(), organised()
    return render_template(
        "catalogue/manage_tracks.html",
        page=queries.tracks(text, reach),
        text=text,
        may_add=reach.everything,
    )


@blueprint.route("/gestione/percorsi/nuovo", methods=["GET", "POST"])
def new_track() -> View:
    """Add a track."""
    form = TrackForm()
    status = attempt(form, lambda: actions.create_track(form.details(), by=person_id()))
    if status == DONE:
        flash(_("The track is saved."), "success")
        return back_to(url_for("catalogue.manage_tracks"))
    return render_template("catalogue/edit_track.html", form=form, track=None), status


@blueprint.route("/gestione/percorsi/<track_slug>/modifica", methods=["GET", "POST"])
def edit_track(**_address: str) -> View:
    """Change a track."""
    track = access.subject(Track)

    def drawn(**options: None) -> TrackForm:
        return TrackForm(data=track_values(track, queries.emblems(track.id)), **options)

    form = drawn()
    status = attempt(
        form,
        lambda: actions.edit_track(track, form.details(), version=form.seen, by=person_id()),
        lambda: drawn(formdata=None),
    )
    if status == DONE:
        flash(_("The track is saved."), "success")
        return back_to(url_for("catalogue.manage_tracks"))
    return render_template("catalogue/edit_track.html", form=form, track=track), status


# --- cycles --------------------------------------------------------------------------------------


@blueprint.get("/gestione/cicli")
def manage_cycles() -> str:
    """The cycles of the tracks one organises, and those one trains in."""
    text, chosen = search_text(), request.args.get("status", "")
    status = CycleStatus(chosen) if chosen in list(CycleStatus) else None
    reach = organised()
    whose = Whose(reach, person_id())
    return render_template(
        "catalogue/manage_cycles.html",
        page=queries.managed_cycles(text, status, whose, now()),
        counts=queries.count_by_status(text, whose),
        status=status,
        text=text,
        organises=bool(reach),
        organises_all=reach.everything,
    )


@blueprint.route("/gestione/cicli/nuovo", methods=["GET", "POST"])
def new_cycle() -> View:
    """Add a draft cycle to a track one organises."""
    form = CycleForm(data={"track": request.args.get("track", type=int)})
    form.track.choices = queries.track_titles(organised())
    created: list[Cycle] = []

    def create() -> None:
        track = db.session.get_one(Track, form.track.data)
        created.append(actions.create_cycle(track, form.details(), by=person_id()))

    status = attempt(form, create)
    if status == DONE:
        flash(_("The cycle is saved as a draft. Now add its modules and lessons."), "success")
        return back_to(url_for("catalogue.manage_cycle", cycle_slug=created[0].slug))
    return render_template("catalogue/edit_cycle.html", form=form, cycle=None), status


@blueprint.get("/cicli/<cycle_slug>/gestione")
def manage_cycle(**_address: str) -> str:
    """A cycle seen by its staff: what is missing, the programme, the ways to the other rooms."""
    cycle = access.subject(Cycle)
    plan, instant = programme.programme(cycle.id), now()
    return render_template(
        "catalogue/manage_cycle.html",
        cycle=cycle,
        plan=plan,
        to_come=plan.to_come(instant),
        used=queries.lessons_in_use(cycle.id),
        may_cancel=partial(rules.may_cancel, instant=instant),
        missing=actions.lacking_of(cycle, lessons=len(plan.taking_place)),
        missing_words=MISSING_WORDS,
        organises=access.allowed_to(ORGANISING),
    )


@blueprint.route("/cicli/<cycle_slug>/modifica", methods=["GET", "POST"])
def edit_cycle(**_address: str) -> View:
    """Change a cycle; its track stays."""
    cycle = access.subject(Cycle)

    def drawn(**options: None) -> CycleForm:
        form = CycleForm(data=cycle_values(cycle), **options)
        del form.track
        return form

    form = drawn()
    status = attempt(
        form,
        lambda: actions.edit_cycle(cycle, form.details(), version=form.seen, by=person_id()),
        lambda: drawn(formdata=None),
    )
    if status == DONE:
        flash(_("The cycle is saved."), "success")
        return back_to(url_for("catalogue.manage_cycle", cycle_slug=cycle.slug))
    return render_template("catalogue/edit_cycle.html", form=form, cycle=cycle), status


@blueprint.route("/cicli/<cycle_slug>/stato", methods=["GET", "POST"])
def change_status(**_address: str) -> View:
    """Publish, close, archive, or take a step back: the choices, and what each one means."""
    cycle = access.subject(Cycle)
    in_use = cycle.status is CycleStatus.PUBLISHED and queries.cycle_in_use(cycle.id)
    allowed = rules.allowed_changes(cycle.status, in_use=in_use)
    form = StatusForm(data={"version": cycle.version, "status": allowed[0].value})
    form.offer(allowed)
    status = attempt(
        form,
        lambda: actions.change_status(
            cycle, CycleStatus(form.status.data), version=form.seen, by=person_id()
        ),
    )
    if status == DONE:
        words = presenting.status_in_words(cycle.status)
        flash(_("The cycle's status is now: %(status)s.", status=words), "success")
        return back_to(url_for("catalogue.manage_cycle", cycle_slug=cycle.slug))
    return render_template(
        "catalogue/change_status.html",
        form=form,
        cycle=cycle,
        missing=actions.missing(cycle) if CycleStatus.PUBLISHED in allowed else (),
        missing_words=MISSING_WORDS,
    ), status


@blueprint.route("/cicli/<cycle_slug>/duplica", methods=["GET", "POST"])
def duplicate_cycle(**_address: str) -> View:
    """A new draft with this cycle's programme, its dates moved."""
    source = access.subject(Cycle)
    form = DuplicateForm(data={"title": source.title})
    copies: list[Cycle] = []

    def duplicate() -> None:
        copies.append(
            duplicating.duplicate_cycle(
                source, title=form.title.data or "", code=form.code.data or "",
                first_day=form.day, keep_trainers=bool(form.keep_trainers.data),
                by=person_id(),
            )
        )  # fmt: skip

    status = attempt(form, duplicate)
    if status == DONE:
        flash(_("The new cycle is a draft: check its dates before you publish it."), "success")
        return back_to(url_for("catalogue.manage_cycle", cycle_slug=copies[0].slug))
    return render_template("catalogue/duplicate_cycle.html", form=form, cycle=source), status


@blueprint.route("/cicli/<cycle_slug>/elimina", methods=["GET", "POST"])
def remove_cycle(**_address: str) -> View:
    """Delete a draft, after asking."""
    cycle = access.subject(Cycle)
    if request.method == "POST":
        actions.remove_cycle(cycle, by=person_id())
        flash(_("The draft is deleted."), "success")
        return back_to(url_for("catalogue.manage_cycles"))
    return confirmation(
        phrase(_("Delete the draft “%(title)s”?"), title=cycle.title),
        _("Delete"),
        url_for("catalogue.manage_cycle", cycle_slug=cycle.slug),
        [_("Its modules and lessons are deleted too."), _("It cannot be undone.")],
        cycle,
    )
