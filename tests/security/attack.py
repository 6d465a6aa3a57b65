"""One attack on the whole application, recorded: everything typed everywhere, then read by all.

It is carried out once a database; the tests of this folder look at the record, each for its own.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import JSON, Enum, String, select
from werkzeug.test import TestResponse

from lms import jobs
from lms.clock import now
from lms.extensions import db
from lms.issuance.models import Certificate
from tests.html import check_page
from tests.security.pages import Site, plain
from tests.security.payloads import CSV_CELL, HOSTILE_FILE_NAME, MARKUP, PROBE, SHORT, TYPED
from tests.security.reading import FREE_TEXT, Control, Form, forms_of
from tests.security.scene import ANSWERED, build

# What takes away or closes comes after everything was written and read, in this order.
ENDING = (
    "update_copies", "rectify", "replace", "issue", "prepare_again", "restore", "enable", "close",
    "cancel", "change_status", "remove", "reset", "discard", "revoke", "withdraw", "disable", "end",
    "dismiss", "take_back",
    "account", "change_password", "end_other_sessions", "end_session", "confirm_registration",
    "confirm_login", "accept_invitation", "choose_password", "sign_out",
)  # fmt: skip
# A presence is contested before the attack moves its lesson to another day, and what is decided on
# a certificate's name before it changes once more.
FIRST = frozenset({"attendance.contest_presence", "issuance.keep"})
READERS = (
    "organiser",
    "administrator",
    "trainer of this cycle",
    "participant of this cycle",
    "referent of this organisation",
    "auditor of this track",
    "stranger",
)
LOGO = (
    b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9' onload='p()'><path d='M0 0'/></svg>"
)
SHORT_FIELDS = frozenset({"heading", "heading_other", "label", "project_code", "q", "other_zone"})


@dataclass(frozen=True, repr=False)
class Answer:
    """What came back."""

    where: str
    endpoint: str
    method: str
    status: int
    kind: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


@dataclass(repr=False)
class Record:
    """Everything that happened."""

    answers: list[Answer] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    log_lines: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)
    probed_columns: set[str] = field(default_factory=set)
    text_columns: set[str] = field(default_factory=set)

    def note(self, where: str, endpoint: str, method: str, response: TestResponse) -> None:
        self.answers.append(
            Answer(
                where, endpoint, method, response.status_code, response.mimetype or "",
                tuple(response.headers), response.data,
            )
        )  # fmt: skip
        if response.mimetype == "text/html" and response.status_code != 303:
            try:
                check_page(response.text, path=where)
            except AssertionError as fault:
                self.faults.append(str(fault))


def carry_out(app: Flask) -> Record:
    """Attack `app` on a fresh database."""
    record = Record()
    with _listening(app, record):
        site = build(app)
        forms = {form: _when(form) for form in site.forms()}
        before = (form for form, when in forms.items() if when < 0)
        for form in sorted(before, key=lambda each: each.endpoint not in FIRST):
            _type(site, form, record)
        _read(site, record)
        _look_into_the_tables(record)  # some of it is taken away below
        for form in sorted((f for f, when in forms.items() if when >= 0), key=_when):
            _type(site, form, record)
        _ask_for_details(site, record)
        jobs.run_until_empty()
        site.browsers.clear()
        _answer_a_step(site, record)
        _read(site, record, actors=("organiser", "participant of this cycle"))
        _look_into_the_tables(record)
    return record


def _when(form: Form) -> int:
    """Its place among what comes at the end; -1 for the rest."""
    verb = form.endpoint.split(".")[1]
    return next((at for at, word in enumerate(ENDING) if verb.startswith(word)), -1)


def _ask_for_details(site: Site, record: Record) -> None:
    """The page of verification that tells a certificate's details, for the replacing one."""
    newest = db.session.scalars(select(Certificate).order_by(Certificate.id.desc())).first()
    assert newest is not None
    path, endpoint = f"/verifica/{newest.code}", "issuance.verify"
    response = site.browser("stranger").post(path, {"family_name": newest.holder_family_name})
    record.note("stranger: details", endpoint, "POST", response)


def _answer_a_step(site: Site, record: Record) -> None:
    """What only a script sends, and what stands on no page but in the middle of signing in."""
    scripted = (
        (
            "participant of this cycle",
            "/profilo/secondo-fattore/chiavi/richiesta",
            "passkey_options",
        ),
        ("stranger", "/secondo-passo/chiave/richiesta", "step_options"),
        ("stranger", "/secondo-passo/chiave", "step_passkey"),
        ("stranger", "/secondo-passo/annulla", "leave_step"),
    )
    for actor, path, name in scripted:
        response = site.browser(actor).post(path, {"response": MARKUP})
        record.note(f"{actor}: {name}", f"factors.{name}", "POST", response)


def _type(site: Site, form: Form, record: Record) -> None:
    """Send a form full of hostile text; what it then asks is answered, three times at most."""
    for _turn in range(3):
        response = site.send(form, form.pairs(typed), look=False)
        record.note(f"{form.actor} on {form.page}", form.endpoint, "POST", response)
        if response.status_code not in {200, 422} or response.mimetype != "text/html":
            return
        again = forms_of(response.text, form.action, form.actor, site.app)
        named = [one for one in again if one.endpoint == form.endpoint]
        if not named:
            return
        form = named[0]


def _read(site: Site, record: Record, actors: tuple[str, ...] = READERS) -> None:
    for place in site.places():
        readers = site.readers(place, actors)
        if "organiser" in readers and "administrator" in readers:
            readers.remove("administrator")  # sees the same page
        for actor in readers:
            response = plain(site.browser(actor), place.path)
            record.note(f"{actor}: GET {place.path}", place.address.endpoint, "GET", response)


_number = iter(range(10_000))


def typed(control: Control) -> list[Any] | None:
    """Hostile where anything may be typed, valid elsewhere, so that it is taken and kept."""
    number, name = next(_number), control.name
    later = now() + timedelta(days=30)
    known: dict[str, Any] = {
        "emails": f"probe{number}@example.org", "login": f"probe{number}@example.org",
        "email": f"probe{number}@example.org",
        "join_url": f'https://example.org/?"><{PROBE}>', "day": f"{later:%Y-%m-%d}",
        "first_day": f"{later:%Y-%m-%d}", "start": "10:00", "end": "12:00", "places": "20000",
        "people": f"{CSV_CELL};{CSV_CELL};;{CSV_CELL}", "organisation_choice": "new",
        "kind": "other", "next": "/cicli", "province_code": "TO", "reach": "some",
        "mark": "absent", "minutes": "", "decision": "refuse", "outcome": "refuse",
        "given_name": f"{SHORT}\r\n", "family_name": f"{MARKUP}\r\n",  # 120 on a certificate
    }  # fmt: skip
    if name in known:
        return [known[name]]
    if name == "code":
        return [f"XP{number}"] if control.values == ("",) else None
    if control.kind == "password":
        return ["quattro parole messe insieme"]
    if name == "document":
        return [(b"%PDF-1.7 %%EOF", HOSTILE_FILE_NAME)]
    if name == "logo":
        return [(LOGO, HOSTILE_FILE_NAME)]
    if control.kind == "file" and name == "scan":
        return [(b"%PDF-1.4\n" + MARKUP.encode() + b"\n%%EOF\n", HOSTILE_FILE_NAME)]
    if control.kind == "file":
        return [(ANSWERED + f"{CSV_CELL},,,,,{number}\n".encode(), HOSTILE_FILE_NAME)]
    if control.kind == "checkbox":
        return list(control.options[:1])
    if control.numeric or (name.endswith("_code") and name not in SHORT_FIELDS):
        return None
    if name in SHORT_FIELDS or (name.startswith("emblem") and control.kind in FREE_TEXT):
        return [SHORT[:40]]
    if control.kind not in FREE_TEXT:
        return None  # hidden ones and choices stay
    return [TYPED if control.longest is None or control.longest > len(MARKUP) else SHORT]


@contextmanager
def _listening(app: Flask, record: Record) -> Iterator[None]:
    """Keep every log line as it would be written, and every address anybody tries to reach."""

    class Keep(logging.Handler):
        def emit(self, log: logging.LogRecord) -> None:
            record.log_lines.append(self.format(log))

    root, own = logging.getLogger(), logging.getLogger("lms")
    handler, before = Keep(), (own.level, own.propagate)
    handler.setFormatter(own.handlers[0].formatter)
    root.addHandler(handler)
    own.setLevel(logging.DEBUG)
    own.propagate = False  # pytest would keep all of it too
    usual, own.handlers = own.handlers, [handler]
    _heard.append(record.connections)
    try:
        yield
    finally:
        _heard.clear()
        (own.level, own.propagate), own.handlers = before, usual
        root.removeHandler(handler)


_heard: list[list[str]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _heard and event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
        _heard[0].append(f"{event} {arguments[-1] if event == 'socket.connect' else arguments}")


sys.addaudithook(_hear)  # a hook stays for good: it listens only while there is somebody to tell


def _look_into_the_tables(record: Record) -> None:
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            chosen = isinstance(column.type, Enum)
            if chosen or not isinstance(column.type, String | JSON):
                continue
            name = f"{table.name}.{column.name}"
            record.text_columns.add(name)
            if any(PROBE in repr(value) for value in db.session.scalars(select(column))):
                record.probed_columns.add(name)
    db.session.rollback()
