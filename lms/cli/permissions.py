"""`lms permissions`: the table of permissions as a page to read (docs/permissions.md)."""

from __future__ import annotations

import inspect
from itertools import groupby

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from lms.access import Role, Rule
from lms.permissions import TABLE

HEAD = """# Who may do what

Written by `lms permissions` from `lms/permissions.py`; a test compares the two. An address that is
not listed here is refused. Roles are held **towards** the object an address names: the organiser of
one track is nobody to another track's cycles, and what belongs to no track (new tracks,
organisations, accounts) asks for the organiser of all of them. "404" in the last column: whoever is
refused is told that nothing is there. How far each role reaches:
[ADR 0013](adr/0013-roles-and-scopes.md).
"""
COLUMNS = {
    Role.STRANGER: "anyone",
    Role.SIGNED_IN: "signed in",
    Role.OWNER: "oneself",
    Role.PARTICIPANT: "participant",
    Role.TRAINER: "trainer",
    Role.ORGANISER: "organiser",
    Role.REFERENT: "referent",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}


@click.command("permissions")
@with_appcontext
def permissions() -> None:
    """Print the table of permissions as Markdown."""
    click.echo(document(current_app), nl=False)


def document(app: Flask) -> str:
    """The whole page, one table for each room."""
    parts = [HEAD]
    for room, endpoints in groupby(sorted(TABLE, key=_room), key=_room):
        parts.append(f"\n## {room}\n\n{_header()}")
        parts += [_row(app, endpoint, TABLE[endpoint]) for endpoint in endpoints]
    return "".join(parts)


def _room(endpoint: str) -> str:
    return endpoint.partition(".")[0]


def _header() -> str:
    titles = ["what", "address", "towards", *COLUMNS.values(), "refused"]
    return f"| {' | '.join(titles)} |\n|{'---|' * 3}{':-:|' * len(COLUMNS)}---|\n"


def _row(app: Flask, endpoint: str, rule: Rule) -> str:
    view = app.view_functions[endpoint]
    what = (inspect.getdoc(view) or "").splitlines()[0]
    marks = ["✓" if role in rule.roles else "" for role in COLUMNS]
    refused = "" if Role.STRANGER in rule.roles else "404" if rule.hidden else "403"
    towards = (rule.loads or "").replace("_", " ")
    return f"| {' | '.join([what, _addresses(app, endpoint), towards, *marks, refused])} |\n"


def _addresses(app: Flask, endpoint: str) -> str:
    rules = sorted(app.url_map.iter_rules(endpoint), key=str)
    told = []
    for rule in rules:
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        told.append(f"{' '.join(methods)} `{rule.rule}`")
    return "<br>".join(told)
