"""One commit a request, on success only, never on a safe method.

The database itself refuses to write in a safe request (`lms.database.may_write`), so a view that
tries is an error, not a surprise. One exception has a name: looks at other people's data
(`lms.looks`), which are written down by themselves once the page is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, request

from lms import looks
from lms.database import may_write, prepare_engine
from lms.extensions import db

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

View = TypeVar("View", bound=Callable[..., Any])


def reads_first(view: View) -> View:
    """Declare a view that asks all it can before it writes: until `begin_writing` it only reads.

    Writers of SQLite take turns, so what thousands do at once must not hold theirs for long.
    """
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def begin_writing() -> None:
    """Begin the writing transaction of a view that `reads_first`; what was read must be asked anew.

    Nothing that was loaded before is of this transaction.
    """
    db.session.rollback()
    may_write.set(True)


class PercorsoApp(Flask):
    """Flask whose dispatch commits: a failure while committing meets the error pages too."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none of ours is a coroutine, so nothing looks whether one is."""
        return func

    def dispatch_request(self) -> Response:
        """Run the view, then commit what it did, or forget it."""
        response = self.make_response(super().dispatch_request())
        if request.method not in SAFE_METHODS and response.status_code < 400:
            db.session.commit()
        else:
            db.session.rollback()
            if response.status_code < 400:
                looks.write_down()
        return response


def init_app(app: Flask) -> None:
    """Tie transactions to requests and prepare the engine."""
    with app.app_context():
        prepare_engine(db.engine)

    @app.before_request
    def _decide_writing() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        late = getattr(view, "reads_first", False)
        may_write.set(request.method not in SAFE_METHODS and not late)

    @app.teardown_request
    def _allow_writing_again(_error: BaseException | None) -> None:
        db.session.rollback()
        may_write.set(True)
