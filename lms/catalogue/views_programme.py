"""The organisers' pages of a cycle's modules, lessons and trainers."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import false, select
from werkzeug.wrappers import Response

from lms import access
from lms.accounts.models import Person
from lms.accounts.scopes import findable
from lms.catalogue import presenting, programme, queries
from lms.catalogue import programme_actions as actions
from lms.catalogue.forms_programme import LessonForm, ModuleForm, lesson_values, module_values
from lms.catalogue.models import Cycle, Lesson, Module
from lms.catalogue.saving import DONE, View, attempt, back_to, confirmation, person_id
from lms.catalogue.views import blueprint
from lms.errors import UserError
from lms.extensions import db
from lms.lists import search_text
from lms.pages import phrase


def _programme_of(cycle: Cycle) -> str:
    return url_for("catalogue.manage_cycle", cycle_slug=cycle.slug)


# --- modules -------------------------------------------------------------------------------------


@blueprint.route("/cicli/<cycle_slug>/moduli/nuovo", methods=["GET", "POST"])
def new_module(**_address: str) -> View:
    """Add a module at the end."""
    cycle, form = access.subject(Cycle), ModuleForm()
    status = attempt(form, lambda: actions.add_module(cycle, form.details(), by=person_id()))
    if status == DONE:
        flash(_("The module is saved."), "success")
        return back_to(_programme_of(cycle))
    return render_template("catalogue/edit_module.html", form=form, cycle=cycle), status


@blueprint.route("/moduli/<int:module_id>/modifica", methods=["GET", "POST"])
def edit_module(**_address: int) -> View:
    """Change a module."""
    module = access.subject(Module)
    form = ModuleForm(data=module_values(module))
    status = attempt(
        form,
        lambda: actions.edit_module(module, form.details(), version=form.seen, by=person_id()),
        lambda: ModuleForm(data=module_values(module), formdata=None),
    )
    if status == DONE:
        flash(_("The module is saved."), "success")
        return back_to(_programme_of(module.cycle))
    return render_template(
        "catalogue/edit_module.html", form=form, cycle=module.cycle, module=module
    ), status


@blueprint.post("/moduli/<int:module_id>/sposta")
def move_module(**_address: int) -> Response:
    """One place up or down."""
    module = access.subject(Module)
    direction = request.form.get("direction")
    if direction not in {"up", "down"}:
        raise UserError(_("Say whether the module goes up or down."))
    actions.move_module(module, up=direction == "up", by=person_id())
    flash(_("The modules have their new order."), "success")
    return back_to(_programme_of(module.cycle))


@blueprint.route("/moduli/<int:module_id>/elimina", methods=["GET", "POST"])
def remove_module(**_address: int) -> View:
    """Delete an empty module, after asking."""
    module = access.subject(Module)
    back = _programme_of(module.cycle)
    if request.method == "POST":
        actions.remove_module(module, by=person_id())
        flash(_("The module is deleted."), "success")
        return back_to(back)
    return confirmation(
        phrase(_("Delete the module “%(title)s”?"), title=module.title),
        _("Delete"),
        back,
        [_("Only a module without lessons can be deleted."), _("It cannot be undone.")],
        module.cycle,
    )


# --- lessons -------------------------------------------------------------------------------------


@blueprint.route("/moduli/<int:module_id>/incontri/nuovo", methods=["GET", "POST"])
def new_lesson(**_address: int) -> View:
    """Add a lesson to a module."""
    module = access.subject(Module)
    form = LessonForm()
    form.offer(programme.cycle_trainers(module.cycle_id))
    status = attempt(form, lambda: actions.add_lesson(module, form.details(), by=person_id()))
    if status == DONE:
        flash(_("The lesson is saved."), "success")
        return back_to(_programme_of(module.cycle))
    return render_template(
        "catalogue/edit_lesson.html", form=form, cycle=module.cycle, module=module
    ), status


@blueprint.route("/incontri/<int:lesson_id>/modifica", methods=["GET", "POST"])
def edit_lesson(**_address: int) -> View:
    """Change a lesson: what calendars show of it reaches them by itself."""
    lesson = access.subject(Lesson)
    cycle = lesson.module.cycle

    def drawn(**options: None) -> LessonForm:
        teaching = programme.lesson_trainers(lesson.id)
        people = {person.id: person for person in programme.cycle_trainers(cycle.id)}
        people |= {person.id: person for person in teaching}
        form = LessonForm(data=lesson_values(lesson, teaching), **options)
        form.offer(people.values(), programme.modules(cycle.id), lesson.zone)
        return form

    form = drawn()

    def save() -> None:
        module = db.session.get_one(Module, form.module.data)
        actions.edit_lesson(
            lesson, form.details(), module=module, version=form.seen, by=person_id()
        )

    status = attempt(form, save, lambda: drawn(formdata=None))
    if status == DONE:
        flash(_("The lesson is saved. Calendars that hold it are updated."), "success")
        return back_to(_programme_of(cycle))
    return render_template(
        "catalogue/edit_lesson.html", form=form, cycle=cycle, module=lesson.module, lesson=lesson,
        in_use=queries.in_use(Lesson, [lesson.id]),
    ), status  # fmt: skip


@blueprint.route("/incontri/<int:lesson_id>/annulla", methods=["GET", "POST"])
def cancel_lesson(**_address: int) -> View:
    """Cancel a lesson, after asking."""
    lesson = access.subject(Lesson)
    back = _programme_of(lesson.module.cycle)
    if request.method == "POST":
        actions.cancel_lesson(lesson, by=person_id())
        flash(_("The lesson is cancelled."), "success")
        return back_to(back)
    return confirmation(
        phrase(_("Cancel “%(title)s”?"), title=lesson.title),
        _("Cancel the lesson"),
        back,
        [
            presenting.when_in_words(lesson),
            _("It stays in the programme and in people's calendars, marked as cancelled."),
            _("Its hours are no longer due for the certificate."),
            _("You can restore it later."),
        ],
        lesson.module.cycle,
    )


@blueprint.post("/incontri/<int:lesson_id>/ripristina")
def restore_lesson(**_address: int) -> Response:
    """Take a cancellation back."""
    lesson = access.subject(Lesson)
    actions.restore_lesson(lesson, by=person_id())
    flash(_("The lesson takes place again."), "success")
    return back_to(_programme_of(lesson.module.cycle))


@blueprint.route("/incontri/<int:lesson_id>/elimina", methods=["GET", "POST"])
def remove_lesson(**_address: int) -> View:
    """Delete a lesson on which nothing hangs, after asking."""
    lesson = access.subject(Lesson)
    back = _programme_of(lesson.module.cycle)
    if request.method == "POST":
        actions.remove_lesson(lesson, by=person_id())
        flash(_("The lesson is deleted."), "success")
        return back_to(back)
    return confirmation(
        phrase(_("Delete “%(title)s”?"), title=lesson.title),
        _("Delete"),
        back,
        [
            presenting.when_in_words(lesson),
            _("It vanishes from the programme and from calendars, without a word to anybody."),
            _("If people know of it already, cancel it instead: they will see that it is off."),
            _("It cannot be undone."),
        ],
        lesson.module.cycle,
    )


# --- trainers ------------------------------------------------------------------------------------


@blueprint.get("/cicli/<cycle_slug>/docenti")
def cycle_trainers(**_address: str) -> str:
    """Who trains in the cycle, and a search for people to add."""
    cycle, text = access.subject(Cycle), search_text()
    return render_template(
        "catalogue/trainers.html",
        cycle=cycle,
        trainers=programme.cycle_trainers(cycle.id),
        text=text,
        page=programme.possible_trainers(cycle.id, text) if text else None,
    )


@blueprint.post("/cicli/<cycle_slug>/docenti/aggiungi")
def add_trainer(**_address: str) -> Response:
    """Make somebody a trainer of the cycle."""
    cycle = access.subject(Cycle)
    typed = request.form.get("person_id", "")
    known = typed.isascii() and typed.isdecimal() and len(typed) < 10
    asked = select(Person).where(Person.id == int(typed) if known else false())
    person = db.session.scalar(asked.where(findable(search_text())))
    if person is None:
        raise UserError(_("Choose a person from the list."))
    actions.add_trainer(cycle, person, by=person_id())
    flash(_("%(name)s is now a trainer of this cycle.", name=person.full_name), "success")
    return back_to(url_for("catalogue.cycle_trainers", cycle_slug=cycle.slug))


@blueprint.route("/cicli/<cycle_slug>/docenti/<int:person_id>/togli", methods=["GET", "POST"])
def remove_trainer(**address: int) -> View:
    """End somebody's part as trainer, after asking."""
    cycle = access.subject(Cycle)
    person = db.session.get(Person, address["person_id"])
    if person is None:
        abort(404)
    back = url_for("catalogue.cycle_trainers", cycle_slug=cycle.slug)
    if person.id not in {trainer.id for trainer in programme.cycle_trainers(cycle.id)}:
        flash(_("%(name)s is not a trainer of this cycle.", name=person.full_name), "info")
        return redirect(back, DONE)
    if request.method == "POST":
        actions.remove_trainer(cycle, person, by=person_id())
        flash(_("%(name)s is no longer a trainer of this cycle.", name=person.full_name), "success")
        return back_to(back)
    return confirmation(
        _("Remove %(name)s from the trainers?", name=person.full_name),
        _("Remove"),
        back,
        [
            _("They can no longer open the registers of this cycle."),
            _("They no longer stand beside its lessons to come; those already held keep the name."),
        ],
        cycle,
    )
