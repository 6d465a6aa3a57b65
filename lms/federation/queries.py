"""Every question to the tables of identities and of the log."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from lms.accounts.models import Person
from lms.clock import now
from lms.config import Settings
from lms.config_oidc import OidcProvider
from lms.extensions import db
from lms.federation.models import (
    FederatedIdentity,
    FederationArrival,
    FederationTransaction,
    Outcome,
)
from lms.federation.rules import Failure
from lms.lists import has_words
from lms.text import search_key


def providers() -> tuple[OidcProvider, ...]:
    """The providers configured, in the order of their names."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.oidc


def provider_named(name: str) -> OidcProvider | None:
    """The provider that stands in an address."""
    return next((provider for provider in providers() if provider.name == name), None)


def label_of(name: str) -> str:
    """What a provider is called on pages; its name where it is no longer configured."""
    provider = provider_named(name)
    return provider.label if provider else name


def identity_of(issuer: str, subject: str) -> FederatedIdentity | None:
    """The linked identity, by what the provider never gives to another."""
    return db.session.scalar(
        select(FederatedIdentity).where(
            FederatedIdentity.issuer == issuer, FederatedIdentity.subject == subject
        )
    )


def identities_of(account_id: int) -> list[FederatedIdentity]:
    """The identities linked to an account, oldest first."""
    rows = select(FederatedIdentity).where(FederatedIdentity.account_id == account_id)
    return list(db.session.scalars(rows.order_by(FederatedIdentity.id)))


def arrival_in(browser_hash: str) -> FederationArrival | None:
    """Who has arrived in this browser and has yet to say yes."""
    return db.session.scalar(
        select(FederationArrival).where(
            FederationArrival.browser_hash == browser_hash, FederationArrival.expires_at > now()
        )
    )


def log_lines(text: str, outcome: str, provider: str) -> Select[Any]:
    """The log, newest first: of people whose name has every word, or of one transaction."""
    found = (
        select(FederationTransaction)
        .outerjoin(Person, FederationTransaction.person_id == Person.id)
        .options(joinedload(FederationTransaction.person))
        .order_by(FederationTransaction.at.desc(), FederationTransaction.id.desc())
    )
    if text:
        of_transaction = FederationTransaction.transaction_hash.startswith(
            text.lower(), autoescape=True
        )
        named = has_words(Person.search_key, text) if search_key(text) else of_transaction
        found = found.where(or_(named, of_transaction))
    if outcome in set(Outcome):
        found = found.where(FederationTransaction.outcome == Outcome(outcome))
    elif outcome in set(Failure):
        found = found.where(FederationTransaction.failure == Failure(outcome))
    return found.where(FederationTransaction.provider == provider) if provider else found
