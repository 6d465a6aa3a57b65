"""What every page draws, drawn cheaply: translated words, and parts that are everybody's.

At the start of a lesson thousands of pages are asked for in a minute, and most of each is the same.
"""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, current_app, has_request_context, render_template, request
from flask_babel import get_locale, get_translations
from jinja2 import Template, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

KEPT = "percorso-kept"


def store() -> dict[tuple[str, ...], Any]:
    """What this process keeps drawn, as long as the settings are these."""
    settings = current_app.config["SETTINGS"]
    of_settings, held = current_app.extensions.get(KEPT, (None, {}))
    if of_settings is not settings:
        held = {}
        current_app.extensions[KEPT] = (settings, held)
    return cast("dict[tuple[str, ...], Any]", held)


def place() -> tuple[str, str]:
    """The language of the page, and where the application hangs: all that kept parts depend on."""
    return str(get_locale()), request.script_root if has_request_context() else ""


def drawn_once(template: str) -> Markup:
    """A part of the page that says the same to everybody: drawn once a process and language.

    It may depend on the settings and on where the application hangs; on nothing else of a request.
    """
    key = (template, *place())
    drawn: Markup | None = store().get(key)
    if drawn is None:
        drawn = Markup(render_template(template))  # noqa: S704 # nosec B704 # ours
        if not current_app.config.get("TEMPLATES_AUTO_RELOAD"):
            store()[key] = drawn
    return drawn


@pass_eval_context
def translated(context: EvalContext, message: str, **values: Any) -> str:
    """A sentence in the page's language; in pages what is put into it is escaped.

    As Jinja's own (always a format: a literal percent sign is doubled), in a third of its calls.
    """
    text = get_translations().ugettext(message)
    if context.autoescape:
        return Markup(text) % values  # noqa: S704 # nosec B704 # ours
    return str(text % values)


class _Template(Template):
    """A template whose macros, imported without context, are made once for all.

    Jinja looks at every import whether the importing template was given globals of its own; none of
    ours is (`render_template` hands values over as context).
    """

    def _get_default_module(self, _context: Any = None) -> Any:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Hand the above to the templates of `app`."""
    app.jinja_env.template_class = _Template
    app.jinja_env.globals.update(drawn_once=drawn_once, gettext=translated, _=translated)
