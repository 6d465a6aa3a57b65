"""The log of sign-ins with providers, for administrators."""

from __future__ import annotations

from flask import render_template, request

from lms.federation import queries
from lms.federation.blueprint import blueprint
from lms.federation.models import Outcome
from lms.federation.rules import Failure
from lms.federation.words import FAILURES, OUTCOMES
from lms.lists import page_of, search_text


@blueprint.get("/persone/accessi-con-provider")
def log() -> str:
    """What came of every sign-in with a provider, newest first."""
    text = search_text()
    outcome, provider = (request.args.get(name, "") for name in ("outcome", "provider"))
    page = page_of(queries.log_lines(text, outcome, provider))
    return render_template(
        "federation/log.html",
        page=page,
        text=text,
        outcome=outcome,
        provider=provider,
        outcomes=[(key.value, words) for key, words in OUTCOMES.items()],
        failures=[(key.value, words) for key, words in FAILURES.items()],
        asked=bool(text or provider or outcome in {*Outcome, *Failure}),
    )
