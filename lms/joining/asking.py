"""What people ask for, written down without looking who they are. A part of this room's actions.

A page that looked for the address would take longer, or say more, for one that is known. So the
request writes the same rows for any address; the worker looks, and the mailbox gets the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from lms import audit, jobs
from lms.accounts import actions as accounts
from lms.accounts.models import Account, Person
from lms.accounts.queries import account_of
from lms.accounts.security_log import SecurityEvent, note
from lms.clock import now
from lms.errors import UserError
from lms.extensions import db
from lms.joining import letters, queries
from lms.joining.links import arm, spend_all_of
from lms.joining.models import LoginChange, MailedLink, Registration
from lms.joining.rules import LinkPurpose
from lms.links import public_root
from lms.messages.actions import in_language, post
from lms.organisations.models import OrganisationKind
from lms.pages import DEFAULT_LANGUAGE
from lms.text import clean_line

REGISTRATION_JOB = "answer_registration"
RESET_JOB = "answer_forgotten_password"
LOGIN_CHANGE_JOB = "answer_login_change"
ANSWERS = frozenset({REGISTRATION_JOB, RESET_JOB, LOGIN_CHANGE_JOB})


@dataclass(frozen=True)
class Wish:
    """What somebody writes who wants to join."""

    given_name: str
    family_name: str
    email: str
    organisation_id: int | None
    new_organisation: tuple[str, OrganisationKind] | None
    language: str
    notice_version: str


def ask_to_join(wish: Wish) -> None:
    """Keep a registration until its mailbox confirms it."""
    new_name, new_kind = wish.new_organisation or ("", "")
    row = Registration(
        given_name=clean_line(wish.given_name),
        family_name=clean_line(wish.family_name),
        email=wish.email.lower(),
        organisation_id=wish.organisation_id,
        new_organisation=new_name,
        new_kind=new_kind,
        language=wish.language,
        notice_version=wish.notice_version,
        asked_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    jobs.enqueue(REGISTRATION_JOB, f"registration:{row.id}", {"id": row.id, "root": public_root()})


def ask_for_reset(address: str, language: str) -> None:
    """Keep the wish for a new password until the worker has looked whose it is."""
    row = MailedLink(purpose=LinkPurpose.RESET, address=address.lower(), asked_at=now())
    db.session.add(row)
    db.session.flush()
    known = {"id": row.id, "root": public_root(), "language": language}
    jobs.enqueue(RESET_JOB, f"reset:{row.id}", known)


def ask_for_login_change(account: Account, new_login: str) -> None:
    """Begin a change of address; one begun before is called off."""
    call_off_login_change(account, noted=False)
    row = LoginChange(
        account_id=account.id, old_login=account.login, new_login=new_login.lower(), asked_at=now()
    )
    db.session.add(row)
    db.session.flush()
    detail = {"before": row.old_login, "after": row.new_login}
    note(account.id, SecurityEvent.LOGIN_CHANGE_ASKED, detail=detail)
    known = {"id": row.id, "root": public_root()}
    jobs.enqueue(LOGIN_CHANGE_JOB, f"login-change:{row.id}", known)


def call_off_login_change(account: Account, *, noted: bool = True) -> None:
    """End the change under way, if there is one."""
    change = queries.open_change(account.id)
    if change is None:
        return
    change.ended_at = now()
    db.session.flush()
    if noted:
        note(account.id, SecurityEvent.LOGIN_CHANGE_CANCELLED)


def invite(person: Person, login: str, *, by: int) -> None:
    """Send `person` a link to choose their own password; an account is opened if there is none.

    An invitation sent before opens nothing any more. 409 when the person signs in already.
    """
    accounts.demand_authority(person, by)
    known = account_of(person.id)
    if known is not None and known.password_hash is not None:
        raise UserError(_("This person signs in already: they can ask for a new password."), 409)
    account = accounts.set_account(person, login, "", by=by)
    if not account.is_active:
        raise UserError(_("This account is disabled: enable it first."), 409)
    spend_all_of(account.id)
    link = MailedLink(
        purpose=LinkPurpose.INVITATION,
        address=account.login,
        asked_at=now(),
        account_id=account.id,
    )
    db.session.add(link)
    token = arm(link)
    db.session.flush()
    language = account.language or DEFAULT_LANGUAGE
    with in_language(language):
        letter = letters.invitation(public_root(), token)
    post(f"link:{link.id}", link.address, letter, language)
    audit.record("account.invited", account, actor_id=by)
    note(account.id, SecurityEvent.INVITED)
