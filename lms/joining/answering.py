"""The worker's part: look whose address it is, and write to it. Nobody waits for these answers.

Each handler is one transaction, committed with its job; messages' keys make a second run harmless.
"""

from __future__ import annotations

from lms.accounts.queries import account_by_login
from lms.accounts.security_log import SecurityEvent, note
from lms.clock import now
from lms.extensions import db
from lms.jobs import Job, handler
from lms.joining import letters
from lms.joining.asking import LOGIN_CHANGE_JOB, REGISTRATION_JOB, RESET_JOB
from lms.joining.links import arm, forget_old
from lms.joining.models import LoginChange, MailedLink, Registration
from lms.joining.rules import LinkPurpose
from lms.messages.actions import in_language, post
from lms.messages.letters import Letter
from lms.pages import DEFAULT_LANGUAGE


@handler(REGISTRATION_JOB)
def answer_registration(job: Job) -> None:
    """To a new address the link that confirms; to the owner of an account, that it exists."""
    forget_old()
    row = db.session.get(Registration, job.payload["id"])
    if row is None:
        return
    root: str = job.payload["root"]
    with in_language(row.language):
        if account_by_login(row.email) is not None:
            letter = letters.already_registered(root)
        else:
            link = _link(LinkPurpose.REGISTRATION, row.email, registration_id=row.id)
            letter = letters.confirm_registration(root, arm(link))
    post(f"registration:{row.id}", row.email, letter, row.language)


@handler(RESET_JOB)
def answer_forgotten_password(job: Job) -> None:
    """To an owner the link; to anybody else, that no account has this address."""
    forget_old()
    link = db.session.get(MailedLink, job.payload["id"])
    if link is None or link.token_hash is not None:
        return
    account = account_by_login(link.address)
    language: str = (account.language if account else None) or job.payload["language"]
    with in_language(language):
        letter = _about_reset(link, job.payload["root"])
    post(f"link:{link.id}", link.address, letter, language)


def _about_reset(link: MailedLink, root: str) -> Letter:
    account = account_by_login(link.address)
    if account is None:
        return letters.no_such_account(root)
    if not account.is_active:
        return letters.disabled()
    link.account_id = account.id
    note(account.id, SecurityEvent.PASSWORD_RESET_ASKED)
    return letters.reset(root, arm(link))


@handler(LOGIN_CHANGE_JOB)
def answer_login_change(job: Job) -> None:
    """A link to each address; if the new one signs somebody else in, they are told instead."""
    change = db.session.get(LoginChange, job.payload["id"])
    if change is None or change.ended_at is not None:
        return
    root: str = job.payload["root"]
    language = change.account.language or DEFAULT_LANGUAGE
    taken = account_by_login(change.new_login) is not None
    with in_language(language):
        old = _link(LinkPurpose.OLD_LOGIN, change.old_login, login_change_id=change.id)
        post(f"login-change:{change.id}:old", change.old_login,
             letters.agree_to_leave(root, arm(old)), language)  # fmt: skip
        if taken:
            letter = letters.address_wanted()
        else:
            new = _link(LinkPurpose.NEW_LOGIN, change.new_login, login_change_id=change.id)
            letter = letters.agree_to_come(root, arm(new))
        post(f"login-change:{change.id}:new", change.new_login, letter, language)


def _link(purpose: LinkPurpose, address: str, **about: int) -> MailedLink:
    link = MailedLink(purpose=purpose, address=address, asked_at=now(), **about)
    db.session.add(link)
    return link
