"""A page that is looked at in a sitting: none without one, and each look is noted."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, redirect, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.access import Subject
from lms.auditing import queries
from lms.catalogue.models import Track
from lms.clock import now
from lms.extensions import db
from lms.looks import record_look

View = Callable[..., Any]


def looked_at(seen: Callable[[Any], Any] = lambda value: value) -> Callable[[View], View]:
    """Declare a page of the object its address loads; `seen` picks the row that is looked at."""

    def decorate(view: View) -> View:
        @wraps(view)
        def in_a_sitting(**address: Any) -> Any:
            subject: Subject = g.access_subject
            track = db.session.get_one(Track, subject.track_id)
            session = queries.open_session(current_user.person_id, track.id, now())
            if session is None:
                return _state_the_purpose(track)
            answer = view(**address)
            record_look(
                seen(subject.value), actor_id=current_user.person_id,
                person_id=subject.person_id, purpose=session.purpose,
            )  # fmt: skip
            return answer

        return in_a_sitting

    return decorate


def _state_the_purpose(track: Track) -> Response:
    return redirect(url_for("auditing.open_session", track_slug=track.slug), 303)
