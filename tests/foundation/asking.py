"""Ask every address as everybody: the actors, the addresses of the small world, its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule as UrlRule
from werkzeug.test import TestResponse

from lms.access import Role, Rule
from lms.attendance.codes import Direction, code_of
from lms.attendance.joining_links import PURPOSE, token_of
from lms.attendance.permits import code_key
from lms.clock import now
from lms.extensions import db
from lms.joining.rules import LinkPurpose
from lms.permissions import TABLE
from lms.secretbox import signing_keys
from tests.client import PercorsoClient
from tests.world import FEED_TOKEN, LINK_TOKENS, Half, World

# tests/demo and tests/messages ask these
DEMO_ONLY = frozenset(
    {
        "demo.index",
        "demo.report",
        "messages.local_mail",
        "messages.local_letter",
        "messages.local_html",
    }
)
SAFE = frozenset({"GET", "HEAD"})
# Objects that belong to no cycle: towards them nobody is a trainer or a participant.
OF_PEOPLE = frozenset({"person", "person_record", "person_account", "role_of_person", "role_grant"})
OF_BODIES = frozenset(
    {
        "organisation", "organisation_cycle", "organisation_person", "organisation_nomination",
        "organisation_referent",
    }
)  # fmt: skip
OF_ACCOUNTS = frozenset({"user_session", "passkey", "identity_provider", "federated_identity"})
OF_RECORDS = frozenset({"two_people", "person_merge", "erasure_request", "legal_hold"})
WITHOUT_CYCLE = (
    frozenset({"track", "all_tracks", "job", "message"})
    | OF_PEOPLE
    | OF_BODIES
    | OF_ACCOUNTS
    | OF_RECORDS
)
# What belongs to no track: who organises one is nobody to it, who organises all of them may. The
# person of the world is enrolled in one track only, and has no role: their data are that track's.
OF_ALL_TRACKS = (
    frozenset({"all_tracks", "person_account", "role_of_person", "role_grant"})
    | OF_BODIES
    | OF_RECORDS
)
ACTORS = (
    "stranger",
    "participant of this cycle",
    "participant of another cycle",
    "trainer of this cycle",
    "trainer of another cycle",
    "organiser",
    "organiser of this track",
    "organiser of another track",
    "referent of this organisation",
    "referent of another organisation",
    "auditor of this track",
    "auditor of another track",
    "administrator",
)
MISSING_ID = 999_999


def person_of(world: World, actor: str) -> Any:
    """The person behind an actor's name; None for the stranger."""
    role, _of, which = actor.partition(" of ")
    if role in {"organiser", "referent", "auditor"} and which:
        return world.scoped[f"{role} of {which.split()[0]}"]
    return {
        "stranger": None,
        "participant of this cycle": world.this.participant,
        "participant of another cycle": world.other.participant,
        "trainer of this cycle": world.this.trainer,
        "trainer of another cycle": world.other.trainer,
        "organiser": world.organiser,
        "administrator": world.administrator,
    }[actor]


def roles_of(actor: str, rule: Rule) -> set[Role]:
    """The roles an actor holds towards this cycle's objects, told apart from the code's own way."""
    if actor == "stranger":
        return {Role.STRANGER}
    held = {Role.STRANGER, Role.SIGNED_IN}
    scoped = rule.loads is not None
    in_cycle = scoped and rule.loads not in WITHOUT_CYCLE
    if actor.startswith("participant") and (
        (actor.endswith("this cycle") and in_cycle) or not scoped
    ):
        held.add(Role.PARTICIPANT)
    if actor == "participant of this cycle" and scoped:
        held.add(Role.OWNER)
    if actor.startswith("trainer") and ((actor.endswith("this cycle") and in_cycle) or not scoped):
        held.add(Role.TRAINER)
    if actor in {"organiser", "administrator"}:
        held.add(Role(actor))
    return held | role_towards(actor, rule.loads)


def role_towards(actor: str, loads: str | None) -> set[Role]:
    """The role of who holds it towards one track or organisation: to its own objects only."""
    role, _of, which = actor.partition(" of ")
    if role not in {"organiser", "referent", "auditor"} or not which:
        return set()
    if loads is None:
        return {Role(role)}
    if not which.startswith("this"):
        return set()
    own = {
        "organiser": loads not in OF_ALL_TRACKS,
        "auditor": loads == "track" or loads not in WITHOUT_CYCLE,
        "referent": loads in OF_BODIES or loads == "enrolment",
    }
    return {Role(role)} if own[role] else set()


def may_enter(actor: str, rule: Rule) -> bool:
    return bool(roles_of(actor, rule) & rule.roles)


def values_of(world: World, half: Half) -> dict[str, Any]:
    """A value for every name that stands in an address."""
    return {
        "track_slug": world.track.slug,
        "cycle_slug": half.cycle.slug,
        "module_id": half.module.id,
        "lesson_id": half.lesson.id,
        "enrolment_id": half.enrolment.id,
        "person_id": half.participant.id,
        "organisation_id": half.participant.organisation_id,
        "certificate_id": half.certificate.id,
        "logo_id": half.logo.id,
        "code": half.certificate.code,
        "kid": world.issuer_kid,
        "token": FEED_TOKEN,
        "check_code": code_of(code_key(), half.lesson.id, Direction.IN, now()).long,
        "join_token": token_of(signing_keys(PURPOSE), half.lesson.id, half.participant.id),
        "report_id": half.staged.id,
        "imported_id": half.report.id,
        "entry_id": half.entry.id,
        "saved_id": half.columns.id,
        "contest_id": half.contest.id,
        "scan_id": half.paper.scan.id,
        "document_id": half.paper.document.id,
        "job_id": world.job.id,
        "message_id": world.message.id,
        "role": "organiser",
        "passkey_id": world.passkey.id,
        "session_id": half.session.id,
        "request_id": world.request.id,
        "hold_id": world.hold.id,
        "registration_token": LINK_TOKENS[LinkPurpose.REGISTRATION],
        "reset_token": LINK_TOKENS[LinkPurpose.RESET],
        "invitation_token": LINK_TOKENS[LinkPurpose.INVITATION],
        "address_token": LINK_TOKENS[LinkPurpose.OLD_LOGIN],
        "provider": "prova",
        "failure": "down",
        "identity_id": world.identity.id,
        "other_id": half.trainer.id,
        "merge_id": world.merge.id,
        "grant_id": half.grant.id,
    }


@dataclass(frozen=True)
class Address:
    """One endpoint with one method, and the names its path holds."""

    endpoint: str
    method: str
    names: frozenset[str]

    @property
    def rule(self) -> Rule:
        return TABLE[self.endpoint]

    def path(self, app: Flask, values: dict[str, Any]) -> str:
        adapter = app.url_map.bind("localhost")
        chosen = {name: values[name] for name in self.names}
        return adapter.build(self.endpoint, chosen, method=self.method)


def addresses(app: Flask) -> Iterator[Address]:
    """Every endpoint and method of the application (HEAD and OPTIONS are Werkzeug's own)."""
    seen: set[Address] = set()
    rules: list[UrlRule] = list(app.url_map.iter_rules())
    for rule in rules:
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            names = frozenset(rule.arguments) - frozenset(rule.defaults or {})
            address = Address(rule.endpoint, method, names)
            if address not in seen and rule.endpoint not in DEMO_ONLY:
                seen.add(address)
                yield address


def ask(client: PercorsoClient, address: Address, path: str) -> TestResponse:
    if address.method in SAFE:
        return client.get(path)
    return client.post(path, {})


def to_sign_in(response: TestResponse) -> bool:
    return response.status_code == 303 and response.location.startswith("/accedi")


def was_let_in(response: TestResponse) -> bool:
    return response.status_code not in {401, 403, 404, 405} and not to_sign_in(response)


def digest(*, without: frozenset[str] = frozenset()) -> str:
    """A hash over every row of every table."""
    found = hashlib.sha256()
    for table in db.metadata.sorted_tables:
        if table.name in without:
            continue
        keys = list(table.primary_key.columns)
        for row in db.session.execute(select(table).order_by(*keys)):
            found.update(repr((table.name, tuple(row))).encode())
    db.session.rollback()
    return found.hexdigest()
