"""What waits for an organiser's countersignature, and giving it, one or many at once."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from lms import access
from lms.accounts.scopes import organised
from lms.attendance import actions_countersigning, queries_countersigning
from lms.attendance.blueprint import blueprint
from lms.attendance.models import AttendanceRegister
from lms.attendance.models_paper import Countersignature
from lms.attendance.queries_countersigning import Waiting
from lms.catalogue.models import Cycle
from lms.errors import UserError
from lms.lists import search_text

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Offered:
    """A register that waits, and why who looks may not countersign it (empty: they may)."""

    waiting: Waiting
    refusal: str


def countersignature_of(register: AttendanceRegister) -> tuple[Countersignature, str] | None:
    """For pages of one register: its countersignature and whose it is (asked once a request)."""
    known: dict[int, tuple[Countersignature, str] | None] = g.setdefault("countersignatures", {})
    if register.id not in known:
        known[register.id] = queries_countersigning.countersignature_of(register.id)
    return known[register.id]


blueprint.add_app_template_global(countersignature_of)


@blueprint.get("/registri/da-controfirmare")
def to_countersign() -> str:
    """The cycles one organises in which registers wait."""
    return render_template(
        "attendance/to_countersign.html",
        cycles=queries_countersigning.waiting_by_cycle(organised()),
    )


@blueprint.route("/cicli/<cycle_slug>/registri/controfirma", methods=["GET", "POST"])
def countersign(cycle_slug: str) -> Answer:
    """The registers that wait; those chosen are shown once more, then countersigned together."""
    cycle = access.subject(Cycle)
    offered = _offered(cycle)
    chosen = [each for each in offered if str(each.waiting.register.id) in _ids()]
    message, status = "", 200
    if request.method == "POST":
        if not chosen:
            message, status = _("Choose the registers to be countersigned."), 422
        elif any(each.refusal for each in chosen):
            message, status = next(each.refusal for each in chosen if each.refusal), 422
        elif "tokens" not in request.form:
            return render_template(
                "attendance/countersign_confirm.html", cycle=cycle, chosen=chosen
            )
        else:
            message, status = _sign([each.waiting for each in chosen])
            if status == 303:
                return redirect(url_for(".countersign", cycle_slug=cycle_slug), 303)
            offered = _offered(cycle)
    return _list(cycle, offered, message), status


def _ids() -> set[str]:
    return set(request.form.getlist("registers"))


def _offered(cycle: Cycle) -> list[Offered]:
    waiting = queries_countersigning.waiting(cycle.id)
    found = actions_countersigning.obstacles(
        [each.register for each in waiting], current_user.person_id
    )
    return [
        Offered(each, actions_countersigning.obstacle_words(obstacle) if obstacle else "")
        for each in waiting
        for obstacle in (found[each.register.id],)
    ]


def _list(cycle: Cycle, offered: list[Offered], message: str) -> str:
    text = search_text()
    words = text.casefold().split()
    shown = [
        each
        for each in offered
        if all(word in each.waiting.register.lesson.title.casefold() for word in words)
    ]
    return render_template(
        "attendance/countersign.html",
        cycle=cycle, offered=shown, total=len(offered), text=text, message=message,
    )  # fmt: skip


def _sign(chosen: list[Waiting]) -> tuple[str, int]:
    """Countersign; 303, or the sentence and status of what stands in the way."""
    try:
        count = actions_countersigning.countersign(
            chosen, request.form.getlist("tokens"), by=current_user.person_id
        )
    except UserError as error:
        return error.message, error.status
    flash(
        ngettext("%(num)d register countersigned.", "%(num)d registers countersigned.", count),
        "success",
    )
    return "", 303
