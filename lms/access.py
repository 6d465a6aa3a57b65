"""What a view demands: loading the object and checking the right are one step.

`lms.permissions.TABLE` says for every endpoint who may enter and what its address loads. A request
for an endpoint the table does not know is refused. Rooms register how objects are loaded
(`loader`) and who holds a role (`role_source`), so this module imports none of them.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from lms import logs

TABLE = "percorso-access-table"
T = TypeVar("T")


class Role(enum.StrEnum):
    """Who somebody is, towards the object that the address names."""

    STRANGER = "stranger"  # not signed in, or with no part in it: everybody
    SIGNED_IN = "signed_in"  # any account
    OWNER = "owner"  # the person the object is about
    PARTICIPANT = "participant"  # enrolled in the object's cycle
    TRAINER = "trainer"  # trainer of the object's cycle (of any cycle where none is named)
    ORGANISER = "organiser"  # of the object's track; what belongs to no track asks for all of them
    REFERENT = "referent"  # of the object's organisation
    AUDITOR = "auditor"  # of the object's track, to look only
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Rule:
    """One row of the table: `roles` any of which opens, `loads` the loader's name.

    `hidden`: to those refused the object does not exist (404 instead of 403).
    `unready`: open also to somebody who must first do something else (`first_of_all`).
    """

    roles: frozenset[Role]
    loads: str | None = None
    hidden: bool = False
    unready: bool = False


@dataclass(frozen=True)
class Subject:
    """What an address names, and what it belongs to: roles are held towards that.

    `public` False: drafts and the like, for staff of it only. `whole`: the role must be held
    towards everything the object belongs to, not only towards a part of it.
    """

    value: Any
    cycle_id: int | None = None
    person_id: int | None = None
    track_id: int | None = None
    organisation_id: int | None = None
    public: bool = True
    whole: bool = False

    @property
    def scope(self) -> tuple[int | None, int | None, int | None, int | None, bool]:
        """All that a role can depend on: objects of one scope get one answer."""
        return self.cycle_id, self.person_id, self.track_id, self.organisation_id, self.whole


Loader = Callable[..., Subject | None]
RoleSource = Callable[[int, Subject | None], bool]
Demand = Callable[[], str | None]


@dataclass
class _Registry:
    loaders: dict[str, Loader] = field(default_factory=dict)
    sources: dict[Role, RoleSource] = field(default_factory=dict)
    demands: list[Demand] = field(default_factory=list)


_registry = _Registry()
STAFF = frozenset({Role.TRAINER, Role.ORGANISER, Role.ADMINISTRATOR})
# Cheapest first: no query, one that the header asks anyway, one for each cycle.
ASKED_IN_ORDER = (
    Role.STRANGER,
    Role.SIGNED_IN,
    Role.OWNER,
    Role.ORGANISER,
    Role.ADMINISTRATOR,
    Role.REFERENT,
    Role.AUDITOR,
    Role.TRAINER,
    Role.PARTICIPANT,
)


def loader(name: str) -> Callable[[Loader], Loader]:
    """Declare how the objects called `name` in the table are loaded from the address's values."""

    def register(function: Loader) -> Loader:
        _registry.loaders[name] = function
        return function

    return register


def role_source(role: Role) -> Callable[[RoleSource], RoleSource]:
    """Declare who holds `role`: a function of a person's id and the subject (or None)."""

    def register(function: RoleSource) -> RoleSource:
        _registry.sources[role] = function
        return function

    return register


def first_of_all(function: Demand) -> Demand:
    """Declare what whoever is signed in may have to do before anything else.

    The function answers with the page to do it on, or None; it is asked at every request, and until
    it answers None only the table's `unready` rows are open.
    """
    _registry.demands.append(function)
    return function


def demanded_page() -> str | None:
    """The page whoever is signed in must deal with before any other; None when there is none."""
    if not current_user.is_authenticated:
        return None
    if "demanded_page" not in g:
        asked = (demand() for demand in _registry.demands)
        g.demanded_page = next((page for page in asked if page is not None), None)
    page: str | None = g.demanded_page
    return page


def holds(role: Role, subject: Subject | None = None) -> bool:
    """Whether the person signed in holds `role` towards `subject` (asked once a request)."""
    if role is Role.STRANGER:
        return True
    if not current_user.is_authenticated:
        return False
    if role is Role.SIGNED_IN:
        return True
    person_id: int = current_user.person_id
    if role is Role.OWNER:
        return subject is not None and subject.person_id == person_id
    scope = subject.scope if subject else None
    cache: dict[tuple[Role, Any], bool] = g.setdefault("roles_held", {})
    if (role, scope) not in cache:
        cache[role, scope] = _registry.sources[role](person_id, subject)
    return cache[role, scope]


def holds_any(roles: frozenset[Role], subject: Subject | None = None) -> bool:
    """Whether any of `roles` is held."""
    return any(holds(role, subject) for role in sorted(roles, key=ASKED_IN_ORDER.index))


def subject(kind: type[T]) -> T:
    """The object this request's address names, already loaded and allowed."""
    value = g.access_subject.value
    if not isinstance(value, kind):
        raise TypeError(f"the table loads {type(value).__name__} here, not {kind.__name__}")
    return value


def allowed_to(role_names: frozenset[Role]) -> bool:
    """For templates and views: may who looks do what these roles may, on this page's object?"""
    return holds_any(role_names, g.get("access_subject"))


def init_app(app: Flask, table: dict[str, Rule]) -> None:
    """Guard every request of `app` by `table`."""

    @app.before_request
    def _guard() -> Response | None:
        if request.endpoint is None:
            return None  # no such address: Flask answers 404 or 405
        rule = table.get(request.endpoint)
        if rule is None:
            current_app.logger.error("undeclared endpoint", extra={"endpoint": request.endpoint})
            abort(403)
        return _enter(rule, request.view_args or {})

    app.extensions[TABLE] = table


def admits(endpoint: str, **address: Any) -> bool:
    """Whether this request might see that page as well; if so, its object is this request's now.

    For a view that shows another's page at once, instead of sending the browser there.
    """
    try:
        return _enter(current_app.extensions[TABLE][endpoint], address) is None
    except HTTPException:
        return False


def _enter(rule: Rule, address: Mapping[str, Any]) -> Response | None:
    if not rule.unready and (page := demanded_page()) is not None:
        return redirect(page, 303)
    # A stranger is sent to sign in before anything is loaded: existing or not, the answer is one.
    if Role.STRANGER not in rule.roles and not current_user.is_authenticated:
        return _to_sign_in()
    found = None
    if rule.loads:
        found = _registry.loaders[rule.loads](**address)
        if found is None:
            abort(404)
        if not found.public and not holds_any(STAFF, found):
            logs.note_refusal()
            abort(404)
        g.access_subject = found
    if not holds_any(rule.roles, found):
        logs.note_refusal()
        abort(404 if rule.hidden else 403)
    return None


def _to_sign_in() -> Response:
    came_from = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=came_from), 303)
