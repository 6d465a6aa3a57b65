"""Every question to the tables of people, accounts and roles."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, or_, select

from lms.accounts.models import (
    Account,
    Person,
    PersonEmail,
    RoleGrant,
    StaffRole,
    UserSession,
)
from lms.accounts.security_log import SecurityEntry
from lms.clock import now
from lms.extensions import db
from lms.lists import MAXIMUM_WORDS, has_words
from lms.organisations.models import Organisation
from lms.text import search_key


def searched(text: str) -> Select[Any]:
    """People of whom every word stands in name, organisation or mail address; by family name."""
    found = (
        select(Person)
        .outerjoin(Organisation, Person.organisation_id == Organisation.id)
        .where(Person.merged_into_id.is_(None), Person.erased_at.is_(None))
        .order_by(Person.search_key, Person.id)
    )
    return found.where(*(_mentions(word) for word in text.split()[:MAXIMUM_WORDS]))


def _mentions(word: str) -> Any:
    address = (
        select(PersonEmail.id)
        .where(
            PersonEmail.person_id == Person.id,
            PersonEmail.address.contains(word.lower(), autoescape=True),
        )
        .exists()
    )
    if not search_key(word):
        return address
    return or_(
        has_words(Person.search_key, word), has_words(Organisation.search_key, word), address
    )


def emails_of(person_ids: Collection[int]) -> dict[int, list[str]]:
    """Mail addresses by person, in the order they were added."""
    found: dict[int, list[str]] = {person_id: [] for person_id in person_ids}
    rows = select(PersonEmail).where(PersonEmail.person_id.in_(person_ids)).order_by(PersonEmail.id)
    for row in db.session.scalars(rows):
        found[row.person_id].append(row.address)
    return found


def accounts_of(person_ids: Collection[int]) -> dict[int, Account]:
    """Accounts by person; who has none is missing."""
    rows = db.session.scalars(select(Account).where(Account.person_id.in_(person_ids)))
    return {row.person_id: row for row in rows}


def account_of(person_id: int) -> Account | None:
    """The person's account, if there is one."""
    return db.session.scalar(select(Account).where(Account.person_id == person_id))


def account_by_login(login: str) -> Account | None:
    """The account that signs in with this address."""
    return db.session.scalar(select(Account).where(Account.login == login))


def open_roles(person_ids: Collection[int]) -> dict[int, set[StaffRole]]:
    """Roles held now, by person."""
    found: dict[int, set[StaffRole]] = {person_id: set() for person_id in person_ids}
    rows = select(RoleGrant.person_id, RoleGrant.role).where(
        RoleGrant.person_id.in_(person_ids), RoleGrant.ended_at.is_(None)
    )
    for person_id, role in db.session.execute(rows):
        found[person_id].add(role)
    return found


def holds_role(person_id: int, role: StaffRole) -> bool:
    """Whether the person holds this role now."""
    return role in open_roles([person_id])[person_id]


def by_addresses(addresses: Collection[str]) -> dict[str, list[Person]]:
    """People by mail address (lower-case); a shared mailbox has several."""
    found: dict[str, list[Person]] = {address: [] for address in addresses}
    rows = (
        select(PersonEmail.address, Person)
        .join(Person, PersonEmail.person_id == Person.id)
        .where(PersonEmail.address.in_(addresses), Person.merged_into_id.is_(None))
        .order_by(Person.id)
    )
    for address, person in db.session.execute(rows).unique():
        found[address].append(person)
    return found


def by_names(keys: Collection[str]) -> dict[str, list[Person]]:
    """People by search key of "family name given name": namesakes have the same."""
    found: dict[str, list[Person]] = {key: [] for key in keys}
    rows = (
        select(Person)
        .where(Person.search_key.in_(keys), Person.merged_into_id.is_(None))
        .order_by(Person.id)
    )
    for person in db.session.scalars(rows).unique():
        found[person.search_key].append(person)
    return found


def twins_of(family_name: str, given_name: str, addresses: Collection[str]) -> list[Person]:
    """People who may be the one described: same name, or one of the same mail addresses."""
    key = search_key(f"{family_name} {given_name}")
    found = by_names([key])[key] if key else []
    for people in by_addresses(addresses).values():
        found += people
    return list(dict.fromkeys(found))


def sessions_of(account_id: int) -> list[UserSession]:
    """The account's sessions that are open now, the latest first."""
    rows = (
        select(UserSession)
        .where(
            UserSession.account_id == account_id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now(),
        )
        .order_by(UserSession.created_at.desc(), UserSession.id.desc())
    )
    return list(db.session.scalars(rows))


def security_log_of(account_id: int) -> Select[Any]:
    """What was noted of an account, the latest first."""
    rows = select(SecurityEntry).where(SecurityEntry.account_id == account_id)
    return rows.order_by(SecurityEntry.id.desc())
