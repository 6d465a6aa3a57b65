"""Writing to people: to which address, in which language. Whoever cannot be written to is not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from lms.accounts.models import Account
from lms.accounts.queries import accounts_of, emails_of
from lms.accounts.rules import is_email
from lms.messages.actions import in_language, post
from lms.messages.letters import Letter
from lms.pages import DEFAULT_LANGUAGE

Maker = Callable[[], Letter]


@dataclass(frozen=True, slots=True)
class Reader:
    """Where somebody reads mail, and in which language."""

    address: str
    language: str


def owner_of(account: Account) -> Reader | None:
    """Who signs in with an account; None for a sign-in that is no mail address."""
    if account.login is None or not is_email(account.login):
        return None
    return Reader(account.login, account.language or DEFAULT_LANGUAGE)


def readers_of(person_ids: Collection[int]) -> dict[int, Reader]:
    """By person: the address they sign in with, else one their record has.

    Nobody whose account is disabled: they are not to be sent to a site they cannot enter.
    """
    accounts, emails = accounts_of(person_ids), emails_of(person_ids)
    found: dict[int, Reader] = {}
    for person_id in person_ids:
        account = accounts.get(person_id)
        if account is not None and not account.is_active:
            continue
        reader = owner_of(account) if account is not None else None
        if reader is None and (address := next(iter(emails[person_id]), None)):
            reader = Reader(address, (account and account.language) or DEFAULT_LANGUAGE)
        if reader is not None:
            found[person_id] = reader
    return found


def write(key: str, reader: Reader | None, made_by: Maker, *, at: datetime | None = None) -> None:
    """Post a letter, made in the reader's language, once for this key; no reader, no letter.

    `at`: not to leave before.
    """
    if reader is None:
        return
    with in_language(reader.language):
        letter = made_by()
    post(key, reader.address, letter, reader.language, at=at)
