"""What is done to requests and holds; the only writer of this room, with `erasing`."""

from __future__ import annotations

from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.accounts.models import Person
from lms.accounts.queries import account_of
from lms.accounts.security_log import SecurityEvent, note
from lms.accounts.writing import owner_of, write
from lms.catalogue.models import Cycle
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.messages.retention import LAST_WORDS
from lms.privacy import erasing, letters, queries
from lms.privacy.models import ErasureRequest, LegalHold, RequestStatus
from lms.privacy.rules import REASON_LENGTH
from lms.privacy.words import obstacle_in_words
from lms.text import clean_text


def ask_erasure(person: Person, text: str, *, by: int) -> ErasureRequest:
    """Put a wish to be erased into the queue: one's own, or one that reached the office."""
    _lock(person.id)
    if person.erased_at is not None:
        raise UserError(_("This person's data are erased already."), 409)
    if queries.open_requests(person.id):
        raise UserError(_("There is a request already, and it waits for a decision."), 409)
    request = ErasureRequest(
        person_id=person.id,
        asked_at=now(),
        asked_by_id=by,
        note=_text(text),
        status=RequestStatus.OPEN,
    )
    db.session.add(request)
    db.session.flush()
    audit.record("erasure.asked", request, actor_id=by)
    _note(person.id, SecurityEvent.ERASURE_ASKED)
    return request


def take_back(person_id: int) -> None:
    """Think better of it, while nobody has decided."""
    _lock(person_id)
    requests = queries.open_requests(person_id)
    if not requests:
        raise UserError(_("No request waits for a decision."), 409)
    for request in requests:
        _end(request, RequestStatus.TAKEN_BACK, "", person_id)
        audit.record("erasure.taken_back", request, actor_id=person_id)
    _note(person_id, SecurityEvent.ERASURE_TAKEN_BACK)


def refuse(request: ErasureRequest, reason: str, *, by: int) -> None:
    """Say no, with a reason the person is told."""
    _demand_open(request)
    _end(request, RequestStatus.REFUSED, reason, by)
    audit.record("erasure.refused", request, actor_id=by)
    person = queries.survivor(request.person)
    _note(person.id, SecurityEvent.ERASURE_REFUSED)
    account = account_of(person.id)
    if account is not None:
        letter = partial(letters.refused, _text(reason))
        write(f"erasure:{request.id}:refused", owner_of(account), letter)


def erase(request: ErasureRequest, reason: str, *, by: int) -> None:
    """Carry out the wish. UserError (409) where something stands in the way; nothing undoes it."""
    _demand_open(request)
    person = queries.survivor(request.person)
    if person.id == by:
        raise UserError(_("Nobody decides about their own erasure: another person has to."), 409)
    against = queries.obstacles_of(person)
    if against:
        raise UserError(" ".join(obstacle_in_words(one) for one in against), 409)
    account = account_of(person.id)
    reader = owner_of(account) if account else None  # asked before the address is gone
    for each in queries.open_requests(person.id):
        _end(each, RequestStatus.ERASED, reason, by)
    db.session.flush()
    done = erasing.make_anonymous(person)
    audit.record("erasure.done", request, actor_id=by, detail={"rows": done})
    write(f"{LAST_WORDS}{request.id}", reader, letters.erased)


def set_hold(
    reason: str, *, by: int, person: Person | None = None, cycle: Cycle | None = None
) -> LegalHold:
    """Protect a person's data, or a whole cycle's, from erasure and forgetting."""
    person_id, cycle_id = (person.id if person else None), (cycle.id if cycle else None)
    if person is not None:
        _lock(person.id)
    if queries.open_hold(person_id=person_id, cycle_id=cycle_id) is not None:
        raise UserError(_("There is a legal hold already."), 409)
    hold = LegalHold(
        person_id=person_id, cycle_id=cycle_id, reason=_text(reason), set_at=now(), set_by_id=by
    )
    db.session.add(hold)
    db.session.flush()
    audit.record("hold.set", hold, actor_id=by)
    return hold


def lift_hold(hold: LegalHold, reason: str, *, by: int) -> None:
    """End a hold, with a reason."""
    if hold.lifted_at is not None:
        raise UserError(_("This legal hold was lifted already."), 409)
    hold.lifted_at, hold.lifted_by_id, hold.lifted_reason = now(), by, _text(reason)
    audit.record("hold.lifted", hold, actor_id=by)


def _lock(person_id: int) -> None:
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def _demand_open(request: ErasureRequest) -> None:
    _lock(request.person_id)
    db.session.refresh(request)
    if request.status is not RequestStatus.OPEN:
        raise UserError(_("This request is decided already."), 409)


def _end(request: ErasureRequest, status: RequestStatus, reason: str, by: int) -> None:
    request.status, request.decided_at = status, now()
    request.decided_by_id, request.reason = by, _text(reason)


def _text(text: str) -> str:
    return clean_text(text)[:REASON_LENGTH]


def _note(person_id: int, event: SecurityEvent) -> None:
    account = account_of(person_id)
    if account is not None:
        note(account.id, event)
