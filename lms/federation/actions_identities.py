"""Whose account an identity belongs to: recognised, registered, linked, unlinked.

A mail address never decides it, confirmed or not: mailboxes are shared and given to others.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from lms import audit
from lms.accounts import queries as people
from lms.accounts import tax_codes
from lms.accounts.actions import add_person, open_account_for_provider
from lms.accounts.models import Account, Person
from lms.accounts.security_log import SecurityEvent, note
from lms.accounts.tax_codes import TaxCodeSource
from lms.clock import now
from lms.config_oidc import OidcProvider
from lms.errors import UserError
from lms.extensions import db
from lms.federation import queries
from lms.federation.models import FederatedIdentity, LinkedBy
from lms.federation.rules import Failure, Received, Stopped, agree
from lms.joining.notices import accept_notice, notice_in_force
from lms.organisations.actions_life import propose
from lms.organisations.models import OrganisationKind


def recognised(provider: OidcProvider, known: Received, *, language: str) -> Account | None:
    """The account of somebody who comes to sign in; None for who has none here. Raises `Stopped`.

    The first time, a tax code that the provider vouches for finds its person.
    """
    identity = queries.identity_of(provider.issuer, known.subject)
    if identity is not None:
        return _open(identity.account)
    person = _person_of_tax_code(provider, known)
    if person is None:
        _demand_names(known)
        return None
    account = people.account_of(person.id)
    account = _open(account) if account else open_account_for_provider(person, language=language)
    _link(provider, known, account, LinkedBy.TAX_CODE)
    return account


def check_linking(provider: OidcProvider, known: Received, account: Account) -> None:
    """Raise `Stopped` unless the identity may be linked to the account of who is signed in."""
    identity = queries.identity_of(provider.issuer, known.subject)
    if identity is not None and identity.account_id != account.id:
        raise Stopped(Failure.TAKEN, "identity")
    if not _vouched(provider, known):
        return
    holder = tax_codes.person_by_tax_code(known.tax_code)
    own = tax_codes.tax_code_of(account.person_id)
    if holder is not None and holder.id != account.person_id:
        raise Stopped(Failure.TAKEN, "tax code")
    if own is not None and not tax_codes.is_same_code(own, known.tax_code):
        raise Stopped(Failure.MISMATCH, "tax code")


def link(provider: OidcProvider, known: Received, account: Account) -> None:
    """Link the identity to the account of who is signed in, who has said yes."""
    check_linking(provider, known, account)
    if queries.identity_of(provider.issuer, known.subject) is None:
        _link(provider, known, account, LinkedBy.CONFIRMATION)


def register(
    provider: OidcProvider,
    known: Received,
    *,
    organisation_id: int | None,
    new_organisation: tuple[str, OrganisationKind] | None,
    language: str,
) -> Account:
    """A new person with an account that only this identity opens, who has read the notice.

    Their mail address is kept if the provider has confirmed it.
    """
    if queries.identity_of(provider.issuer, known.subject) is not None:
        raise UserError(_("You are registered already: sign in."), 409)
    person = add_person(
        known.given_name,
        known.family_name,
        organisation_id=organisation_id,
        emails=[known.email] if known.email and known.email_verified else [],
    )
    if new_organisation is not None:
        person.organisation_id = propose(*new_organisation, by=person.id).id
    account = open_account_for_provider(person, language=language)
    accept_notice(person.id, notice_in_force())
    _link(provider, known, account, LinkedBy.FIRST_ARRIVAL)
    return account


def unlink(identity: FederatedIdentity) -> None:
    """Sign in with this identity no more. UserError (409) when it is the only way in."""
    # One after the other: two at once would each see the other's identity still there.
    db.session.execute(
        select(Account.id).where(Account.id == identity.account_id).with_for_update()
    )
    account = identity.account
    by_password = account.login is not None and account.password_hash is not None
    if not by_password and len(queries.identities_of(account.id)) <= 1:
        raise UserError(
            _(
                "This is the only way in to your account: link another identity first, or ask the "
                "organisers for an invitation by e-mail."
            ),
            409,
        )
    detail = {"provider": identity.provider}
    audit.record("identity.unlinked", identity, actor_id=account.person_id, detail=detail)
    note(account.id, SecurityEvent.IDENTITY_UNLINKED, detail=detail)
    db.session.delete(identity)
    db.session.flush()


def keeps_tax_code(provider: OidcProvider, known: Received) -> bool:
    """Whether the tax code is proved, and so kept with the person."""
    return bool(_vouched(provider, known) and known.acr in provider.strong_acr)


def _vouched(provider: OidcProvider, known: Received) -> bool:
    return provider.vouches_tax_code and bool(known.tax_code)


def _person_of_tax_code(provider: OidcProvider, known: Received) -> Person | None:
    if not _vouched(provider, known):
        return None
    person = tax_codes.person_by_tax_code(known.tax_code)
    if person is None:
        return None
    if known.acr not in provider.strong_acr:
        raise Stopped(Failure.LEVEL, "acr")
    _demand_names(known)
    if not agree(person.family_name, known.family_name):
        raise Stopped(Failure.MISMATCH, "family name")
    return person


def _demand_names(known: Received) -> None:
    if not (known.given_name and known.family_name):
        raise Stopped(Failure.INCOMPLETE, "names")


def _open(account: Account) -> Account:
    if not account.is_active:
        raise Stopped(Failure.DISABLED, "account")
    return account


def _link(provider: OidcProvider, known: Received, account: Account, how: LinkedBy) -> None:
    identity = FederatedIdentity(
        account_id=account.id,
        provider=provider.name,
        issuer=provider.issuer,
        subject=known.subject,
        linked_by=how,
        linked_at=now(),
    )
    db.session.add(identity)
    db.session.flush()
    detail = {"provider": provider.name, "by": how.value}
    audit.record("identity.linked", identity, actor_id=account.person_id, detail=detail)
    note(account.id, SecurityEvent.IDENTITY_LINKED, detail=detail)
    if keeps_tax_code(provider, known):
        tax_codes.set_tax_code(
            account.person, known.tax_code, by=None, source=TaxCodeSource.PROVIDER
        )
