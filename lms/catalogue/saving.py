"""What the organisers' views share: trying a deed with a form, and pages that ask to confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import redirect, render_template
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms.catalogue.changes import StaleError
from lms.catalogue.forms_common import VersionedForm
from lms.catalogue.models import Cycle
from lms.catalogue.presenting import conflicts
from lms.errors import UserError

View = str | Response | tuple[str, int]
DONE = 303


def person_id() -> int:
    """Who is signed in, as actions and audit name them."""
    return int(current_user.person_id)


def attempt(
    form: FlaskForm, deed: Callable[[], Any], stored: Callable[[], VersionedForm] | None = None
) -> int:
    """Do `deed` if `form` was sent and is valid; returns the answer's status, `DONE` when done.

    What went wrong stands in the form. When the row has moved on meanwhile, `stored` draws the form
    as it stands now: the differences are kept in `form.conflicts`, what was typed stays, and saving
    once more is a decision made with both in sight.
    """
    if not form.is_submitted():
        return 200
    if not form.validate():
        return 422
    try:
        deed()
    except StaleError as error:
        form.form_errors.append(error.message)
        if stored is not None:
            current = stored()
            form.conflicts = conflicts(form, current)
            form.version.data = current.version.data
        return error.status
    except UserError as error:
        form.form_errors.append(error.message)
        return error.status
    return DONE


def back_to(address: str) -> Response:
    """After a deed: the page that shows it."""
    return redirect(address, DONE)


def confirmation(
    title: str, submit: str, cancel_url: str, consequences: Sequence[str], cycle: Cycle
) -> str:
    """A page that asks before something of `cycle` is undone; it posts to its own address."""
    return render_template(
        "catalogue/confirm.html",
        title=title,
        submit=submit,
        cancel_url=cancel_url,
        consequences=consequences,
        cycle=cycle,
    )
